"""Writing sales, returns and purchases."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from typing import TypeVar

from flask_babel import lazy_gettext as _l
from sqlalchemy import BigInteger, select, type_coerce
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
from modules.contacts.operations import parties_by_id
from modules.contacts.registers import Settlements
from modules.trade.models import Purchase, Sale, SalesReturn, TradeDocument, TradeLine
from modules.trade.registers import Sales
from modules.trade.rules import line_totals
from modules.warehouse import stock
from modules.warehouse.costing import Got
from modules.warehouse.models import FIRST_WAREHOUSE, GOODS
from modules.warehouse.operations import check_price, check_quantity, check_sum, items_by_id, warehouse_id
from modules.warehouse.registers import Stock

KINDS: dict[str, type[TradeDocument]] = {"sale": Sale, "sales_return": SalesReturn, "purchase": Purchase}
Kind = TypeVar("Kind", bound=TradeDocument)
_NOUGHT = Decimal(0)
#: How many of a customer's entries of an item tell what its return costs.
LOOKED_BACK = 200


@dataclass(slots=True)
class TradeLineDraft:
    """A line as the user typed it: `discount` and `tax_rate` in per cent."""

    item_id: int
    quantity: Decimal
    price: Decimal
    discount: Decimal = _NOUGHT
    tax_rate: Decimal = _NOUGHT


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
    document.moment = draft.moment or wall_clock()
    document.currency = draft.currency or base_currency(session)
    document.rate = rate_at(session, document.currency, document.moment.date())
    document.tax_included, document.due, document.note = draft.tax_included, draft.due, draft.note
    lines = _lines(session, draft, digits_of(document.currency), document.rate)
    if document.id is not None:
        document.lines.clear()
        session.flush()  # the old lines go before the new ones take their numbers
    document.lines = lines
    document.net = sum((line.net for line in lines), _NOUGHT)
    document.tax = sum((line.tax for line in lines), _NOUGHT)
    document.amount = document.net + document.tax
    session.add(document)
    return document


def post(session: Session, actor: Actor, documents: Sequence[TradeDocument], *, audited: bool = True) -> None:
    """Post drafts: goods move, the contact's debt grows or shrinks, sales are counted; all or none."""
    stock.post(session, actor, documents, _move, audited=audited)


def reverse(session: Session, actor: Actor, kind: type[Kind], document_id: int) -> Kind:
    """Take back a posted document."""
    document = locked(session, kind, document_id)
    stock.reverse(session, actor, document)
    return document


def _says(document: TradeDocument, draft: TradeDraft) -> bool:
    """Whether the document says what the draft does; what the draft leaves to the program does not count."""
    said = replace(
        draft,
        contact_id=document.contact_id,
        lines=[TradeLineDraft(x.item_id, x.quantity, x.price, x.discount, x.tax_rate) for x in document.lines],
        place_id=document.place_id,
        moment=draft.moment and document.moment,
        currency=draft.currency and document.currency,
        tax_included=document.tax_included,
        due=document.due,
        note=document.note,
    )
    return said == replace(draft, lines=list(draft.lines))


def _move(posting: Posting, documents: Sequence[TradeDocument]) -> None:
    returned = {(line.item_id, d.contact_id) for d in documents if isinstance(d, SalesReturn) for line in d.lines}
    got = {key: Got() for key in returned}
    goods = _moves(posting.session, documents, got)
    if got:
        # Held before it is read what customers got: nobody else sells these items or takes them back meanwhile.
        posting.totals(Stock, [(m.item_id, place) for m in goods for place in (m.source_id, m.target_id)])
        _read_got(posting.session, got)
    values = stock.move(posting, goods)
    costs = {(m.document, m.line): value for m, value in zip(goods, values, strict=True)}
    base_digits = digits_of(base_currency(posting.session))
    for d in documents:
        posting.add(Settlements, d, 0, d.contact_id, d.currency, amount=d.debt * d.amount)
        if isinstance(d, Purchase):
            continue
        for line in d.lines:
            posting.add(
                Sales,
                d,
                line.line,
                line.item_id,
                d.contact_id,
                quantity=d.debt * line.quantity,
                revenue=d.debt * round_money(line.net * d.rate, base_digits),
                cost=d.debt * costs.get((d, line.line), _NOUGHT),
            )


def _read_got(session: Session, got: dict[tuple[int, int], Got]) -> None:
    """Let the newest entries of each item and customer make what he has got of it.

    A customer at the counter has bought an item for years: no more of his entries are read than a return could be of.
    """
    e, connection = Sales.entries.c, session.connection()
    quantity, cost = type_coerce(e.quantity, BigInteger), type_coerce(e.cost, BigInteger)
    newest = select(e.id, quantity, cost).order_by(e.moment.desc(), e.id.desc()).limit(LOOKED_BACK)
    for (item_id, contact_id), his in sorted(got.items(), key=lambda pair: pair[0]):
        rows = connection.execute(newest.where(e.item_id == item_id, e.contact_id == contact_id))
        for row in sorted(rows, key=lambda row: row[0]):  # in the order of posting
            his.add(row[1], row[2])


def _moves(session: Session, documents: Sequence[TradeDocument], got: dict[tuple[int, int], Got]) -> list[stock.Move]:
    """The moves of the goods among the lines; what is bought is worth what it is bought for, without tax."""
    digits = digits_of(base_currency(session))
    kinds = items_by_id(session, {line.item_id for d in documents for line in d.lines})
    moves = []
    for d in documents:
        ends = (d.place_id, d.outside) if d.goods_leave > 0 else (d.outside, d.place_id)
        for line in d.lines:
            if kinds[line.item_id].kind == GOODS:
                value = round_money(line.net * d.rate, digits) if isinstance(d, Purchase) else None
                his = None if isinstance(d, Purchase) else got.get((line.item_id, d.contact_id))
                moves.append(stock.Move(d, line.line, line.item_id, *ends, line.quantity, value, his))
    return moves


def _lines(session: Session, draft: TradeDraft, digits: int, rate: Decimal) -> list[TradeLine]:
    items_by_id(session, {line.item_id for line in draft.lines})  # each of them is there
    lines, total = [], _NOUGHT
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
