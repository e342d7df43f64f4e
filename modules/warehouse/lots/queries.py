"""Which lots were and are in own warehouses, and are open to whom."""

from typing import Any

from sqlalchemy import and_, exists, literal_column, select
from sqlalchemy.orm import Session, aliased

from app.api.reference import Organisation, organisation_id
from app.api.security import visible
from modules.warehouse.models import Item, Lot, Place
from modules.warehouse.places import own_places
from modules.warehouse.registers import Stock

OWN = aliased(Organisation, name="own")
HELD = Stock.on_hand.table.c
# The last in the words of the index of what has lots.
OF_LOT = and_(
    HELD.organisation_id == OWN.id,
    HELD.item_id == Lot.item_id,
    HELD.lot_id == Lot.id,
    HELD.lot_id > literal_column("0"),
    HELD.place_id.in_(own_places()),
)


def was_here(session: Session) -> list[Any]:
    """What narrows lots, beside their organisation, to those that ever were in a warehouse that the session's actor sees:
    nothing for whoever isn't limited to some."""
    return [] if visible(session, Place) is None else [exists().where(OF_LOT).correlate(Lot, OWN)]


def is_seen(session: Session, lot_id: int) -> bool:
    """Whether a lot is open to the session's actor: who sees no stock sees no lot of it."""
    if not session.info["actor"].may("warehouse.stock.view"):
        return False
    if not (narrowing := was_here(session)):
        return True
    query = select(Lot.id).join(OWN, OWN.id == organisation_id(session)).where(Lot.id == lot_id, *narrowing)
    return session.scalar(query) is not None


def lots_called(session: Session, code: str) -> Any:
    """A query of the lots of goods that a label calls so and that are open to the session's actor, by their items."""
    query = select(Lot).join(Item, Item.id == Lot.item_id).join(OWN, OWN.id == organisation_id(session))
    return query.where(Lot.code == code, *was_here(session)).order_by(Item.id)
