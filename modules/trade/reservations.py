"""Goods kept for sales orders: as far as they are free when one is confirmed, and as they come in after that.

Whoever touches claims holds what the items are worth first, as whoever moves goods does: two who do never wait for each other.
"""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import BigInteger, bindparam, case, func, or_, select, true, type_coerce
from sqlalchemy.orm import Session

from app.api.clock import wall_clock
from app.api.documents import Document
from app.api.ledger import Posting, Written, at, lies_ahead, now
from app.api.security import PastPolicy
from app.api.values import Quantity, from_units
from modules.trade.models import SalesOrder, TradeDocument
from modules.trade.registers import OUT, Orders
from modules.warehouse.api import GOODS, Claim, Stock, claims, items_by_id, stock

_BOOKS = PastPolicy("goods are kept for orders in their turn, whoever may see these")
_ZERO = Decimal(0)
_CLAIM = Claim.__table__.c
# Put together once: every delivery of an order asks this.
_CLAIMS = select(_CLAIM.document_id, _CLAIM.id).where(_CLAIM.document_id.in_(bindparam("orders", expanding=True)))


@dataclass(slots=True)
class Reserved:
    """The claim of an order, made when there is something to keep."""

    session: Session
    order: Document | Written
    priority: int
    claim: Claim | None

    @property
    def id(self) -> int:
        """Of the claim; 0 while there is none."""
        return self.claim.id if self.claim is not None else 0

    def made(self) -> int:
        """The same, made if there is none."""
        if self.claim is None:
            self.claim = claims.create_claim(self.session, self.order, priority=self.priority)
        return self.claim.id

    def close(self) -> None:
        """What comes back to it is free."""
        if self.claim is not None:
            claims.close_claim(self.session, self.claim)

    def reopen(self) -> None:
        """Goods are kept by it again."""
        if self.claim is not None:
            claims.reopen_claim(self.session, self.claim)


def reserve(session: Session, order: Any) -> Reserved:
    """What is kept for an order."""
    reserved = _reserved(session, order, order.priority)
    if reserved.claim is not None and reserved.claim.priority != order.priority:
        reserved.claim.priority = order.priority
    return reserved


def keep(posting: Posting, order: SalesOrder, wanted: Mapping[int, Decimal], *, reserved: Reserved) -> None:
    """Let so much of each item be kept for the order in its warehouse, as far as it is free; what is kept beyond that is let
    go."""
    session = posting.session
    goods = _goods(session, wanted)
    if not goods or (reserved.claim is None and not any(wanted[item] for item in goods)):
        return
    held, free_now = hold_claims(posting, goods)
    for item in sorted(goods):
        own = _held(held, item, order.place_id, reserved.id) if reserved.id else _ZERO
        free = min(_held(held, item, order.place_id, 0), free_now.get((item, order.place_id), Decimal("Infinity")))
        _shift(posting, order, item, order.place_id, reserved, min(wanted[item] - own, max(free, _ZERO)))


def hold_claims(
    posting: Posting, items: Collection[int]
) -> tuple[Mapping[tuple[Any, ...], Any], dict[tuple[int, int], Decimal]]:
    """What is claimed of items, locked; and what of each is free at the present moment by warehouse, where moves lie ahead."""
    posting.hold_together({}, all_of={Stock.worth: items})
    held = posting.hold_all(Stock.claims, items)
    if not lies_ahead(posting.session, Stock.claims):
        return held, {}
    present = at(
        posting.session, Stock.claims, wall_clock(), by=("item", "warehouse"), where={"item": sorted(items), "claim": 0}
    )
    found = {(item, place): _ZERO for item in items for _, place, _ in held}
    return held, found | {(f.key[0], f.key[1]): f.amounts["quantity"] for f in present}


def claims_of(session: Session, orders: Collection[int]) -> dict[int, int]:
    """Order → its claim, of those that have one."""
    rows = _BOOKS(session).execute(_CLAIMS, {"orders": list(orders)}) if orders else ()
    return {row[0]: row[1] for row in rows}


