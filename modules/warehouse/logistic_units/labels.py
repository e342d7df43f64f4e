"""The label of a box or pallet as PDF (GS1 General Specifications 6.6: the logistic label)."""

from pathlib import Path
from typing import Any

from flask_babel import gettext as _
from sqlalchemy.orm import Session

from app.api.errors import Invalid
from app.api.prints import Printing, letterhead, pdf_of
from app.api.reference import unit_word
from app.api.security import Actor, require
from app.api.texts import lazy_gettext as _l
from app.api.texts import number
from modules.warehouse.items import items_by_id
from modules.warehouse.labels.bars import bars, gs1_bars
from modules.warehouse.labels.sizes import SIZES, on_paper
from modules.warehouse.logistic_units import VIEW
from modules.warehouse.logistic_units.models import KINDS, LogisticUnit
from modules.warehouse.logistic_units.queries import held_lines, inside
from modules.warehouse.logistic_units.rules import is_sscc

#: so many lines of what is in it fit on a label
_MOST = 8


def unit_label_pdf(session: Session, actor: Actor, unit: LogisticUnit, *, size: str = "100x150") -> bytes:
    """Its code in bars and digits, who sends it, and what is in it. Refused (Invalid): no such size."""
    require(actor, VIEW)
    if size not in SIZES or not SIZES[size].for_units:
        raise Invalid(_l("“%(value)s” is none of the choices.", value=size), field="size")
    data = {**letterhead(session), "title": unit.code, "size": on_paper(SIZES[size]), **label_of_unit(session, unit)}
    return pdf_of(Printing(Path(__file__).parent / "labels.typ", data, 1))


def label_of_unit(session: Session, unit: LogisticUnit) -> dict[str, Any]:
    """What its label says."""
    lines = held_lines(session, [unit.id, *inside(session, unit.id)])
    items = items_by_id(session, {line.item_id for line in lines})
    is_known = is_sscc(unit.code)
    shown = [
        {
            "name": items[line.item_id].name,
            "lots": line.lots,
            "quantity": f"{number(line.quantity)} {unit_word(items[line.item_id].unit)}",
        }
        for line in lines[:_MOST]
    ]
    return {
        "kind": str(KINDS[unit.kind]),
        "code": f"(00) {unit.code}" if is_known else unit.code,
        "code_title": "SSCC" if is_known else _("Code"),
        "from_title": _("From"),
        "lots_title": _("Lots"),
        "contents_title": _("Contents"),
        "contents": shown,
        "more": _("and %(n)s more lines", n=len(lines) - _MOST) if len(lines) > _MOST else "",
        "picture": gs1_bars(f"00{unit.code}") if is_known else bars(unit.code),
    }
