"""What is still to be charged of an order, and how much of that before it is delivered. Pure: no database, no clock."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from app.api.values import share_of


@dataclass(frozen=True, slots=True)
class LineLeft:
    """A line of which something is left: what all of it comes to with tax, and how much of it there is and is left."""

    gross: Decimal
    quantity: Decimal
    left: Decimal


class Part(NamedTuple):
    """An amount, and the day by which it is paid; None: nobody has said when."""

    day: date | None
    amount: Decimal


def still_to_charge(lines: Iterable[LineLeft], *, gross: Decimal, amount: Decimal, digits: int) -> Decimal:
    """What is left of a document: of each line its share, rounded as the document's currency is. Where all of it is left that
    is `amount`, which has the rounding of cash in it and `gross`, the sum of all lines, doesn't."""
    left = sum((share_of(each.gross, each.left, each.quantity, digits=digits) for each in lines), Decimal(0))
    return amount if left == gross else left


def counted_from(delivery: date | None, today: date) -> date | None:
    """From which day terms of payment count: that of the delivery, or today where it is late; None: nobody has said when."""
    return None if delivery is None else max(delivery, today)


def prepaid_part(amount: Decimal, percent: Decimal, delivery: date | None, due: date | None, *, digits: int) -> Part:
    """What is to be prepaid of an amount: until the delivery, or the document's own day where that is earlier or alone."""
    days = [day for day in (delivery, due) if day is not None]
    return Part(min(days, default=None), share_of(amount, percent, Decimal(100), digits=digits))
