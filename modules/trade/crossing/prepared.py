"""What of orders is in shipments that were made ready and haven't left."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from decimal import Decimal

from sqlalchemy import and_, select
from sqlalchemy.orm import Session

from app.api.documents import Document, DocumentLink, LineKey
from app.api.security import PastPolicy
from modules.trade.crossing.models import Crossing
from modules.trade.models import TradeLine

_BOOKS = PastPolicy("what is ready to leave is shipped once, whoever may see the shipment, and no price of it")


def prepared_lines(session: Session, orders: Collection[int]) -> dict[LineKey, tuple[int, Decimal]]:
    """Order and its line → the item, and how much of it is ready, above zero."""
    crossing, document = Crossing.__table__.c, Document.__table__.c
    line, link = TradeLine.__table__.c, DocumentLink.__table__.c
    query = (
        select(link.origin_id, link.origin_line, line.item_id, line.quantity)
        .join_from(Crossing.__table__, Document.__table__, document.id == crossing.sale_id)
        .join(TradeLine.__table__, line.document_id == document.id)
        .join(DocumentLink.__table__, and_(link.document_id == line.document_id, link.line == line.line))
        .where(crossing.order_id.in_(orders), link.origin_id == crossing.order_id, document.state == "draft")
    )
    found: dict[LineKey, tuple[int, Decimal]] = {}
    for row in _BOOKS(session).execute(query):
        before = found.get((row.origin_id, row.origin_line), (0, Decimal(0)))[1]
        found[row.origin_id, row.origin_line] = (row.item_id, before + row.quantity)
    return found


def ready_items(lines: Mapping[LineKey, tuple[int, Decimal]]) -> Mapping[tuple[int, int], Decimal]:
    """Order and item → how much of it is ready, of what `prepared_lines` found."""
    found: defaultdict[tuple[int, int], Decimal] = defaultdict(Decimal)
    for (order, _), (item, quantity) in lines.items():
        found[order, item] += quantity
    return found
