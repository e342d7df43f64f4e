"""What a document settled, as papers show it."""

from typing import Any

from sqlalchemy.orm import Session

from app.api.documents import document_title
from app.api.prints import PaperColumn
from app.api.texts import lazy_gettext as _l
from modules.contacts.queries import allocations_of

SETTLED = (
    PaperColumn("document", _l("Settled")),
    PaperColumn("moment", _l("Date"), "moment"),
    PaperColumn("amount", _l("Amount"), "money"),
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
