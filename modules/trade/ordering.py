"""What orders await: entered as one is confirmed, taken off as it is delivered, let go as it is closed."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.api.clock import wall_clock
from app.api.documents import Document, left_of
from app.api.ledger import Posting
from app.api.security import PastPolicy
from app.api.values import Quantity, from_units
from modules.trade.models import ORDERS, Order, PurchaseOrder, SalesOrder, TradeDocument
from modules.trade.registers import IN, OUT, Orders
from modules.trade.reservations import hold_claims, keep, release_beyond, release_reversed, reserve

_BOOKS = PastPolicy("what an order awaits is true whoever delivers it")
_ZERO = Decimal(0)
#: order → what a delivery of it is
DELIVERY: dict[type[Order], str] = {SalesOrder: "trade.sale", PurchaseOrder: "trade.purchase"}


@dataclass(frozen=True, slots=True)
class OrderHead:
    """As much of an order as a delivery of it needs."""

    id: int
    kind: str
    place_id: int

    @property
    def direction(self) -> str:
        """Whether goods go out or come in by it."""
        return OUT if self.kind == "trade.sales_order" else IN


def orders_behind(session: Session, documents: Iterable[TradeDocument]) -> dict[int, OrderHead]:
    """The orders that documents were made from, by their ids."""
    origins = {origin for d in documents for origin, _ in d.origins.values()}
    if not origins:
        return {}
    document, trade = Document.__table__.c, TradeDocument.__table__.c
    query = (
        select(document.id, document.kind, trade.place_id)
        .join_from(Document.__table__, TradeDocument.__table__, trade.id == document.id)
        .where(document.id.in_(origins), document.kind.in_(ORDERS))
    )
    return {row.id: OrderHead(*row) for row in _BOOKS(session).execute(query)}


def await_orders(posting: Posting, documents: Sequence[Order]) -> None:
    """Enter what each order awaits, and keep goods for those that reserve."""
    for d in documents:
        for line in d.lines:
            _enter(posting, d, OrderHead(d.id, d.kind, d.place_id), line.line, line.item_id, line.line, line.quantity)
        if isinstance(d, SalesOrder):
            keep(posting, d, _goods_left(posting.session, d), reserved=reserve(posting.session, d))


def deliver(posting: Posting, documents: Sequence[TradeDocument], orders: dict[int, OrderHead]) -> None:
    """Take off what documents deliver of orders; what was delivered from another warehouse isn't kept in the order's own any
    more."""
    for d in documents if orders else ():
        origins, elsewhere = d.origins, {}
        for line in d.lines:
            order_id, order_line = origins.get(line.line, (0, 0))
            if (head := orders.get(order_id)) is not None:
                _enter(posting, d, head, line.line, line.item_id, order_line, -line.quantity)
                if head.direction == OUT and head.place_id != d.place_id:
                    elsewhere[head.id] = head.place_id
        if elsewhere:
            release_beyond(posting, d, elsewhere)


def let_go(posting: Posting, order: Order) -> None:
    """Nothing of the order is awaited any more, and nothing kept for it."""
    head = OrderHead(order.id, order.kind, order.place_id)
    keys = {(line.item_id, order.place_id, head.direction, order.id, line.line): line for line in order.lines}
    for key, held in posting.hold(Orders.awaited, keys).items():
        left, line = from_units(held.amounts[0], Quantity.scale), keys[key]
        if left:
            _enter(posting, order, head, line.line, line.item_id, line.line, -left)
    if isinstance(order, SalesOrder):
        reserved = reserve(posting.session, order)
        keep(posting, order, dict.fromkeys({line.item_id for line in order.lines}, _ZERO), reserved=reserved)
        reserved.close()


def take_up(posting: Posting, order: Order) -> None:
    """What is left of a closed order is awaited again."""
    head, left = OrderHead(order.id, order.kind, order.place_id), left_of(posting.session, order, DELIVERY[type(order)])
    for line in order.lines:
        if left[line.line] > 0:
            _enter(posting, order, head, line.line, line.item_id, line.line, left[line.line])
    if isinstance(order, SalesOrder):
        reserved = reserve(posting.session, order)
        reserved.reopen()
        keep(posting, order, _goods_left(posting.session, order), reserved=reserved)


def hold_order(posting: Posting, order: Order) -> None:
    """Before it is reversed: what it keeps is free again by that, whatever has become of it meanwhile."""
    if isinstance(order, SalesOrder):
        release_reversed(posting, order)


def hold_kept(posting: Posting, order: Order) -> None:
    """Before it is corrected: nobody keeps or lets go of its goods meanwhile."""
    if isinstance(order, SalesOrder):
        hold_claims(posting, {line.item_id for line in order.lines})


def _goods_left(session: Session, order: SalesOrder) -> dict[int, Decimal]:
    """What is left to ship of each item; nothing of an order that doesn't reserve."""
    left = left_of(session, order, DELIVERY[SalesOrder])
    wanted: dict[int, Decimal] = {}
    for line in order.lines:
        wanted[line.item_id] = wanted.get(line.item_id, _ZERO) + max(left[line.line], _ZERO)
    is_over = order.reserved_until is not None and order.reserved_until < wall_clock().date()
    return wanted if order.reserves and not is_over else dict.fromkeys(wanted, _ZERO)


def _enter(
    posting: Posting, document: Any, head: OrderHead, line: int, item_id: int, order_line: int, quantity: Decimal
) -> None:
    posting.add(
        Orders,
        document,
        line,
        side=1 if quantity > 0 else -1,
        item=item_id,
        place=head.place_id,
        direction=head.direction,
        order=head.id,
        order_line=order_line,
        quantity=quantity,
    )
