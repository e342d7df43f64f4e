"""What trade shows on the cards of contacts and items."""

from collections.abc import Sequence

from sqlalchemy.orm import Session

from app.api.documents import Document
from app.api.prints import Fact
from app.api.web import Table
from modules.contacts.api import Contact
from modules.trade import tables
from modules.trade.answers.tabs import answer_facts, quote_answers
from modules.trade.availability import availability_of
from modules.trade.complaints.tables import contact_complaints, sale_complaints
from modules.trade.figures.margins import margin_facts
from modules.trade.intercompany.tabs import other_payment_facts, other_side_facts
from modules.trade.landed.spreading import spread_facts
from modules.trade.parcels.tables import parcels_of
from modules.trade.points.tabs import contact_points, document_points
from modules.trade.pricing.tabs import contact_prices, item_prices
from modules.trade.recalls.tabs import lot_recall
from modules.trade.repeating.tables import repetitions_of
from modules.trade.replenishing.tabs import proposed_facts
from modules.trade.sourcing.history import prices_table
from modules.trade.suppliers.tables import suppliers_of
from modules.trade.taxes.tabs import contact_tax, item_tax
from modules.warehouse.api import Item

__all__ = [
    "availability_of",
    "contact_complaints",
    "answer_facts",
    "quote_answers",
    "contact_documents",
    "contact_points",
    "contact_prices",
    "document_points",
    "contact_purchase_prices",
    "contact_results",
    "contact_tax",
    "item_prices",
    "item_purchase_prices",
    "item_results",
    "item_suppliers",
    "supplied_items",
    "item_tax",
    "margin_of",
    "lot_recall",
    "parcels_of",
    "proposed_facts",
    "repetitions_of",
    "spread_facts",
    "sale_complaints",
    "other_payment_facts",
    "other_side_facts",
]


def contact_documents(_session: Session, contact: Contact) -> Table:
    """What a contact bought, sold and sent back."""
    return tables.documents_of(contact.id)


def contact_results(session: Session, contact: Contact) -> Table:
    """What was sold to a contact, by item."""
    return tables.results_of(session, contact_id=contact.id)


def item_results(session: Session, item: Item) -> Table:
    """To whom an item was sold."""
    return tables.results_of(session, item_id=item.id)


def item_suppliers(session: Session, item: Item) -> Table:
    """Who supplies an item."""
    return suppliers_of(session, item_id=item.id)


def supplied_items(session: Session, contact: Contact) -> Table:
    """What a contact supplies."""
    return suppliers_of(session, contact_id=contact.id)


def margin_of(session: Session, document: Document) -> Sequence[Fact]:
    """What was earned by a sale or return."""
    return margin_facts(session, document)


def contact_purchase_prices(session: Session, contact: Contact) -> Table:
    """What a supplier asked for items."""
    return prices_table(session, contact_id=contact.id)


def item_purchase_prices(session: Session, item: Item) -> Table:
    """What suppliers asked for an item."""
    return prices_table(session, item_id=item.id)
