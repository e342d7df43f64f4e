"""What became of customer requests, quotes, orders, requests to suppliers and offers: shown in the place of their state."""

from typing import Any

from sqlalchemy import BigInteger, ColumnElement, and_, func, select, type_coerce

from app.api.documents import STANDING, Document, DocumentLink, Outcome
from app.api.texts import lazy_gettext as _l
from modules.trade.answers.models import ACCEPTED, QuoteAnswer
from modules.trade.models import Quote, SupplierOffer, TradeDocument, TradeLine
from modules.trade.registers import Orders
from modules.trade.sourcing.models import SupplierRequestLine
from modules.warehouse.api import own_places

#: what orders of a quote or an offer are; an invoice for payment of a quote orders nothing
_ORDERS = ("trade.sales_order", "trade.sale", "trade.purchase_order")
# Selected from within the questions below, so that the policy holds each and nothing around it correlates with it.
_LINK = select(
    DocumentLink.origin_id,
    DocumentLink.origin_line,
    type_coerce(DocumentLink.quantity, BigInteger).label("quantity"),
    Document.state,
).join(Document, Document.id == DocumentLink.document_id)
_WRITTEN = _LINK.where(Document.kind.in_(_ORDERS), Document.state != "reversed").subquery("written").c
_MADE = _LINK.where(Document.kind.in_(_ORDERS), Document.state.in_(STANDING)).subquery("made").c
_LINES = (
    select(
        TradeLine.document_id,
        TradeLine.line,
        TradeLine.item_id,
        type_coerce(TradeLine.quantity, BigInteger).label("quantity"),
    )
    .subquery("lines")
    .c
)
_BOOKED = select(TradeDocument.id, TradeDocument.organisation_id, TradeDocument.place_id).subquery("booked").c
_LEFT = Orders.awaited.table.c
_AWAITED = (
    select(
        _LEFT.organisation_id,
        _LEFT.order_id,
        _LEFT.order_line_id,
        _LEFT.item_id,
        _LEFT.place_id,
        type_coerce(_LEFT.quantity, BigInteger).label("quantity"),
    )
    .where(_LEFT.place_id.in_(own_places()))
    .subquery("awaited")
    .c
)
_WANTED = (
    select(
        SupplierRequestLine.document_id,
        SupplierRequestLine.item_id,
        type_coerce(SupplierRequestLine.quantity, BigInteger).label("quantity"),
    )
    .subquery("wanted")
    .c
)
_QUOTES = select(Quote.id, Quote.request_id, Quote.state, Quote.version).subquery("quotes").c
_OFFER = select(SupplierOffer.id, SupplierOffer.supplier_request_id, SupplierOffer.answered)
_OFFERS = _OFFER.where(SupplierOffer.state.in_(STANDING)).subquery("offers").c
_OTHERS = _OFFER.where(SupplierOffer.state.in_(STANDING)).subquery("others").c


def _exists(*criteria: Any) -> ColumnElement[bool]:
    return select(1).where(*criteria).exists()


def is_ordered(number: Any) -> ColumnElement[bool]:
    """Whether an order, or a sale without one, that stands was made of a quote or an offer, or of a part of it."""
    return _exists(_MADE.origin_id == number)


def _is_ordered_whole(number: Any) -> ColumnElement[bool]:
    """Whether orders that stand have all of each line."""
    ordered = select(func.coalesce(func.sum(_MADE.quantity), 0)).where(
        _MADE.origin_id == _LINES.document_id, _MADE.origin_line == _LINES.line
    )
    is_left = ordered.scalar_subquery() < _LINES.quantity
    return is_ordered(number) & ~_exists(_LINES.document_id == number, is_left)


def _is_accepted(number: Any) -> ColumnElement[bool]:
    """Whether the customer has accepted a quote as it is now."""
    same = and_(QuoteAnswer.document_id == _QUOTES.id, QuoteAnswer.version == _QUOTES.version)
    return _exists(_QUOTES.id == number, same, QuoteAnswer.verb == ACCEPTED)


def _has_quote(number: Any, state: str) -> ColumnElement[bool]:
    """Whether a quote in a state answers a request."""
    return _exists(_QUOTES.request_id == number, _QUOTES.state == state)


