"""What waits to be shipped and received, as the orders' register has it: numbers, names and quantities, never a price."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import BigInteger, ColumnElement, case, func, select, type_coerce
from sqlalchemy.orm import Session

from app.api.clock import wall_clock
from app.api.documents import Document
from app.api.errors import NotFound
from app.api.ledger import now
from app.api.reference import organisation_id
from app.api.security import PastPolicy, require
from app.api.texts import lazy_gettext as _l
from app.api.values import Quantity, from_units
from modules.trade.crossing.prepared import prepared_lines, ready_items
from modules.trade.models import TradeDocument
from modules.trade.parcels.carriers import carrier_title
from modules.trade.registers import OUT, Orders
from modules.trade.reservations import claims_of
from modules.warehouse.api import GOODS, Item, Place, Stock, in_own, items_by_id

VIEW, POST = "trade.shipping.view", "trade.shipping.post"
_BOOKS = PastPolicy("whoever ships and receives sees what waits, whoever sold or ordered it, and no price of it")
#: so many orders a list shows, those that are due first
MOST = 200
_ZERO = Decimal(0)
_OPEN, _DOCUMENT, _TRADE, _PLACE = (
    table.c for table in (Orders.awaited.table, Document.__table__, TradeDocument.__table__, Place.__table__)
)
_UNITS = type_coerce(_OPEN.quantity, BigInteger)
_HEADS = (
    select(_DOCUMENT.id, _DOCUMENT.number, _DOCUMENT.summary, _TRADE.place_id, _PLACE.name)
    .add_columns(_TRADE.delivery, _TRADE.priority, _TRADE.carrier)
    .join_from(Document.__table__, TradeDocument.__table__, _TRADE.id == _DOCUMENT.id)
    .join(Place.__table__, _PLACE.id == _TRADE.place_id)
    .where(_DOCUMENT.state == "posted")
)


@dataclass(frozen=True, slots=True)
class Waiting:
    """An order of which something is still to be shipped or received."""

    id: int
    number: str
    #: the customer or supplier
    name: str
    place_id: int
    place: str
    delivery: date | None
    #: 0 to 9: the highest gets goods first
    priority: int
    lines: int
    #: how many of its lines are there in full; of what is to come, all
    ready: int
    #: what the carrier is called that is to bring it; empty: none is said
    carrier: str = ""

    @property
    def days_late(self) -> int:
        """How many days it should have gone or come before; 0 when it isn't late."""
        return max((wall_clock().date() - self.delivery).days, 0) if self.delivery is not None else 0


@dataclass(frozen=True, slots=True)
class Left:
    """A line of an order that isn't delivered in full."""

    line: int
    item_id: int
    code: str
    name: str
    barcode: str | None
    #: as it is kept, to be said in the user's language
    unit: str
    left: Decimal
    #: as much of that as can be shipped now: what is kept for the order, and what is free
    available: Decimal


def waiting(session: Session, direction: str, *narrowed: ColumnElement[bool]) -> list[Waiting]:
    """The orders of which something is still to be shipped (OUT) or received (IN), what is due first; at most MOST. `narrowed`:
    what else is asked of them, as `narrowing` says it.

    It asks for what is open, of which there is an index: it takes no longer after years.
    """
    require(session.info["actor"], VIEW)
    ids = select(_OPEN.order_id).where(Orders.is_awaited(organisation_id(session)), _OPEN.direction == direction)
    by_delivery = (func.coalesce(_TRADE.delivery, date.max), _TRADE.priority.desc(), _DOCUMENT.id)
    heads = _HEADS.where(*in_own(session, _TRADE.place_id), *narrowed)
    rows = _BOOKS(session).execute(heads.where(_DOCUMENT.id.in_(ids)).order_by(*by_delivery).limit(MOST)).all()
    left = _left(session, [row.id for row in rows], direction)
    return [_waiting(session, row, left[row.id]) for row in rows if left[row.id]]


def count_waiting(session: Session) -> dict[str, tuple[int, int]]:
    """By direction: how many orders wait to be shipped (OUT) and received (IN), and how many of them are late. In one
    statement, whoever sold or ordered them; it tells no more than these numbers."""
    late = case((_TRADE.delivery < wall_clock().date(), _OPEN.order_id))
    query = (
        select(_OPEN.direction, func.count(_OPEN.order_id.distinct()), func.count(late.distinct()))
        .join_from(Orders.awaited.table, TradeDocument.__table__, _TRADE.id == _OPEN.order_id)
        .where(Orders.is_awaited(organisation_id(session)), *in_own(session, _OPEN.place_id))
        .group_by(_OPEN.direction)
    )
    return {direction: (count, is_late) for direction, count, is_late in _BOOKS(session).execute(query)}


