"""What goes back to a supplier before it is charged and is to come once more: its purchase order awaits it again."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import Session

from app.api.documents import STANDING, Document, DocumentLink, LineKey, kind_of, left_of, versions_of
from app.api.errors import Conflict
from app.api.ledger import Posting
from app.api.security import PastPolicy, unrestricted
from app.api.texts import lazy_gettext as _l
from modules.trade.models import PurchaseOrder, ReceiptReturn, TradeDocument
from modules.trade.ordering import enter_awaited, order_heads
from modules.trade.sourcing.tolerances import is_tolerated

_BOOKS = PastPolicy("what an order awaits is true whoever sends back what came of it")


def hold_awaiting(session: Session, documents: Sequence[TradeDocument]) -> None:
    """Before returns are posted, corrected or reversed, and before any goods are held: nobody receives of their orders or
    closes them meanwhile."""
    orders = {order for order, _ in _came_for(session, _receipts(documents)).values()}
    table = Document.__table__
    query = select(table.c.id).where(table.c.id.in_(orders)).order_by(table.c.id)
    if orders:
        _BOOKS(session).execute(query.with_for_update(key_share=True)).all()


def await_replacements(posting: Posting, documents: Sequence[TradeDocument]) -> None:
    """Let orders await once more what goes back and is to be replaced. Refused (Conflict): of an order that is closed, unless
    a correction lets it await no more than before."""
    session, returns = posting.session, [d for d in documents if isinstance(d, ReceiptReturn)]
    before = [_said_before(session, d) for d in returns] if posting.has_reversed else []
    came_for = _came_for(session, _receipts([*returns, *before]))
    heads = order_heads(session, {order for order, _ in came_for.values()})
    had, has = _to_come(before, came_for), _to_come(returns, came_for)
    _refuse_closed(session, {key[0] for key in _grown(had, has)})
    for document in returns:
        for line, (order_id, order_line) in _replaced(document, came_for):
            if (head := heads.get(order_id)) is not None:
                enter_awaited(posting, document, head, line.line, line.item_id, order_line, line.quantity)


def refuse_replaced(session: Session, document: TradeDocument) -> None:
    """Once a return is reversed or corrected. Refused (Conflict): where its replacement was received already, so that more has
    come than was ordered and is tolerated."""
    if not isinstance(document, ReceiptReturn):
        return
    is_corrected = document.state == "posted"
    before = _said_before(session, document) if is_corrected else document
    came_for = _came_for(session, _receipts([document, before]))
    has = _to_come([document], came_for) if is_corrected else {}
    lines = _grown(has, _to_come([before], came_for))  # less comes of these than it seemed
    later = _received_since(session, lines, min(before.moment, document.moment), document.id) if lines else set()
    if not later:
        return
    with unrestricted(session, "what an order awaits is true whoever sends back what came of it"):
        query = select(PurchaseOrder).where(PurchaseOrder.id.in_({order for order, _ in later}))
        for order in session.scalars(query.order_by(PurchaseOrder.id)):
            left = left_of(session, order, "trade.receipt")
            if any(
                left[x.line] < 0 and not is_tolerated(session, x.quantity, x.quantity - left[x.line])
                for x in order.lines
                if (order.id, x.line) in later
            ):
                message = _l(
                    "The replacement of this has come already: more would be received than %(number)s orders. Reverse the"
                    " receipt of the replacement first.",
                    number=order.number,
                )
                raise Conflict(message)


def _said_before(session: Session, document: ReceiptReturn) -> Any:
    """The draft of what it said before its correction, which its last version keeps."""
    return versions_of(session, document)[0][1]


def _refuse_closed(session: Session, orders: Iterable[int]) -> None:
    table = Document.__table__.c
    query = select(table.number).where(table.id.in_(orders), table.state == "closed").order_by(table.id)
    if (number := _BOOKS(session).scalar(query) if orders else None) is not None:
        message = _l(
            "%(number)s is closed: nothing more comes of it. Reopen it, or say that no replacement is to come.",
            number=number,
        )
        raise Conflict(message, field="reopens")


def _lines(document: Any) -> Iterator[tuple[Any, LineKey]]:
    """The lines of a return, or of a draft of one, that give back lines of receipts, with those."""
    origins = document.origins if isinstance(document, Document) else None
    for line in document.lines:
        origin = line.origin if origins is None else origins.get(line.line)
        if origin is not None:
            yield line, origin


def _replaced(document: Any, came_for: Mapping[LineKey, LineKey]) -> Iterator[tuple[Any, LineKey]]:
    """The lines that are to come once more, with the order's."""
    for line, origin in _lines(document) if document.reopens else ():
        if (key := came_for.get(origin)) is not None:
            yield line, key


def _to_come(returns: Iterable[Any], came_for: Mapping[LineKey, LineKey]) -> dict[LineKey, Decimal]:
    """How much is to come once more of each line of orders."""
    found: dict[LineKey, Decimal] = defaultdict(Decimal)
    for document in returns:
        for line, key in _replaced(document, came_for):
            found[key] += line.quantity
    return found


def _grown(had: Mapping[LineKey, Decimal], has: Mapping[LineKey, Decimal]) -> set[LineKey]:
    return {key for key, quantity in has.items() if quantity > had.get(key, 0)}


def _receipts(documents: Iterable[Any]) -> set[int]:
    return {
        receipt
        for document in documents
        if isinstance(document, ReceiptReturn) or not isinstance(document, Document)
        for _, (receipt, _) in _lines(document)
    }


def _came_for(session: Session, receipts: Collection[int]) -> dict[LineKey, LineKey]:
    """The lines of receipts → what those were made from."""
    if not receipts:
        return {}
    link = DocumentLink.__table__.c
    query = select(link.document_id, link.line, link.origin_id, link.origin_line).where(link.document_id.in_(receipts))
    return {(row[0], row[1]): (row[2], row[3]) for row in _BOOKS(session).execute(query)}


def _received_since(session: Session, lines: Collection[LineKey], moment: datetime, than: int) -> set[LineKey]:
    """Those lines of orders of which something has come later than a document of this moment; of one moment, what was written
    later."""
    link, document = DocumentLink.__table__.c, Document.__table__.c
    query = (
        select(link.origin_id, link.origin_line)
        .distinct()
        .join_from(DocumentLink.__table__, Document.__table__, document.id == link.document_id)
        .where(link.origin_id.in_({order for order, _ in lines}), document.state.in_(STANDING))
        .where(document.kind.in_(kind_of(PurchaseOrder).counted_with("trade.receipt")))
        .where(or_(document.moment > moment, and_(document.moment == moment, document.id > than)))
    )
    return {(row[0], row[1]) for row in _BOOKS(session).execute(query)} & set(lines)
