"""Writing sales, returns and purchases."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from typing import TypeVar

from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.api import (
    Actor,
    Invalid,
    Percent,
    Posting,
    SentBefore,
    base_currency,
    digits_of,
    locked,
    organisation_id,
    rate_at,
    require,
    round_money,
    wall_clock,
    written_before,
)
from modules.contacts.operations import Debt, parties_by_id, settle
from modules.trade.models import Purchase, Sale, SalesReturn, TradeDocument, TradeLine
from modules.trade.registers import Sales
from modules.trade.rules import line_totals
from modules.warehouse import stock
from modules.warehouse.items import items_by_id
from modules.warehouse.models import FIRST_WAREHOUSE, GOODS
from modules.warehouse.operations import check_price, check_quantity, check_sum, warehouse_id

KINDS: dict[str, type[TradeDocument]] = {"sale": Sale, "sales_return": SalesReturn, "purchase": Purchase}
Kind = TypeVar("Kind", bound=TradeDocument)
_ZERO = Decimal(0)


@dataclass(slots=True)
class TradeLineDraft:
    """A line as the user typed it: `discount` and `tax_rate` in per cent."""

    item_id: int
    quantity: Decimal
    price: Decimal
    discount: Decimal = _ZERO
    tax_rate: Decimal = _ZERO
    #: of a return: the sale and its line whose goods come back, so that they cost what they went for
    origin: tuple[int, int] | None = None


@dataclass(slots=True)
class TradeDraft:
    """A trade document as the user typed it."""

    contact_id: int
    lines: Sequence[TradeLineDraft]
    place_id: int = FIRST_WAREHOUSE
    moment: datetime | None = None
    currency: str | None = None
    tax_included: bool = False
    due: date | None = None
    note: str = ""
    responsible_id: int | None = None
    number: str | None = None
    operation_id: str | None = None


def save(session: Session, actor: Actor, kind: type[Kind], draft: TradeDraft, *, document: Kind | None = None) -> Kind:
    """Write a draft, new or instead of what `document` was. Nothing moves before it is posted.

    Refused: no lines, quantities not above nought, prices below it, a contact outside the actor's scope, a foreign
    currency without a rate. The same `operation_id` again changes the draft that it made; once that is posted, the same
    content gives it, and other content is refused (SentBefore).
    """
    noun = kind.__mapper_args__["polymorphic_identity"]
    require(actor, f"{noun}.edit")
    document = written_before(session, kind, document, draft.operation_id)
    if document is None:
        document = kind(organisation_id=organisation_id(session), operation_id=draft.operation_id, number=draft.number)
    elif document.state != "draft":
        if not _says(document, draft):
            raise SentBefore(document)
        return document
    contact = parties_by_id(session, {draft.contact_id})[draft.contact_id]
    document.contact_id, document.summary = contact.id, contact.name
    if document.id is None:  # whoever changes it later does not take it away from whose it is
        document.responsible_id = draft.responsible_id or actor.user_id or contact.responsible_id
    document.place_id = warehouse_id(session, draft.place_id)
    document.moment, document.is_dated = draft.moment or wall_clock(), draft.moment is not None
    document.currency = draft.currency or base_currency(session)
    document.rate = rate_at(session, document.currency, document.moment.date())
    document.tax_included, document.due, document.note = draft.tax_included, draft.due, draft.note
    _check_origins(session, kind, draft)
    lines = _lines(session, draft, digits_of(document.currency), document.rate)
    if document.id is not None:
        document.lines.clear()
        session.flush()  # the old lines go before the new ones take their numbers
    document.lines = lines
    document.net = sum((line.net for line in lines), _ZERO)
    document.tax = sum((line.tax for line in lines), _ZERO)
    document.amount = document.net + document.tax
    session.add(document)
    return document


def post(session: Session, actor: Actor, documents: Sequence[TradeDocument], *, audited: bool = True) -> None:
    """Post drafts: goods move, the contact's debt grows or shrinks, sales are counted; all or none."""
    stock.post(session, actor, documents, _move, audited=audited)


def reverse(session: Session, actor: Actor, kind: type[Kind], document_id: int) -> Kind:
    """Reverse a posted document."""
    document = locked(session, kind, document_id)
    stock.reverse(session, actor, document)
    return document


def _says(document: TradeDocument, draft: TradeDraft) -> bool:
    """Whether the document says what the draft does; what the draft leaves to the program does not count."""
    said = replace(
        draft,
        contact_id=document.contact_id,
        lines=[
            TradeLineDraft(x.item_id, x.quantity, x.price, x.discount, x.tax_rate, x.origin) for x in document.lines
        ],
        place_id=document.place_id,
        moment=draft.moment and document.moment,
        currency=draft.currency and document.currency,
        tax_included=document.tax_included,
        due=document.due,
        note=document.note,
    )
    return said == replace(draft, lines=list(draft.lines))


