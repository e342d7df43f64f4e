"""Why the lines of a purchase order were proposed, on its page."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.api.documents import Document
from app.api.prints import Fact
from modules.trade.replenishing.models import ProposedPurchase
from modules.trade.replenishing.reasons import Reasons
from modules.warehouse.api import items_by_id


def proposed_facts(session: Session, document: Document) -> Sequence[Fact]:
    """A sentence for each item that was proposed."""
    query = select(ProposedPurchase.item_id, ProposedPurchase.reasons).where(
        ProposedPurchase.document_id == document.id
    )
    rows = session.execute(query.order_by(ProposedPurchase.item_id)).all()
    items = items_by_id(session, {row.item_id for row in rows})
    return [
        Fact(f"{item.code} {item.name}", Reasons.read(row.reasons).words(digits=item.digits))
        for row in rows
        if (item := items[row.item_id])
    ]
