"""What production shows on an item's card."""

from sqlalchemy.orm import Session

from app.api.web import Table
from modules.production import tables
from modules.warehouse.api import Item


def item_boms(_session: Session, item: Item) -> Table:
    """How an item is made, and what is made of it."""
    return tables.boms_of(item.id)