def _move(posting: Posting, documents: Sequence[TradeDocument]) -> None:
    goods = _moves(posting.session, documents)
    costs = dict(zip(((m.document, m.line) for m in goods), stock.move(posting, goods), strict=True))
    digits = digits_of(base_currency(posting.session))
    settle(
        posting,
        [
            Debt(d, d.contact_id, d.debt * d.amount, d.debt * round_money(d.amount * d.rate, digits), d.due)
            for d in documents
        ],
    )
    for d in documents:
        if isinstance(d, Purchase):
            continue
        for line in d.lines:
            posting.add(
                Sales,
                d,
                line.line,
                side=d.debt,
                item=line.item_id,
                contact=d.contact_id,
                quantity=d.debt * line.quantity,
                revenue=d.debt * round_money(line.net * d.rate, digits),
                cost=d.debt * costs.get((d, line.line), _ZERO),
            )


def _moves(session: Session, documents: Sequence[TradeDocument]) -> list[stock.Move]:
    """The moves of the goods among the lines; what is bought is worth what it is bought for, without tax."""
    digits = digits_of(base_currency(session))
    kinds = items_by_id(session, {line.item_id for d in documents for line in d.lines})
    moves = []
    for d in documents:
        ends = (d.place_id, d.outside) if d.goods_leave > 0 else (d.outside, d.place_id)
        for line in d.lines:
            if kinds[line.item_id].kind == GOODS:
                value = round_money(line.net * d.rate, digits) if isinstance(d, Purchase) else None
                moves.append(stock.Move(d, line.line, line.item_id, *ends, line.quantity, value, line.origin))
    return moves


def _check_origins(session: Session, kind: type[TradeDocument], draft: TradeDraft) -> None:
    """What a return gives back are lines of the same contact's posted sales, of the same item."""
    wanted = {line.origin for line in draft.lines if line.origin is not None}
    if not wanted:
        return
    known = {}
    if issubclass(kind, SalesReturn):
        query = select(TradeLine.document_id, TradeLine.line, TradeLine.item_id).join(
            Sale, Sale.id == TradeLine.document_id
        )
        sold = (Sale.contact_id == draft.contact_id, Sale.state == "posted")
        rows = session.execute(query.where(Sale.id.in_({document for document, _ in wanted}), *sold))
        known = {(row.document_id, row.line): row.item_id for row in rows}
    for number, line in enumerate(draft.lines, 1):
        if line.origin is not None and known.get(line.origin) != line.item_id:
            message = _l("Line %(n)s: this contact bought no such goods on the line that is being returned.", n=number)
            raise Invalid(message, field="lines")


def _lines(session: Session, draft: TradeDraft, digits: int, rate: Decimal) -> list[TradeLine]:
    items_by_id(session, {line.item_id for line in draft.lines})  # each of them is there
    lines, total = [], _ZERO
    for number, line in enumerate(draft.lines, 1):
        _check(number, line)
        totals = line_totals(
            line.quantity,
            line.price,
            discount=line.discount,
            tax_rate=line.tax_rate,
            tax_included=draft.tax_included,
            digits=digits,
        )
        total += totals.gross
        check_sum(number, total * max(rate, Decimal(1)))
        lines.append(
            TradeLine(
                line=number,
                item_id=line.item_id,
                quantity=line.quantity,
                price=line.price,
                discount=line.discount,
                tax_rate=line.tax_rate,
                net=totals.net,
                tax=totals.tax,
                origin_document_id=line.origin and line.origin[0],
                origin_line=line.origin and line.origin[1],
            )
        )
    if not lines:
        raise Invalid(_l("Add at least one line."), field="lines")
    return lines


def _check(number: int, line: TradeLineDraft) -> None:
    check_quantity(number, line.quantity)
    check_price(number, line.price)
    if not (Percent.holds(line.discount) and Percent.holds(line.tax_rate)):
        message = _l("Line %(n)s: discount and tax rate have at most four digits after the point.", n=number)
        raise Invalid(message, field="lines")
    if not 0 <= line.discount <= 100:
        raise Invalid(_l("Line %(n)s: a discount is between 0 and 100 per cent.", n=number), field="lines")
    if not 0 <= line.tax_rate <= 100:
        raise Invalid(_l("Line %(n)s: a tax rate is between 0 and 100 per cent.", n=number), field="lines")
