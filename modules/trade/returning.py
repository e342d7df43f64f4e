"""What comes back of sales and purchases: what may be given back, what it was charged at, and what was credited of it."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from decimal import Decimal
from typing import Any, NoReturn

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.api.documents import Document, DocumentLink, LineKey, kind_of, left_of
from app.api.errors import Invalid
from app.api.ledger import now
from app.api.reference import base_currency
from app.api.security import PastPolicy
from app.api.texts import lazy_gettext as _l
from app.api.texts import money
from app.api.texts import number as said_number
from app.api.values import digits_of, share_of
from modules.trade.credited import Credit, credited
from modules.trade.drafts import ReceiptReturnDraft, TradeDraft, TradeLineDraft
from modules.trade.early.offering import let_off
from modules.trade.models import (
    GoodsReceipt,
    Purchase,
    PurchaseReturn,
    ReceiptReturn,
    Sale,
    SalesReturn,
    SupplierInvoice,
    TradeDocument,
    TradeLine,
)
from modules.trade.rules import LineTotals
from modules.warehouse.api import GOODS, Stock, held_by_inspection, items_by_id, priced_quantity

_ZERO = Decimal(0)
#: what a return gives back
_RETURNED: dict[type[TradeDocument], tuple[type[TradeDocument], ...]] = {
    SalesReturn: (Sale,),
    PurchaseReturn: (Purchase, SupplierInvoice),
    ReceiptReturn: (GoodsReceipt,),
}
#: what gives it back
_RETURN_OF: dict[type[TradeDocument], str] = {
    Sale: "trade.sales_return",
    Purchase: "trade.purchase_return",
    SupplierInvoice: "trade.purchase_return",
    GoodsReceipt: "trade.receipt_return",
}
#: what is summed of the lines of returns
_BOOKS = PastPolicy("what a contact had, and what was credited of it, counts whoever sold it or took it back")


def return_of(session: Session, document: TradeDocument) -> TradeDraft:
    """What is left of a sale or purchase, to be given back: over our stock, also of what was delivered directly; to a supplier
    no more than is free there, or held by the inspection of it, as long as anything is."""
    draft: TradeDraft = kind_of(document).draft_of(document)
    left = left_of(session, document, _RETURN_OF[type(document)])
    before = credited(session, [document.id], (_RETURN_OF[type(document)],))
    lines = [
        replace(
            line,
            quantity=left[number],
            second=None if line.second is None else _second_left(line, before.get((document.id, number))),
            origin=(document.id, number),
            direct=0,
            lots="",
            expires=None,
            logistic_unit="",
        )
        for number, line in enumerate(draft.lines, 1)
        if left[number] > 0
    ]
    if document.is_bought:
        arrivals = {document.id, *(origin for origin, _ in document.origins.values())}
        lines = list(_that_are_there(session, draft.place_id, lines, arrivals)) or lines
    said: dict[str, Any] = {
        "lines": lines,
        "points": 0,
        "moment": None,
        "due": None,
        "note": f"{document.title} {document.number}",
    }
    if isinstance(document, GoodsReceipt):
        known = {f.name: getattr(draft, f.name) for f in fields(draft)}
        return ReceiptReturnDraft(**{**known, **said})
    return replace(draft, **said)


def _second_left(line: TradeLineDraft, came: Credit | None) -> Decimal | None:
    """What of a line's second quantity didn't come back yet; None: no more is known."""
    left = (line.second or _ZERO) - (came.second if came is not None else _ZERO)
    return left if left > 0 else None


def _that_are_there(
    session: Session, place_id: int | None, lines: Sequence[TradeLineDraft], arrivals: Collection[int]
) -> Iterator[TradeLineDraft]:
    """The lines with as much of their goods as is free in a warehouse, or held by the inspection of `arrivals`; without those
    of which nothing is."""
    items = items_by_id(session, {line.item_id for line in lines})
    where = {"item": sorted(items), "warehouse": place_id, "claim": 0}
    free = {f.key[0]: f.amounts["quantity"] for f in now(session, Stock.claims, by=("item",), where=where)}
    for item, held in held_by_inspection(session, arrivals, place_id, items).items():
        free[item] = free.get(item, _ZERO) + held
    for line in lines:
        quantity = line.quantity
        if items[line.item_id].kind == GOODS:
            quantity = min(quantity, free.get(line.item_id, _ZERO))
            free[line.item_id] = free.get(line.item_id, _ZERO) - quantity
        if quantity > 0:
            # of a part nobody knows how much it is in the second unit: it is weighed
            yield replace(line, quantity=quantity, second=line.second if quantity == line.quantity else None)


def goods_of(session: Session, documents: Sequence[TradeDocument]) -> dict[LineKey, LineKey | None]:
    """Lines that returns to suppliers credit → the lines by which their goods came: of invoices those of the receipts. None: of
    direct deliveries, whose goods went to the customer and leave as any that are there."""
    credited = {origin for d in documents if isinstance(d, PurchaseReturn) for origin, _ in d.origins.values()}
    if not credited:
        return {}
    link, of = DocumentLink.__table__.c, Document.__table__.c
    books, line = _BOOKS(session), TradeLine.__table__.c
    direct = select(line.document_id, line.line).where(line.document_id.in_(credited), line.direct > 0)
    query = (
        select(link.document_id, link.line, link.origin_id, link.origin_line)
        .join(Document.__table__, of.id == link.document_id)
        .where(link.document_id.in_(credited), of.kind == "trade.supplier_invoice")
    )
    found: dict[LineKey, LineKey | None] = {(row[0], row[1]): None for row in books.execute(direct)}
    return found | {(row[0], row[1]): (row[2], row[3]) for row in books.execute(query)}


def never_had(session: Session, document: TradeDocument) -> Iterator[object]:
    """Items that are given back without naming a sale or purchase, though the contact never had any of them."""
    returned = _RETURNED.get(type(document))
    free = {line.item_id: line.item.name for line in document.lines if line.line not in document.origins}
    if returned is None or not free:
        return
    line, traded, document_ = TradeLine.__table__, TradeDocument.__table__, Document.__table__
    query = (
        select(line.c.item_id)
        .distinct()
        .join_from(line, traded, traded.c.id == line.c.document_id)
        .join(document_, document_.c.id == traded.c.id)
        .where(traded.c.contact_id == document.contact_id, line.c.item_id.in_(free))
        .where(document_.c.state == "posted", document_.c.kind.in_([kind_of(model).name for model in returned]))
    )
    known = set(_BOOKS(session).execute(query).scalars())
    for item_id in sorted(free.keys() - known):
        said = {"item": free[item_id], "name": document.summary}
        if document.is_sold:
            yield _l("“%(item)s” was never sold to %(name)s. Is it the right return?", **said)
        else:
            yield _l("“%(item)s” was never bought from %(name)s. Is it the right return?", **said)


@dataclass(frozen=True, slots=True)
class Charged:
    """A line that is being returned, as it was charged, and what has been credited of it."""

    line: TradeLine
    tax_included: bool
    tax_rounding: str
    #: what an early-payment discount let off of it: without tax, and the tax
    off_net: Decimal = _ZERO
    off_tax: Decimal = _ZERO
    #: by posted returns: how much of what its price is of, without tax, and the tax
    quantity: Decimal = _ZERO
    net: Decimal = _ZERO
    tax: Decimal = _ZERO

    def share(self, draft: TradeDraft, line: TradeLineDraft, digits: int) -> LineTotals | None:
        """What is credited at the terms of the charge: the share of all that came back, less what was credited before, so that
        the parts make the whole to the last coin. None: the return says other terms."""
        own = self.line
        said = (line.price, line.discount, line.tax_rate, draft.tax_included)
        if said != (own.price, own.discount, own.tax_rate, self.tax_included):
            return None
        if self.has_discount:  # it was let off what was left then, so the share is of what is left now
            wholes = own.net - self.off_net - self.net, own.tax - self.off_tax - self.tax
            net, tax = (max(self._of_rest(whole, self.part_of(line), digits), _ZERO) for whole in wholes)
            return LineTotals(net, tax, net + tax)
        back = self.quantity + self.part_of(line)
        net, tax = (
            whole if back >= own.priced else share_of(whole, back, own.priced, digits=digits)
            for whole in (own.net, own.tax)
        )
        net, tax = max(net - self.net, _ZERO), max(tax - self.tax, _ZERO)
        return LineTotals(net, tax, net + tax)

    def part_of(self, line: TradeLineDraft) -> Decimal:
        """How much of it a line gives back, of what its price is of."""
        return priced_quantity(self.line.item, line.quantity, line.second)

    def refuse_heavier(self, number: int, line: TradeLineDraft) -> None:
        """Refuse (Invalid) more in the second unit, where the price is of that, than is left to be given back."""
        left = self.line.priced - self.quantity
        if self.line.item.is_priced_by_second and line.second is not None and line.second > left:
            words = _l(
                "Line %(n)s: more comes back than is left to return: %(left)s.",
                n=number,
                left=said_number(max(left, _ZERO)),
            )
            raise Invalid(words, field="lines", column="second")

    def refuse_more(self, number: int, gross: Decimal, quantity: Decimal, digits: int) -> None:
        """Refuse (Invalid), at other terms, more for so much of it than its share, with a coin for the rounding, and than is
        left."""
        whole = share_of(self.gross, quantity, self.line.priced, digits=digits)
        most = min(self._of_rest(self.left, quantity, digits) if self.has_discount else whole, self.left)
        if gross > min(most + Decimal(1).scaleb(-digits), self.left):
            _refuse(number, most)

    def _of_rest(self, left: Decimal, quantity: Decimal, digits: int) -> Decimal:
        """The share of so much in what is left of the line."""
        rest = self.line.priced - self.quantity
        return left if quantity >= rest else share_of(left, quantity, rest, digits=digits)

    @property
    def has_discount(self) -> bool:
        """Whether an early-payment discount was given on it."""
        return bool(self.off_net or self.off_tax)

    @property
    def gross(self) -> Decimal:
        """What was charged less what was let off, tax included."""
        return self.line.gross - self.off_net - self.off_tax

    @property
    def left(self) -> Decimal:
        """What is left to be credited, tax included."""
        return max(self.gross - self.net - self.tax, _ZERO)

    def with_credited(self, quantity: Decimal, net: Decimal, tax: Decimal) -> "Charged":
        """The same after more of it was credited."""
        return replace(self, quantity=self.quantity + quantity, net=self.net + net, tax=self.tax + tax)


def given_back(session: Session, document: TradeDocument, draft: TradeDraft) -> dict[LineKey, Charged]:
    """The lines that a return gives back. Refused (Invalid): what the same contact's posted sales or purchases of the same
    currency, in the same books, don't have, or have of another item."""
    wanted = {line.origin for line in draft.lines if line.origin is not None}
    if not wanted:
        return {}
    known: dict[LineKey, Charged] = {}
    if (returned := _RETURNED.get(type(document))) is not None:
        currency = draft.currency or base_currency(session)
        had = (
            TradeDocument.kind.in_([kind_of(model).name for model in returned]),
            TradeDocument.contact_id == draft.contact_id,
            TradeDocument.state == "posted",
            TradeDocument.organisation_id == document.organisation_id,
            TradeDocument.currency == currency,
            TradeDocument.id.in_({document for document, _ in wanted}),
        )
        query = select(TradeLine, TradeDocument.tax_included, TradeDocument.tax_rounding)
        rows = session.execute(query.join(TradeDocument, TradeDocument.id == TradeLine.document_id).where(*had)).all()
        before = credited(session, {of for of, _ in wanted}, (document.kind,), but=document.id)
        off = let_off(session, {document for document, _ in wanted})
        known = {
            (row[0].document_id, row[0].line): Charged(*row, *off[row[0].document_id, row[0].line]) for row in rows
        }
        known = {key: _with(c, before[key]) if key in before else c for key, c in known.items()}
    for number, line in enumerate(draft.lines, 1):
        charged = known.get(line.origin) if line.origin is not None else None
        if line.origin is not None and (charged is None or charged.line.item_id != line.item_id):
            message = _l("Line %(n)s: this contact had no such goods on the line that is being returned.", n=number)
            raise Invalid(message, field="lines", column="item")
    return known


def _with(charged: Charged, before: Credit) -> Charged:
    back = before.second if charged.line.item.is_priced_by_second else before.quantity
    return charged.with_credited(back, before.net, before.tax)


def _refuse(number: int, most: Decimal) -> NoReturn:
    message = _l("Line %(n)s: more than was charged for this quantity, which is %(most)s.", n=number, most=money(most))
    raise Invalid(message, field="lines", column="price")


def refuse_beyond_charge(document: TradeDocument, returned: Mapping[LineKey, Charged]) -> None:
    """Refuse (Invalid) a return that credits more of a line than is left of it: others may have since the draft was saved."""
    left = dict(returned)
    origins = document.origins
    for line in document.lines:
        if (origin := origins.get(line.line)) is not None:
            charged = left[origin]
            if line.gross > charged.left:
                _refuse(line.line, charged.left)
            if charged.has_discount:  # it may have been given since the draft was saved
                charged.refuse_more(line.line, line.gross, line.priced, digits_of(document.currency))
            left[origin] = charged.with_credited(line.priced, line.net, line.tax)
