"""Small rests: documents of which so little is open that it may be written off."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from sqlalchemy import BigInteger, func, select, type_coerce
from sqlalchemy.orm import Session

from app.api.documents import Document
from app.api.values import Money, to_units
from modules.contacts.models import Contact, OpenItem
from modules.contacts.money.adjustments import policy_of
from modules.contacts.queries import OPEN, is_open, of_item, sees_open_items

#: so many are shown at once
MOST_RESTS = 200


@dataclass(frozen=True, slots=True)
class Rest:
    """What little is open of a document: above zero, the contact owes us."""

    document_id: int
    number: str
    kind: str
    moment: datetime
    contact_id: int
    name: str
    open: Decimal
    currency: str


def small_rests(session: Session) -> list[Rest]:
    """Those within the limit of write-offs in the organisation's currency, the oldest first, as far as they are open to the
    actor; none for whoever may not see what is owed."""
    if not sees_open_items(session.info["actor"]):
        return []
    limit = to_units(policy_of(session).write_off_limit, Money.scale)
    query = (
        select(
            Document.id,
            Document.number,
            Document.kind,
            Document.moment,
            Contact.id,
            Contact.name,
            OPEN.c.amount,
            OPEN.c.currency,
        )
        .select_from(OpenItem)
        .join(Contact)
        .join(OPEN, of_item(session))
        .join(Document, Document.id == OpenItem.document_id)
        .where(is_open(), func.abs(type_coerce(OPEN.c.base, BigInteger)) <= limit)
        .order_by(Document.moment, Document.id)
        .limit(MOST_RESTS)
    )
    return [Rest(*row) for row in session.execute(query)]
