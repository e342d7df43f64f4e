"""Sales, purchases and their returns: what a draft says, what posting moves."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Any, ClassVar, NoReturn

from sqlalchemy import BigInteger, func, inspect, select, true, type_coerce
from sqlalchemy.orm import Session

from app.api.documents import Document, DocumentLink, Draft, Kind, LineKey, Makes, kind_of, left_of
from app.api.errors import Invalid
from app.api.ledger import Posting
from app.api.reference import PER_RATE, base_currency, rate_at, tax_rounding
from app.api.security import Actor, PastPolicy
from app.api.texts import lazy_gettext as _l
from app.api.texts import money
from app.api.values import Money, Quantity, digits_of, from_units, round_money
from modules.contacts.api import Debt, debt_in_base, parties_by_id, settle
from modules.trade.models import Purchase, PurchaseReturn, Sale, SalesReturn, TradeDocument, TradeLine
from modules.trade.prints import trade_paper
from modules.trade.registers import Sales
from modules.trade.rules import LineTotals, check_due, check_line, line_totals, taxed_by_rate
from modules.warehouse.api import FIRST_WAREHOUSE, GOODS, check_sum, items_by_id, quantities_kept, stock, warehouse_id

#: what a return gives back
_RETURNED: dict[type[TradeDocument], type[TradeDocument]] = {SalesReturn: Sale, PurchaseReturn: Purchase}
_ZERO = Decimal(0)
#: what is summed of the lines of returns
_CREDITED = ("quantity", "net", "tax")
_BOOKS = PastPolicy("what a contact had, and what was credited of it, counts whoever sold it or took it back")


@dataclass(slots=True)
class TradeLineDraft:
    """A line as the user typed it: `discount` and `tax_rate` in per cent."""

    item_id: int
    quantity: Decimal = _ZERO
    price: Decimal = _ZERO
    discount: Decimal = _ZERO
    tax_rate: Decimal = _ZERO
    #: of a return: the document and line that it gives back, so that goods cost what they went for
    origin: LineKey | None = None


@dataclass(slots=True)
class TradeDraft(Draft):
    """A trade document as the user typed it."""

    optional: ClassVar[frozenset[str]] = Draft.optional | {"currency"}

    contact_id: int
    lines: Sequence[TradeLineDraft]
    place_id: int = FIRST_WAREHOUSE
    currency: str | None = None
    tax_included: bool = False
    due: date | None = None


def _fill(session: Session, actor: Actor, document: TradeDocument, draft: TradeDraft) -> list[TradeLine]:
    """Refused: quantities not above zero or finer than counted, prices below it, a contact outside the actor's scope, a
    foreign currency without a rate, a return of what the contact never had."""
    del actor
    contact = parties_by_id(session, {draft.contact_id})[draft.contact_id]
    document.contact_id, document.summary = contact.id, contact.name
    if document.responsible_id is None:
        document.responsible_id = contact.responsible_id
    document.place_id = warehouse_id(session, draft.place_id)
    document.currency = draft.currency or base_currency(session)
    if not _keeps_rate(document):
        document.rate = rate_at(session, document.currency, document.moment.date())
    document.tax_included, document.due = draft.tax_included, draft.due
    check_due(document.due, document.moment)
    returned = _given_back(session, document, draft)
    if document.state != "posted":  # one that is corrected keeps its own, and a return has that of what it gives back
        document.tax_rounding = next((c.tax_rounding for c in returned.values()), tax_rounding(session))
    lines = _lines(session, draft, document, returned)
    document.net = sum((line.net for line in lines), _ZERO)
    document.tax = sum((line.tax for line in lines), _ZERO)
    document.amount = document.net + document.tax
    return lines


def _keeps_rate(document: TradeDocument) -> bool:
    """Whether it is a posted document that is corrected under its own day and currency: a rate that was entered since then is
    not its own."""
    changes = inspect(document).attrs
    days = {moment.date() for moment in changes.moment.history.deleted or ()} | {document.moment.date()}
    currencies = {*(changes.currency.history.deleted or ()), document.currency}
    return document.state == "posted" and len(days) == len(currencies) == 1


def _return_of(session: Session, document: TradeDocument) -> TradeDraft:
    """What is left of a sale or purchase, to be given back."""
    draft: TradeDraft = kind_of(document).draft_of(document)
    left = left_of(session, document)
    lines = [
        replace(line, quantity=left[number], origin=(document.id, number))
        for number, line in enumerate(draft.lines, 1)
        if left[number] > 0
    ]
    return replace(draft, lines=lines, moment=None, due=None, note=f"{document.title} {document.number}")


def _move(posting: Posting, documents: Sequence[TradeDocument]) -> None:
    for d in documents:  # one that nobody dated has its day only now
        check_due(d.due, d.moment)
    if not posting.has_reversed:  # a corrected document has its own
        for d in documents:  # the rate of its day as it is by now, not as it was when the draft was saved
            if (rate := rate_at(posting.session, d.currency, d.moment.date())) != d.rate:
                d.rate = rate
    goods = _moves(posting.session, documents)
    costs = dict(zip(((m.document, m.line) for m in goods), stock.move(posting, goods), strict=True))
    digits = digits_of(base_currency(posting.session))
    settle(
        posting,
        [
            Debt(
                d,
                d.contact_id,
                d.debt * d.amount,
                d.debt * d.rate.in_base(d.amount, digits),
                d.due,
                against=sorted({origin for origin, _ in d.origins.values()}),
            )
            for d in documents
        ],
    )
    for d in documents:
        for line in d.lines if d.is_sold else ():
            posting.add(
                Sales,
                d,
                line.line,
                side=d.debt,
                item=line.item_id,
                contact=d.contact_id,
                quantity=d.debt * line.quantity,
                revenue=d.debt * d.rate.in_base(line.net, digits),
                cost=d.debt * costs.get((d, line.line), _ZERO),
            )


def _moves(session: Session, documents: Sequence[TradeDocument]) -> list[stock.Move]:
    """The moves of the goods among the lines; what is bought is worth what it is bought for, without tax."""
    digits = digits_of(base_currency(session))
    kinds = items_by_id(session, {line.item_id for d in documents for line in d.lines})
    moves = []
    for d in documents:
        ends = (d.place_id, d.outside) if d.goods_leave > 0 else (d.outside, d.place_id)
        origins = d.origins
        for line in d.lines:
            if kinds[line.item_id].kind == GOODS:
                value = d.rate.in_base(line.net, digits) if d.is_priced else None
                origin = origins.get(line.line)
                moves.append(stock.Move(d, line.line, line.item_id, *ends, line.quantity, value, origin))
    return moves


def _warnings(session: Session, actor: Actor, document: TradeDocument) -> Iterator[object]:
    """What whoever posted the document should look at once more."""
    yield from _beyond_limit(session, actor, document)
    yield from _never_had(session, document)


def _never_had(session: Session, document: TradeDocument) -> Iterator[object]:
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
        .where(document_.c.state == "posted", document_.c.kind == kind_of(returned).name)
    )
    known = set(_BOOKS(session).execute(query).scalars())
    for item_id in sorted(free.keys() - known):
        said = {"item": free[item_id], "name": document.summary}
        if document.is_sold:
            yield _l("“%(item)s” was never sold to %(name)s. Is it the right return?", **said)
        else:
            yield _l("“%(item)s” was never bought from %(name)s. Is it the right return?", **said)


def _beyond_limit(session: Session, actor: Actor, document: TradeDocument) -> Iterator[object]:
    """To whoever may know it: a customer owes more than their limit, in all currencies together."""
    limit = document.contact.credit_limit if isinstance(document, Sale) else None
    if limit is None or not (actor.may("contacts.statement.view") and actor.sees("contacts.financial")):
        return
    currency = base_currency(session)
    debt = debt_in_base(session, document.contact_id)
    if debt > limit:
        values = {"name": document.summary, "debt": money(debt, currency), "limit": money(limit, currency)}
        yield _l("%(name)s owes %(debt)s %(currency)s now; the limit is %(limit)s.", currency=currency, **values)


@dataclass(frozen=True, slots=True)
class _Charged:
    """A line that is being returned, as it was charged, and what has been credited of it."""

    line: TradeLine
    tax_included: bool
    tax_rounding: str
    #: by posted returns: how much of it, without tax, and the tax
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
        back = self.quantity + line.quantity
        net, tax = (
            whole if back >= own.quantity else round_money(whole * back / own.quantity, digits)
            for whole in (own.net, own.tax)
        )
        net, tax = max(net - self.net, _ZERO), max(tax - self.tax, _ZERO)
        return LineTotals(net, tax, net + tax)

    def most(self, quantity: Decimal, digits: int) -> Decimal:
        """What may be credited at other terms for so much of it: its share, and no more than is left."""
        return min(round_money(self.line.gross * quantity / self.line.quantity, digits), self.left)

    @property
    def left(self) -> Decimal:
        """What is left to be credited, tax included."""
        return max(self.line.gross - self.net - self.tax, _ZERO)

    def with_credited(self, quantity: Decimal, net: Decimal, tax: Decimal) -> "_Charged":
        """The same after more of it was credited."""
        return replace(self, quantity=self.quantity + quantity, net=self.net + net, tax=self.tax + tax)


def _given_back(session: Session, document: TradeDocument, draft: TradeDraft) -> dict[LineKey, _Charged]:
    """The lines that a return gives back. Refused (Invalid): what the same contact's posted sales or purchases of the same
    currency don't have, or have of another item."""
    wanted = {line.origin for line in draft.lines if line.origin is not None}
    if not wanted:
        return {}
    known: dict[LineKey, _Charged] = {}
    if (returned := _RETURNED.get(type(document))) is not None:
        currency = draft.currency or base_currency(session)
        had = (
            returned.contact_id == draft.contact_id,
            returned.state == "posted",
            returned.currency == currency,
            returned.id.in_({document for document, _ in wanted}),
        )
        query = select(TradeLine, returned.tax_included, returned.tax_rounding)
        rows = session.execute(query.join(returned, returned.id == TradeLine.document_id).where(*had)).all()
        credited = _credited(session, document, {document for document, _ in wanted})
        known = {(row[0].document_id, row[0].line): _Charged(*row) for row in rows}
        known = {key: c.with_credited(*credited[key]) if key in credited else c for key, c in known.items()}
    for number, line in enumerate(draft.lines, 1):
        charged = known.get(line.origin) if line.origin is not None else None
        if line.origin is not None and (charged is None or charged.line.item_id != line.item_id):
            message = _l("Line %(n)s: this contact had no such goods on the line that is being returned.", n=number)
            raise Invalid(message, field="lines")
    return known


