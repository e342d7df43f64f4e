"""Labels of bins as PDF."""

from pathlib import Path

from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.api.errors import Invalid
from app.api.prints import Printing, letterhead, pdf_of
from app.api.security import Actor, require
from app.api.texts import lazy_gettext as _l
from modules.warehouse.bins import VIEW
from modules.warehouse.bins.models import Bin
from modules.warehouse.labels.bars import bars
from modules.warehouse.labels.sizes import SIZES, on_paper
from modules.warehouse.warehouses import warehouse_id

#: of one PDF
MOST = 2000


def bin_labels_pdf(session: Session, actor: Actor, *, place_id: int, zone: str = "", size: str = "3x8") -> bytes:
    """Labels of a warehouse's open bins, or of those of one zone, in the order of the walk: what is scanned, and says the same
    in letters. Refused (Invalid): no such size, no bin, more than MOST; a warehouse that isn't one's own (NotFound)."""
    require(actor, VIEW)
    if size not in SIZES:
        raise Invalid(_l("“%(value)s” is none of the choices.", value=size), field="size")
    where = [Bin.warehouse_id == warehouse_id(session, place_id), Bin.is_active, *([Bin.zone == zone] if zone else [])]
    query = select(Bin.code, Bin.zone).where(*where).order_by(Bin.position, Bin.code_order, Bin.id)
    found = session.execute(query.limit(MOST + 1)).all()
    if not found:
        raise Invalid(_l("There is no open bin of this kind."), field="zone")
    if len(found) > MOST:
        raise Invalid(_l("At most %(n)s labels go into one PDF. Print them in parts.", n=MOST), field="zone")
    labels = [{"code": row.code, "zone": row.zone, "picture": bars(row.code)} for row in found]
    data = {**letterhead(session), "title": _("Labels of bins"), "size": on_paper(SIZES[size]), "labels": labels}
    return pdf_of(Printing(Path(__file__).parent / "labels.typ", data, len(labels)))
