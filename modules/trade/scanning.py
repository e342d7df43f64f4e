"""Orders that are picked and received with a scanner: what waits, without prices, and what becomes of what was scanned."""

from collections import defaultdict
from collections.abc import Sequence
from decimal import Decimal
from functools import partial
from typing import Any

from flask import url_for
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.api.documents import Document
from app.api.security import Actor
from app.api.texts import lazy_gettext as _l
from app.api.web import document_address
from modules.trade.models import TradeDocument
from modules.trade.registers import IN, OUT
from modules.trade.shipping.operations import receive, ship
from modules.trade.shipping.queue import POST, Left, left_of_order, waiting
from modules.trade.waves import scanning as of_waves
from modules.trade.waves.planning import waves_of
from modules.warehouse.api import Finished, ScanList, Scanned, ToScan, bins_to_pick


def _waiting(direction: str, session: Session) -> list[dict[str, Any]]:
    """What is in a wave is picked with that, and isn't offered alone."""
    found = waiting(session, direction)
    taken = waves_of(session, [order.id for order in found]) if direction == OUT else {}
    return [
        {"id": order.id, "title": f"{order.number} · {order.name}", "note": order.place}
        for order in found
        if order.id not in taken
    ]


def _to_receive(session: Session, order_id: int) -> list[ToScan]:
    return [ToScan(x.line, x.item_id, x.left) for x in left_of_order(session, order_id, IN)[1]]


def _to_pick(session: Session, order_id: int) -> list[ToScan]:
    """In the order of the walk by bins, what isn't put away last; each line with the bins of its item."""
    order, left = left_of_order(session, order_id, OUT)
    wanted: defaultdict[int, Decimal] = defaultdict(Decimal)
    for x in left:
        wanted[x.item_id] += x.left
    bins = {
        item: [b for b, _quantity in parts] for item, parts in bins_to_pick(session, order.place_id, wanted).items()
    }

    def walked(line: Left) -> tuple[Any, ...]:
        first = next(iter(bins.get(line.item_id, ())), None)
        return (first is None, *((first.position, first.code_order) if first else ()), line.line)

    return [
        ToScan(x.line, x.item_id, x.left, ", ".join(b.code for b in bins.get(x.item_id, ())))
        for x in sorted(left, key=walked)
    ]


def _finish(
    direction: str, session: Session, actor: Actor, order_id: int, scanned: Sequence[Scanned], act: str
) -> Finished:
    quantities: defaultdict[int, Decimal] = defaultdict(Decimal)
    for each in scanned:
        quantities[each.line] += each.quantity
    deliver = ship if direction == OUT else receive
    made = deliver(session, actor, order_id, quantities, operation_id=act, scanned=scanned)
    return Finished(made.number or "", address=_address(session, made, direction))


def _address(session: Session, made: TradeDocument, direction: str) -> str:
    """Of what was made, where it is open to whoever scanned; else where its note or its labels are offered."""
    if session.scalar(select(Document.id).where(Document.id == made.id)) and (
        address := document_address(made.kind, made.id)
    ):
        return address
    note, came = (made.id, None) if direction == OUT else (None, made.id)
    return url_for("trade.shipping_list", note=note, came=came)


def _list(name: str, title: object, icon: str, direction: str, lines: Any) -> ScanList:
    return ScanList(name, title, icon, POST, partial(_waiting, direction), lines, partial(_finish, direction))


received = _list("received", _l("Receive an order"), "truck-delivery", IN, _to_receive)
picked = _list("picked", _l("Pick an order"), "package-export", OUT, _to_pick)
wave = of_waves.wave
