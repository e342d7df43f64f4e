"""Reservations whose last day is over: what is kept for the order is free again, and whoever is responsible hears of it."""

from collections.abc import Sequence
from decimal import Decimal
from functools import partial
from typing import Any

from sqlalchemy import BigInteger, literal_column, select, type_coerce
from sqlalchemy.orm import Session

from app.api.clock import wall_clock
from app.api.documents import locked
from app.api.jobs import JobKind, Run, Schedule
from app.api.ledger import Posting, Written
from app.api.notifications import NotificationKind, notify_users
from app.api.reference import books_of
from app.api.security import SYSTEM, PastPolicy, record
from app.api.texts import lazy_gettext as _l
from app.api.values import Quantity, from_units
from modules.trade.models import SalesOrder, TradeDocument
from modules.trade.reservations import grant, reserve
from modules.warehouse.api import Claim, Stock, claims

_BOOKS = PastPolicy("goods are free once the day is over until which they are kept, whoever may see the order")
reservation_over = NotificationKind(
    "trade.reservation_over",
    _l("Goods are no longer kept for an order of mine"),
    default="bell",
    needs="trade.sales_order.view",
)


def expired_orders(session: Session) -> list[int]:
    """The orders for which something is kept though their last day is over: found by what is kept, so history costs nothing."""
    held, claim, trade = Stock.claims.table.c, Claim.__table__.c, TradeDocument.__table__.c
    query = (
        select(claim.document_id)
        .distinct()
        .join_from(Stock.claims.table, Claim.__table__, claim.id == held.claim_id)
        .join(TradeDocument.__table__, trade.id == claim.document_id)
        .where(type_coerce(held.quantity, BigInteger) > literal_column("0"), held.claim_id > literal_column("0"))
        .where(trade.reserved_until < wall_clock().date())
        .order_by(claim.document_id)
    )
    return list(_BOOKS(session).scalars(query))


def release_expired(session: Session, order_id: int) -> bool:
    """Let go what is kept for an order whose last day is over, and keep it for those that wait; False: there is nothing to let
    go any more, as somebody has changed the order or shipped it meanwhile. Both happen in the order's own books."""
    order: Any = locked(session, SalesOrder, order_id)
    with books_of(session, order.organisation_id):
        return _release_expired(session, order)


def _release_expired(session: Session, order: Any) -> bool:
    reserved = reserve(session, order)
    if not reserved.id or order.reserved_until is None or order.reserved_until >= wall_clock().date():
        return False
    posting, items = Posting(session, [order]), sorted({line.item_id for line in order.lines})
    posting.hold_together({}, all_of={Stock.worth: items})
    kept = _kept(posting, items, reserved.id)
    if not kept:
        return False
    moment = posting.open_moment(max(order.moment, wall_clock()))
    owner = Written(order.id, moment, posting.organisation_id)
    for item, place, quantity in kept:
        said = {"item_id": item, "warehouse_id": place, "claim_id": reserved.id}
        claims.release(posting, owner, 0, quantity=quantity, **said)
    posting.write()
    record(
        session,
        "trade.sales_order.release",
        subject="trade.sales_order",
        subject_id=order.id,
        summary=order.number or "",
    )
    grant(session, order, {item for item, _, _ in kept})
    if order.responsible_id is not None:
        notify_users(
            session,
            reservation_over,
            text=_l(
                "Goods were kept for %(number)s of %(name)s until %(day)s; they are free now.",
                number=order.number,
                name=order.summary,
                day=order.reserved_until,
            ),
            to=[order.responsible_id],
            link=f"/trade/sales-orders/{order.id}",
            once=f"trade.reservation_over:{order.id}:{order.reserved_until}",
            organisation=order.organisation_id,
            record=order,
        )
    return True


def _kept(posting: Posting, items: Sequence[int], claim_id: int) -> list[tuple[int, int, Decimal]]:
    """Item, warehouse and quantity that a claim keeps, locked."""
    held = posting.hold_all(Stock.claims, items)
    return [
        (key[0], key[1], from_units(h.amounts[0], Quantity.scale))
        for key, h in sorted(held.items())
        if key[2] == claim_id and h.amounts[0] > 0
    ]


def _release(run: Run) -> dict[str, Any]:
    database, released = run.company.database, 0
    for order_id in database.run(expired_orders, actor=SYSTEM, write=False):
        released += database.run(partial(release_expired, order_id=order_id), actor=SYSTEM)
        run.progress(released)
    return {"released": released}


release_reservations = JobKind(
    "trade.release_reservations", _l("Release reservations that are over"), _release, is_resumable=True
)
release_every_night = Schedule(
    "trade.release_reservations", _l("Release reservations that are over"), release_reservations.name, "5 0 * * *"
)
