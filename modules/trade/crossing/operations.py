"""Making shipments ready from what a receipt brought for orders, and letting them leave."""

from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.api.documents import discard, locked, post, save
from app.api.errors import Conflict, NotFound
from app.api.reference import organisation_id
from app.api.security import Actor, record, require
from app.api.texts import lazy_gettext as _l
from modules.trade.crossing.models import Crossing
from modules.trade.crossing.prepared import prepared_lines
from modules.trade.crossing.queries import claims_left, crossed, granted_by, receipt_to_cross
from modules.trade.making import sale_of
from modules.trade.models import GoodsReceipt, Sale, SalesOrder
from modules.trade.shipping.operations import for_the_order
from modules.trade.shipping.queue import POST


def make_ready(session: Session, actor: Actor, receipt_id: int) -> list[Sale]:
    """A draft of a shipment for each order to which a posted receipt gave goods, in the orders' turn: of as much as it gave, is
    still kept for the order and is in no other such draft. Asked again, it makes only what isn't there.

    Refused: a receipt that isn't posted (NotFound); nothing to make ready (Conflict).
    """
    require(actor, POST)
    receipt = receipt_to_cross(session, receipt_id)
    with for_the_order(session, actor) as acting:
        locked(session, GoodsReceipt, receipt_id)  # two who press at once
        done = crossed(session, receipt_id)
        granted = {key: n for key, n in granted_by(session, receipt).items() if key[0] not in done}
        turn = list(dict.fromkeys(order for order, _ in granted))
        orders = {number: locked(session, SalesOrder, number) for number in sorted(turn)}
        left = claims_left(session, turn, {item for _, item in granted}, receipt.place_id)
        made = []
        for number in turn:
            wanted = {item: min(n, left.get((number, item), n)) for (o, item), n in granted.items() if o == number}
            sale = _draft(session, acting, orders[number], wanted)
            if sale is not None:
                session.flush()
                session.add(Crossing(receipt_id=receipt_id, order_id=number, sale_id=sale.id))
                session.flush()
                made.append(sale)
    if not made:
        raise Conflict(_l("Nothing of this receipt is left to go out at once."))
    said = f"{receipt.number} → {', '.join(str(orders[s].number) for s in turn)}"
    record(session, "trade.crossing.create", subject="trade.receipt", subject_id=receipt_id, summary=said)
    return made


def let_leave(session: Session, actor: Actor, sale_id: int) -> Sale:
    """Post a shipment that was made ready. Refused: another document (NotFound), what posting a sale refuses."""
    require(actor, POST)
    with for_the_order(session, actor) as acting:
        sale = _ready(session, sale_id)
        if sale.state != "posted":  # sent twice, it leaves once
            post(session, acting, [sale])
        return sale


def unmake(session: Session, actor: Actor, sale_id: int) -> None:
    """Discard a shipment that was made ready: what is kept for the order stays kept. Refused: another document (NotFound), one
    that has left (Conflict)."""
    require(actor, POST)
    with for_the_order(session, actor) as acting:
        sale = _ready(session, sale_id)
        if sale.state != "draft":
            raise Conflict(_l("It has left already."))
        session.delete(session.scalars(select(Crossing).where(Crossing.sale_id == sale_id)).one())
        session.flush()
        discard(session, acting, sale)


def _ready(session: Session, sale_id: int) -> Sale:
    """Of the organisation in whose books the actor works."""
    sale = locked(session, Sale, sale_id)
    is_crossed = session.scalars(select(Crossing.id).where(Crossing.sale_id == sale_id)).first() is not None
    if not is_crossed or sale.organisation_id != organisation_id(session):
        raise NotFound
    return sale


def _draft(session: Session, actor: Actor, order: Any, wanted: Mapping[int, Decimal]) -> Sale | None:
    """A draft of so much of each item, as far as it is left of the order's lines; None: nothing is."""
    if order.state != "posted":
        return None
    draft, rest, lines, ready = sale_of(session, order), dict(wanted), [], prepared_lines(session, [order.id])
    for line in draft.lines:
        is_ready = ready[line.origin][1] if line.origin in ready else Decimal(0)
        part = min(line.quantity - is_ready, rest.get(line.item_id, Decimal(0)))
        if part > 0:
            rest[line.item_id] -= part
            lines.append(replace(line, quantity=part))
    if not lines:
        return None
    return save(session, actor, Sale, replace(draft, lines=lines, note="", responsible_id=order.responsible_id))
