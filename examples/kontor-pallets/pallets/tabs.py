"""What pallets show on the cards of others: a contact's exchanges, what it owes, what a delivery is to bring back."""

from sqlalchemy.orm import Session

from app.api.documents import Document
from app.api.ledger import now
from app.api.prints import Fact
from app.api.texts import lazy_gettext as _l
from app.api.web import Table
from modules.contacts.api import Contact
from pallets import tables
from pallets.models import Reminder
from pallets.registers import Balance


def contact_exchanges(_session: Session, contact: Contact) -> Table:
    """The pallets that a contact took and gave."""
    return tables.exchanges_of(contact.id)


def owed_by(session: Session, contact: Contact) -> list[Fact]:
    """What a contact owes us, or we owe; nothing where that is zero."""
    figures = now(session, Balance.owed, by=("contact",), where={"contact": contact.id})
    return [
        Fact(_l("Owes us (−: we owe)"), figure.amounts["pallets"], "quantity")
        for figure in figures
        if figure.amounts["pallets"]
    ]


def to_bring_back(session: Session, sale: Document) -> list[Fact]:
    """What to ask for when a sale is delivered."""
    reminder = session.get(Reminder, sale.id)
    return [] if reminder is None else [Fact(_l("To bring back"), reminder.pallets, "quantity")]
