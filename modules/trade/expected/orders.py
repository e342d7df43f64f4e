"""Money for what is ordered and not delivered yet, and for what has come and the supplier hasn't charged yet.

What is delivered by a sale or purchase is owed, and stands in the books by that. An invoice for payment owes nothing: what is
asked by it is expected through its order.
"""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, time
from decimal import Decimal
from itertools import groupby
from typing import Any, NamedTuple

from sqlalchemy import BigInteger, and_, func, select, type_coerce
from sqlalchemy.orm import Session

from app.api.documents import STANDING, Document, DocumentLink, ExpectedMoney, Kind, LineKey, MoneySource
from app.api.reference import organisation_id
from app.api.security import Actor, PastPolicy
from app.api.texts import lazy_gettext as _l
from app.api.values import Quantity, digits_of, from_units
from modules.contacts.api import Contact, Contract, payments_of
from modules.trade.expected.rules import LineLeft, Part, counted_from, prepaid_part, still_to_charge
from modules.trade.models import GoodsReceipt, PurchaseOrder, SalesOrder, TradeDocument, TradeLine
from modules.trade.pipeline.stages import a_year
from modules.trade.registers import DIRECT, IN, OUT, Orders
from modules.warehouse.api import in_own

ORDERED = MoneySource("trade.ordered", _l("Ordered"), "shopping-cart")
PREPAID = MoneySource("trade.prepaid", _l("Prepayments"), "coins")
RECEIVED = MoneySource("trade.received", _l("Received, not invoiced"), "package-import")
#: which orders await what: DIRECT is sold by one and bought by the other
_ORDERS: tuple[tuple[type[TradeDocument], tuple[str, ...]], ...] = (
    (SalesOrder, (OUT, DIRECT)),
    (PurchaseOrder, (IN, DIRECT)),
)
_BOOKS = PastPolicy(
    "what was charged of a receipt, and by which invoices an order is paid, counts whoever may see those"
)
_DOCUMENT, _TRADE, _LINE, _LINK = (x.__table__.c for x in (Document, TradeDocument, TradeLine, DocumentLink))
#: SQLite takes 32,766 values in a statement at most
_PIECE = 5000


class Terms(NamedTuple):
    """Of payment, as a contract or contact says them."""

    payment_terms: str
    payment_days: int


@dataclass(frozen=True, slots=True)
class Left:
    """A document of which something is still to be charged, with the terms of its contract and contact."""

    id: int
    kind: str
    number: str
    moment: datetime
    contact_id: int
    contact: str
    currency: str
    delivery: date | None
    due: date | None
    gross: Decimal
    amount: Decimal
    terms: tuple[Terms, Terms]
    instalments: str
    #: per cent that a sale's contract wants before delivery
    prepayment: Decimal
    lines: tuple[LineLeft, ...]


def orders(session: Session, actor: Actor, today: date) -> Iterator[ExpectedMoney]:
    """For what is left of confirmed orders, by their terms of payment from the day of delivery on; of orders of customers what
    their contract wants to be prepaid by that day."""
    for model, directions in _ORDERS:
        if not actor.may(f"{_name(model)}.view"):
            continue
        row = Orders.awaited.table.c
        is_left = (
            Orders.is_awaited(organisation_id(session)),
            row.direction.in_(directions),
            *in_own(session, row.place_id),
        )
        asked = _heads(model, row.quantity).join_from(Orders.awaited.table, model, model.id == row.order_id)
        asked = _with_terms(asked, model).join(
            TradeLine, and_(TradeLine.document_id == row.order_id, TradeLine.line == row.order_line_id)
        )
        found = _gathered(session.execute(asked.where(*is_left).order_by(model.id)), lambda r: r.left)
        open_orders = (
            select(row.order_id).join_from(Orders.awaited.table, model, model.id == row.order_id).where(*is_left)
        )
        invoices = _invoices(session, open_orders) if model is SalesOrder else {}
        for left in found:
            start = counted_from(left.delivery, today)
            is_in, paid_for = model is SalesOrder, (left.id, *invoices.get(left.id, ()))
            amount = _amount_of(left)
            before = prepaid_part(amount, left.prepayment, start, left.due, digits=digits_of(left.currency))
            if is_in and before.amount > 0:
                yield _row(left, PREPAID, before, is_in=is_in, paid_for=paid_for)
                amount -= before.amount
            for part in _parts(left, start, amount):
                yield _row(left, ORDERED, part, is_in=is_in, paid_for=paid_for)


def receipts(session: Session, actor: Actor, today: date) -> Iterator[ExpectedMoney]:
    """For goods of the last year that came and aren't charged yet, by the terms of payment from the day they came on."""
    if not actor.may(f"{_name(GoodsReceipt)}.view"):
        return
    left = _not_charged(session, a_year(today))
    ids = sorted({document for document, _ in left})
    for start in range(0, len(ids), _PIECE):
        asked = _with_terms(_heads(GoodsReceipt, TradeLine.quantity).select_from(GoodsReceipt), GoodsReceipt)
        asked = asked.join(TradeLine, TradeLine.document_id == GoodsReceipt.id).order_by(GoodsReceipt.id)
        rows = session.execute(asked.where(GoodsReceipt.id.in_(ids[start : start + _PIECE])))
        for each in _gathered(rows, lambda r: left.get((r.id, r.line), Decimal(0))):
            for part in _parts(replace(each, due=None), each.moment.date(), _amount_of(each)):
                yield _row(each, RECEIVED, part, is_in=False, paid_for=(each.id,))


