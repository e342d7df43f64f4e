"""Which of some orders go into waves, as they stand now, and why the others don't."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.api.documents import Document
from app.api.reference import organisation_id
from app.api.security import PastPolicy
from app.api.texts import lazy_gettext as _l
from modules.trade.models import SalesOrder, TradeDocument
from modules.trade.registers import OUT
from modules.trade.shipping.queue import Left, Waiting, left_together, waiting
from modules.trade.waves.models import WaveOrder, wave_code
from modules.warehouse.api import GOODS, in_own, items_by_id

_BOOKS = PastPolicy("an order is in one open wave at most, whoever may see the order and the wave")
_ORDER, _DOCUMENT, _TRADE = WaveOrder.__table__.c, Document.__table__.c, TradeDocument.__table__.c
_KIND = str(SalesOrder.__mapper_args__["polymorphic_identity"])


@dataclass(slots=True)
class Plan:
    """The orders that can be picked, by warehouse, each with what of its lines is there; and the numbers of the others, with
    why."""

    places: dict[int, list[tuple[Waiting, list[Left]]]] = field(default_factory=dict)
    left_out: list[tuple[str, object]] = field(default_factory=list)


def plan_waves(session: Session, orders: Sequence[int]) -> Plan:
    """What would be picked of these orders, in their turn: what is free is given once, to the first before the next."""
    plan, asked = Plan(), list(dict.fromkeys(orders))
    taken = waves_of(session, asked)
    known = {each.id: each for each in waiting(session, OUT, _DOCUMENT.id.in_(asked))}
    plan.left_out += [(n, _l("nothing of it waits any more")) for n in _numbers(session, set(asked) - known.keys())]
    for each in asked:
        if each in known and each in taken:
            why = _l("it is in wave %(wave)s already", wave=taken[each])
            plan.left_out.append((known[each].number, why))
    free = [each for each in asked if each in known and each not in taken]
    found = left_together(session, free, OUT) if free else []
    items = items_by_id(session, {line.item_id for _, lines in found for line in lines})
    for order, lines in found:
        there = [line for line in lines if line.available > 0]
        if any(items[line.item_id].kind == GOODS for line in there):
            plan.places.setdefault(order.place_id, []).append((order, there))
        else:
            plan.left_out.append((order.number, _l("nothing of it is in stock")))
    return plan


def waves_of(session: Session, orders: Collection[int]) -> dict[int, str]:
    """Order → the number of the open wave that it is in, of those that are in one."""
    return {order: wave_code(wave) for order, wave in wave_ids_of(session, orders).items()}


def wave_ids_of(session: Session, orders: Collection[int]) -> dict[int, int]:
    """Order → the open wave that it is in, of those that are in one."""
    query = select(_ORDER.order_id, _ORDER.wave_id).where(_ORDER.order_id.in_(sorted(orders)), _ORDER.is_open)
    return {row.order_id: row.wave_id for row in _BOOKS(session).execute(query)}


def _numbers(session: Session, orders: Collection[int]) -> list[str]:
    """Of orders of the organisation, in warehouses that are open to the actor."""
    query = (
        select(_DOCUMENT.number)
        .join_from(Document.__table__, TradeDocument.__table__, _TRADE.id == _DOCUMENT.id)
        .where(_DOCUMENT.id.in_(sorted(orders)), _DOCUMENT.organisation_id == organisation_id(session))
        .where(_DOCUMENT.kind == _KIND, _DOCUMENT.number.is_not(None), *in_own(session, _TRADE.place_id))
    )
    return list(_BOOKS(session).scalars(query.order_by(_DOCUMENT.id))) if orders else []
