"""Shipping and receiving what was ordered: written for the order, whatever else is open to the storekeeper."""

from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import replace
from decimal import Decimal
from typing import Any

from sqlalchemy.orm import Session

from app.api.documents import locked, post, save, written_before
from app.api.errors import Invalid, NotFound
from app.api.security import Actor, require
from app.api.texts import lazy_gettext as _l
from app.api.texts import number as number_text
from modules.trade.authority import acting_for
from modules.trade.making import receipt_of, sale_of
from modules.trade.models import GoodsReceipt, Order, PurchaseOrder, Sale, SalesOrder, TradeDocument
from modules.trade.ordering import orders_behind
from modules.trade.sent_again import refuse_another_act
from modules.trade.shipping.queue import POST
from modules.trade.sourcing.tolerances import may_exceed
from modules.warehouse.api import Scanned

_RIGHTS = frozenset(f"trade.{noun}.{verb}" for noun in ("sale", "receipt") for verb in ("view", "edit", "post"))
_GROUPS = frozenset({"warehouse.cost", "warehouse.price"})
_WHY = "what was ordered is shipped and received by whoever does that, without its prices"


def ship(
    session: Session,
    actor: Actor,
    order_id: int,
    quantities: Mapping[int, Decimal],
    *,
    operation_id: str | None = None,
    scanned: Sequence[Scanned] = (),
) -> Sale:
    """Post a sale of so much of an order's lines, by their numbers, at the order's prices. Sent twice, it is shipped once.
    `scanned`: the parts of these quantities as a scanner has them, each with its lots.

    Refused: an order that is not confirmed, nothing at all, more than is left of a line beyond the tolerance, what posting a
    sale refuses; another act by the same name (SentBefore).
    """
    return _deliver(session, actor, SalesOrder, order_id, Sale, quantities, operation_id, scanned)  # type: ignore[return-value]


def receive(
    session: Session,
    actor: Actor,
    order_id: int,
    quantities: Mapping[int, Decimal],
    *,
    operation_id: str | None = None,
    scanned: Sequence[Scanned] = (),
) -> GoodsReceipt:
    """Post a receipt of so much of a purchase order's lines, which cost what was ordered until the supplier's invoice says
    otherwise. Sent twice, it is received once. `scanned` and what is refused: as in `ship`."""
    made = _deliver(session, actor, PurchaseOrder, order_id, GoodsReceipt, quantities, operation_id, scanned)
    return made  # type: ignore[return-value]


def _deliver(
    session: Session,
    actor: Actor,
    model: type[Order],
    order_id: int,
    target: type[TradeDocument],
    quantities: Mapping[int, Decimal],
    operation_id: str | None,
    scanned: Sequence[Scanned],
) -> TradeDocument:
    require(actor, POST)
    with for_the_order(session, actor) as acting:
        if (made := written_before(session, target, None, operation_id)) is not None:
            refuse_another_act(made, order_id, quantities)
            return made
        order: Any = locked(session, model, order_id)
        draft = (sale_of if target is Sale else receipt_of)(session, order)
        left = {line.origin: line for line in draft.lines}
        lines = []
        for number, quantity in sorted(quantities.items()):
            line = left.get((order_id, number))
            if not quantity:
                continue
            if line is None or quantity < 0:
                raise Invalid(_l("Line %(n)s: nothing is left of it.", n=number), field="lines")
            had = order.lines[number - 1].quantity
            if quantity > line.quantity and not may_exceed(session, target(), had, had - line.quantity + quantity):
                # said by the order's own number of the line
                words = _l(
                    "Line %(n)s: only %(left)s is left of it. Enter no more, or let somebody set in the tolerances that a"
                    " little more than ordered may pass.",
                    n=number,
                    left=number_text(line.quantity),
                )
                raise Invalid(words, field="lines")
            parts = [part for part in scanned if part.line == number] or [Scanned(number, quantity)]
            lines += [
                replace(line, quantity=p.quantity, lots=p.lots, expires=p.expires, logistic_unit=p.logistic_unit)
                for p in parts
            ]
        if not lines:
            raise Invalid(_l("Type how much of at least one line."), field="lines")
        said = {"operation_id": operation_id, "responsible_id": order.responsible_id}
        document = save(session, acting, target, replace(draft, lines=lines, note="", **said))
        post(session, acting, [document])
        return document


def shipped(session: Session, document_id: int) -> Sale:
    """A posted sale that was made from an order, whoever may see it. Refused (NotFound): any other document."""
    sale = session.get(Sale, document_id)
    if sale is None or sale.state != "posted" or not orders_behind(session, [sale]):
        raise NotFound
    return sale


def for_the_order(session: Session, actor: Actor) -> AbstractContextManager[Actor]:
    """Give the actor that writes what is shipped and received in the name of whoever does that."""
    return acting_for(session, actor, _WHY, rights=_RIGHTS, groups=_GROUPS)
