"""Which lots a line takes of what lies somewhere within a warehouse, such as in a bin or a box."""

from collections.abc import Mapping
from typing import Any

from app.api.errors import Invalid
from app.api.texts import lazy_gettext as _l
from app.api.texts import number
from app.api.values import Quantity, from_units, to_units
from modules.warehouse.lots.rules import SERIAL, Held, first_to_expire, lots_of_goods
from modules.warehouse.lots.splitting import lots_missing
from modules.warehouse.models import Lot


def parts_taken(
    line: Any, item: Any, there: Mapping[int, int], lots: Mapping[int, Lot], *, where: object
) -> list[tuple[int, int]]:
    """Lot and units of each part of a line: as typed, else first to expire, first out. `there`: lot → units; `where` that is,
    in words. Refused (Invalid): more than lies there, pieces whose serial numbers aren't said."""
    wanted = to_units(line.quantity, Quantity.scale)
    said = lots_of_goods(line.line, line.lots, line.quantity, item)
    if said:
        by_code = {lot.code: lot.id for lot in lots.values() if lot.item_id == line.item_id}
        parts = [(by_code.get(part.code, -1), to_units(part.quantity, Quantity.scale)) for part in said]
        short = next((part.code for part, (lot, u) in zip(said, parts, strict=True) if u > there.get(lot, 0)), None)
        if short is not None:
            words = _l(
                "Line %(n)s: so much of lot “%(lot)s” doesn't lie %(where)s.",
                n=line.line,
                lot=short,
                where=where,
            )
            raise _refused(words, "lots")
    else:
        if item.tracking == SERIAL and any(there.values()):
            raise lots_missing(line.line, item)
        held = (Held(lot, units, lots[lot].expires if lot else None) for lot, units in there.items())
        parts, rest = first_to_expire(held, wanted)
        if rest:
            words = _l(
                "Line %(n)s: only %(held)s of “%(name)s” lie %(where)s.",
                n=line.line,
                held=number(from_units(max(wanted - rest, 0), Quantity.scale)),
                name=item.name,
                where=where,
            )
            raise _refused(words, "quantity")
    return parts


def _refused(words: object, column: str) -> Invalid:
    return Invalid(words, field="lines", column=column)
