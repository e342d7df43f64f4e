"""The cards of an item and of a certificate."""

from sqlalchemy.orm import Session

from app.api.errors import NotFound
from app.api.texts import lazy_gettext as _l
from app.api.web import Card
from modules.warehouse.certificates import VIEW
from modules.warehouse.certificates.operations import certificate_by_id
from modules.warehouse.models import Item


def item_by_id(session: Session, item_id: int) -> Item:
    """The item; NotFound when there is none."""
    found = session.get(Item, item_id)
    if found is None:
        raise NotFound
    return found


item = Card("warehouse.item", _l("Item card"), item_by_id, lambda item: item.name, "warehouse/item_head.html")
certificate = Card(
    "warehouse.certificate",
    _l("Certificate"),
    certificate_by_id,
    lambda row: row.number,
    "warehouse/certificate_head.html",
    needs=VIEW,
)
