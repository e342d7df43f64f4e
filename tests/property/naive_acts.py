"""What people record, as the naive books keep it, and how figures are rounded."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from fractions import Fraction

SUPPLIERS, CUSTOMERS, LOSSES, OPENING, PRODUCTION = -1, -2, -3, -4, -5
FIRST_WAREHOUSE = 100
ZERO = Decimal(0)
#: a document and a line of it
Line = tuple[int, int]
#: a line, and whether it is the move that a reversal in a later period makes
Key = tuple[int, ...]


class Refused(Exception):
    """The act can't be: closed, short of goods, short of claimed goods, or something was given back or landed on."""


def rounded(exact: Fraction, digits: int = 2) -> Decimal:
    """The nearest number of so many digits, half away from zero."""
    units = int(abs(exact) * 10**digits + Fraction(1, 2))
    return Decimal(units if exact >= 0 else -units).scaleb(-digits)


def part_of(value: Decimal, quantity: Decimal, whole: Decimal) -> Decimal:
    """What `quantity` out of `whole` is worth when the whole is worth `value`."""
    return rounded(Fraction(value) * Fraction(quantity) / Fraction(whole))


def part_of_coins(value: Decimal, quantity: Decimal, whole: Decimal, digits: int) -> Decimal:
    """The same in a currency of so many digits."""
    return rounded(Fraction(value) * Fraction(quantity) / Fraction(whole), digits)


def totals_of_lines(
    lines: Sequence[tuple[Decimal, Decimal, Decimal, Decimal]], *, included: bool, digits: int
) -> list[tuple[Decimal, Decimal]]:
    """Each line (quantity, price, discount, tax rate) without tax, and its tax: what the tax of all lines of its rate grows by
    when it is added, as the tax of a rate is rounded once."""
    found, before = [], dict[Decimal, tuple[Decimal, Decimal]]()
    for quantity, price, discount, per_cent in lines:
        rate = Fraction(per_cent)
        amount = rounded(Fraction(quantity) * Fraction(price) * (100 - Fraction(discount)) / 100, digits)
        all_before, tax_before = before.get(per_cent, (ZERO, ZERO))
        whole = all_before + amount
        whole_tax = rounded(Fraction(whole) * rate / (100 + rate if included else 100), digits)
        before[per_cent] = whole, whole_tax
        tax = whole_tax - tax_before
        found.append(((amount - tax if included else amount), tax))
    return found


@dataclass(frozen=True)
class Move:
    """Goods on their way. `value`: a price of their own; `origin`: what they give back; `claim`: which they leave."""

    line: int
    item: int
    source: int
    target: int
    quantity: Decimal
    value: Decimal | None = None
    origin: Line | None = None
    claim: int = 0


@dataclass(frozen=True)
class Landed:
    """A cost that comes on top of what a line of goods was bought for."""

    line: int
    origin: Line
    value: Decimal


@dataclass(frozen=True)
class Claimed:
    """Goods that an order claims, or lets go of when the quantity is below zero."""

    item: int
    warehouse: int
    claim: int
    quantity: Decimal


@dataclass(frozen=True)
class Sold:
    """A line of a sale (`sign` 1) or of a return (-1); what it costs is what its goods are worth on their way."""

    line: int
    item: int
    contact: int
    sign: int
    quantity: Decimal
    revenue: Decimal


@dataclass(frozen=True)
class Owed:
    """What a contact owes more, or less, and that in the company's own currency."""

    contact: int
    currency: str
    amount: Decimal
    base: Decimal


@dataclass(frozen=True)
class Document:
    """What a person recorded. In a work order the product is the last move: all others are its components."""

    number: int
    kind: str
    moment: datetime
    moves: tuple[Move, ...] = ()
    landed: tuple[Landed, ...] = ()
    claimed: tuple[Claimed, ...] = ()
    sold: tuple[Sold, ...] = ()
    owed: tuple[Owed, ...] = ()

    @property
    def origins(self) -> set[int]:
        """The documents whose goods it gives back or whose costs it raises."""
        return {x.origin[0] for x in (*self.moves, *self.landed) if x.origin is not None}

    def move_of(self, line: int) -> Move:
        """The move of a line."""
        return next(m for m in self.moves if m.line == line)


@dataclass(frozen=True)
class Reversed:
    """A document that somebody reversed."""

    number: int


@dataclass(frozen=True)
class Closed:
    """Nothing can be recorded any more up to and including a day."""

    until: date


Act = Document | Reversed | Closed


def open_after(act: Act) -> datetime:
    """The first moment that an act leaves open."""
    return datetime.combine(act.until + timedelta(days=1), time.min) if isinstance(act, Closed) else datetime.min
