"""Sales that go to contacts who owe us pallets."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import delete
from sqlalchemy.orm import Session

from app.api.documents import Document
from app.api.ledger import now
from pallets.models import Reminder
from pallets.registers import Balance

#: a kind of another module, which need not be installed: known by its name alone
SALE = "trade.sale"


def remind(session: Session, documents: Sequence[Document]) -> None:
    """Keep a reminder for each sale to a contact who owes us pallets now."""
    sales: list[Any] = [document for document in documents if document.kind == SALE]
    if not sales:
        return
    contacts = sorted({sale.contact_id for sale in sales})
    figures = now(session, Balance.owed, by=("contact",), where={"contact": contacts})
    owed = {figure.key[0]: int(figure.amounts["pallets"]) for figure in figures}
    session.add_all(
        Reminder(document_id=sale.id, pallets=owed[sale.contact_id])
        for sale in sales
        if owed.get(sale.contact_id, 0) > 0
    )
    session.flush()


def forget(session: Session, document: Document) -> None:
    """Keep none for this document."""
    session.execute(delete(Reminder).where(Reminder.document_id == document.id))