def left_of_order(session: Session, order_id: int, direction: str) -> tuple[Waiting, list[Left]]:
    """One of them, with what is left of its lines. Refused (NotFound): an order of which nothing waits."""
    return left_together(session, [order_id], direction)[0]


def left_together(session: Session, orders: Sequence[int], direction: str) -> list[tuple[Waiting, list[Left]]]:
    """Several of them, with what is left of their lines: what is free is given once, to the first of them before the next.
    Refused (NotFound): an order of which nothing waits."""
    require(session.info["actor"], VIEW)
    heads = _HEADS.where(_DOCUMENT.id.in_(orders), *in_own(session, _TRADE.place_id))
    rows = {row.id: row for row in _BOOKS(session).execute(heads)}
    found = _left(session, orders, direction, is_shared=True)
    if any(order not in rows or not found[order] for order in orders):
        raise NotFound(_l("Nothing of this order waits any more."))
    return [(_waiting(session, rows[order], found[order]), found[order]) for order in orders]


def still_left(session: Session, orders: Collection[int]) -> dict[int, dict[int, Decimal]]:
    """Order → its lines, of which so much is still to be shipped; nothing of orders of which nothing waits."""
    require(session.info["actor"], VIEW)
    found = _left(session, sorted(orders), OUT)
    return {order: {line.line: line.left for line in lines} for order, lines in found.items()}


def _waiting(session: Session, row: Any, left: list[Left]) -> Waiting:
    ready = sum(x.available >= x.left for x in left)
    return Waiting(*(*row[:-1], len(left), ready, carrier_title(session, row.carrier)))


def _left(session: Session, orders: Sequence[int], direction: str, *, is_shared: bool = False) -> dict[int, list[Left]]:
    """What is left of the orders' lines, in their order, beside what is ready to leave already. `is_shared`: what is free is
    there for all of them once, else for each as if it were alone."""
    found: dict[int, list[Left]] = {order: [] for order in orders}
    if not orders:
        return found
    item = Item.__table__.c
    query = (
        select(_OPEN.order_id, _OPEN.order_line_id, _OPEN.item_id, _OPEN.place_id, _UNITS.label("units"))
        .add_columns(item.barcode)
        .join_from(Orders.awaited.table, Item.__table__, item.id == _OPEN.item_id)
        .where(Orders.is_awaited(organisation_id(session)), _OPEN.direction == direction, _OPEN.order_id.in_(orders))
        .order_by(_OPEN.order_id, _OPEN.order_line_id)
    )
    rows = _BOOKS(session).execute(query).all()
    items = items_by_id(session, {row.item_id for row in rows})
    kept = _kept(session, items) if direction == OUT else {}
    claims = claims_of(session, orders) if direction == OUT else {}
    ready = prepared_lines(session, orders) if direction == OUT else {}
    of_items = ready_items(ready)
    there: dict[tuple[int, ...], Decimal] = {}
    for row in sorted(rows, key=lambda row: orders.index(row.order_id)):
        item, left = items[row.item_id], from_units(int(row.units), Quantity.scale)
        if (line := (row.order_id, row.order_line_id)) in ready:
            left -= ready[line][1]
            if left <= 0:
                continue
        available = left
        if direction == OUT and item.kind == GOODS:
            available = _ZERO
            for claim in dict.fromkeys((claims.get(row.order_id, 0), 0)):  # what is its own, then what is free
                key = (row.item_id, row.place_id, claim)
                whose = (*key, 0 if is_shared else row.order_id)
                its_ready = of_items.get((row.order_id, row.item_id), _ZERO) if claim else _ZERO
                free = there.setdefault(whose, max(kept.get(key, _ZERO) - its_ready, _ZERO))
                taken = min(left - available, free)
                there[whose] -= taken
                available += taken
        found[row.order_id].append(
            Left(row.order_line_id, item.id, item.code, item.name, row.barcode, item.unit, left, available)
        )
    return found


def _kept(session: Session, items: Collection[int]) -> dict[tuple[int, int, int], Decimal]:
    """What of each item is kept for each claim in each warehouse; claim 0: what is free."""
    figures = now(session, Stock.claims, by=("item", "warehouse", "claim"), where={"item": sorted(items)})
    return {f.key: f.amounts["quantity"] for f in figures}
