"""What is typed of a line's lots, and which lots goods leave by. No database."""

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from app.api.errors import Invalid
from app.api.texts import lazy_gettext as _l
from app.api.texts import number

#: how goods of an item are tracked
LOT, SERIAL = "lot", "serial"
#: characters of a code, and of all that a line says of lots
MOST, MOST_OF_A_LINE = 60, 4000
#: a lot, with its quantity if it has one; a comma belongs to a number only behind a colon
_LOT = re.compile(r"\s*(?P<code>[^:;,\n\t]+?)\s*(?::\s*(?P<quantity>[0-9]+(?:[.,][0-9]+)?)\s*)?(?:[;,\n\t]|$)")
_BETWEEN_SERIALS = re.compile(r"[,;\n\t]")
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


def lots_text(n: int, text: str) -> str:
    """What a line says of lots, as it is kept. Refused (Invalid), by the line's number `n`: more than MOST_OF_A_LINE
    characters."""
    text = text.strip()
    if len(text) > MOST_OF_A_LINE:
        raise _refused(_l("Line %(n)s: that is too much for one line. Split it.", n=n))
    return text


def lots_of_line(n: int, text: str, quantity: Decimal, tracking: str, *, digits: int = 6) -> list[Part]:
    """What a line's text says of lots, such as `A17` for all of it, `A17: 5, B2: 7`, or a list of serial numbers; empty:
    nothing. One lot may be without a quantity: it has the rest. `digits`: how finely the item is counted.

    Refused (Invalid), by the line's number `n`: a code twice or too long, quantities that aren't the line's or are finer than
    the item is counted, serial numbers that are not one for each piece.
    """
    parts = _serials(text) if tracking == SERIAL else _lots(n, text)
    codes = [code for code, _ in parts]
    if twice := next((code for code, count in Counter(codes).items() if count > 1), None):
        raise _refused(_l("Line %(n)s: “%(code)s” stands there twice.", n=n, code=twice))
    if any(len(code) > MOST for code in codes):
        raise _refused(_l("Line %(n)s: a lot has at most %(most)s characters.", n=n, most=MOST))
    if tracking == SERIAL and parts and len(codes) != quantity:
        said = {"n": n, "said": len(codes), "quantity": number(quantity)}
        raise _refused(_l("Line %(n)s: %(said)s serial numbers for %(quantity)s.", **said))
    filled = _filled(n, parts, quantity) if parts else []
    if fine := next((part for part in filled if part.quantity != round(part.quantity, digits)), None):
        raise _refused(_l("Line %(n)s: the quantity of lot “%(lot)s” has too many digits.", n=n, lot=fine.code))
    return filled


def lots_of_goods(n: int, text: str, quantity: Decimal, item: Any) -> list[Part]:
    """The same of an item of that tracking. Refused (Invalid) besides: lots of goods that have none."""
    if text and not item.tracking:
        raise _refused(_l("Line %(n)s: “%(name)s” isn't kept by lots or serial numbers.", n=n, name=item.name))
    return lots_of_line(n, text, quantity, item.tracking, digits=item.digits)


def is_lot(text: str) -> bool:
    """Whether a text can be one lot or serial number, as lines of documents take them."""
    return 0 < len(text) <= MOST and text == text.strip() and not set(text) & set(":;,\n\t")


def _serials(text: str) -> list[tuple[str, Decimal | None]]:
    return [(code, Decimal(1)) for each in _BETWEEN_SERIALS.split(text) if (code := each.strip())]


def _lots(n: int, text: str) -> list[tuple[str, Decimal | None]]:
    found: list[tuple[str, Decimal | None]] = []
    text, start = text.strip().rstrip(";,"), 0
    while start < len(text):
        part = _LOT.match(text, start)
        if part is None:
            raise _refused(_l("Line %(n)s: write lots as “A17” or “A17: 5, B2: 7”.", n=n))
        quantity = part["quantity"]
        found.append((part["code"], Decimal(quantity.replace(",", ".")) if quantity else None))
        start = part.end()
    return found


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
