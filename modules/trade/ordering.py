"""What orders await: entered as one is confirmed, taken off as it is delivered, let go as it is closed."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from app.api.clock import wall_clock
from app.api.documents import Document, left_of
from app.api.errors import Invalid
from app.api.ledger import Posting
from app.api.security import PastPolicy
from app.api.texts import lazy_gettext as _l
from app.api.values import Quantity, from_units
from modules.trade.models import ORDERS, Order, PurchaseOrder, SalesOrder, TradeDocument, TradeLine
from modules.trade.registers import DIRECT, IN, OUT, Orders
from modules.trade.reservations import hold_claims, keep, release_beyond, release_reversed, reserve

_BOOKS = PastPolicy("what an order awaits is true whoever delivers it")
_ZERO = Decimal(0)
# Put together once: every document that is made from another asks these.
_LINE, _TRADE, _DOCUMENT = TradeLine.__table__.c, TradeDocument.__table__.c, Document.__table__.c
_AMONG: Any = bindparam("ids", expanding=True)
_HEADS = (
    select(_DOCUMENT.id, _DOCUMENT.kind, _TRADE.place_id)
    .join_from(Document.__table__, TradeDocument.__table__, _TRADE.id == _DOCUMENT.id)
    .where(_DOCUMENT.id.in_(_AMONG), _DOCUMENT.kind.in_(ORDERS))
)
_DIRECT_LINES = select(_LINE.document_id, _LINE.line).where(_LINE.document_id.in_(_AMONG), _LINE.direct > 0)
#: order → what a delivery of it is
DELIVERY: dict[type[Order], str] = {SalesOrder: "trade.sale", PurchaseOrder: "trade.purchase"}


@dataclass(frozen=True, slots=True)
class OrderHead:
    """As much of an order as a delivery of it needs."""

    id: int
    kind: str
    place_id: int

    #: whether the line that is meant is brought to the customer by the supplier
    is_direct: bool = False

    @property
    def direction(self) -> str:
        """Whether goods go out or come in by it."""
        if self.is_direct:
            return DIRECT
        return OUT if self.kind == "trade.sales_order" else IN

    def for_line(self, direct: int) -> "OrderHead":
        """The same for one of its lines."""
        return replace(self, is_direct=bool(direct))


def orders_behind(session: Session, documents: Iterable[TradeDocument]) -> dict[int, OrderHead]:
    """The orders that documents were made from, by their ids."""
    return order_heads(session, {origin for d in documents for origin, _ in d.origins.values()})


def order_heads(session: Session, origins: Collection[int]) -> dict[int, OrderHead]:
    """The orders among some documents, by their ids."""
    if not origins:
        return {}
    return {row.id: OrderHead(*row) for row in _BOOKS(session).execute(_HEADS, {"ids": list(origins)})}


def await_orders(posting: Posting, documents: Sequence[Order]) -> None:
    """Enter what each order awaits, and keep goods for those that reserve."""
    for d in documents:
        for line in d.lines:
            head = OrderHead(d.id, d.kind, d.place_id).for_line(line.direct)
            enter_awaited(posting, d, head, line.line, line.item_id, line.line, line.quantity)
        if isinstance(d, SalesOrder):
            keep(posting, d, _goods_left(posting.session, d), reserved=reserve(posting.session, d))


def deliver(posting: Posting, documents: Sequence[TradeDocument], orders: dict[int, OrderHead]) -> None:
    """Take off what documents deliver of orders; what was delivered from another warehouse isn't kept in the order's own any
    more."""
    direct = _direct_lines(posting.session, orders)
    for d in documents if orders else ():
        origins, elsewhere = d.origins, {}
        for line in d.lines:
            order_id, order_line = origins.get(line.line, (0, 0))
            if (head := orders.get(order_id)) is not None:
                head = head.for_line((order_id, order_line) in direct)
                _refuse_through_stock(d, line, head)
                enter_awaited(posting, d, head, line.line, line.item_id, order_line, -line.quantity)
                if head.direction == OUT and head.place_id != d.place_id:
                    elsewhere[head.id] = head.place_id
        if elsewhere:
            release_beyond(posting, d, elsewhere)


def _direct_lines(session: Session, orders: Collection[int]) -> set[tuple[int, int]]:
    """The lines of orders that suppliers bring to customers."""
    if not orders:
        return set()
    rows = _BOOKS(session).execute(_DIRECT_LINES, {"ids": list(orders)})
    return {(row.document_id, row.line) for row in rows}


def _refuse_through_stock(document: TradeDocument, line: Any, head: OrderHead) -> None:
    if head.is_direct and not line.direct:
        message = _l(
            "Line %(n)s: the supplier brings it to the customer. Record that on the purchase order.", n=line.line
        )
        raise Invalid(message, field="lines")


def let_go(posting: Posting, order: Order) -> None:
    """Nothing of the order is awaited any more, and nothing kept for it."""
    head = OrderHead(order.id, order.kind, order.place_id)
    for line, left in zip(order.lines, _awaited_now(posting, order, head), strict=True):
        if left > 0:
            enter_awaited(posting, order, head.for_line(line.direct), line.line, line.item_id, line.line, -left)
    if isinstance(order, SalesOrder):
        reserved = reserve(posting.session, order)
        keep(posting, order, dict.fromkeys({line.item_id for line in order.lines}, _ZERO), reserved=reserved)
        reserved.close()


def _awaited_now(posting: Posting, order: Order, head: OrderHead) -> list[Decimal]:
    """What stands in the register of each line of an order, locked."""
    keys = [
        (line.item_id, order.place_id, head.for_line(line.direct).direction, order.id, line.line)
        for line in order.lines
    ]
    held = posting.hold(Orders.awaited, keys)
    return [from_units(held[key].amounts[0], Quantity.scale) if key in held else _ZERO for key in keys]


def take_up(posting: Posting, order: Order) -> None:
    """What is left of a closed order is awaited again, whatever was undone of its deliveries meanwhile."""
    head, left = OrderHead(order.id, order.kind, order.place_id), left_of(posting.session, order, DELIVERY[type(order)])
    for line, now in zip(order.lines, _awaited_now(posting, order, head), strict=True):
        if more := left[line.line] - now:
            enter_awaited(posting, order, head.for_line(line.direct), line.line, line.item_id, line.line, more)
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
        own = _ZERO if line.direct else max(left[line.line], _ZERO)
        wanted[line.item_id] = wanted.get(line.item_id, _ZERO) + own
    is_over = order.reserved_until is not None and order.reserved_until < wall_clock().date()
    return wanted if order.reserves and not is_over else dict.fromkeys(wanted, _ZERO)


def enter_awaited(
    posting: Posting, document: Any, head: OrderHead, line: int, item_id: int, order_line: int, quantity: Decimal
) -> None:
    """Let so much more of an order's line be awaited by a line of a document; less where it is below zero."""
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
