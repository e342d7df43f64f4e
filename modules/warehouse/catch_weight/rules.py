"""What is right of second quantities, and how they are spread. No database."""

from collections.abc import Sequence
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from app.api.errors import Invalid
from app.api.reference import unit_word
from app.api.texts import lazy_gettext as _l
from app.api.texts import number as shown
from app.api.values import Price, Quantity, from_units
from modules.warehouse.models import SERVICE, Item

_ZERO = Decimal(0)
#: so many of anything are a mistake
_TOO_MANY = Decimal(10**9)


def check_item(values: dict[str, Any], known: Any) -> None:
    """Refuse (Invalid) what can't be right of the second unit of an item or model, `known` unless it is new: its own unit, one
    of a service, a usual quantity in one base unit that isn't above zero. Without a second unit nothing is priced by it."""
    said = {
        name: values.get(name, getattr(known, name, None))
        for name in ("unit_id", "second_unit_id", "kind", "second_per_unit")
    }
    if said["second_unit_id"] is None:
        if {"second_unit_id", "is_priced_by_second", "second_per_unit"} & values.keys():
            values |= {"is_priced_by_second": False, "second_per_unit": None}
        return
    if said["second_unit_id"] == said["unit_id"]:
        raise Invalid(_l("The second unit is another than the unit."), field="second_unit_id")
    if said["kind"] == SERVICE:
        raise Invalid(_l("A service has no second unit."), field="second_unit_id")
    usual = said["second_per_unit"]
    if usual is not None and not (Price.holds(usual) and 0 < usual < _TOO_MANY):
        words = _l("So much in one unit is above zero and has at most six digits after the point.")
        raise Invalid(words, field="second_per_unit")


def check_second(number: int, item: Any, second: Decimal | None, *, is_kept: bool = False) -> None:
    """Refuse (Invalid) a second quantity of a line that is not above zero or finer than its unit is counted, and any of an
    item that has no second unit. `item` and `is_kept` as in `check_quantity`."""
    if second is None:
        return
    if item.second is None:
        message = _l("Line %(n)s: “%(name)s” has no second quantity.", n=number, name=item.name)
    elif not (second.is_finite() and 0 < second < _TOO_MANY and Quantity.holds(second)):
        message = _l("Line %(n)s: the second quantity must be above zero.", n=number)
    elif not is_kept and second != round(second, item.second_digits):
        said = {"n": number, "unit": unit_word(item.second), "digits": item.second_digits}
        message = _l("Line %(n)s: %(unit)s have at most %(digits)s digits after the point.", **said)
    else:
        return
    raise Invalid(message, field="lines", column="second")


def refuse_missing(number: int, item: Any, second: Decimal | None) -> None:
    """Ask (Invalid) for the second quantity of a line that moves goods, where its item has one."""
    if item.second is not None and second is None:
        raise missing(number, item)


def missing(number: int, item: Any) -> Invalid:
    """Nobody has said how much the goods of a line are in their second unit."""
    said = {"n": number, "name": item.name, "unit": unit_word(item.second)}
    words = _l("Line %(n)s: “%(name)s” needs its second quantity: type how many %(unit)s these are.", **said)
    return Invalid(words, field="lines", column="second")


def usual_second(item: Any, quantity: Decimal) -> Decimal | None:
    """How much so many base units usually are in the second unit, rounded as that is counted; None: nobody has said it."""
    if item.second is None or item.second_per_unit is None:
        return None
    step = Decimal(1).scaleb(-item.second_digits)
    usual: Decimal = (quantity * item.second_per_unit).quantize(step, ROUND_HALF_UP)
    return max(usual, step)


def priced_quantity(item: Any, quantity: Decimal, second: Decimal | None) -> Decimal:
    """What the price of a line is multiplied by: the second quantity where the item is priced by it, as it usually is where
    nobody has typed it yet; else the quantity."""
    if not item.is_priced_by_second:
        return quantity
    return second if second is not None else usual_second(item, quantity) or _ZERO


def said_second(line: Any) -> str:
    """The second quantity of a stored line as people say it, such as "24.18 kg"; empty without one."""
    unit = line.item.second_unit
    return f"{shown(line.second)} {unit_word(unit.name)}" if line.second is not None and unit is not None else ""


def said_units(units: int, unit: str) -> str:
    """So many units of a quantity's scale as people say them, such as "24.18 kg"."""
    return f"{shown(from_units(units, Quantity.scale))} {unit_word(unit)}"


def share_of(units: int, part: int, whole: int, *, step: int) -> int:
    """What `part` of `whole` base units takes of `units`, rounded half up to `step`; all of them takes all."""
    if part >= whole:
        return units
    return min((2 * units * part // whole + step) // (2 * step) * step, units) if units > 0 else 0


def spread(units: int, parts: Sequence[int], *, rests: Sequence[int | None], step: int) -> list[int]:
    """`units` over parts of a line: of a part that empties where it lies what is there, its `rest`; the others by their base
    units, and the last of them what is left."""
    open_ = [i for i, rest in enumerate(rests) if rest is None] or [len(parts) - 1]
    found = [0 if i in open_ else rest or 0 for i, rest in enumerate(rests)]
    left, whole = units - sum(found), sum(parts[i] for i in open_)
    for i in open_:
        found[i] = share_of(left, parts[i], whole, step=step)
        left, whole = left - found[i], whole - parts[i]
    return found


def priced_per(item: Item) -> str:
    """The unit of which the prices of an item on lines are, where that is its second one; else empty."""
    unit = item.second_unit
    return unit_word(unit.name) if item.is_priced_by_second and unit is not None else ""
