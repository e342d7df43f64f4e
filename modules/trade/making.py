"""What is made of quotes, orders and invoices: what is left of them, each line with where it comes from."""

from collections.abc import Mapping, Sequence
from dataclasses import fields, replace
from decimal import Decimal
from typing import Any, cast

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from app.api.clock import wall_clock
from app.api.documents import Document, Kind, LineKey, kind_of, left_of
from app.api.errors import Invalid
from app.api.reference import base_currency
from app.api.security import PastPolicy
from app.api.texts import lazy_gettext as _l
from app.api.values import share_of
from modules.trade.agreements.rules import refuse_past_agreement
from modules.trade.drafts import ChargeDraft, OrderDraft, SaleDraft, SalesOrderDraft, TradeDraft, TradeLineDraft
from modules.trade.models import TradeDocument, TradeLine
from modules.trade.parcels.carriers import known_carriers
from modules.trade.taxes.lines import renewed
from modules.warehouse.api import items_by_id

_BOOKS = PastPolicy("what a line was made from is known whoever may see it")
_LINE, _TRADE, _DOCUMENT = TradeLine.__table__.c, TradeDocument.__table__.c, Document.__table__.c
# Put together once: every document that is made from another asks this.
_MADE_FROM = (
    select(_LINE.document_id, _LINE.line, _LINE.item_id, _TRADE.contact_id, _DOCUMENT.currency, _DOCUMENT.kind)
    .join_from(TradeLine.__table__, TradeDocument.__table__, _TRADE.id == _LINE.document_id)
    .join(Document.__table__, _DOCUMENT.id == _TRADE.id)
    .add_columns(_TRADE.valid_until, _DOCUMENT.organisation_id)
    .where(_LINE.document_id.in_(bindparam("ids", expanding=True)))
)
#: what a new document doesn't take over: it has days of its own
_OWN = frozenset({"moment", "due", "number", "operation_id", "version", "stored", "custom"})


def sale_of(session: Session, document: TradeDocument) -> TradeDraft:
    """What is left to be sold of a quote, an order or an invoice."""
    return _made(session, document, "trade.sale", SaleDraft)


def order_of(session: Session, document: TradeDocument) -> TradeDraft:
    """What is left to be ordered of a quote."""
    return _made(session, document, "trade.sales_order", SalesOrderDraft)


def bought_order_of(session: Session, document: TradeDocument) -> OrderDraft:
    """What is left to be ordered of an agreement with a supplier, or of their offer."""
    made = _made(session, document, "trade.purchase_order", OrderDraft)
    assert isinstance(made, OrderDraft)
    return made


def invoice_of(session: Session, document: TradeDocument) -> TradeDraft:
    """What is left to be paid for of a quote or an order."""
    return _made(session, document, "trade.invoice", TradeDraft)


def purchase_of(session: Session, document: TradeDocument) -> TradeDraft:
    """What is left to come of an order."""
    return _made(session, document, "trade.purchase", ChargeDraft)


def receipt_of(session: Session, document: TradeDocument) -> TradeDraft:
    """What is left to come of an order, to be received before it is charged."""
    return _made(session, document, "trade.receipt", TradeDraft)


def charge_of(session: Session, document: TradeDocument) -> TradeDraft:
    """What is left of a receipt to be charged by the supplier."""
    return _made(session, document, "trade.supplier_invoice", ChargeDraft)


def direct_order_of(session: Session, document: TradeDocument) -> TradeDraft:
    """What of a sales order the supplier brings to the customer and isn't ordered yet, without a supplier and prices."""
    made: Any = _made(session, document, "trade.purchase_order", OrderDraft, is_direct=True)
    contact, unknown = document.contact, None
    address = ", ".join(each for each in (document.summary, contact.address if contact is not None else "") if each)
    lines = [
        replace(line, price=cast(Decimal, unknown), discount=Decimal(0), tax_rate=None, tax_code_id=None, pricing=None)
        for line in made.lines
    ]
    given = {"contact_id": unknown, "contract_id": None, "coupon": "", "note": "", "ship_to": address, "lines": lines}
    draft: TradeDraft = replace(made, **given)
    return draft


def made_directly(session: Session, document: TradeDocument, target: str, draft: type[TradeDraft]) -> TradeDraft:
    """What is left of an order of what the supplier brings to the customer."""
    return _made(session, document, target, draft, is_direct=True)


#: what moves goods through our stock
_THROUGH_STOCK = frozenset({"trade.sale", "trade.purchase", "trade.receipt"})


