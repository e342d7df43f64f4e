"""A supplier's invoice beside what was received and ordered: what differs, and what the goods cost by it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.api.documents import STANDING, Document, LineKey
from app.api.errors import Invalid
from app.api.ledger import Posting
from app.api.reference import base_currency
from app.api.security import PastPolicy
from app.api.texts import lazy_gettext as _l
from app.api.texts import number
from app.api.values import ExchangeRate, digits_of, share_of
from modules.trade.models import SupplierInvoice, TradeDocument, TradeLine
from modules.warehouse.api import GOODS, items_by_id, stock

_BOOKS = PastPolicy("what was received costs what is charged, whoever received it")
_ZERO, _HUNDRED = Decimal(0), Decimal(100)
#: what customs charge by one paper, in two documents
_OF_ONE_DECLARATION = {"trade.landed_cost": "trade.import_tax", "trade.import_tax": "trade.landed_cost"}


def land_differences(posting: Posting, documents: Sequence[TradeDocument]) -> None:
    """Let received goods cost what invoices charge for them: the difference to what they were received at, in the
    organisation's own currency, lands on them as of their receipt (IAS 2.10: the costs of purchase)."""
    session, digits = posting.session, digits_of(base_currency(posting.session))
    for d in documents:
        if not isinstance(d, SupplierInvoice):
            continue
        received = received_by(session, set(d.origins.values()))
        kinds = items_by_id(session, {line.item_id for line in d.lines})
        for line in d.lines:
            origin = d.origins.get(line.line)
            if origin is None or kinds[line.item_id].kind != GOODS:
                continue
            of = received[origin]
            whole = of.rate.in_base(of.net, digits)
            difference = d.rate.in_base(line.net, digits) - share_of(whole, line.quantity, of.quantity, digits=digits)
            if difference:
                stock.land(posting, d, line.line, origin=origin, value=difference)


def price_warnings(session: Session, document: TradeDocument) -> Iterator[object]:
    """Lines of an invoice that charge another price, without tax, than goods were received at."""
    items = {line.line: line.item for line in document.lines}
    for n, difference in price_differences(session, document).items():
        yield _l("Line %(n)s, %(item)s: %(difference)s.", n=n, item=items[n].name, difference=difference)


def price_differences(session: Session, document: TradeDocument, _takers: Any = None) -> dict[int, object]:
    """The same by line, in words."""
    found: dict[int, object] = {}
    if not isinstance(document, SupplierInvoice):
        return found
    received = received_by(session, set(document.origins.values()))
    for line in document.lines:
        of = received.get(document.origins.get(line.line, (0, 0)))
        if of is None or not of.net:
            continue
        ordered, charged = of.net / of.quantity, line.net / line.quantity
        if ordered != charged:
            per_cent = ((charged - ordered) / ordered * _HUNDRED).quantize(Decimal("0.1"))
            found[line.line] = _l(
                "%(charged)s instead of %(ordered)s as ordered (%(per_cent)s %%)",
                charged=number(charged.quantize(Decimal("0.0001"))),
                ordered=number(ordered.quantize(Decimal("0.0001"))),
                per_cent=f"{per_cent:+f}",
            )
    return found


def refuse_entered_before(session: Session, document: TradeDocument) -> None:
    """Refuse (Invalid) a supplier's invoice that is in the books already, by their own number for it. Duty and tax of one
    customs declaration bear the same number: a landed cost and an import tax may."""
    if not document.supplier_number:
        return
    trade, of = TradeDocument.__table__.c, Document.__table__.c
    query = (
        select(of.number)
        .join_from(TradeDocument.__table__, Document.__table__, of.id == trade.id)
        .where(trade.contact_id == document.contact_id, trade.supplier_number == document.supplier_number)
        .where(of.state.in_(STANDING), of.id != (document.id or 0), of.organisation_id == document.organisation_id)
    )
    if (beside := _OF_ONE_DECLARATION.get(document.kind)) is not None:
        query = query.where(of.kind != beside)
    if (number_ := _BOOKS(session).scalar(query)) is not None:
        words = _l("This invoice of the supplier is entered already, as %(number)s.", number=number_)
        raise Invalid(words, field="supplier_number")


@dataclass(frozen=True, slots=True)
class Received:
    """A line of a receipt, as far as what is charged for it is compared with it."""

    quantity: Decimal
    net: Decimal
    rate: ExchangeRate


def received_by(session: Session, wanted: set[LineKey]) -> dict[LineKey, Received]:
    """The receipts' lines that an invoice charges."""
    line, trade = TradeLine.__table__.c, TradeDocument.__table__.c
    query = (
        select(
            line.document_id, line.line, line.quantity, line.net, trade.rate, trade.rate_scale, trade.rate_is_inverse
        )
        .join_from(TradeLine.__table__, TradeDocument.__table__, trade.id == line.document_id)
        .where(line.document_id.in_({document for document, _ in wanted}))
    )
    rows = _BOOKS(session).execute(query) if wanted else ()
    return {(row[0], row[1]): Received(row.quantity, row.net, ExchangeRate.kept(*row[4:])) for row in rows}
