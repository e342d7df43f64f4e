"""What one unit of goods costs by what is in stock now: for prices that follow costs, and margins before anything is posted."""

from collections.abc import Collection
from decimal import Decimal

from sqlalchemy import BigInteger, func, select, type_coerce
from sqlalchemy.orm import Session

from app.api.reference import organisation_id
from app.api.security import PastPolicy
from app.api.values import Money, Quantity, from_units
from modules.warehouse.costing import SPECIFIC
from modules.warehouse.items import items_by_id
from modules.warehouse.policies import costing_of, pool_of_warehouse
from modules.warehouse.registers import Stock

_BOOKS = PastPolicy("prices and their guard follow costs whoever types; what is shown of costs asks for warehouse.cost")


def costed_by_lot(session: Session, items: Collection[int]) -> set[int]:
    """Items of which each lot costs by itself: until it is known which leave, nobody knows what they cost."""
    tracked = {number for number, item in items_by_id(session, items).items() if item.tracking}
    return {item for item, method in costing_of(session, tracked).items() if method == SPECIFIC}


def unit_costs(session: Session, items: Collection[int], place_id: int | None = None) -> dict[int, Decimal]:
    """The average cost of one base unit of what is in stock, in the organisation's own currency, unrounded; at a warehouse, or
    in all of them. Goods of which nothing is there are left out, as are services. Not for showing: it asks nobody's rights."""
    worth = Stock.worth.table.c
    quantity, value = (func.sum(type_coerce(column, BigInteger)) for column in (worth.quantity, worth.value))
    query = select(worth.item_id, quantity.label("quantity"), value.label("value")).group_by(worth.item_id)
    query = query.where(worth.organisation_id == organisation_id(session), worth.item_id.in_(sorted(items)))
    if place_id is not None:
        query = query.where(worth.pool_id == pool_of_warehouse(session, place_id))
    rows = _BOOKS(session).execute(query.having(quantity > 0))
    return {
        row.item_id: from_units(int(row.value), Money.scale) / from_units(int(row.quantity), Quantity.scale)
        for row in rows
    }
