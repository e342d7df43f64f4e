"""What falls short when goods are moved, by the names that people know it by."""

from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.api.ledger import NotEnough
from app.api.reference import organisation_id
from app.api.values import Quantity, from_units
from modules.warehouse.errors import NotEnoughFree, NotEnoughStock, NotThere
from modules.warehouse.items import items_by_id
from modules.warehouse.models import Item, Lot
from modules.warehouse.places import places_by_id


def not_enough_stock(session: Session, error: NotEnough) -> NotEnoughStock:
    """A shortage at a place."""
    lots = select(Lot.id, Lot.code).where(Lot.id.in_({key[2] for key in error.short if key[2]}))
    codes = {row.id: row.code for row in session.execute(lots)}
    return NotEnoughStock(error.short, *_names(session, error), codes, _instead(session, error), error.lines)


def not_enough_free(session: Session, error: NotEnough) -> NotEnoughFree:
    """Goods that are there, but kept for others."""
    from modules.warehouse.holds.lots import kept_back  # it reads totals, which stand on what falls short

    kept = kept_back(session, organisation_id(session), {key[0] for key in error.short})
    held = {at: sorted({each.number for each in parts}) for at, parts in kept.items()}
    return NotEnoughFree(error.short, *_names(session, error), held, _instead(session, error), error.lines)


def not_there(session: Session, item: int, missing: int, when: datetime) -> NotThere:
    """Goods that go to another place, into a product or back to whoever sent them, though others have left without being
    there; how much is missing is in units."""
    return NotThere(items_by_id(session, {item})[item].name, from_units(missing, Quantity.scale), when)


def _instead(session: Session, error: NotEnough) -> str:
    """What may be given instead and is free in the same warehouse, for people; nothing to whoever may not see stock."""
    # it reads totals, which stand on what falls short
    from modules.warehouse.substitutes.queries import instead_of, named

    if not session.info["actor"].may("warehouse.stock.view"):
        return ""
    short: dict[int, set[int]] = {}
    for key in error.short:
        short.setdefault(key[1], set()).add(key[0])
    found = [
        named(some) for place, items in sorted(short.items()) for some in instead_of(session, place, items).values()
    ]
    return "; ".join(found)


def _names(session: Session, error: NotEnough) -> tuple[dict[Any, str], dict[Any, str]]:
    wanted = Item.id.in_({key[0] for key in error.short})
    rows = session.execute(select(Item.id, Item.code, Item.name).where(wanted))
    places = places_by_id(session, {key[1] for key in error.short})
    return {row.id: f"{row.code} {row.name}" for row in rows}, {i: where.name for i, where in places.items()}
