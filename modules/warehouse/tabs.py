"""What the warehouse shows on tabs of its items."""

from sqlalchemy.orm import Session

from app.api.files import files_tab
from app.api.web import Shown, Table, current_actor
from modules.warehouse.certificates.models import Certificate
from modules.warehouse.certificates.tables import certificates_of
from modules.warehouse.competitors.tables import competitors_of
from modules.warehouse.explaining.pages import document_costs as document_costs
from modules.warehouse.kits.tables import compositions_of
from modules.warehouse.models import Item
from modules.warehouse.pictures.operations import EDIT, pictures_of
from modules.warehouse.planning.tabs import item_planning as item_planning
from modules.warehouse.substitutes.tables import substitutes_of


def item_pictures(session: Session, item: Item) -> Shown:
    """The pictures of an item."""
    values = {"pictures": pictures_of(session, item.id), "may_edit": current_actor().may(EDIT)}
    return Shown("warehouse/item_pictures.html", values)


def item_composition(_session: Session, item: Item) -> Table:
    """What an item is made of, and in which kits it is."""
    return compositions_of(item)


def item_substitutes(_session: Session, item: Item) -> Table:
    """What may be given instead of an item, and instead of what it may be."""
    return substitutes_of(item)


def item_certificates(session: Session, item: Item) -> Table:
    """The standards and certificates of an item, and of the groups that it is in."""
    return certificates_of(session, item)


def item_competitors(_session: Session, item: Item) -> Table:
    """What competitors ask for an item, beside our price."""
    return competitors_of(item)


def certificate_files(_session: Session, row: Certificate) -> Shown:
    """The files of a certificate: what was scanned of it."""
    return files_tab("warehouse.certificate", row)


def files(_session: Session, item: Item) -> Shown:
    """The files of an item."""
    return files_tab("warehouse.item", item)
