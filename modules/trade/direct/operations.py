"""A supplier has brought goods to customers: a purchase and sales in one transaction, with nothing left in stock."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.api.documents import STANDING, Document, SentBefore, locked, post, save
from app.api.errors import Conflict, Invalid
from app.api.security import Actor, PastPolicy, require
from app.api.texts import lazy_gettext as _l
from modules.trade.drafts import ChargeDraft, TradeDraft
from modules.trade.making import made_directly
from modules.trade.models import Purchase, PurchaseOrder, Sale, SalesOrder, TradeDocument
from modules.trade.sent_again import refuse_another_act

_BOOKS = PastPolicy("a direct delivery is bought and sold together, whoever may see either")
_TRADE, _DOCUMENT = TradeDocument.__table__.c, Document.__table__.c
#: what whoever records it has to hold
RIGHTS = ("trade.direct.post", "trade.purchase.edit", "trade.purchase.post", "trade.sale.edit", "trade.sale.post")


def deliver_directly(
    session: Session,
    actor: Actor,
    order_id: int,
    quantities: Mapping[int, Decimal],
    *,
    supplier_number: str = "",
    operation_id: str | None = None,
) -> tuple[Purchase, list[Sale]]:
    """Post a purchase of so much of a purchase order's lines, by their numbers, and the sales of the same goods to those who
    ordered them, each at what it was bought for. Sent twice, it is done once.

    Refused, with nothing written: an order that isn't confirmed, nothing at all, lines that aren't direct or were made from no
    sales order, more than is left of either (Invalid), whatever posting refuses, such as a credit limit; another act by the
    same name (SentBefore).
    """
    for right in RIGHTS:
        require(actor, right)
    if operation_id is not None and (made := _made(session, operation_id)) is not None:
        refuse_another_act(made[0], order_id, quantities)
        if (made[0].supplier_number or "") != supplier_number.strip():
            raise SentBefore(made[0])
        return made
    order: Any = locked(session, PurchaseOrder, order_id)
    whole = made_directly(session, order, "trade.purchase", ChargeDraft)
    left, origins, lines, wanted = {x.origin: x for x in whole.lines}, order.origins, [], defaultdict(list)
    for number, quantity in sorted(quantities.items()):
        if not quantity:
            continue
        line = left.get((order_id, number))
        if line is None or not 0 < quantity <= line.quantity or number not in origins:
            raise Invalid(_l("Line %(n)s: more than is left of it can't be delivered.", n=number), field="lines")
        lines.append(replace(line, quantity=quantity))
        sales_order, sales_line = origins[number]
        wanted[sales_order].append((sales_line, quantity, len(lines)))
    if not lines:
        raise Invalid(_l("Type how much of at least one line."), field="lines")
    draft = replace(whole, lines=lines, note="", operation_id=operation_id)
    if isinstance(draft, ChargeDraft):
        draft.supplier_number = supplier_number.strip() or None
    purchase = save(session, actor, Purchase, draft)
    post(session, actor, [purchase])
    sales = [_sell(session, actor, purchase, number, each) for number, each in sorted(wanted.items())]
    return purchase, sales


def _sell(
    session: Session, actor: Actor, purchase: Purchase, order_id: int, wanted: list[tuple[int, Decimal, int]]
) -> Sale:
    order: Any = locked(session, SalesOrder, order_id)
    whole = made_directly(session, order, "trade.sale", TradeDraft)
    left, lines = {x.origin: x for x in whole.lines}, []
    for number, quantity, bought in wanted:
        line = left.get((order_id, number))
        if line is None or quantity > line.quantity:
            said = {"n": number, "number": order.number}
            raise Invalid(_l("%(number)s, line %(n)s: its customer ordered less.", **said), field="lines")
        lines.append(replace(line, quantity=quantity, direct=bought))
    named = purchase.operation_id and f"{purchase.operation_id}:{order_id}"
    said = {"place_id": purchase.place_id, "responsible_id": order.responsible_id, "operation_id": named}
    sale = save(session, actor, Sale, replace(whole, lines=lines, note="", **said))
    sale.direct_id = purchase.id
    post(session, actor, [sale])
    return sale


def _made(session: Session, operation_id: str) -> tuple[Purchase, list[Sale]] | None:
    purchase = session.scalars(select(Purchase).where(Purchase.operation_id == operation_id)).first()
    if purchase is None:
        return None
    return purchase, list(session.scalars(select(Sale).where(Sale.direct_id == purchase.id).order_by(Sale.id)))


def refuse_while_sold(session: Session, document: Document) -> None:
    """Refuse (Conflict) to reverse the purchase of a direct delivery while what was sold of it stands."""
    if not isinstance(document, Purchase):
        return
    query = select(_DOCUMENT.number).join_from(TradeDocument.__table__, Document.__table__, _DOCUMENT.id == _TRADE.id)
    query = query.where(_TRADE.direct_id == document.id, _DOCUMENT.state.in_(STANDING))
    if (number := _BOOKS(session).scalar(query)) is not None:
        raise Conflict(_l("%(number)s sold what came by it to the customer. Reverse that first.", number=number))


def refuse_corrected_delivery(document: Document) -> None:
    """Refuse (Conflict) to correct either side of a direct delivery: both say the same goods."""
    if isinstance(document, Purchase | Sale) and any(line.direct for line in document.lines):
        raise Conflict(
            _l("A direct delivery isn't corrected: reverse the sale, then the purchase, and record it again.")
        )
