"""Reading bills of materials."""

from sqlalchemy.orm import Session

from app.api.errors import NotFound
from modules.production.models import Bom


def bom_by_id(session: Session, bom_id: int) -> Bom:
    """The bill; NotFound when there is none."""
    bom = session.get(Bom, bom_id)
    if bom is None:
        raise NotFound
    return bom