def kept_for(
    session: Session, orders: Collection[int], items: Collection[int], place_id: int
) -> dict[tuple[int, int], Decimal]:
    """Order and item → what is kept for the order in a warehouse, of those that have a claim."""
    of_claim = {claim: order for order, claim in claims_of(session, orders).items()}
    if not of_claim:
        return {}
    figures = now(session, Stock.claims, by=("item", "claim"), where={"item": sorted(items), "warehouse": place_id})
    found = {(order, item): _ZERO for order in of_claim.values() for item in items}
    return found | {(of_claim[f.key[1]], f.key[0]): f.amounts["quantity"] for f in figures if f.key[1] in of_claim}


def follow_delivery(posting: Posting, moves: Sequence[stock.Move]) -> None:
    """Once goods have left for orders by their claims: what the claims lacked comes from what is free."""
    if not moves:
        return
    held = posting.hold_all(Stock.claims, {m.item_id for m in moves})
    left: dict[tuple[int, int, int], Decimal] = {}
    for m in moves:
        key = (m.item_id, m.source_id, m.claim_id)
        has = left.get(key, _held(held, *key))
        if has < m.quantity:
            said = {"item_id": m.item_id, "warehouse_id": m.source_id, "claim_id": m.claim_id}
            claims.claim(posting, m.document, m.line, quantity=m.quantity - has, **said)
        left[key] = max(has - m.quantity, _ZERO)


def release_beyond(posting: Posting, document: TradeDocument, orders: Mapping[int, int]) -> None:
    """Once a document has delivered for orders (each with its warehouse) from other warehouses: what is kept for them beyond
    what they still await is let go, as that document's doing."""
    posting.write()  # what they await goes by what is delivered
    row = Orders.awaited.table.c
    each = type_coerce(row.quantity, BigInteger)
    units = func.sum(case((each > 0, each), else_=0))  # of a line of which more went out than was ordered, none
    query = select(row.order_id, row.item_id, units).where(row.order_id.in_(orders)).group_by(row.order_id, row.item_id)
    query = query.where(row.direction == OUT, row.item_id.in_({x.item_id for x in document.lines}))
    query = query.where(row.organisation_id == posting.organisation_id)
    for order_id, item_id, awaited in sorted(_BOOKS(posting.session).execute(query)):
        reserved = _reserved(posting.session, Written(order_id, document.moment, posting.organisation_id), 0)
        if not reserved.id:
            continue
        held, _ = hold_claims(posting, {item_id})
        beyond = _held(held, item_id, orders[order_id], reserved.id) - from_units(int(awaited), Quantity.scale)
        _shift(posting, document, item_id, orders[order_id], reserved, min(-beyond, _ZERO))


def release_reversed(posting: Posting, order: SalesOrder) -> None:
    """Before an order is reversed: the opposites of its own entries would lessen what is kept for it by all that it was given,
    also by what it no longer has. What it lacks is entered first, so that nothing is kept for it in the end."""
    reserved = reserve(posting.session, order)
    if not reserved.id:
        return
    items = {line.item_id for line in order.lines}
    held, _ = hold_claims(posting, items)
    given = _given(posting.session, order.id, reserved.id)
    for item in sorted(items):
        own = _held(held, item, order.place_id, reserved.id)
        _shift(posting, order, item, order.place_id, reserved, given.get((item, order.place_id), _ZERO) - own)


def goods_that_came(document: Document) -> set[int]:
    """The items that may have come into a warehouse by a document: those of its lines and its own, unless goods only leave by
    it."""
    if isinstance(document, TradeDocument) and (document.goods_leave >= 0 or any(x.direct for x in document.lines)):
        return set()
    named: Any = document
    found = {getattr(line, "item_id", None) for line in getattr(named, "lines", ())} | {getattr(named, "item_id", None)}
    return {number for number in found if number is not None}


