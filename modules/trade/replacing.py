"""What goes back to a supplier before it is charged and is to come once more: its purchase order awaits it again."""

from collections.abc import Iterable, Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.api.documents import Document, DocumentLink, LineKey, left_of
from app.api.errors import Conflict
from app.api.ledger import Posting
from app.api.security import PastPolicy, unrestricted
from app.api.texts import lazy_gettext as _l
from modules.trade.models import PurchaseOrder, ReceiptReturn, TradeDocument
from modules.trade.ordering import enter_awaited, order_heads

_BOOKS = PastPolicy("what an order awaits is true whoever sends back what came of it")


def await_replacements(posting: Posting, documents: Sequence[TradeDocument]) -> None:
    """Let orders await once more what goes back and is to be replaced. Refused (Conflict): of an order that is closed."""
    came_for = _came_for(posting.session, documents)
    orders = order_heads(posting.session, {order for order, _ in came_for.values()})
    if not posting.has_reversed:  # one that is corrected was posted while its order was open
        _refuse_closed(posting.session, orders)
    for document in documents if orders else ():
        origins = document.origins
        for line in document.lines:
            order_id, order_line = came_for.get(origins.get(line.line, (0, 0)), (0, 0))
            if (head := orders.get(order_id)) is not None:
                enter_awaited(posting, document, head, line.line, line.item_id, order_line, line.quantity)


def hold_replaced(session: Session, document: TradeDocument) -> None:
    """Before a return is reversed or corrected: nothing is received of its orders meanwhile."""
    orders = {order for order, _ in _came_for(session, [document]).values()}
    table = Document.__table__
    query = select(table.c.id).where(table.c.id.in_(orders)).order_by(table.c.id)
    if orders:
        _BOOKS(session).execute(query.with_for_update(key_share=True)).all()


def refuse_replaced(session: Session, document: TradeDocument) -> None:
    """Once a return is reversed or corrected. Refused (Conflict): where its replacement was received already, so that more has
    come than was ordered."""
    if not isinstance(document, ReceiptReturn) or not document.links:
        return
    orders = {order for order, _ in _came_for(session, [document], whether_or_not=True).values()}
    with unrestricted(session, "what an order awaits is true whoever sends back what came of it"):
        for order in session.scalars(select(PurchaseOrder).where(PurchaseOrder.id.in_(orders))) if orders else ():
            if any(left < 0 for left in left_of(session, order, "trade.receipt").values()):
                message = _l(
                    "The replacement of this has come already: more would be received than %(number)s orders. Reverse the"
                    " receipt of the replacement first.",
                    number=order.number,
                )
                raise Conflict(message)


def _refuse_closed(session: Session, orders: Iterable[int]) -> None:
    table = Document.__table__.c
    query = select(table.number).where(table.id.in_(orders), table.state == "closed").order_by(table.id)
    if (number := _BOOKS(session).scalar(query)) is not None:
        message = _l(
            "%(number)s is closed: nothing more comes of it. Reopen it, or say that no replacement is to come.",
            number=number,
        )
        raise Conflict(message, field="reopens")


def _came_for(
    session: Session, documents: Sequence[TradeDocument], *, whether_or_not: bool = False
) -> dict[LineKey, LineKey]:
    """The receipts' lines that returns with a replacement give back → what those were made from."""
    returns = [d for d in documents if isinstance(d, ReceiptReturn) and (whether_or_not or d.reopens)]
    receipts = {origin for d in returns for origin, _ in d.origins.values()}
    if not receipts:
        return {}
    link = DocumentLink.__table__.c
    query = select(link.document_id, link.line, link.origin_id, link.origin_line).where(link.document_id.in_(receipts))
    return {(row[0], row[1]): (row[2], row[3]) for row in _BOOKS(session).execute(query)}
