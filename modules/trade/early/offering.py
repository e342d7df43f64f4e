"""What the terms of sales and purchases offer for paying early: on their papers, and to whoever records payments."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.api.data import pieces
from app.api.documents import STANDING, Document, DocumentLink, LineKey
from app.api.prints import Fact
from app.api.security import PastPolicy
from app.api.texts import day as said_day
from app.api.texts import lazy_gettext as _l
from app.api.texts import money, number
from app.api.values import Money, digits_of, from_units
from modules.contacts.api import Reduction, open_amounts, open_of, settled_with
from modules.trade.credited import credited
from modules.trade.early.rules import last_day, reduction
from modules.trade.models import (
    EarlyDiscount,
    SupplierDiscount,
    TradeDocument,
    TradeLine,
)

_BOOKS = PastPolicy("a discount counts what came back and what is open, whoever may see it")
_ZERO = Decimal(0)
_TRADE, _DOCUMENT, _LINE, _LINK = (m.__table__.c for m in (TradeDocument, Document, TradeLine, DocumentLink))
#: what is paid early → the discount on it
DISCOUNTS: Mapping[str, type[EarlyDiscount | SupplierDiscount]] = {
    "trade.sale": EarlyDiscount,
    "trade.purchase": SupplierDiscount,
    "trade.supplier_invoice": SupplierDiscount,
}
#: what lessens what is to be paid of them
RETURNS = ("trade.sales_return", "trade.purchase_return")


@dataclass(frozen=True, slots=True)
class Offer:
    """What is let off of a document: as its terms say, and what is still to be paid of it. Above zero."""

    document_id: int
    number: str
    kind: str
    currency: str
    amount: Decimal
    #: what is open of it, the discount among it
    open: Decimal
    percent: Decimal
    until: date


def offers(session: Session, documents: Collection[int]) -> dict[int, Offer]:
    """What the terms of posted documents let off, of those that have no discount yet and of which something is open; whoever
    may see them. What came back of one counts no more, nor what goods that were exchanged for it paid. However many there
    are, each question is of some hundreds."""
    made: dict[int, Offer] = {}
    for some in pieces(sorted(set(documents))):
        made |= _offers(session, some)
    return made


def _offers(session: Session, documents: Collection[int]) -> dict[int, Offer]:
    found = {i: row for i, row in _with_terms(session, documents).items() if row.kind in DISCOUNTS}
    if not found:
        return {}
    done, back, left = given_on(session, found), credited(session, found, RETURNS), open_amounts(session, found)
    gone: dict[int, Decimal] = defaultdict(Decimal)
    for (origin, _), credit in back.items():
        gone[origin] += credit.net + credit.tax
    for i, row in found.items():
        if row.exchange_id is not None:
            gone[i] += settled_with(session, i).get(row.exchange_id, _ZERO)
    made = {}
    for i, row in found.items():
        is_open = abs(left.get(i, _ZERO))
        amount = min(reduction(row.amount - gone[i], row.discount_percent, digits_of(row.currency)), is_open)
        if i not in done and amount > 0:
            until = last_day(row.moment.date(), row.discount_days)
            said = (row.number, row.kind, row.currency, amount, is_open, row.discount_percent, until)
            made[i] = Offer(i, *said)
    return made


def reductions(session: Session, documents: Collection[int]) -> dict[int, Reduction]:
    """What payments may offer, as far as the actor may give it."""
    actor = session.info["actor"]
    return {
        i: Reduction(
            i, offer.number, offer.currency, offer.amount, offer.open - offer.amount, offer.until, offer.percent
        )
        for i, offer in offers(session, documents).items()
        if offer.open > offer.amount and actor.may(f"{_name(DISCOUNTS[offer.kind])}.post")
    }


def given_on(session: Session, documents: Collection[int]) -> dict[int, str]:
    """Documents that have a discount, each with its number."""
    query = select(_TRADE.discounted_id, _DOCUMENT.number).join(Document.__table__, _DOCUMENT.id == _TRADE.id)
    query = query.where(_TRADE.discounted_id.in_(documents), _DOCUMENT.state.in_(STANDING))
    return {row.discounted_id: row.number for row in _BOOKS(session).execute(query)}


def given_with(session: Session, payment_id: int) -> dict[int, str]:
    """Documents that have a discount which was given with a payment, each with the discount's number."""
    query = select(_TRADE.discounted_id, _DOCUMENT.number).join(Document.__table__, _DOCUMENT.id == _TRADE.id)
    query = query.where(_TRADE.discount_payment_id == payment_id, _DOCUMENT.state.in_(STANDING))
    return {row.discounted_id: row.number for row in _BOOKS(session).execute(query)}


