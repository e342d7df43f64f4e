"""The goods that a landed cost is spread over, and the part of each: shown before it is posted, and landed by posting."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.api.documents import Document, LineKey
from app.api.errors import Invalid
from app.api.ledger import Posting
from app.api.prints import Fact
from app.api.reference import base_currency
from app.api.security import PastPolicy
from app.api.texts import lazy_gettext as _l
from app.api.texts import number
from app.api.values import ExchangeRate, digits_of
from modules.trade.landed.rules import BASES, VALUE, VOLUME, WEIGHT, named_in, spread
from modules.trade.models import LandedCost, LandedOn, OfReceipts, TradeDocument, TradeLine
from modules.warehouse.api import GOODS, items_by_id, landed_values, left_to_return, stock

_BOOKS = PastPolicy("goods bear what was charged for them, whoever received them")
_ZERO = Decimal(0)
#: the kinds by which goods come in at a price
CAME = ("trade.receipt", "trade.purchase")


@dataclass(frozen=True, slots=True)
class Bears:
    """A line of goods that bears a part of the cost."""

    line: LineKey
    number: str
    item: Any
    #: by what the cost is spread: money, base units, kilograms or cubic metres
    measure: Decimal
    part: Decimal = _ZERO


def say_receipts(session: Session, document: OfReceipts, draft: Any) -> None:
    """Let the cost or tax be on the receipts and purchases that the draft names by their numbers. Refused (Invalid): none,
    one that isn't posted or isn't open to the actor."""
    wanted = named_in(draft.receipts)
    if not wanted:
        raise Invalid(_l("Say which receipts and purchases this is for, by their numbers."), field="receipts")
    query = select(TradeDocument.id, TradeDocument.number).where(
        TradeDocument.number.in_(wanted), TradeDocument.kind.in_(CAME), TradeDocument.state == "posted"
    )
    found = {row.number: row.id for row in session.execute(query)}
    for name in wanted:
        if name not in found:
            message = _l("There is no posted order receipt or purchase with the number “%(number)s”.", number=name)
            raise Invalid(message, field="receipts")
    kept = {row.receipt_id: row for row in document.landed_on}
    document.landed_on = [
        kept.get(found[name]) or LandedOn(receipt_id=found[name], number=name)
        for name in sorted(wanted, key=lambda name: found[name])
    ]


def check_charges(session: Session, document: LandedCost, lines: Sequence[TradeLine]) -> None:
    """Refuse (Invalid) goods among what is charged, and goods below that can't bear it as it is spread."""
    if document.basis not in BASES:
        raise Invalid(_l("“%(value)s” is none of the choices.", value=document.basis), field="basis")
    kinds = items_by_id(session, {line.item_id for line in lines})
    for line in lines:
        if kinds[line.item_id].kind == GOODS:
            message = _l(
                "Line %(n)s: “%(name)s” is goods. A landed cost has services.",
                n=line.line,
                name=kinds[line.item_id].name,
            )
            raise Invalid(message, field="lines", column="item")
    _measured(session, document)


def spread_of(session: Session, document: LandedCost) -> list[Bears]:
    """The goods that bear the cost, each with its part in the organisation's own currency. Refused as in `check_charges`."""
    digits = digits_of(base_currency(session))
    amount = document.rate.in_base(document.net, digits)
    bearing = _measured(session, document)
    parts = spread(amount, [each.measure for each in bearing], digits=digits)
    return [Bears(b.line, b.number, b.item, b.measure, part) for b, part in zip(bearing, parts, strict=True)]


def land_costs(posting: Posting, documents: Sequence[TradeDocument]) -> None:
    """Land what landed costs charge on their goods, as of the day when those came."""
    for d in documents:
        if isinstance(d, LandedCost):
            values = {bears.line: bears.part for bears in spread_of(posting.session, d) if bears.part}
            if values:
                stock.land_all(posting, d, 1, values)


