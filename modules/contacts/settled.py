"""With whom a document is and what it settled, as papers show it."""

from typing import Any

from sqlalchemy.orm import Session

from app.api.documents import document_title
from app.api.prints import Fact, PaperColumn
from app.api.texts import lazy_gettext as _l
from modules.contacts.queries import allocations_of

SETTLED = (
    PaperColumn("document", _l("Settled")),
    PaperColumn("moment", _l("Date"), "moment"),
    PaperColumn("amount", _l("Amount"), "money"),
)


def contact_fact(document: Any, endpoint: str = "contacts.statement_view") -> Fact:
    """The contact of a document, with the way to a page of theirs."""
    return Fact(
        _l("Contact"),
        document.summary,
        endpoint=endpoint if document.contact is not None else "",  # it may not be open to whoever looks
        arguments=(("contact_id", document.contact_id),),
        needs="contacts.statement.view",
    )


def settled_lines(session: Session, document_id: int) -> list[dict[str, Any]]:
    """A line for each document that it settles or is settled by, as far as whoever looks may see it."""
    return [
        {
            "document": f"{document_title(settled.kind)} {settled.number}".strip(),
            "moment": settled.moment,
            "amount": settled.amount,
        }
        for settled in allocations_of(session, document_id)
    ]