def _has_ordered_quote(number: Any) -> ColumnElement[bool]:
    return _exists(_QUOTES.request_id == number, _QUOTES.state.in_(STANDING), _MADE.origin_id == _QUOTES.id)


def _is_lost(number: Any) -> ColumnElement[bool]:
    """Whether orders that stand, made of other offers for the same request, have all that it wants; of this one no order was
    made, not as a draft either."""
    ordered = select(func.coalesce(func.sum(_MADE.quantity), 0)).where(
        _OTHERS.supplier_request_id == _WANTED.document_id,
        and_(_LINES.document_id == _OTHERS.id, _LINES.item_id == _WANTED.item_id),
        and_(_MADE.origin_id == _LINES.document_id, _MADE.origin_line == _LINES.line),
    )
    is_left = ordered.scalar_subquery() < _WANTED.quantity
    left = select(1).where(_WANTED.document_id == _OFFERS.supplier_request_id, is_left).exists()
    return _exists(_OFFERS.id == number, _OFFERS.supplier_request_id.is_not(None), ~left) & ~_exists(
        _WRITTEN.origin_id == number
    )


def _is_answered(number: Any) -> ColumnElement[bool]:
    return _exists(_OFFERS.id == number, _OFFERS.answered.is_not(None))


def _has_offer(number: Any) -> ColumnElement[bool]:
    """Whether somebody was asked by a request to suppliers."""
    return _exists(_OFFERS.supplier_request_id == number)


def _has_answer(number: Any) -> ColumnElement[bool]:
    return _exists(_OFFERS.supplier_request_id == number, _OFFERS.answered.is_not(None))


def _has_ordered_offer(number: Any) -> ColumnElement[bool]:
    return _exists(_OFFERS.supplier_request_id == number, _MADE.origin_id == _OFFERS.id)


def _awaits(number: Any, *criteria: Any) -> ColumnElement[bool]:
    """Whether of a line of an order something is still to be delivered: by the whole key of what is awaited."""
    alike = and_(_AWAITED.order_id == number, _AWAITED.order_line_id == _LINES.line, _AWAITED.item_id == _LINES.item_id)
    beside = and_(_AWAITED.organisation_id == _BOOKED.organisation_id, _AWAITED.place_id == _BOOKED.place_id)
    return _exists(_BOOKED.id == number, _LINES.document_id == number, alike, beside, *criteria)


def _is_delivered(number: Any) -> ColumnElement[bool]:
    return ~_awaits(number, _AWAITED.quantity > 0)


def _is_partly_delivered(number: Any) -> ColumnElement[bool]:
    return _awaits(number, _AWAITED.quantity < _LINES.quantity)


_ORDERED, _ANSWERED = _l("Ordered"), _l("Answered")
OF_REQUESTS = (
    Outcome("ordered", _ORDERED, _has_ordered_quote),
    Outcome("quoted", _l("Quoted"), lambda number: _has_quote(number, "posted")),
    Outcome("lost", _l("Lost"), lambda number: _has_quote(number, "closed")),
)
OF_QUOTES = (
    Outcome("ordered", _ORDERED, _is_ordered_whole),
    Outcome("partly", _l("Partly ordered"), is_ordered),
    Outcome("accepted", _l("Accepted"), _is_accepted),
)
OF_SALES_ORDERS = (
    Outcome("delivered", _l("Shipped"), _is_delivered),
    Outcome("partly", _l("Partly shipped"), _is_partly_delivered),
)
OF_PURCHASE_ORDERS = (
    Outcome("delivered", _l("Received"), _is_delivered),
    Outcome("partly", _l("Partly received"), _is_partly_delivered),
)
OF_SUPPLIER_REQUESTS = (
    Outcome("ordered", _ORDERED, _has_ordered_offer),
    Outcome("answered", _ANSWERED, _has_answer),
    Outcome("asked", _l("Asked"), _has_offer),
)
OF_OFFERS = (
    Outcome("ordered", _ORDERED, is_ordered),
    Outcome("lost", _l("Not chosen"), _is_lost),
    Outcome("answered", _ANSWERED, _is_answered),
)
