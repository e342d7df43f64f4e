"""The walk of a wave on paper: where to stop, what to take, and into which boxes; no price."""

from pathlib import Path

from sqlalchemy.orm import Session

from app.api.prints import Printing, letterhead, pdf_of, value_text
from app.api.texts import day
from app.api.texts import lazy_gettext as _l
from modules.trade.shipping.picking import order_words
from modules.trade.waves.models import Wave
from modules.trade.waves.queries import Stop, boxes_of, walk_of
from modules.warehouse.api import bars

TEMPLATE = Path(__file__).parent.parent / "print" / "wave.typ"


def wave_pdf(session: Session, wave: Wave) -> bytes:
    """Its orders by box, and its stops in the order of the walk."""
    stops = walk_of(session, wave)
    facts = [[str(_l("Warehouse")), wave.place.name]]
    if wave.picker is not None:
        facts.append([str(_l("Picker")), wave.picker.name])
    data = {
        **letterhead(session),
        "title": str(_l("Picking list %(wave)s", wave=wave.code)),
        "facts": facts,
        "box": str(_l("Box")),
        "boxes": [
            [str(each.number), order_words(each.order, each.name, each.carrier)] for each in boxes_of(session, wave)
        ],
        "columns": [
            str(title)
            for title in (_l("Bin"), _l("Item"), _l("Barcode"), _l("Quantity"), _l("Into boxes"), _l("Picked"))
        ],
        "stops": [_stop(stop) for stop in stops],
        "signatures": [[str(_l("Picked by")), ""], [str(_l("Checked by")), ""]],
    }
    return pdf_of(Printing(TEMPLATE, data, len(stops)))


def _stop(stop: Stop) -> dict[str, object]:
    item = stop.item
    until = f" ({day(stop.expires)})" if stop.expires else ""
    return {
        "bin": stop.bin,
        "code": item.code,
        "name": item.name,
        "lot": str(_l("Lot %(lot)s", lot=stop.lot + until)) if stop.lot else "",
        "barcode": item.barcode,
        "bars": bars(item.barcode or item.code),
        "quantity": value_text(stop.quantity, "quantity", unit=item.unit),
        "boxes": [[str(box), value_text(quantity, "quantity")] for box, quantity in stop.boxes],
    }
