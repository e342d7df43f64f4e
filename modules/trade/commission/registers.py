"""What lies on commission with agents and of principals, and what was reported of it."""

from collections.abc import Mapping
from typing import Any, ClassVar

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Connection,
    Select,
    case,
    insert,
    literal,
    select,
    tuple_,
    type_coerce,
)
from sqlalchemy.orm import Session

from app.api.documents import Document
from app.api.errors import Conflict
from app.api.ledger import Floor, NotEnough, Register, Totals, code, dimension, exact
from app.api.texts import lazy_gettext as _l
from app.api.values import Money, Quantity
from modules.contacts.api import Contact
from modules.trade.commission.models import TAKEN, CommissionPlace
from modules.trade.models import TradeDocument, TradeLine
from modules.warehouse.api import Item, Place, own_places


def not_enough_left(session: Session, error: NotEnough) -> Conflict:
    """More is reported or given back than lies on commission: said of the first item."""
    key = next(iter(error.short))
    name = session.scalar(select(Item.name).where(Item.id == key[0]))
    return Conflict(
        _l("“%(item)s”: more is reported or given back than was given on commission and is left.", item=name),
        field="lines",
    )


class Commission(Register):
    """Goods on commission by item, agent or principal, and whose they are; amounts in the organisation's own currency, with
    tax."""

    name = "trade.commission"
    title = _l("Goods on commission")
    needs = "trade.commission_move.view"
    beside = (Place,)
    item = dimension(Item)
    contact = dimension(Contact, scoped=True)
    #: GIVEN or TAKEN
    direction = code(8)
    #: what is left: given or taken, less what went back and what was sold
    quantity = exact(Quantity)
    sold = exact(Quantity)
    returned = exact(Quantity)
    #: what it was sold for, commission included, and the commission that was kept of it
    amount = exact(Money, group="contacts.financial")
    commission = exact(Money, group="contacts.financial")

    left = Totals(by=("item", "contact", "direction"), floor=Floor("quantity", refusal=not_enough_left))

    @classmethod
    def narrowing(cls, session: Session, keys: Mapping[str, Any]) -> ColumnElement[bool]:
        """What lies in places that are open to the actor."""
        return tuple_(keys["contact"], keys["direction"]).in_(open_commission())


class Consigned(Register):
    """What was sold out of principals' places, reported or not, less what customers gave back there."""

    name = "trade.consigned"
    title = _l("Sales of principals' goods")
    needs = "trade.commission_move.view"
    beside = (Place,)
    #: the kinds of documents that are entered: 1 sells, -1 brings back
    SIGNS: ClassVar = {"trade.sale": 1, "trade.sales_return": -1}
    item = dimension(Item)
    #: the principal
    contact = dimension(Contact, scoped=True)
    quantity = exact(Quantity)

    sold = Totals(by=("item", "contact"))

    @classmethod
    def narrowing(cls, session: Session, keys: Mapping[str, Any]) -> ColumnElement[bool]:
        """What was sold from places that are open to the actor."""
        return tuple_(keys["contact"], literal(TAKEN)).in_(open_commission())

    @classmethod
    def enter_past(cls, connection: Connection) -> None:
        """Enter what was posted before there was the register, at the documents' own moments; what is there stays."""
        of, trade, line, place = (m.__table__.c for m in (Document, TradeDocument, TradeLine, CommissionPlace))
        sign = case((of.kind == "trade.sale", 1), else_=-1)
        there = select(cls.entries.c.id).where(cls.entries.c.document_id == of.id).exists()
        columns = (of.organisation_id, of.id, line.line, of.moment, sign.label("side"), line.item_id, place.contact_id)
        query = (
            select(*columns, (sign * type_coerce(line.quantity, BigInteger)).label("quantity"))
            .join_from(TradeLine.__table__, Document.__table__, of.id == line.document_id)
            .join(TradeDocument.__table__, trade.id == of.id)
            .join(CommissionPlace.__table__, place.place_id == trade.place_id)
            .where(of.kind.in_(cls.SIGNS), of.state == "posted", line.direct == 0, place.direction == TAKEN, ~there)
        )
        names = ("organisation_id", "document_id", "line", "moment", "side", "item_id", "contact_id", "quantity")
        connection.execute(insert(cls.entries).from_select(names, query))


def open_commission() -> Select[int, str]:
    """A query of contact and direction: whose goods on commission lie in a place that is open to the session's actor."""
    of = CommissionPlace
    return select(of.contact_id, of.direction).where(of.place_id.in_(own_places()))
