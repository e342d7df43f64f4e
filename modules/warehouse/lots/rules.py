"""What is typed of a line's lots, and which lots goods leave by. No database."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from app.api.errors import Invalid
from app.api.texts import lazy_gettext as _l
from app.api.texts import number

#: how goods of an item are tracked
LOT, SERIAL = "lot", "serial"
#: characters of a code, and of all that a line says of lots
MOST, MOST_OF_A_LINE = 60, 4000
# between lots: a comma within a number, such as `A17: 2,5`, is none
_BETWEEN = {LOT: re.compile(r"[;\n\t]|,(?![0-9])"), SERIAL: re.compile(r"[,;\n\t]")}
_COUNTED = re.compile(r"(?P<code>.+?)\s*:\s*(?P<quantity>[0-9]+(?:[.,][0-9]+)?)")
_ZERO = Decimal(0)


@dataclass(frozen=True, slots=True)
class Part:
    """So much of a line is of one lot; quantity in base units, above zero."""

    code: str
    quantity: Decimal


@dataclass(frozen=True, slots=True)
class Held:
    """What a place holds of a lot, in units; 0 is what lies there without one."""

    lot: int
    units: int
    expires: date | None = None


def lots_of_line(n: int, text: str, quantity: Decimal, tracking: str) -> list[Part]:
    """What a line's text says of lots, such as `A17` for all of it, `A17: 5, B2: 7`, or a list of serial numbers; empty:
    nothing. One lot may be without a quantity: it has the rest.

    Refused (Invalid), by the line's number `n`: a code twice or too long, quantities that aren't the line's, serial numbers
    that are not one for each piece.
    """
    said = [part for part in (each.strip() for each in _BETWEEN[tracking].split(text)) if part]
    if not said:
        return []
    parts = [_part(n, each, tracking) for each in said]
    codes = [code for code, _ in parts]
    if twice := next((code for code in codes if codes.count(code) > 1), None):
        raise _refused(_l("Line %(n)s: “%(code)s” stands there twice.", n=n, code=twice))
    if tracking == SERIAL:
        if len(codes) != quantity:
            words = _l(
                "Line %(n)s: %(said)s serial numbers for %(quantity)s.", n=n, said=len(codes), quantity=number(quantity)
            )
            raise _refused(words)
        return [Part(code, Decimal(1)) for code in codes]
    return _filled(n, parts, quantity)


def _part(n: int, text: str, tracking: str) -> tuple[str, Decimal | None]:
    found = _COUNTED.fullmatch(text) if tracking != SERIAL else None
    code, quantity = (found["code"], Decimal(found["quantity"].replace(",", "."))) if found else (text, None)
    if len(code) > MOST:
        raise _refused(_l("Line %(n)s: a lot has at most %(most)s characters.", n=n, most=MOST))
    return code, quantity


def _filled(n: int, parts: Sequence[tuple[str, Decimal | None]], quantity: Decimal) -> list[Part]:
    rest = quantity - sum((part for _, part in parts if part is not None), _ZERO)
    open_ = sum(part is None for _, part in parts)
    if open_ > 1:
        raise _refused(_l("Line %(n)s: say how much of each lot, such as “A17: 5, B2: 7”.", n=n))
    if (open_ and rest <= 0) or (not open_ and rest) or any(part is not None and part <= 0 for _, part in parts):
        words = _l(
            "Line %(n)s: the quantities of its lots aren't the line's, %(quantity)s.", n=n, quantity=number(quantity)
        )
        raise _refused(words)
    return [Part(code, rest if part is None else part) for code, part in parts]


def first_to_expire(held: Iterable[Held], wanted: int) -> tuple[list[tuple[int, int]], int]:
    """The lots that so many units leave by, and how many are left that no lot has: what lies there without a lot first, as it
    came before lots were kept, then whatever expires first, and of what never does the oldest."""
    taken, left = [], wanted
    for each in sorted(held, key=lambda h: (h.lot != 0, h.expires or date.max, h.lot)):
        if left <= 0:
            break
        if each.units > 0:
            taken.append((each.lot, min(each.units, left)))
            left -= min(each.units, left)
    return taken, left


def _refused(words: object) -> Invalid:
    return Invalid(words, field="lines", column="lots")