def spread_facts(session: Session, document: LandedCost) -> Sequence[Fact]:
    """Beside the document: what each line of goods bears of it."""
    if document.state == "reversed":
        return ()
    try:
        bearing = spread_of(session, document)
    except Invalid as error:
        return (Fact(_l("Goods that bear it"), str(error)),)
    if document.state == "posted":  # what somebody has weighed otherwise since then changes nothing of it
        parts = landed_values(session, document.id)
        bearing = [replace(bears, part=parts.get(bears.line, _ZERO)) for bears in bearing]
    total = sum((bears.part for bears in bearing), _ZERO)
    digits = digits_of(base_currency(session)) if document.basis == VALUE else 0
    return (
        *(
            Fact(
                _l(
                    "%(number)s, %(item)s (%(measure)s)",
                    number=b.number,
                    item=b.item.name,
                    measure=number(b.measure, digits),
                ),
                b.part,
                "money",
            )
            for b in bearing
        ),
        Fact(_l("Total"), total, "money"),
    )


def _measured(session: Session, document: LandedCost) -> list[Bears]:
    """The goods that came by the receipts, measured, without lines of which all has gone back to the supplier.

    Refused (Invalid): an item that nobody has weighed, nothing to go by, a line of which a part has gone back: its part of the
    cost would leave with it, and stand in no cost. What goes back once this cost has landed on it leaves at what it carries.
    """
    receipts = [row.receipt_id for row in document.landed_on]
    line, trade, of = TradeLine.__table__.c, TradeDocument.__table__.c, Document.__table__.c
    query = (
        select(line.document_id, line.line, line.item_id, line.quantity, line.net, line.direct, of.number, of.state)
        .add_columns(trade.rate, trade.rate_scale, trade.rate_is_inverse)
        .join_from(TradeLine.__table__, TradeDocument.__table__, trade.id == line.document_id)
        .join(Document.__table__, of.id == line.document_id)
        .where(line.document_id.in_(receipts))
        .order_by(line.document_id, line.line)
    )
    rows = _BOOKS(session).execute(query).all()
    if gone := next((row.number for row in rows if row.state != "posted"), None):
        raise Invalid(_l("“%(number)s” is reversed: no goods of it bear anything.", number=gone), field="receipts")
    items = items_by_id(session, {row.item_id for row in rows})
    rows = _standing(session, document, [row for row in rows if items[row.item_id].kind == GOODS], items)
    digits = digits_of(base_currency(session))
    bearing = [
        Bears(
            (row.document_id, row.line),
            row.number,
            items[row.item_id],
            ExchangeRate.kept(row.rate, row.rate_scale, row.rate_is_inverse).in_base(row.net, digits)
            if document.basis == VALUE
            else row.quantity * _each(items[row.item_id], document.basis),
        )
        for row in rows
    ]
    if not sum((bears.measure for bears in bearing), _ZERO):
        raise Invalid(
            _l("There are no goods to spread this by “%(basis)s” over.", basis=BASES[document.basis]), field="receipts"
        )
    return bearing


def _standing(session: Session, document: LandedCost, rows: Sequence[Any], items: Mapping[int, Any]) -> list[Any]:
    """The lines of goods that haven't gone back, and those that this document has landed on. Refused as in `_measured`."""
    borne = landed_values(session, document.id or 0)
    free = {
        (row.document_id, row.line) for row in rows if not row.direct
    } - borne.keys()  # direct ones went to customers
    left = left_to_return(session, free)
    for row in rows:
        if 0 < left.get((row.document_id, row.line), _ZERO) < row.quantity:
            message = _l(
                "%(number)s, %(item)s: %(back)s of %(whole)s went back, and a part of this cost would go with them. Leave that"
                " document out, or enter the cost as a supplier's invoice of services.",
                number=row.number,
                item=items[row.item_id].name,
                back=number(row.quantity - left[row.document_id, row.line]),
                whole=number(row.quantity),
            )
            raise Invalid(message, field="receipts")
    return [row for row in rows if left.get((row.document_id, row.line)) != 0]


def _each(item: Any, basis: str) -> Decimal:
    measure: Decimal | None = {WEIGHT: item.weight, VOLUME: item.volume}.get(basis, Decimal(1))
    if measure is None:
        message = _l(
            "“%(name)s” has no weight or volume. Enter it on the item's page, or choose another basis.", name=item.name
        )
        raise Invalid(message, field="basis")
    return measure
