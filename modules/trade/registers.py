"""What was sold, for how much, and at what cost."""

from collections.abc import Iterator, Mapping
from typing import Any

from sqlalchemy import BigInteger, ColumnElement, and_, func, literal_column, select, type_coerce
from sqlalchemy.orm import Session, aliased

from app.api.documents import Document
from app.api.ledger import Register, Totals, code, dimension, exact, number
from app.api.security import PastPolicy
from app.api.texts import lazy_gettext as _l
from app.api.values import Money, Quantity
from modules.contacts.api import Contact
from modules.trade.models import TradeDocument
from modules.warehouse.api import Item, Place, Stock, own_places

_BOOKS = PastPolicy("a proof of the books counts every entry")
_TRADE: Any = TradeDocument.__table__


#: which way goods go by an order; DIRECT: from the supplier to the customer, and nobody here ships or receives them
OUT, IN, DIRECT = "out", "in", "dir"


class Orders(Register):
    """What is still to be delivered of orders: entered as they are confirmed, taken off as goods and services go or come."""

    name = "trade.orders"
    title = _l("Orders")
    needs = "trade.sales_order.view"
    item = dimension(Item)
    #: the warehouse that it is ordered from or for
    place = dimension(Place, scoped=True)
    #: OUT: customers wait for it, IN: the company does
    direction = code(3)
    #: the order, by its document, and the line
    order = number()
    order_line = number()
    quantity = exact(Quantity)

    #: below zero of a line of which more was delivered than ordered
    awaited = Totals(by=("item", "place", "direction", "order", "order_line"), turnovers=False, only_above_zero=True)

    @classmethod
    def is_awaited(cls, organisation_id: int) -> ColumnElement[bool]:
        """Whether something of a line is still to be delivered, in the words of the index of such rows: what was delivered
        long ago isn't read. Of a closed order nothing is, also where what it delivered was reversed since."""
        row, order = cls.awaited.table.c, aliased(Document)
        is_standing = select(order.id).where(order.id == row.order_id, order.state == "posted").exists()
        is_left = type_coerce(row.quantity, BigInteger) > literal_column("0")
        return and_(row.organisation_id == organisation_id, is_left, is_standing.correlate(cls.awaited.table))


class Sales(Register):
    """Sales less returns, by item and customer, in the organisation's own currency, without tax."""

    name = "trade.sales"
    title = _l("Sales figures")
    needs = "trade.result.view"
    beside, is_by_document = (Place,), True
    item = dimension(Item)
    contact = dimension(Contact, scoped=True)
    quantity = exact(Quantity)
    revenue = exact(Money)
    cost = exact(Money, group="warehouse.cost")

    results = Totals(by=("item", "contact"))

    @classmethod
    def narrowing(cls, session: Session, keys: Mapping[str, Any]) -> ColumnElement[bool]:
        """What was sold from the actor's own warehouses."""
        own = (_TRADE.c.id == cls.entries.c.document_id, _TRADE.c.place_id.in_(own_places()))
        return select(_TRADE.c.id).where(*own).correlate(cls.entries).exists()

    @classmethod
    def prove(cls, session: Session) -> Iterator[str]:
        """What was sold cost what the goods cost that left for it."""
        sold, moved = cls.entries.c, Stock.entries.c
        goods = (
            select(moved.document_id, moved.line, func.sum(type_coerce(moved.value, BigInteger)).label("value"))
            .group_by(moved.document_id, moved.line)
            .subquery()
        )
        query = (
            select(sold.document_id, sold.line)
            .outerjoin_from(
                cls.entries, goods, and_(goods.c.document_id == sold.document_id, goods.c.line == sold.line)
            )
            .group_by(sold.document_id, sold.line, sold.side, goods.c.value)
            .having(func.sum(type_coerce(sold.cost, BigInteger)) != sold.side * func.coalesce(goods.c.value, 0))
        )
        for document, line in _BOOKS(session).execute(query.limit(20)):
            yield f"trade.sales: document {document}, line {line} costs otherwise than the goods that left for it"
