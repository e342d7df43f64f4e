"""ABC, XYZ and turnover of a shop's sheet by the textbook, from the rows alone: nothing of the program is imported, and no
database is asked. Rows are as the sheet has them: invoice, code, description, quantity, moment, price, customer, country.

ABC: items from the largest amount down; A while less than 80 % of the whole stand before, B while less than 95 %, C the rest.
XYZ: population standard deviation of the months' quantities over their mean; X up to 10 %, Y up to 25 %, Z above.
Turnover: cost of what was sold over the mean of the months' ends, of which the first and the last count half, for 365 days.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal, localcontext
from fractions import Fraction
from typing import Any

#: codes of the sheet that are not goods
NOT_GOODS = {"POST", "DOT", "M", "m", "C2", "D", "AMAZONFEE", "BANK CHARGES", "S"}
Row = Sequence[Any]


@dataclass
class Sold:
    """An item's sales less what came back."""

    quantity: Fraction = Fraction(0)
    revenue: Fraction = Fraction(0)
    #: (year, month) → quantity
    months: dict[tuple[int, int], Fraction] = field(default_factory=lambda: defaultdict(Fraction))
    variation: Decimal | None = None
    abc: str = ""
    xyz: str = ""


def code_of(row: Row) -> str:
    """What the shop calls an item: digits are a number cell."""
    return str(int(row[1])) if isinstance(row[1], float) else str(row[1])


def is_loss(row: Row) -> bool:
    """Quantities below zero that no cancelled invoice explains were broken or lost: they are not sales."""
    return bool(row[3] < 0 and not str(row[0]).startswith("C"))


def classes(rows: Sequence[Row], *, by: str = "revenue") -> dict[str, Sold]:
    """Each item's figures and classes, over the months from the first that is sold in to the last."""
    found: dict[str, Sold] = defaultdict(Sold)
    for row in rows:
        if not is_loss(row):
            sold, quantity = found[code_of(row)], Fraction(row[3])
            sold.quantity += quantity
            sold.revenue += quantity * Fraction(repr(row[5]))
            sold.months[row[4].year, row[4].month] += quantity
    months = sorted({month for sold in found.values() for month in sold.months})
    (first_year, first), (last_year, last) = months[0], months[-1]
    count = (last_year - first_year) * 12 + last - first + 1
    _class_by_share(found, by)
    for sold in found.values():
        _class_by_variation(sold, count)
    return found


def _class_by_share(found: dict[str, Sold], by: str) -> None:
    amounts = sorted((getattr(sold, by) for sold in found.values() if getattr(sold, by) > 0), reverse=True)
    whole, before, of_amount = sum(amounts), Fraction(0), {}
    for amount in amounts:
        # setdefault: equal amounts stand at the place of the first of them
        of_amount.setdefault(amount, "A" if before < whole * 80 / 100 else "B" if before < whole * 95 / 100 else "C")
        before += amount
    for sold in found.values():
        sold.abc = of_amount.get(getattr(sold, by), "C")


def _class_by_variation(sold: Sold, count: int) -> None:
    mean = sold.quantity / count
    if mean <= 0:
        sold.xyz = "Z"
        return
    quantities = [*sold.months.values(), *[Fraction(0)] * (count - len(sold.months))]
    square = sum((each - mean) ** 2 for each in quantities) / count / mean**2
    sold.xyz = "X" if square <= Fraction(1, 100) else "Y" if square <= Fraction(1, 16) else "Z"
    with localcontext(prec=60):
        root = (Decimal(square.numerator) / Decimal(square.denominator)).sqrt() * 100
        sold.variation = root.quantize(Decimal("0.1"), ROUND_HALF_UP)


@dataclass
class Turned:
    """How an item turned over; None: nothing to divide by."""

    quantity_out: Decimal
    on_hand: Decimal
    cover: Decimal | None
    last: date | None
    cost_out: Decimal
    average: Decimal
    turns: Decimal | None


def turnover(
    rows: Sequence[Row], opened: date, stock: dict[str, tuple[int, Decimal]], since: date, until: date
) -> dict[str, Turned]:
    """Of goods that were opened on a day with a quantity at a cost of one, which never changes: their figures from `since`, or
    the day on which they were opened, if that is later, to `until`."""
    begins = max(since, opened)
    days = (until - begins).days + 1
    return {
        code: _turned([r for r in rows if code_of(r) == code], opened, *stock[code], begins, until, days)
        for code in stock
    }


def _turned(
    own: Sequence[Row], opened: date, quantity: int, cost: Decimal, begins: date, until: date, days: int
) -> Turned:
    def stood(day: date) -> Fraction:
        gone = sum(Fraction(row[3]) for row in own if row[4].date() <= day)
        return (quantity - gone) * Fraction(cost) if day >= opened else Fraction(0)

    out = sum((Fraction(r[3]) for r in own if not is_loss(r) and begins <= r[4].date() <= until), Fraction(0))
    held = quantity - sum(Fraction(row[3]) for row in own)
    first = stood(begins if begins == opened else begins - timedelta(days=1))
    ends = [stood(day) for day in _month_ends(begins, until)]
    average = _rounded((first / 2 + sum(ends[:-1]) + ends[-1] / 2) / len(ends), 4)
    left = [row[4].date() for row in own if row[3] > 0]
    turns = out * Fraction(cost) * 365 / (Fraction(average) * days) if out >= 0 and average > 0 else None
    return Turned(
        _rounded(out, 6),
        _rounded(held, 6),
        _rounded(held * days / out, 1) if out > 0 and held >= 0 else None,
        max(left) if left else None,
        _rounded(out * Fraction(cost), 4),
        average,
        _rounded(turns, 1) if turns is not None else None,
    )


def _month_ends(since: date, until: date) -> list[date]:
    """The last days of the months, of the last month the day `until`."""
    days = (since + timedelta(days=n) for n in range((until - since).days + 1))
    return [day for day in days if day == until or (day + timedelta(days=1)).day == 1]


def _rounded(value: Fraction, digits: int) -> Decimal:
    """Half up, away from zero."""
    scaled = abs(value) * 10**digits + Fraction(1, 2)
    whole = scaled.numerator // scaled.denominator
    return Decimal(whole if value >= 0 else -whole).scaleb(-digits)
