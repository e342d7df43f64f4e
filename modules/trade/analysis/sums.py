"""The items that were sold in a period, each with its classes: one statement over the totals by month."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from sqlalchemy import BigInteger, select, type_coerce
from sqlalchemy.orm import Session

from app.api.ledger import moved_between
from modules.trade.analysis.asked import Asked
from modules.trade.analysis.rules import abc_of, in_per_cent, square_of_variation, xyz_of
from modules.trade.registers import Sales


@dataclass(frozen=True, slots=True)
class Classed:
    """An item's figures of the period, in units; `amounts` by the names of `MEASURES`."""

    item_id: int
    abc: str
    xyz: str
    #: by how much demand varies from month to month, in per cent; None: there was none on the whole
    variation: Decimal | None
    amounts: dict[str, int]


def classed(session: Session, asked: Asked) -> list[Classed]:
    """Every item that was sold or came back in the period, less returns."""
    months: dict[int, list[int]] = defaultdict(list)
    amounts: dict[int, dict[str, int]] = {}
    for item, quantity, revenue, *cost in _by_month(session, asked):
        months[item].append(quantity)
        sums = amounts.setdefault(item, {"quantity": 0, "revenue": 0, **({"margin": 0} if cost else {})})
        sums["quantity"] += quantity
        sums["revenue"] += revenue
        if cost:
            sums["margin"] += revenue - cost[0]
    abc = abc_of({item: sums[asked.by] for item, sums in amounts.items()}, asked.a, asked.b)
    found = []
    for item, sums in amounts.items():
        square = square_of_variation(months[item], asked.months)
        variation = None if square is None else in_per_cent(square)
        found.append(Classed(item, abc[item], xyz_of(square, asked.x, asked.y), variation, sums))
    return found


def _by_month(session: Session, asked: Asked) -> Sequence[Any]:
    """Item, quantity, revenue and, where it is open, cost of each month in which it was sold, in units."""
    moved = moved_between(session, Sales.results, asked.since, asked.until, by=("item",), by_month=True).c
    shown = [moved[name] for name in ("quantity", "revenue", "cost") if name in moved]
    return session.execute(select(moved.item_id, *(type_coerce(column, BigInteger) for column in shown))).all()
