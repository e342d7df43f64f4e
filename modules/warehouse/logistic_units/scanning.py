"""A box or pallet that is scanned where goods are: everything in it and in what is within it, as lines."""

from typing import Any

from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy.orm import Session

from app.api.errors import Invalid
from app.api.texts import lazy_gettext as _l
from app.api.values import shortest
from modules.warehouse.items import items_by_id
from modules.warehouse.logistic_units import VIEW
from modules.warehouse.logistic_units.models import KINDS, LogisticUnit
from modules.warehouse.logistic_units.queries import HeldLine, held_lines, inside, seconds_of_lines, unit_named
from modules.warehouse.models import TRANSIT


def scanned_unit(session: Session, text: str) -> tuple[LogisticUnit, list[HeldLine]] | None:
    """The unit of which a text is the code, and what is in it; None: none, or it isn't open. Refused (Invalid): one that is
    empty, or on its way."""
    unit = unit_named(session, text) if session.info["actor"].may(VIEW) else None
    if unit is None:
        return None
    lines = held_lines(session, [unit.id, *inside(session, unit.id)])
    if not lines:
        raise Invalid(_l("“%(code)s” is empty: say first what is packed in it.", code=unit.code))
    if unit.warehouse_id == TRANSIT:
        raise Invalid(_l("“%(code)s” is on its way. Receive its transfer first.", code=unit.code))
    return unit, lines


def unit_to_scan(session: Session, text: str) -> dict[str, Any] | None:
    """As the pages of scanners and counts ask for it: the goods in a unit, and its `together`. None: no such unit. Refused as
    in `scanned_unit`."""
    from modules.warehouse.counting.screen import kept_goods  # it asks for units

    if (found := scanned_unit(session, text)) is None:
        return None
    unit, lines = found
    seconds = seconds_of_lines(session, unit, lines)
    parts = [
        {
            "item": line.item_id,
            "quantity": f"{shortest(line.quantity):f}",
            "lots": line.lots,
            "expires": line.expires,
            "unit": line.unit,
            "seconds": {lot: f"{shortest(second):f}" for lot, second in seconds[line].items()},
        }
        for line in lines
    ]
    title = f"{KINDS[unit.kind]} {unit.code}"
    together = {"code": unit.code, "title": title, "where": says_where(unit), "parts": parts}
    return {"goods": kept_goods(session, sorted({line.item_id for line in lines})), "together": together}


def unit_row(session: Session, text: str) -> dict[str, Any] | None:
    """As a lookup's row: its id isn't that of an item, and `together` has what goes on lines of its own, each as if its item's
    label had been scanned. None: no such unit. Refused as in `scanned_unit`."""
    from modules.warehouse.lookups import items_by_code  # it offers units too

    if (found := scanned_unit(session, text)) is None:
        return None
    unit, lines = found
    items = items_by_id(session, {line.item_id for line in lines})
    rows = {row["id"]: row for row in items_by_code(session, {item.code for item in items.values()}, with_unused=True)}
    together = [
        {
            **rows[line.item_id],
            "packing_id": None,
            "logistic_unit": line.unit,
            "scanned": {
                "quantity": f"{shortest(line.quantity):f}",
                "lots": line.lots,
                "expires": line.expires,
            },
        }
        for line in lines
        if line.item_id in rows
    ]
    note = ngettext("%(num)s line", "%(num)s lines", len(together))
    title = f"{KINDS[unit.kind]} {unit.code}"
    return {"id": -unit.id, "code": unit.code, "barcode": text, "title": title, "note": note, "together": together}


def says_where(unit: LogisticUnit) -> str:
    """In which warehouse it is, in words."""
    return _("in transit") if unit.warehouse_id == TRANSIT else unit.warehouse.name if unit.warehouse else ""