def _credited(
    session: Session, own: TradeDocument, origins: set[int]
) -> dict[LineKey, tuple[Decimal, Decimal, Decimal]]:
    """What posted documents of this kind, without this one itself, have credited of lines: how much, without tax, the tax."""
    line, link, document = TradeLine.__table__.c, DocumentLink.__table__.c, Document.__table__.c
    sums = [type_coerce(func.sum(type_coerce(line[name], BigInteger)), BigInteger) for name in _CREDITED]
    query = (
        select(link.origin_id, link.origin_line, *sums)
        .join_from(TradeLine.__table__, DocumentLink.__table__, _same_line(line, link))
        .join(Document.__table__, document.id == line.document_id)
        .where(link.origin_id.in_(origins), document.state == "posted", document.kind == own.kind)
        .where(line.document_id != own.id if own.id is not None else true())
        .group_by(link.origin_id, link.origin_line)
    )
    scales = (Quantity.scale, Money.scale, Money.scale)
    found = {}
    for row in _BOOKS(session).execute(query):
        quantity, net, tax = (from_units(int(units), scale) for units, scale in zip(row[2:], scales, strict=True))
        found[row[0], row[1]] = quantity, net, tax
    return found


def _refuse_more(number: int, most: Decimal) -> NoReturn:
    message = _l("Line %(n)s: more than was charged for this quantity, which is %(most)s.", n=number, most=money(most))
    raise Invalid(message, field="lines")


