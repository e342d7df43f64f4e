"""Reading stock: now, at any past moment, and the movements behind a figure."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.api import Figure, Statement, at, now, require, statement
from modules.warehouse.models import FIRST_WAREHOUSE, Place
from modules.warehouse.registers import Stock


def warehouses(session: Session) -> list[Place]:
    """The company's own places."""
    return list(session.scalars(select(Place).where(Place.id >= FIRST_WAREHOUSE).order_by(Place.name)))


def stock_on_hand(
    session: Session,
    moment: date | datetime | None = None,
    *,
    items: Sequence[int] | None = None,
    places: Sequence[int] | None = None,
) -> list[Figure]:
    """Quantity and value by (item, place) in the company's warehouses: now, or at the end of a day or moment."""
    require(session.info["actor"], "warehouse.stock.view")
    where: dict[str, object] = {"place": list(places) if places else [p.id for p in warehouses(session)]}
    if items is not None:
        where["item"] = list(items)
    if moment is None:
        figures = now(session, Stock, by=("item", "place"), where=where)
        return [f for f in figures if any(f.amounts.values())]
    return at(session, Stock, moment, by=("item", "place"), where=where)


def movements_of(session: Session, item_id: int, place_id: int, since: date, until: date) -> Statement:
    """What came into and went out of a place, of one item, line by line.

    Documents that are not open to the actor have no line, only the balances after the next one: a quantity of a purchase
    and what was owed for it would tell the cost.
    """
    require(session.info["actor"], "warehouse.stock.view")
    whole = statement(session, Stock, since, until, where={"item": item_id, "place": place_id})
    return replace(whole, lines=[line for line in whole.lines if line.is_open])
