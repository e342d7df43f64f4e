"""What a scanned label says of the item that it names, as lines of documents take it. What stands on labels:
`element_strings.py`."""

from typing import Any

from app.api.errors import Invalid
from app.api.texts import lazy_gettext as _l
from app.api.values import shortest
from modules.warehouse.element_strings import Label, read_label
from modules.warehouse.lots.rules import SERIAL

#: UN/ECE Recommendation 20
KILOGRAM = "KGM"


def found_by(row: Any, label: Label | None) -> dict[str, Any]:
    """What the barcode says by which an item was found: of which packing it is, and what else a scanned label says, as the
    cells of a line grid take it. `row` has packing_id, tracking, unit_code and second_code.

    A net weight is the quantity of what is counted in kilograms; else the count is, in the packing that the GTIN names, and
    the weight is the second quantity of what has kilograms beside its unit.
    """
    packing = {"packing_id": row.packing_id} if row.packing_id else {}
    if label is None:
        return packing
    weight = label.weight if row.unit_code == KILOGRAM else None
    scanned = {"quantity": str(label.count or 1) if weight is None else f"{shortest(weight):f}"}
    if label.weight is not None and weight is None and row.second_code == KILOGRAM:
        scanned["second"] = f"{shortest(label.weight):f}"
    if row.tracking:
        scanned["lots"] = label.serial if row.tracking == SERIAL else label.lot
        scanned["expires"] = label.expires.isoformat() if label.expires else ""
    if row.tracking and label.swallowed:
        scanned["says"] = str(
            _l("Check “%(lot)s”: is a day part of it? Your scanner sent no GS behind it.", lot=label.swallowed)
        )
    return {"scanned": scanned, **({} if weight is not None else packing)}


def refuse_unfound(text: str) -> None:
    """Refuse (Invalid) a label by which nothing was found: it can't be read, or nobody knows its item. Other texts pass."""
    label = read_label(text)
    if label is None:
        return
    said = [label.gtin, label.lot, label.serial, label.expires.isoformat() if label.expires else ""]
    raise Invalid(_l("No item has the barcode of this label: %(said)s.", said=", ".join(filter(None, said))))