def let_off(session: Session, documents: Collection[int]) -> dict[LineKey, tuple[Decimal, Decimal]]:
    """What discounts have let off of lines: without tax, and the tax."""
    found: dict[LineKey, tuple[Decimal, Decimal]] = defaultdict(lambda: (_ZERO, _ZERO))
    query = (
        select(_TRADE.discounted_id, _LINE.line, _LINE.net, _LINE.tax)
        .join_from(TradeLine.__table__, TradeDocument.__table__, _TRADE.id == _LINE.document_id)
        .join(Document.__table__, _DOCUMENT.id == _TRADE.id)
        .where(_TRADE.discounted_id.in_(documents), _DOCUMENT.state == "posted")
    )
    for row in _BOOKS(session).execute(query):
        net, tax = found[row.discounted_id, row.line]
        found[row.discounted_id, row.line] = (net + row.net, tax + row.tax)
    return found


def early_words(session: Session, document: TradeDocument) -> Any:
    """What a document says of paying early, such as “Pay 980.00 by 8 Dec (2 % off), 1,000.00 by 28 Dec”: of what is left to be
    paid of it, where that is open to the actor. None: nothing."""
    if not document.discount_percent or document.kind not in DISCOUNTS:
        return None
    whole = document.amount
    off = reduction(whole, document.discount_percent, digits_of(document.currency))
    if document.state == "posted" and open_of(session, [document.id]):
        if (offer := offers(session, [document.id]).get(document.id)) is None:
            return None
        whole, off = offer.open, offer.amount
    said: dict[str, Any] = {
        "rest": money(whole - off, document.currency),
        "until": said_day(last_day(document.moment.date(), document.discount_days)),
        "percent": number(document.discount_percent),
        "whole": money(whole, document.currency),
    }
    if whole == off:
        return _l("Only the discount is left: %(whole)s (%(percent)s %%), by %(until)s", **said)
    if document.due is None:
        return _l("Pay %(rest)s by %(until)s (%(percent)s %% off) instead of %(whole)s", **said)
    due = said_day(document.due)
    return _l("Pay %(rest)s by %(until)s (%(percent)s %% off), %(whole)s by %(due)s", due=due, **said)


def early_fact(session: Session, document: TradeDocument) -> Fact:
    """The same, beside what else a paper says."""
    return Fact(_l("Early payment"), early_words(session, document))


def _with_terms(session: Session, documents: Collection[int]) -> dict[int, Any]:
    query = (
        select(_DOCUMENT.id, _DOCUMENT.number, _DOCUMENT.kind, _DOCUMENT.currency, _DOCUMENT.amount, _DOCUMENT.moment)
        .add_columns(_TRADE.discount_percent, _TRADE.discount_days, _TRADE.exchange_id)
        .join_from(TradeDocument.__table__, Document.__table__, _DOCUMENT.id == _TRADE.id)
        .where(_TRADE.id.in_(documents), _TRADE.discount_percent > 0, _DOCUMENT.state == "posted")
    )
    return {row.id: row for row in _BOOKS(session).execute(query)} if documents else {}


def _name(model: type[TradeDocument]) -> str:
    return str(model.__mapper_args__["polymorphic_identity"])


def _money(units: Any) -> Decimal:
    return from_units(int(units), Money.scale)
