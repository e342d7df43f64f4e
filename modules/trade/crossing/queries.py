"""What goes out at once: before goods are received, of what is expected; afterwards, of what the receipt gave to orders.
Numbers, names and quantities, never a price."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from sqlalchemy import BigInteger, func, select, type_coerce
from sqlalchemy.orm import Session, aliased

from app.api.documents import Document
from app.api.errors import NotFound
from app.api.reference import organisation_id
from app.api.security import PastPolicy
from app.api.values import Quantity, from_units
from modules.trade.crossing.models import Crossing
from modules.trade.crossing.prepared import prepared_lines, ready_items
from modules.trade.models import GoodsReceipt, TradeDocument, TradeLine
from modules.trade.reservations import kept_for, waiting_orders
from modules.trade.shipping.queue import Left
from modules.warehouse.api import Claim, Stock, in_own, items_by_id

_BOOKS = PastPolicy(
    "whoever receives and ships learns what goes out at once, whoever may see the orders, and no price of it"
)
_DOCUMENT, _TRADE, _CROSSING = Document.__table__.c, TradeDocument.__table__.c, Crossing.__table__.c
_KIND = str(GoodsReceipt.__mapper_args__["polymorphic_identity"])


@dataclass(frozen=True, slots=True)
class Outgoing:
    """So much of an item goes to an order at once."""

    order_id: int
    number: str
    name: str
    code: str
    item: str
    unit: str
    quantity: Decimal


@dataclass(slots=True)
class Ready:
    """A shipment that was made ready and waits to leave."""

    sale_id: int
    order: str
    name: str
    receipt: str
    place: str
    lines: list[tuple[str, str, Decimal, str]] = field(default_factory=list)


def to_go(session: Session, place_id: int, lines: Sequence[Left]) -> list[Outgoing]:
    """Of what is still to come of a purchase order's lines: what goes to orders that wait, in their turn, beyond what is
    kept for them."""
    there: dict[int, Decimal] = defaultdict(Decimal)
    for line in lines:
        there[line.item_id] += line.left
    waiting = [w for w in waiting_orders(session, organisation_id(session), there) if w.place_id == place_id]
    own = kept_for(session, {w.id for w in waiting}, there, place_id)
    found: dict[tuple[int, int], Decimal] = {}
    for w in waiting:
        part = min(from_units(int(w.units), Quantity.scale) - own.get((w.id, w.item_id), Decimal(0)), there[w.item_id])
        if part > 0:
            there[w.item_id] -= part
            found[w.id, w.item_id] = part
    return outgoing(session, found)


def granted_by(session: Session, receipt: Document | Any) -> dict[tuple[int, int], Decimal]:
    """Order and item → what the posting of a receipt keeps for it, the orders in their turn."""
    e, claim = Stock.entries.c, Claim.__table__.c
    items = select(TradeLine.item_id).where(TradeLine.document_id == receipt.id)
    query = (
        select(claim.document_id, e.item_id, func.sum(type_coerce(e.quantity, BigInteger)), func.min(e.id))
        .join_from(Stock.entries, Claim.__table__, claim.id == e.claim_to_id)
        .where(e.cause_id == receipt.id, e.claim_to_id > 0, e.item_id.in_(items), claim.document_id.is_not(None))
        .group_by(claim.document_id, e.item_id)
        .order_by(func.min(e.id))
    )
    return {
        (int(order), int(item)): from_units(int(units), Quantity.scale)
        for order, item, units, _ in _BOOKS(session).execute(query)
        if units > 0
    }


def receipt_to_cross(session: Session, receipt_id: int) -> Any:
    """Number, state and warehouse of a posted receipt of the organisation, whoever may see it. Refused (NotFound)."""
    query = select(_DOCUMENT.id, _DOCUMENT.number, _TRADE.place_id).join_from(
        Document.__table__, TradeDocument.__table__, _TRADE.id == _DOCUMENT.id
    )
    query = query.where(_DOCUMENT.id == receipt_id, _DOCUMENT.kind == _KIND, _DOCUMENT.state == "posted")
    own = (_DOCUMENT.organisation_id == organisation_id(session), *in_own(session, _TRADE.place_id))
    row = _BOOKS(session).execute(query.where(*own)).first()
    if row is None:
        raise NotFound
    return row


def outgoing(session: Session, quantities: Mapping[tuple[int, int], Decimal]) -> list[Outgoing]:
    """The same in words, in the same order."""
    query = select(_DOCUMENT.id, _DOCUMENT.number, _DOCUMENT.summary).where(
        _DOCUMENT.id.in_({order for order, _ in quantities})
    )
    orders = {row.id: row for row in _BOOKS(session).execute(query)}
    items = items_by_id(session, {item for _, item in quantities})
    return [
        Outgoing(
            order, orders[order].number, orders[order].summary, items[i].code, items[i].name, items[i].unit, quantity
        )
        for (order, i), quantity in quantities.items()
    ]


def crossed(session: Session, receipt_id: int) -> dict[int, int]:
    """Order → the shipment that was made ready for it at this receipt."""
    query = select(_CROSSING.order_id, _CROSSING.sale_id).where(_CROSSING.receipt_id == receipt_id)
    return {row[0]: row[1] for row in _BOOKS(session).execute(query)}


def ready_shipments(session: Session, *, most: int) -> list[Ready]:
    """The shipments of the organisation that were made ready and haven't left, the oldest first."""
    order, receipt = aliased(Document.__table__), aliased(Document.__table__)
    query = (
        select(_DOCUMENT.id, order.c.number.label("order"), _DOCUMENT.summary, receipt.c.number.label("receipt"))
        .add_columns(_TRADE.place_id)
        .join_from(Crossing.__table__, Document.__table__, _DOCUMENT.id == _CROSSING.sale_id)
        .join(TradeDocument.__table__, _TRADE.id == _DOCUMENT.id)
        .join(order, order.c.id == _CROSSING.order_id)
        .join(receipt, receipt.c.id == _CROSSING.receipt_id)
        .where(_DOCUMENT.state == "draft", _DOCUMENT.organisation_id == organisation_id(session))
        .where(*in_own(session, _TRADE.place_id))
        .order_by(_CROSSING.id)
        .limit(most)
    )
    rows = _BOOKS(session).execute(query).all()
    found = {r.id: Ready(r.id, r.order, r.summary, r.receipt, "") for r in rows}
    line = TradeLine.__table__.c
    asked = select(line.document_id, line.item_id, line.quantity).where(line.document_id.in_(found))
    lines = _BOOKS(session).execute(asked.order_by(line.document_id, line.line)).all()
    items = items_by_id(session, {each.item_id for each in lines})
    for each in lines:
        item = items[each.item_id]
        found[each.document_id].lines.append((item.code, item.name, each.quantity, item.unit))
    return list(found.values())


def claims_left(session: Session, orders: Collection[int], items: Collection[int], place_id: int) -> Any:
    """Order and item → what is kept for the order in the warehouse and isn't in a shipment that was made ready."""
    held, taken = kept_for(session, orders, items, place_id), ready_items(prepared_lines(session, orders))
    return {key: quantity - taken.get(key, Decimal(0)) for key, quantity in held.items()}
