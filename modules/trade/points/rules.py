"""How many points a sale gives, how they are spread over lines, and which are taken first. Pure: no database.

Points are whole numbers.
"""

from calendar import monthrange
from collections.abc import Iterable, Sequence
from datetime import date
from decimal import ROUND_FLOOR, Decimal
from typing import NamedTuple

from app.api.values import round_money, share_of

_HUNDRED = Decimal(100)
_ONE = Decimal(1)


class Lot(NamedTuple):
    """Points that one document gave a contact, and how many of them are left."""

    id: int
    contact_id: int
    left: int


def points_for(amount: Decimal, *, earns: int, per: Decimal) -> int:
    """The points for an amount: `earns` for each full `per` of it; none for nothing or less."""
    return int(amount // per) * earns if amount > 0 else 0


def spread(whole: int, weights: Sequence[Decimal]) -> list[int]:
    """A number of points over parts by their weights, so that they make the whole."""
    return [int(part) for part in spread_exactly(Decimal(whole), weights, digits=0)]


def spread_exactly(whole: Decimal, weights: Sequence[Decimal], *, digits: int) -> list[Decimal]:
    """An amount over parts by their weights, `digits` after the point: each has what it adds to the share of those up to it, so
    that the parts make the whole and none has more than its weight, unless the whole is more than all of them."""
    total, before, so_far, found = sum(weights, Decimal(0)), Decimal(0), Decimal(0), []
    for weight in weights:
        so_far += weight
        until_here = share_of(whole, so_far, total, digits=digits) if total else Decimal(0)
        found.append(until_here - before)
        before = until_here
    return found


def most_to_spend(payable: Decimal, *, worth: Decimal, most_share: Decimal, digits: int) -> int:
    """How many points a sale may be paid with at most; `payable`: what its lines come to on which points are spent."""
    most = (payable * most_share / _HUNDRED).quantize(_ONE.scaleb(-digits), ROUND_FLOOR)
    return int(most // worth)


def worth_of(points: int, worth: Decimal, digits: int) -> Decimal:
    """What so many points take off a sale."""
    return round_money(points * worth, digits)


def back_of(points: int, back: Decimal, quantity: Decimal) -> int:
    """How many of a line's points go with what came back of it in all; the whole line takes all of them."""
    return points if back >= quantity else int(share_of(Decimal(points), back, quantity, digits=0))


def taken_from(lots: Iterable[Lot], points: int) -> list[tuple[Lot, int]]:
    """Which lots so many points are taken from, in their order; fewer where there are no more."""
    found = []
    for lot in lots:
        if points > 0 and (part := min(points, lot.left)) > 0:
            found.append((lot, part))
            points -= part
    return found


def last_day(earned: date, months: int | None) -> date | None:
    """The last day on which points are spent: the same day so many months later, or that month's last; None: there is none."""
    if months is None:
        return None
    year, month = earned.year + (earned.month - 1 + months) // 12, (earned.month - 1 + months) % 12 + 1
    return None if year > date.max.year else date(year, month, min(earned.day, monthrange(year, month)[1]))
