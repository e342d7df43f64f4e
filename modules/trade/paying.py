"""How far documents are paid: by what settled them, and in advance by what was paid for their orders and invoices."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from app.api.clock import wall_clock
from app.api.documents import STANDING, Document, DocumentLink, LineKey, Share, share
from app.api.security import PastPolicy
from app.api.texts import lazy_gettext as _l
from app.api.values import digits_of, round_money
from modules.contacts.api import advances_by_document, advances_for, open_of, settle_in_advance
from modules.trade.models import Invoice, Sale, SalesOrder, TradeDocument, TradeLine

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
#: of lines made from others: what each comes to, in a document of which amount
_LINES: Any = (
    select(
        _LINK.document_id,
        _LINK.origin_id,
        _LINK.origin_line,
        _DOCUMENT.kind,
        _DOCUMENT.amount,
        TradeLine.net,
        TradeLine.tax,
    )
    .join_from(DocumentLink.__table__, Document.__table__, _DOCUMENT.id == _LINK.document_id)
    .join(TradeLine, (TradeLine.document_id == _LINK.document_id) & (TradeLine.line == _LINK.line))
    .where(_LINK.origin_id.in_(bindparam("ids", expanding=True)), _DOCUMENT.state.in_(STANDING))
)


def shares_paid(session: Session, document: TradeDocument) -> Iterator[Share]:
    """How much of a document is paid, and since when the rest is overdue; nothing for whoever may not see what is owed."""
    if isinstance(document, SalesOrder | Invoice):
        paid = _paid_of(session, document)
        if paid is not None and document.amount:
            yield share(_title(document.due, document.amount - paid), paid, document.amount, "paid")
        return
    left = open_of(session, [document.id]).get(document.id)
    if left is None or not document.amount:
        return
    yield share(_title(document.due, left), document.amount - left, document.amount)


def _paid_of(session: Session, document: TradeDocument) -> Decimal | None:
    """What the sales of an order or invoice were paid, and what of its advances waits for more of them; None where not all of
    it may be seen."""
    origins = {origin for origin, _ in document.origins.values()} if isinstance(document, Invoice) else set()
    made = _made_of(session, [document.id, *origins])
    sales = [i for i, kind in made.items() if kind == "trade.sale"]
    invoices = [i for i, kind in made.items() if kind == "trade.invoice"]
    advances = advances_by_document(session, {document.id, *origins, *invoices})
    payments = {payment for payment, _ in advances}
    waiting = open_of(session, [*sales, *payments])
    if waiting.keys() < {*sales, *payments}:
        return None
    query = select(_DOCUMENT.id, _DOCUMENT.amount).where(_DOCUMENT.id.in_([*sales, *payments]))
    amounts = {row.id: row.amount for row in _BOOKS(session).execute(query)} if waiting else {}
    if isinstance(document, Invoice):
        return _paid_of_invoice(session, document, _Paid(advances, amounts, waiting))
    return sum((amounts[i] - waiting[i] for i in sales), _ZERO) + sum((waiting[i] for i in payments), _ZERO)


@dataclass(frozen=True)
class _Paid:
    """What was paid around an invoice for payment: of documents' `amounts`, those of sales and payments, so much is open."""

    #: payments, each with the document that it was made for in advance
    advances: Collection[tuple[int, int]]
    amounts: Mapping[int, Decimal]
    waiting: Mapping[int, Decimal]

    def in_advance(self, documents: Collection[int]) -> Decimal:
        """What was paid for these documents in advance."""
        return sum((self.amounts[payment] for payment, document in self.advances if document in documents), _ZERO)

    def waits(self, documents: Collection[int]) -> Decimal:
        """What of that hasn't settled anything yet."""
        return sum((self.waiting[payment] for payment, document in self.advances if document in documents), _ZERO)


def _paid_of_invoice(session: Session, invoice: Invoice, paid: _Paid) -> Decimal:
    """What was paid for it in advance; or of the sales of its lines, whether they were made from it or from its order, as far
    as earlier invoices, and the advances of later ones, leave it."""
    own: dict[LineKey, Decimal] = {}
    for line in invoice.lines:
        key = invoice.origins.get(line.line, (invoice.id, line.line))
        own[key] = own.get(key, _ZERO) + line.gross
    settled, before = dict.fromkeys(own, _ZERO), dict.fromkeys(own, _ZERO)
    for row in _BOOKS(session).execute(_LINES, {"ids": list({origin for origin, _ in own})}):
        key = (row.origin_id, row.origin_line)
        if key not in own or row.document_id == invoice.id or not row.amount:
            continue
        gross = row.net + row.tax
        if row.kind == "trade.sale":
            settled[key] += gross * (row.amount - paid.waiting[row.document_id]) / row.amount
        elif row.kind == "trade.invoice":
            is_earlier = row.document_id < invoice.id
            used = paid.in_advance([row.document_id]) - paid.waits([row.document_id])
            before[key] += gross if is_earlier else gross * used / row.amount
    found = sum((min(own[key], max(settled[key] - before[key], _ZERO)) for key in own), paid.waits([invoice.id]))
    for_orders = paid.waits({origin for origin, _ in own} - {invoice.id})
    found += max(for_orders - sum((max(before[key] - settled[key], _ZERO) for key in own), _ZERO), _ZERO)
    return max(round_money(min(found, invoice.amount), digits_of(invoice.currency)), paid.in_advance([invoice.id]))


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