def _same_line(line: Any, link: Any) -> Any:
    return (link.document_id == line.document_id) & (link.line == line.line)


def _fits(session: Session, document: TradeDocument) -> None:
    """Refuse (Invalid) a return that gives back or credits what its sale or purchase no longer has."""
    draft: TradeDraft = kind_of(document).draft_of(document)
    returned = _given_back(session, document, draft)
    _lines(session, draft, document, dict(returned))
    origins = document.origins
    for line in document.lines:
        if (origin := origins.get(line.line)) is not None:
            charged = returned[origin]
            if line.gross > charged.left:  # others have given back of it since the draft was saved
                _refuse_more(line.line, charged.left)
            returned[origin] = charged.with_credited(line.quantity, line.net, line.tax)


def _lines(
    session: Session, draft: TradeDraft, document: TradeDocument, returned: dict[LineKey, _Charged]
) -> list[TradeLine]:
    items, kept = items_by_id(session, {line.item_id for line in draft.lines}), quantities_kept(document)
    digits, own, total = digits_of(document.currency), [], _ZERO
    for number, line in enumerate(draft.lines, 1):
        check_line(
            number,
            items[line.item_id],
            line.quantity,
            line.price,
            discount=line.discount,
            tax_rate=line.tax_rate,
            is_kept=line.origin is not None or (line.item_id, line.quantity) in kept,
        )
        charged = returned[line.origin] if line.origin is not None else None
        share = charged.share(draft, line, digits) if charged is not None else None
        totals = share or line_totals(
            line.quantity,
            line.price,
            discount=line.discount,
            tax_rate=line.tax_rate,
            tax_included=draft.tax_included,
            digits=digits,
        )
        if charged is not None and share is None:
            most = charged.most(line.quantity, digits)
            if totals.gross > min(most + Decimal(1).scaleb(-digits), charged.left):  # a coin, which rounding may make
                _refuse_more(number, most)
        if charged is not None and line.origin is not None:
            returned[line.origin] = charged.with_credited(line.quantity, totals.net, totals.tax)
        total += totals.gross
        check_sum(number, max(total, document.rate.in_base(total, 0)))
        own.append((totals, share is not None))
    if document.tax_rounding == PER_RATE:
        amounts = [
            (totals.gross if draft.tax_included else totals.net, line.tax_rate)
            for (totals, is_share), line in zip(own, draft.lines, strict=True)
            if not is_share
        ]
        taxed = taxed_by_rate(amounts, tax_included=draft.tax_included, digits=digits)
        own = [(totals if is_share else next(taxed), is_share) for totals, is_share in own]
    return [
        TradeLine(
            line=number,
            item_id=line.item_id,
            quantity=line.quantity,
            price=line.price,
            discount=line.discount,
            tax_rate=line.tax_rate,
            net=totals.net,
            tax=totals.tax,
        )
        for number, (line, (totals, _)) in enumerate(zip(draft.lines, own, strict=True), 1)
    ]


_MAKES: dict[type[TradeDocument], tuple[Makes, ...]] = {
    Sale: (Makes("trade.sales_return", _l("Sales return"), _return_of, "package-import"),),
    Purchase: (Makes("trade.purchase_return", _l("Purchase return"), _return_of, "package-export"),),
}
#: noun → its kind
KINDS: dict[str, Kind[Any]] = {
    kind.noun: kind
    for kind in (
        Kind(
            model,
            draft=TradeDraft,
            line=TradeLineDraft,
            fill=_fill,
            move=_move,
            paper=trade_paper,
            reversing=stock.hold_moved,
            reversed=stock.follow_reversal,
            correcting=stock.hold_corrected,
            fits=_fits,
            warnings=_warnings,
            makes=_MAKES.get(model, ()),
        )
        for model in (Sale, SalesReturn, Purchase, PurchaseReturn)
    )
}