def _amount_of(left: Left) -> Decimal:
    return still_to_charge(left.lines, gross=left.gross, amount=left.amount, digits=digits_of(left.currency))


def _parts(left: Left, start: date | None, amount: Decimal) -> list[Part]:
    """When an amount of it is paid."""
    if amount <= 0:
        return []
    if left.due is not None or start is None:
        return [Part(left.due, amount)]
    parts = payments_of(left.terms, left.instalments, start, amount, digits=digits_of(left.currency))
    return [Part(*part) for part in parts]


def _row(left: Left, source: MoneySource, part: Part, *, is_in: bool, paid_for: tuple[int, ...]) -> ExpectedMoney:
    head = (left.currency, left.contact_id, left.contact, left.kind, left.id, left.number)
    return ExpectedMoney(source, is_in, part.day, part.amount, *head, paid_for=paid_for)


def _name(model: type[TradeDocument]) -> str:
    return str(model.__mapper_args__["polymorphic_identity"])


def _heads(model: Any, left: Any) -> Any:
    """The columns of a `Left`, a row for each line; `left`: how much of the line is."""
    head = (model.id, model.kind, model.number, model.moment, model.contact_id, Contact.name.label("contact"))
    says = (model.currency, model.delivery, model.due, model.net, model.tax, model.amount)
    line = (TradeLine.line, TradeLine.net.label("line_net"), TradeLine.tax.label("line_tax"), TradeLine.quantity)
    theirs = (Contact.payment_terms, Contact.payment_days, Contract.payment_terms.label("under_terms"))
    under = (Contract.payment_days.label("under_days"), Contract.instalments, Contract.prepayment)
    return select(*head, *says, *line, left.label("left"), *theirs, *under)


def _with_terms(asked: Any, model: Any) -> Any:
    joined = asked.join(Contact, Contact.id == model.contact_id)
    return joined.outerjoin(Contract, Contract.id == model.contract_id)


def _gathered(rows: Any, left_of: Any) -> Iterator[Left]:
    """The documents of rows that are in their order."""
    for _, some in groupby(rows, lambda r: r.id):
        lines = [*some]
        r = lines[0]
        yield Left(
            r.id,
            r.kind,
            r.number,
            r.moment,
            r.contact_id,
            r.contact,
            r.currency,
            r.delivery,
            r.due,
            r.net + r.tax,
            r.amount,
            (Terms(r.under_terms or "", r.under_days or 0), Terms(r.payment_terms, r.payment_days)),
            r.instalments or "",
            r.prepayment or Decimal(0),
            tuple(LineLeft(x.line_net + x.line_tax, x.quantity, left) for x in lines if (left := left_of(x)) > 0),
        )


def _invoices(session: Session, orders: Any) -> dict[int, tuple[int, ...]]:
    """The invoices for payment that were made from these orders, a question for their ids."""
    query = (
        select(_LINK.origin_id, _LINK.document_id)
        .distinct()
        .join_from(DocumentLink.__table__, Document.__table__, _DOCUMENT.id == _LINK.document_id)
        .where(_LINK.origin_id.in_(orders), _DOCUMENT.kind == "trade.invoice", _DOCUMENT.state.in_(STANDING))
    )
    found: dict[int, tuple[int, ...]] = defaultdict(tuple)
    for order, invoice in _BOOKS(session).execute(query.order_by(_LINK.document_id)):
        found[order] += (invoice,)
    return found


def _not_charged(session: Session, since: date) -> dict[LineKey, Decimal]:
    """How much of each line of receipts is neither charged nor gone back."""
    taking = Kind.declared[_name(GoodsReceipt)].counted_with("trade.supplier_invoice")
    units = func.sum(type_coerce(_LINK.quantity, BigInteger))
    came = (
        _DOCUMENT.kind == _name(GoodsReceipt),
        _DOCUMENT.state == "posted",
        _DOCUMENT.organisation_id == organisation_id(session),
        _DOCUMENT.moment >= datetime.combine(since, time.min),
    )
    taken = (
        select(_LINK.origin_id, _LINK.origin_line, units.label("units"))
        .join_from(DocumentLink.__table__, Document.__table__, _DOCUMENT.id == _LINK.document_id)
        .where(_DOCUMENT.kind.in_(taking), _DOCUMENT.state.in_(STANDING))
        .where(_LINK.origin_id.in_(select(_DOCUMENT.id).where(*came).correlate(None)))  # and not all that ever came
        .group_by(_LINK.origin_id, _LINK.origin_line)
        .subquery("taken")
    )
    same = and_(taken.c.origin_id == _LINE.document_id, taken.c.origin_line == _LINE.line)
    left = type_coerce(_LINE.quantity, BigInteger) - func.coalesce(taken.c.units, 0)
    query = (
        select(_LINE.document_id, _LINE.line, left.label("left"))
        .join_from(TradeLine.__table__, Document.__table__, _DOCUMENT.id == _LINE.document_id)
        .outerjoin(taken, same)
        .where(*came, left > 0)
    )
    rows = _BOOKS(session).execute(query)
    return {(row.document_id, row.line): from_units(int(row.left), Quantity.scale) for row in rows}
