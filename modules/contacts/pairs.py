"""Which documents settle each other, whoever may see them: for what is written of both."""

from collections import defaultdict
from decimal import Decimal

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from app.api.documents import Document
from app.api.security import PastPolicy
from modules.contacts.models import INSTALMENTS, AllocationLine, OpenItem

_BOOKS = PastPolicy("what a document settles is settled whoever may see the other")


def settled_with(session: Session, document_id: int) -> dict[int, Decimal]:
    """Document → how much of it settles this one, above zero, in this one's currency; what was moved back is taken off."""
    line, item, document = AllocationLine.__table__.c, OpenItem.__table__.c, Document.__table__.c
    own = select(item.id).where(item.document_id == document_id)
    query = (
        select(line.from_item_id, line.to_item_id, line.amount)
        .join_from(AllocationLine.__table__, Document.__table__, document.id == line.document_id)
        .where(or_(line.from_item_id.in_(own), line.to_item_id.in_(own)), document.state == "posted")
    )
    found: defaultdict[int, Decimal] = defaultdict(Decimal)
    for row in _BOOKS(session).execute(query):
        source, target = row.from_item_id // INSTALMENTS, row.to_item_id // INSTALMENTS
        if source == document_id:
            found[target] += row.amount
        else:
            found[source] -= row.amount
    return {other: abs(amount) for other, amount in found.items() if amount and other != document_id}
