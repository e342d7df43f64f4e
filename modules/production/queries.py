"""Reading bills of materials."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.api import NotFound
from modules.production.models import Bom


def bom_by_id(session: Session, bom_id: int) -> Bom:
    """The bill; NotFound when there is none."""
    bom = session.get(Bom, bom_id)
    if bom is None:
        raise NotFound
    return bom


def boms_of(session: Session, item_id: int) -> list[Bom]:
    """The bills in use by which a product can be made."""
    return list(session.scalars(select(Bom).where(Bom.item_id == item_id, Bom.is_active).order_by(Bom.name)))
