"""The payment reminder: what a contact owes that is overdue, as a letter."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.api.clock import wall_clock
from app.api.documents import Document, document_title
from app.api.prints import Printing, letterhead, pdf_of, value_text
from app.api.texts import day
from app.api.texts import lazy_gettext as _l
from modules.contacts.models import Contact, OpenItem
from modules.contacts.queries import OPEN, is_open, of_item
from modules.contacts.statement_pdf import FOLDER


@dataclass(frozen=True, slots=True)
class Overdue:
    """A debt whose day has passed."""

    title: str
    moment: Any
    due: date
    days: int
    open: Decimal
    currency: str


def overdue_of(session: Session, contact: Contact) -> list[Overdue]:
    """What the contact owes that was due before today, oldest first, as far as its documents are open to whoever asks."""
    today = wall_clock().date()
    asked = (
        select(Document.kind, Document.number, Document.moment, OpenItem.due, OPEN.c.amount, OPEN.c.currency)
        .join_from(OpenItem, Contact)
        .join(OPEN, of_item(session))
        .join(Document, Document.id == OpenItem.document_id)
        .where(OpenItem.contact_id == contact.id, is_open(), OPEN.c.amount > 0)
        .order_by(OpenItem.due, OpenItem.id)
    )
    found = []
    for row in session.execute(asked):
        due = row.due or row.moment.date()  # one without a day is to be paid at once
        if due < today:
            title = f"{document_title(row.kind)} {row.number}"
            found.append(Overdue(title, row.moment, due, (today - due).days, row.amount, row.currency))
    return sorted(found, key=lambda each: each.due)


def reminder_pdf(session: Session, contact: Contact) -> bytes:
    """The letter in the reader's language: each debt with its day and how late it is, and what they come to by currency."""
    found = overdue_of(session, contact)
    sums: dict[str, Decimal] = {}
    for each in found:
        sums[each.currency] = sums.get(each.currency, Decimal(0)) + each.open
    texts, numbers = (_l("Document"), _l("Date"), _l("Payment due")), (_l("Days late"), _l("Open"))
    data = {
        **letterhead(session),
        "title": str(_l("Payment reminder")),
        "state": "",
        "facts": [[str(_l("Contact")), contact.name], [str(_l("Date")), day(wall_clock())]],
        "columns": [
            *({"title": str(title), "is_text": True} for title in texts),
            *({"title": str(title), "is_text": False} for title in numbers),
            {"title": str(_l("Currency")), "is_text": True},
        ],
        "lines": [
            [x.title, day(x.moment), day(x.due), str(x.days), value_text(x.open, "money", x.currency), x.currency]
            for x in found
        ],
        "totals": [
            {
                "title": ", ".join((str(_l("Overdue")), currency)),
                "value": value_text(total, "money", currency),
                "is_grand": True,
            }
            for currency, total in sums.items()
        ],
        "closing": str(_l("Please pay what is overdue, or say when you will.")),
    }
    return pdf_of(Printing(FOLDER / "reminder.typ", data, len(found)))
