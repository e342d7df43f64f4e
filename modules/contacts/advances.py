"""What was paid before there was a debt: for an order or an invoice for payment, and settled with what is made of it."""

from collections.abc import Collection, Iterator
from decimal import Decimal
from typing import Any

from sqlalchemy import BigInteger, bindparam, or_, select, type_coerce
from sqlalchemy.orm import Session

from app.api.documents import STANDING, Document, DocumentLink
from app.api.errors import Conflict, Invalid, NotFound
from app.api.security import SYSTEM, PastPolicy
from app.api.texts import lazy_gettext as _l
from app.api.values import Money, from_units
from modules.contacts.allocations import AllocationLineDraft, allocate
from modules.contacts.models import INSTALMENTS, Allocation, AllocationLine, OpenItem, Payment
from modules.contacts.queries import OPEN, is_open, of_item, sees_open_items

_BOOKS = PastPolicy("what was paid in advance is settled with what it was paid for, whoever may see either")
_LINK, _DOCUMENT, _LINE, _ITEM = (m.__table__.c for m in (DocumentLink, Document, AllocationLine, OpenItem))
_PAYMENT = str(Payment.__mapper_args__["polymorphic_identity"])
# Put together once: every sale that is made from another document asks this.
_ADVANCES = (
    select(_LINK.document_id, _LINK.origin_id)
    .join_from(DocumentLink.__table__, Document.__table__, _DOCUMENT.id == _LINK.document_id)
    .where(_LINK.origin_id.in_(bindparam("ids", expanding=True)), _LINK.line == 0)
    .where(_DOCUMENT.state == "posted", _DOCUMENT.kind == _PAYMENT)
)
#: so many settlements a picture shows
_MOST = 200


def check_advance(session: Session, document_id: int | None, contact_id: int) -> list[DocumentLink]:
    """The link of a payment to what it is made for in advance; none for None.

    Refused: a document that isn't open to the actor (NotFound), that nobody pays in advance or that doesn't stand, or of
    another contact (Invalid).
    """
    if document_id is None:
        return []
    document: Any = session.get(Document, document_id)
    if document is None:
        raise NotFound(_l("There is no such document."))
    if not document.is_paid_in_advance or document.state not in STANDING:
        raise Conflict(
            _l("Nothing is paid in advance for %(document)s.", document=f"{document.title} {document.number}")
        )
    if document.contact_id != contact_id:
        raise Invalid(_l("%(document)s is of another contact.", document=document.number), field="contact_id")
    return [DocumentLink(line=0, origin_id=document.id, origin_line=0, quantity=Decimal(0))]


def advances_for(session: Session, documents: Collection[int]) -> list[int]:
    """The posted payments that were made in advance for these documents, whoever may see them."""
    return sorted({payment for payment, _ in advances_by_document(session, documents)})


def advances_by_document(session: Session, documents: Collection[int]) -> list[tuple[int, int]]:
    """The same, each with the document that it was made for."""
    rows = _BOOKS(session).execute(_ADVANCES, {"ids": list(documents)}) if documents else ()
    return [(row.document_id, row.origin_id) for row in rows]


def settle_in_advance(session: Session, document: Any, payments: Collection[int]) -> Allocation | None:
    """Settle a posted document with what is open of payments that were made for it in advance, the earliest first; None where
    there is nothing."""
    if not payments:
        return None
    open_ = type_coerce(OPEN.c.amount, BigInteger)
    query = (
        select(_ITEM.document_id, _DOCUMENT.moment, OPEN.c.currency, open_.label("units"))
        .join_from(OpenItem.__table__, OPEN, of_item(session))
        .join(Document.__table__, _DOCUMENT.id == _ITEM.document_id)
        .where(_ITEM.document_id.in_([document.id, *payments]), _ITEM.contact_id == document.contact_id, is_open())
        .order_by(_DOCUMENT.moment, _ITEM.document_id)
    )
    rows = [row for row in _BOOKS(session).execute(query) if row.currency == document.currency]
    owed, lines, moment = sum(row.units for row in rows if row.document_id == document.id), [], document.moment
    for row in rows:
        part = min(-row.units, owed) if row.document_id != document.id else 0
        if part > 0:
            lines.append(AllocationLineDraft(row.document_id, document.id, from_units(part, Money.scale)))
            owed, moment = owed - part, max(moment, row.moment)
    if not lines:
        return None
    return allocate(session, SYSTEM, contact_id=document.contact_id, lines=lines, moment=moment)


def settled_pairs(session: Session, documents: Collection[int]) -> Iterator[tuple[int, int]]:
    """What settled these documents, or was settled by them: each pair the paid document and the one that paid."""
    if not sees_open_items(session.info["actor"]):
        return
    own = select(_ITEM.id).where(_ITEM.document_id.in_(documents))
    released = Allocation.__table__.c
    query = (
        select(_LINE.from_item_id, _LINE.to_item_id, released.released_id)
        .join_from(AllocationLine.__table__, Document.__table__, _DOCUMENT.id == _LINE.document_id)
        .outerjoin(Allocation.__table__, released.id == _LINE.document_id)
        .where(or_(_LINE.from_item_id.in_(own), _LINE.to_item_id.in_(own)), _DOCUMENT.state == "posted")
        .limit(_MOST)
    )
    rows = _BOOKS(session).execute(query).all()
    back = {(row.to_item_id, row.from_item_id) for row in rows if row.released_id is not None}
    for row in rows:
        if row.released_id is None and (row.from_item_id, row.to_item_id) not in back:
            yield row.to_item_id // INSTALMENTS, row.from_item_id // INSTALMENTS
