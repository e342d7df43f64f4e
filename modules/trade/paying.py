"""How far documents are paid: by what settled them, and in advance by what was paid for their orders and invoices."""

from collections.abc import Collection, Iterator, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from app.api.clock import wall_clock
from app.api.documents import STANDING, Document, DocumentLink, Share, share
from app.api.security import PastPolicy
from app.api.texts import lazy_gettext as _l
from modules.contacts.api import advances_for, open_of, settle_in_advance
from modules.trade.models import Invoice, Sale, SalesOrder, TradeDocument

_BOOKS = PastPolicy("what was paid in advance counts whoever may see the documents between")
_ZERO = Decimal(0)
_LINK, _DOCUMENT = DocumentLink.__table__.c, Document.__table__.c
# Put together once: every sale that is made from another document asks this.
_MADE: Any = (
    select(_LINK.document_id, _DOCUMENT.kind)
    .distinct()
    .join_from(DocumentLink.__table__, Document.__table__, _DOCUMENT.id == _LINK.document_id)
    .where(_LINK.origin_id.in_(bindparam("ids", expanding=True)), _DOCUMENT.state.in_(STANDING))
)


def shares_paid(session: Session, document: TradeDocument) -> Iterator[Share]:
    """How much of a document is paid, and since when the rest is overdue; nothing for whoever may not see what is owed."""
    if isinstance(document, SalesOrder | Invoice):
        yield from _paid_in_advance(session, document)
        return
    left = open_of(session, [document.id]).get(document.id)
    if left is None or not document.amount:
        return
    yield share(_title(document.due, left), document.amount - left, document.amount)


def _paid_in_advance(session: Session, document: TradeDocument) -> Iterator[Share]:
    """What its sales were paid, and what of its advances waits for more of them."""
    made = _made_of(session, [document.id])
    sales = [i for i, kind in made.items() if kind == "trade.sale"]
    payments = advances_for(session, [document.id, *(i for i, kind in made.items() if kind == "trade.invoice")])
    waiting = open_of(session, [*sales, *payments])
    if not document.amount or waiting.keys() < {*sales, *payments}:  # not all of it may be seen
        return
    amounts = select(_DOCUMENT.id, _DOCUMENT.amount).where(_DOCUMENT.id.in_(sales))
    sold = {row.id: row.amount for row in _BOOKS(session).execute(amounts)} if sales else {}
    paid = sum((amount - waiting[i] for i, amount in sold.items()), _ZERO) + sum((waiting[i] for i in payments), _ZERO)
    if isinstance(document, Invoice) and payments:
        query = select(_DOCUMENT.amount).where(_DOCUMENT.id.in_(payments))
        paid = sum(_BOOKS(session).scalars(query), _ZERO)
    yield share(_title(document.due, document.amount - paid), paid, document.amount)


def _title(due: date | None, left: Decimal) -> object:
    days = (wall_clock().date() - due).days if due is not None and left > 0 else 0
    return _l("Paid; the rest is overdue for %(n)s days", n=days) if days > 0 else _l("Paid")


def settle_advances(session: Session, documents: Sequence[Document]) -> None:
    """Settle sales with what was paid in advance for what they were made from: quotes, orders, and their invoices."""
    for document in documents:
        if not isinstance(document, Sale) or not (origins := {origin for origin, _ in document.origins.values()}):
            continue
        invoices = [i for i, kind in _made_of(session, origins).items() if kind == "trade.invoice"]
        settle_in_advance(session, document, advances_for(session, [*origins, *invoices]))


def _made_of(session: Session, origins: Collection[int]) -> dict[int, str]:
    """The standing documents that were made from these, with their kinds."""
    return {row.document_id: row.kind for row in _BOOKS(session).execute(_MADE, {"ids": list(origins)})}