def _made(
    session: Session, document: TradeDocument, target: str, draft: type[TradeDraft], *, is_direct: bool = False
) -> TradeDraft:
    said, left = kind_of(document).draft_of(document), left_of(session, document, target)
    origins = document.origins if kind_of(document).passes_on else {}
    lines = []
    for number, line in enumerate(said.lines, 1):
        is_meant = bool(line.direct) == is_direct or not (is_direct or target in _THROUGH_STOCK)
        if left[number] > 0 and is_meant:
            # What an invoice was made from is what is shipped: its order counts that, whichever of the two one begins with.
            lines.append(
                replace(
                    line,
                    quantity=left[number],
                    second=None if target in _THROUGH_STOCK else _second_of(session, line, left[number]),
                    origin=origins.get(number, (document.id, number)),
                    lots="",
                    expires=None,
                    logistic_unit="",
                )
            )
    lines = renewed(session, lines, written=document.moment.date(), day=wall_clock().date())
    known = {f.name for f in fields(draft)} - _OWN - {"lines"}
    values = {f.name: getattr(said, f.name) for f in fields(said) if f.name in known}
    if issubclass(draft, OrderDraft):
        values.pop("delivery", None)
    if (carrier := values.get("carrier")) and carrier not in known_carriers(session):
        values["carrier"] = ""  # its module is gone: somebody chooses another one
    return draft(**values, lines=lines)


def _second_of(session: Session, line: TradeLineDraft, quantity: Decimal) -> Decimal | None:
    """The part of a line's second quantity that so much of it has. What goes through our stock is weighed instead."""
    if line.second is None or quantity >= line.quantity:
        return line.second
    item = items_by_id(session, {line.item_id})[line.item_id]
    return share_of(line.second, quantity, line.quantity, digits=item.second_digits or 0) or None


#: what documents have alike that are made into one
_ALIKE = ("contact_id", "currency", "contract_id", "place_id", "tax_included", "is_cash")


def join_lines(drafts: Sequence[TradeDraft]) -> TradeDraft:
    """The lines of several drafts as those of one. Refused (Invalid): of other contacts or contracts, in other currencies, of
    other warehouses, with tax otherwise."""
    first = drafts[0]
    if any(getattr(draft, name) != getattr(first, name) for draft in drafts for name in _ALIKE):
        message = _l(
            "These can't be made into one document: they differ in contact, contract, currency, warehouse, or whether prices"
            " include tax. Choose those that have all of that alike."
        )
        raise Invalid(message)
    coupon = first.coupon if all(draft.coupon == first.coupon for draft in drafts) else ""
    said: dict[str, Any] = {"coupon": coupon, "note": ""}
    if isinstance(first, SaleDraft):
        carriers = {getattr(draft, "carrier", "") for draft in drafts}
        said["carrier"] = first.carrier if len(carriers) == 1 else ""
    return replace(first, lines=[line for draft in drafts for line in draft.lines], **said)


def refuse_foreign_origins(session: Session, document: TradeDocument, draft: TradeDraft) -> None:
    """Refuse (Invalid) lines that are made from what can't be made so: documents of another kind, contact or currency, in
    another organisation's books, another item, an agreement that has ended; lines of a purchase order that the supplier is to
    bring to a customer, though none ordered them."""
    wanted = {line.origin for line in draft.lines if line.origin is not None}
    known = _known(session, wanted) if wanted else {}
    currency = draft.currency or base_currency(session)
    for number, line in enumerate(draft.lines, 1):
        row = known.get(line.origin) if line.origin is not None else None
        if line.direct and document.kind == "trade.purchase_order" and (row is None or row.kind != "trade.sales_order"):
            message = _l(
                "Line %(n)s: no customer ordered it. Let it come to our warehouse, or order it from a sales order.",
                n=number,
            )
            raise Invalid(message, field="lines", column="direct")
        if line.origin is None:
            continue
        if row is None or not _makes(row.kind, document.kind) or row.item_id != line.item_id:
            raise Invalid(
                _l("Line %(n)s: it comes from a line that has other goods.", n=number), field="lines", column="item"
            )
        if row.organisation_id != document.organisation_id:
            message = _l("Line %(n)s: what it comes from is in another organisation's books.", n=number)
            raise Invalid(message, field="lines", column="item")
        if row.kind == "trade.sales_order" and document.is_bought:
            continue  # bought for a customer: from whom and in which currency is the purchase order's own
        if (row.contact_id, row.currency) != (draft.contact_id, currency):
            message = _l("Line %(n)s: what it comes from is of another contact or in another currency.", n=number)
            raise Invalid(message, field="lines", column="item")
        refuse_past_agreement(number, row, document.moment.date())


def refuse_past_agreements(session: Session, documents: Sequence[TradeDocument]) -> None:
    """Refuse (Invalid) to post what is made by an agreement that ended before its day: an undated draft has its day only
    now."""
    origins = [(d, line, origin) for d in documents if not d.clears_up for line, origin in d.origins.items()]
    known = _known(session, {origin for _, _, origin in origins}) if origins else {}
    for document, line, origin in origins:
        if origin in known:
            refuse_past_agreement(line, known[origin], document.moment.date())


def _known(session: Session, wanted: set[LineKey]) -> Mapping[LineKey, Any]:
    rows = _BOOKS(session).execute(_MADE_FROM, {"ids": list({origin for origin, _ in wanted})})
    return {(row.document_id, row.line): row for row in rows}


def _makes(kind: str, target: str) -> bool:
    return any(makes.target == target for makes in Kind.declared[kind].makes)
