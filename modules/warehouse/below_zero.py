"""Whether more of an item may leave a warehouse for good than is there: as the item says, else as the warehouse does."""

from collections.abc import Collection, Mapping
from typing import Any

from sqlalchemy import BigInteger, func, select, type_coerce
from sqlalchemy.orm import Session

from app.api.ledger import Ask, Shortage
from app.api.notices import notify
from app.api.reference import organisation_id
from app.api.security import PastPolicy
from app.api.texts import lazy_gettext as _l
from app.api.texts import number
from app.api.values import Quantity, from_units
from modules.warehouse.items import items_by_id
from modules.warehouse.models import BLOCK, NONE, WARN, Item, Place
from modules.warehouse.places import places_by_id

_BOOKS = PastPolicy("what a warehouse lets happen, whoever moves its goods")
_ITEM: Any = Item.__table__.c
_PLACE: Any = Place.__table__.c
#: of what is tracked one knows which it is, and what is weighed is there: nothing of it leaves that isn't
_RULES = (
    "SELECT i.id, p.id, CASE WHEN i.tracking <> '' OR i.second_unit_id IS NOT NULL THEN 'block'"
    " WHEN i.below_zero <> '' THEN i.below_zero ELSE p.below_zero END FROM warehouse_item i CROSS JOIN warehouse_place p"
    " WHERE i.id IN ({}) AND p.id IN ({})"
)
_HOLDS = (
    "SELECT t.item_id, t.warehouse_id FROM warehouse_stock_claims_total t JOIN warehouse_claim c ON c.id = t.claim_id"
    " WHERE t.organisation_id = ? AND c.is_hold AND t.quantity > 0 AND t.item_id IN ({}) AND t.warehouse_id IN ({})"
)
Key = tuple[int, ...]


def stock_may(ask: Ask, _own: int, short: Mapping[Key, Shortage], let: Collection[Key]) -> set[Key]:
    """Of item, place and lot, those that may fall below zero."""
    return _that_may(ask, [key for key in short if key in let])


def free_may(ask: Ask, own: int, short: Mapping[Key, Shortage], let: Collection[Key]) -> set[Key]:
    """Of item, warehouse and claim, those that may: what is free, as what lies there may; never what is kept for somebody, and
    nothing where goods are held back: it would be those that go."""
    may = _that_may(ask, [key for key in short if key in let and key[2] == NONE])
    return may - _held_back(ask, own, may) if may else may


def _held_back(ask: Ask, own: int, keys: Collection[Key]) -> set[Key]:
    """Those of which a hold keeps something."""
    items, warehouses = sorted({key[0] for key in keys}), sorted({key[1] for key in keys})
    question = _HOLDS.format(", ".join("?" * len(items)), ", ".join("?" * len(warehouses)))
    held = {(row[0], row[1]) for row in ask(question, [own, *items, *warehouses])}
    return {key for key in keys if key[:2] in held}


def _that_may(ask: Ask, keys: Collection[Key]) -> set[Key]:
    if not keys:
        return set()
    items, places = sorted({key[0] for key in keys}), sorted({key[1] for key in keys})
    question = _RULES.format(", ".join("?" * len(items)), ", ".join("?" * len(places)))
    may = {(row[0], row[1]) for row in ask(question, [*items, *places]) if row[2] != BLOCK}
    return {key for key in keys if key[:2] in may}


def say_short(session: Session, short: Mapping[Key, Shortage]) -> None:
    """Say what has fallen below zero where the rule is to say so."""
    for item, place in _to_be_said(session, short):
        words = _l(
            "“%(item)s” is below zero in “%(place)s” now: %(quantity)s are missing.",
            item=items_by_id(session, {item})[item].name,
            place=places_by_id(session, {place})[place].name,
            quantity=number(sum(short[key].amount for key in short if key[:2] == (item, place))),
        )
        notify(session, words)


def say_taken(session: Session, short: Mapping[Key, Shortage]) -> None:
    """Say what has gone that was there, but kept for others."""
    for item, warehouse in _to_be_said(session, short):
        amount = short[item, warehouse, NONE].amount
        if _kept(session, item, warehouse) >= amount:
            name = items_by_id(session, {item})[item].name
            said = {"quantity": number(amount), "item": name}
            notify(session, _l("%(quantity)s of “%(item)s” have gone that are reserved for others.", **said))


def _to_be_said(session: Session, short: Mapping[Key, Shortage]) -> list[tuple[int, int]]:
    """Item and place of those whose rule it is to say so."""
    keys = sorted({key[:2] for key in short})
    own = dict(_rules(session, _ITEM, {item for item, _ in keys}))
    places = dict(_rules(session, _PLACE, {place for _, place in keys}))
    return [(item, place) for item, place in keys if (own[item] or places[place]) == WARN]


def _rules(session: Session, column: Any, ids: Collection[int]) -> list[tuple[int, str]]:
    rows = _BOOKS(session).execute(select(column.id, column.below_zero).where(column.id.in_(ids)))
    return [(row[0], row[1]) for row in rows]


def _kept(session: Session, item: int, warehouse: int) -> Any:
    """How much of an item is kept for others in a warehouse."""
    from modules.warehouse.registers import Stock  # its floors ask here

    total = Stock.claims.table.c
    units = select(func.coalesce(func.sum(type_coerce(total.quantity, BigInteger)), 0)).where(
        total.organisation_id == organisation_id(session),
        total.item_id == item,
        total.warehouse_id == warehouse,
        total.claim_id != NONE,
    )
    found: Any = _BOOKS(session).scalar(units)
    return from_units(int(found), Quantity.scale)
