"""What went out for use month by month: what forecasts are made of. Its cost goes with the window that they look back, not with
what lies before."""

from collections import defaultdict
from collections.abc import Collection
from datetime import date, datetime, time, timedelta
from typing import Any

from sqlalchemy import BigInteger, cast, extract, func, select, type_coerce
from sqlalchemy.orm import Session

from app.api.ledger import moved_between, standing
from modules.warehouse.models import CUSTOMERS, PRODUCTION, Place
from modules.warehouse.planning.demand import gone
from modules.warehouse.planning.forecast import BACK, first_of, month_of
from modules.warehouse.registers import Stock

#: item and warehouse
Key = tuple[int, int]


def histories(session: Session, items: Collection[int], today: date) -> dict[Key, list[int | None]]:
    """Of these items, by warehouse: the units that left in each month for customers and production, less what customers sent
    back, from the first month in which any did (of the last BACK) to the last that is over; none below zero. Transfers aren't
    use. None: the month began without stock and none came, so that nobody knows what would have gone out."""
    until = month_of(today)
    since = until - BACK
    went = _went(session, items, first_of(since), first_of(until))
    absent = _absent(session, items, since, until)
    found: dict[Key, list[int | None]] = {}
    for key, units in went.items():
        months = range(min(units), until)
        found[key] = [None if m not in units and m in absent[key] else max(units.get(m, 0), 0) for m in months]
    return found


def _went(session: Session, items: Collection[int], since: date, until: date) -> dict[Key, dict[int, int]]:
    start, end = (datetime.combine(day, time.min) for day in (since, until))
    each = gone(session, start, end, (CUSTOMERS, PRODUCTION), items)
    year, month = (cast(extract(part, each.c.moment), BigInteger) for part in ("year", "month"))
    number, units = (year * 12 + month - 1).label("number"), cast(func.sum(each.c.units), BigInteger).label("total")
    keys = (each.c.item_id, each.c.place_id, number)
    found: dict[Key, dict[int, int]] = defaultdict(dict)
    for item, place, at, total in session.execute(select(*keys, units).group_by(*keys).order_by(number)):
        if total > 0 or (item, place) in found:
            found[item, place][at] = total
    return found


def _absent(session: Session, items: Collection[int], since: int, until: int) -> dict[Key, set[int]]:
    """The months from `since` to before `until` that began without stock, and in which none came."""
    where, by = {"item": list(items)}, ("item", "place")
    before, last = (first_of(month) - timedelta(days=1) for month in (since, until))
    opening = standing(session, Stock.on_hand, before, by=by, where=where, name="opening")
    months = moved_between(
        session, Stock.on_hand, first_of(since), last, by=by, where=where, by_month=True, name="months"
    )
    stood: dict[Key, int] = defaultdict(int)
    for item, place, units in session.execute(_in_warehouses(opening, opening.c.quantity)):
        stood[item, place] = units
    moved: dict[Key, dict[int, tuple[int, int]]] = defaultdict(dict)
    columns = (months.c.quantity, months.c.quantity_in)
    for item, place, month, units, came in session.execute(_in_warehouses(months, *columns, month=months.c.month)):
        moved[item, place][month // 100 * 12 + month % 100 - 1] = units, came
    found: dict[Key, set[int]] = defaultdict(set)
    for key in {*stood, *moved}:
        for month in range(since, until):
            units, came = moved[key].get(month, (0, 0))
            if stood[key] <= 0 and not came:
                found[key].add(month)
            stood[key] += units
    return found


def _in_warehouses(figures: Any, *columns: Any, **by: Any) -> Any:
    """The figures of places added up by the warehouses that they are in."""
    warehouse = func.coalesce(Place.warehouse_id, Place.id)
    sums = [cast(func.sum(type_coerce(column, BigInteger)), BigInteger) for column in columns]
    query = select(figures.c.item_id, warehouse, *by.values(), *sums).join_from(
        figures, Place, Place.id == figures.c.place_id
    )
    return query.group_by(figures.c.item_id, warehouse, *by.values())
