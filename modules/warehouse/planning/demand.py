"""How much of goods goes out of a warehouse for use: what tells how much of them will be needed until new ones come."""

from collections.abc import Collection
from datetime import datetime, time, timedelta
from typing import Any

from sqlalchemy import BigInteger, case, cast, func, or_, select, type_coerce, union_all
from sqlalchemy.orm import Session

from app.api.clock import wall_clock
from app.api.reference import organisation_id
from modules.warehouse.models import CUSTOMERS, PRODUCTION, TRANSIT
from modules.warehouse.places import inside
from modules.warehouse.planning.models import ForecastMonth
from modules.warehouse.registers import Stock

#: of so many whole days before today
DAYS = 90


def used(session: Session) -> Any:
    """A subquery: `item_id`, `place_id` of a warehouse and the `units` that left it in DAYS for customers, production or
    another warehouse, less what customers sent back. What is lost, or goes back to a supplier, isn't used. Its cost goes with
    DAYS."""
    today = datetime.combine(wall_clock().date(), time.min)
    each = gone(session, today - timedelta(days=DAYS), today, (CUSTOMERS, PRODUCTION, TRANSIT), transfers=True)
    total = cast(func.sum(each.c.units), BigInteger).label("units")
    return select(each.c.item_id, each.c.place_id, total).group_by(each.c.item_id, each.c.place_id).subquery("used")


def gone(
    session: Session,
    start: datetime,
    end: datetime,
    ends: Collection[int],
    items: Collection[int] | None = None,
    *,
    transfers: bool = False,
) -> Any:
    """A subquery: `item_id`, `place_id` of a warehouse, `moment` and `units` of each entry from `start` to before `end`
    by which goods left it for one of `ends`, or (`transfers`) another warehouse; below zero: they came back from customers."""
    e = Stock.entries.c
    within = [e.organisation_id == organisation_id(session), e.moment >= start, e.moment < end]
    within += [] if items is None else [e.item_id.in_(items)]
    units, leaves = type_coerce(e.quantity, BigInteger), e.place_to_id.in_(ends)
    went = select(e.item_id, e.warehouse_from_id.label("place_id"), e.moment, units.label("units")).where(
        *within,
        inside(session, e.warehouse_from_id),
        e.warehouse_from_id != e.warehouse_to_id,
        or_(e.warehouse_to_id > 0, leaves) if transfers else leaves,
    )
    came = select(e.item_id, e.warehouse_to_id.label("place_id"), e.moment, (-units).label("units")).where(
        *within, inside(session, e.warehouse_to_id), e.place_from_id == CUSTOMERS
    )
    return union_all(went, came).subquery("gone")


def expected(rule_id: Any, since: Any, until: Any) -> Any:
    """The units that a rule's forecast expects from the day `since` to before `until`, both ordinals: of a month that
    lies in it in part, that part."""
    month = ForecastMonth.__table__.c
    over = month.start + month.days
    begin = case((month.start > since, month.start), else_=since)
    days = case((over < until, over), else_=until) - begin
    part = type_coerce(month.quantity, BigInteger) * days // month.days
    return (
        select(func.coalesce(cast(func.sum(part), BigInteger), 0))
        .where(month.rule_id == rule_id, month.start < until, over > since)
        .scalar_subquery()
    )
