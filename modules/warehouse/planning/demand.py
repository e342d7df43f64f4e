"""How much of goods goes out of a warehouse for use: what tells how much of them will be needed until new ones come."""

from datetime import datetime, time, timedelta
from typing import Any

from sqlalchemy import BigInteger, cast, func, or_, select, type_coerce, union_all
from sqlalchemy.orm import Session

from app.api.clock import wall_clock
from app.api.reference import organisation_id
from modules.warehouse.models import CUSTOMERS, PRODUCTION, TRANSIT
from modules.warehouse.places import inside
from modules.warehouse.registers import Stock

#: of so many whole days before today
DAYS = 90


def used(session: Session) -> Any:
    """A subquery: `item_id`, `place_id` of a warehouse and the `units` that left it in DAYS for customers, production or
    another warehouse, less what customers sent back. What is lost, or goes back to a supplier, isn't used. Its cost goes with
    DAYS."""
    today, e = datetime.combine(wall_clock().date(), time.min), Stock.entries.c
    within = (e.organisation_id == organisation_id(session), e.moment >= today - timedelta(days=DAYS), e.moment < today)
    units = type_coerce(e.quantity, BigInteger)
    went = select(e.item_id, e.warehouse_from_id.label("place_id"), units.label("units")).where(
        *within,
        inside(session, e.warehouse_from_id),
        e.warehouse_from_id != e.warehouse_to_id,
        or_(e.warehouse_to_id > 0, e.place_to_id.in_((CUSTOMERS, PRODUCTION, TRANSIT))),
    )
    came = select(e.item_id, e.warehouse_to_id.label("place_id"), (-units).label("units")).where(
        *within, inside(session, e.warehouse_to_id), e.place_from_id == CUSTOMERS
    )
    each = union_all(went, came).subquery()
    total = cast(func.sum(each.c.units), BigInteger).label("units")
    return select(each.c.item_id, each.c.place_id, total).group_by(each.c.item_id, each.c.place_id).subquery("used")
