"""The items that were sold in a period, each with its classes: one statement over the totals by month, or over
the entries of the period where these don't say it."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import BigInteger, or_, select, type_coerce
from sqlalchemy.orm import Session

from modules.trade.analysis.asked import LEAST_MONTHS, Asked
from modules.trade.analysis.rules import abc_of, in_per_cent, square_of_variation, xyz_of
from modules.trade.figures.asked import Asked as Figures
from modules.trade.figures.sums import sums_of


@dataclass(frozen=True, slots=True)
class Classed:
    """An item's figures of the period, in units; `amounts` by the names of `MEASURES`."""

    item_id: int
    abc: str
    xyz: str
    #: by how much demand varies from month to month, in per cent; None: there was none on the whole
    variation: Decimal | None
    amounts: dict[str, int]


@dataclass(frozen=True, slots=True)
class Found:
    """Every item that was sold or came back in the period, less returns."""

    items: list[Classed]
    #: the first day from which demand is compared: that of the period, or where nothing was sold before (`_sold_before`) the
    #: first of the month in which anything was
    since: date
    #: so many months are compared from there on; of fewer than LEAST_MONTHS nothing varies
    months: int


def classed(session: Session, asked: Asked) -> Found:
    """The items and their classes. Months before anything at all was sold are not counted: they say nothing of demand. Of a
    shop that sold before, months in which it was closed are."""
    months: dict[int, list[int]] = defaultdict(list)
    amounts: dict[int, dict[str, int]] = {}
    since = asked.until
    for item, month, quantity, revenue, *cost in _by_month(session, asked):
        if not (quantity or revenue or any(cost)):
            continue
        since = min(since, month)
        months[item].append(quantity)
        sums = amounts.setdefault(item, {"quantity": 0, "revenue": 0, **({"margin": 0} if cost else {})})
        sums["quantity"] += quantity
        sums["revenue"] += revenue
        if cost:
            sums["margin"] += revenue - cost[0]
    since = asked.since if since <= asked.since or not amounts or _sold_before(session, asked) else since
    counted = replace(asked, since=since).months
    abc = abc_of({item: sums[asked.by] for item, sums in amounts.items()}, asked.a, asked.b)
    found = []
    for item, sums in amounts.items():
        square = square_of_variation(months[item], counted) if counted >= LEAST_MONTHS else None
        variation = None if square is None else in_per_cent(square)
        found.append(Classed(item, abc[item], xyz_of(square, asked.x, asked.y), variation, sums))
    return Found(found, since, counted)


def _by_month(session: Session, asked: Asked) -> Sequence[Any]:
    """Item, the first day of a month in which it was sold, quantity, revenue and, where it is open, cost, in units."""
    c = sums_of(session, Figures(("item", "month"), asked.since, asked.until, "", _where(asked))).c
    shown = [c[name] for name in ("quantity", "revenue", "cost") if name in c]
    return session.execute(select(c.item, c.month, *(type_coerce(column, BigInteger) for column in shown))).all()


def _sold_before(session: Session, asked: Asked) -> bool:
    """Whether anything was sold in the year before the period: so far back and no further, that it costs the same in every
    year."""
    last = asked.since.toordinal() - 1
    if last < 1:
        return False
    days = (date.fromordinal(max(last - 365, 1)), date.fromordinal(last))
    c = sums_of(session, Figures(("item",), *days, "", _where(asked))).c
    some = or_(type_coerce(c.quantity, BigInteger) != 0, type_coerce(c.revenue, BigInteger) != 0)
    return session.scalar(select(1).where(some).limit(1)) is not None


def _where(asked: Asked) -> dict[str, int]:
    return {} if asked.warehouse is None else {"warehouse": asked.warehouse}
