"""What the card of an item says of its planning."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.api.reference import organisation_id
from app.api.web import Shown, current_actor
from modules.warehouse.models import GOODS, Item, Place
from modules.warehouse.planning import EDIT
from modules.warehouse.planning.models import ReorderRule


def item_planning(session: Session, item: Item) -> Shown:
    """In which warehouses it is bought again, when and how much."""
    query = (
        select(ReorderRule, Place.name)
        .join(Place, Place.id == ReorderRule.place_id)
        .where(ReorderRule.organisation_id == organisation_id(session), ReorderRule.item_id == item.id)
        .order_by(Place.name_order, Place.id)
    )
    may_edit = item.kind == GOODS and current_actor().may(EDIT)
    return Shown("warehouse/item_planning.html", {"rules": session.execute(query).all(), "may_edit": may_edit})