def grant(session: Session, cause: Document, items: Collection[int]) -> None:
    """Keep goods that came in for the orders that wait for them: by priority, then by the day when they are wanted, then in the
    order of their confirmation."""
    waiting = waiting_orders(session, cause.organisation_id, items)
    if not waiting:
        return
    posting = Posting(session, [cause])
    held, free_now = hold_claims(posting, {w.item_id for w in waiting})
    free = {(key[0], key[1]): _held(held, *key) for key in held if not key[2]}
    free = {key: min(quantity, free_now.get(key, quantity)) for key, quantity in free.items()}
    made: dict[int | None, Claim | None] = {
        c.document_id: c for c in session.scalars(select(Claim).where(Claim.document_id.in_({w.id for w in waiting})))
    }
    moment = posting.open_moment(max(cause.moment, wall_clock()))
    for w in waiting:
        key, claim = (w.item_id, w.place_id), made.get(w.id)
        own = _held(held, *key, claim.id) if claim is not None else _ZERO
        part = min(from_units(int(w.units), Quantity.scale) - own, free.get(key, _ZERO))
        if part <= 0:
            continue
        free[key] -= part
        reserved = Reserved(session, Written(w.id, moment, posting.organisation_id), w.priority, claim)
        _shift(posting, reserved.order, *key, reserved, part, cause_id=cause.id)
        made[w.id] = reserved.claim  # another item of the same order goes by it
    posting.write()


def _reserved(session: Session, order: Any, priority: int) -> Reserved:
    found = session.scalars(select(Claim).where(Claim.document_id == order.id)).first()
    return Reserved(session, order, priority, found)


def waiting_orders(session: Session, organisation_id: int, items: Collection[int]) -> list[Any]:
    """What reserving orders await of these items, in whose turn: by priority, then by the day when they are wanted, then in the
    order of their confirmation."""
    document, trade, row = Document.__table__.c, TradeDocument.__table__.c, Orders.awaited.table.c
    units = func.sum(type_coerce(row.quantity, BigInteger))
    of_order = (document.id, document.moment, row.item_id, row.place_id, trade.priority, trade.delivery)
    query = (
        select(*of_order, units.label("units"))
        .join_from(Orders.awaited.table, Document.__table__, document.id == row.order_id)
        .join(TradeDocument.__table__, trade.id == document.id)
        .where(Orders.is_awaited(organisation_id), row.item_id.in_(items), row.direction == OUT)
        .where(trade.reserves == true())
        .where(or_(trade.reserved_until.is_(None), trade.reserved_until >= wall_clock().date()))
        .group_by(*of_order)
    )
    rows = _BOOKS(session).execute(query).all()
    return sorted(rows, key=lambda w: (-w.priority, w.delivery or date.max, w.moment, w.id))


def _given(session: Session, order_id: int, claim_id: int) -> dict[tuple[int, int], Decimal]:
    """What the order's own entries have given to its claim, by item and warehouse."""
    e = Stock.entries.c
    units = type_coerce(e.quantity, BigInteger)
    found: dict[tuple[int, int], int] = defaultdict(int)
    query = select(e.item_id, e.warehouse_to_id, e.claim_from_id, e.claim_to_id, units.label("units")).where(
        e.document_id == order_id, or_(e.claim_to_id == claim_id, e.claim_from_id == claim_id)
    )
    for row in _BOOKS(session).execute(query):
        found[row.item_id, row.warehouse_to_id] += row.units if row.claim_to_id == claim_id else -row.units
    return {key: from_units(value, Quantity.scale) for key, value in found.items()}


def _shift(
    posting: Posting,
    owner: Any,
    item: int,
    place: int,
    reserved: Reserved,
    quantity: Decimal,
    *,
    cause_id: int | None = None,
) -> None:
    """So much more is kept, or less where it is below zero."""
    if not quantity:
        return
    act, claim = (claims.claim, reserved.made()) if quantity > 0 else (claims.release, reserved.id)
    said = {"item_id": item, "warehouse_id": place, "claim_id": claim}
    act(posting, owner, 0, quantity=abs(quantity), cause_id=cause_id, **said)


def _goods(session: Session, items: Collection[int]) -> set[int]:
    return {number for number, item in items_by_id(session, set(items)).items() if item.kind == GOODS}


def _held(held: Mapping[tuple[Any, ...], Any], *key: int) -> Decimal:
    found = held.get(key)
    return from_units(found.amounts[0], Quantity.scale) if found is not None else _ZERO
