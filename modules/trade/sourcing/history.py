"""What suppliers asked for goods: asked, ordered and charged, when, by whom entered, and how it changed."""

from collections.abc import Collection
from datetime import datetime
from decimal import Decimal
from typing import NamedTuple

from sqlalchemy import ColumnElement, Select, func, select, type_coerce
from sqlalchemy.orm import Session

from app.api.documents import STANDING
from app.api.search import FoundBy
from app.api.security import Actor, User
from app.api.texts import day as said_day
from app.api.texts import lazy_gettext as _l
from app.api.texts import number
from app.api.values import Price
from app.api.web import Column, Filter, Link, Table, document_address
from modules.contacts.api import Contact, ContactSearch, family_of
from modules.trade.models import (
    LandedCost,
    Purchase,
    PurchaseOrder,
    SupplierInvoice,
    SupplierOffer,
    TradeDocument,
    TradeLine,
)
from modules.trade.proposals import Asked, Proposal, is_bought
from modules.warehouse.api import Item

VIEW = "trade.purchase_price.view"
_KINDS = {
    kind.__mapper_args__["polymorphic_identity"]: kind.title
    for kind in (SupplierOffer, PurchaseOrder, Purchase, SupplierInvoice, LandedCost)
}
#: kinds in whose lines the last price of the supplier is proposed
_PROPOSED = ("purchase_order", "purchase")


def prices_table(session: Session, *, item_id: int | None = None, contact_id: int | None = None) -> Table:
    """What suppliers asked for an item, or a supplier for items: newest first, each with the change to the price before it of
    the same supplier, item, currency and treatment of tax."""
    wanted = (
        TradeLine.item_id == item_id
        if item_id is not None
        else TradeDocument.contact_id.in_(family_of(session, contact_id or 0))
    )
    before = func.lag(TradeLine.price).over(
        partition_by=(
            TradeLine.item_id,
            TradeDocument.contact_id,
            TradeDocument.currency,
            TradeDocument.tax_included,
        ),
        order_by=(TradeDocument.moment, TradeDocument.id, TradeLine.line),
    )
    found = (
        select(
            TradeLine.document_id,
            TradeLine.line,
            TradeLine.item_id,
            TradeLine.quantity,
            TradeLine.price,
            TradeLine.discount,
            type_coerce(TradeLine.price - before, Price).label("change"),
            TradeDocument.number,
            TradeDocument.kind,
            TradeDocument.moment,
            TradeDocument.currency,
            TradeDocument.contact_id,
            TradeDocument.responsible_id,
        )
        .join(TradeDocument, TradeDocument.id == TradeLine.document_id)
        .where(wanted, *_said())
        .subquery()
    )
    c = found.c
    who: tuple[Column, ...] = (
        (Column("contact", _l("Supplier"), Contact.name, link=Link("contacts.contact_view", contact_id="contact_id")),)
        if item_id is not None
        else (Column("item", _l("Item"), Item.name, link=Link("warehouse.item_view", item_id="item_id")),)
    )
    return Table(
        name="trade.purchase_price",
        title=_l("Purchase prices"),
        needs=VIEW,
        source=lambda _session: (
            select()
            .select_from(found)
            .join(Contact, Contact.id == c.contact_id)
            .join(Item, Item.id == c.item_id)
            .outerjoin(User, User.id == c.responsible_id)
        ),
        key=c.document_id * 10_000 + c.line,
        columns=(
            Column("moment", _l("Date"), c.moment, "moment"),
            Column(
                "number",
                _l("Number"),
                c.number,
                headline=True,
                link=lambda row: document_address(row.kind, row.document_id),
            ),
            Column("kind", _l("Document"), c.kind, choices=_KINDS, sortable=False),
            *who,
            Column("quantity", _l("Quantity"), c.quantity, "quantity"),
            Column("price", _l("Price"), c.price, "price"),
            Column("discount", _l("Discount, %"), c.discount, "quantity"),
            Column("change", _l("Change"), c.change, "quantity", nullable=True),
            Column("currency", _l("Currency"), c.currency),
            Column("responsible", _l("Responsible"), User.name, nullable=True),
            Column("document_id", "", c.document_id, hidden=True, sortable=False),
            Column("item_id", "", c.item_id, hidden=True, sortable=False),
            Column("contact_id", "", c.contact_id, hidden=True, sortable=False),
        ),
        order="-moment",
        search=(func.lower(c.number), Item.folded, FoundBy(ContactSearch)),
        filters=(Filter("kind", _l("Document"), lambda value: c.kind == value, tuple(_KINDS.items())),),
        empty=_l("No supplier has asked a price yet."),
        is_found=False,
    )


def propose_last_prices(session: Session, actor: Actor, asked: Asked, proposal: Proposal) -> None:
    """Propose the last price of the supplier in the same currency and treatment of tax, and say when that was."""
    if asked.kind not in _PROPOSED or asked.contact_id is None or not is_bought(asked.kind) or not actor.may(VIEW):
        return
    items = {line.item_id for line in asked.lines}
    last = last_prices(session, asked.contact_id, items, currency=asked.currency, tax_included=asked.tax_included)
    for line, proposed in zip(asked.lines, proposal.lines, strict=True):
        if (found := last.get(line.item_id)) is None:
            continue
        if "price" not in line.own:
            proposed.cells |= {"price": found.price, "discount": found.discount}
        said = {"price": number(found.price), "day": said_day(found.moment), "number": found.number}
        proposed.says.append(_l("Last price %(price)s on %(day)s, %(number)s", **said))


class LastPrice(NamedTuple):
    """A supplier's last price of one base unit, before the discount in per cent."""

    price: Decimal
    discount: Decimal
    moment: datetime
    number: str


def last_prices(
    session: Session, contact_id: int, items: Collection[int], *, currency: str, tax_included: bool
) -> dict[int, LastPrice]:
    """Item → the supplier's last price that is open to the actor, in one statement."""
    place = func.row_number().over(
        partition_by=TradeLine.item_id,
        order_by=(TradeDocument.moment.desc(), TradeDocument.id.desc(), TradeLine.line.desc()),
    )
    ranked: Select[tuple[object, ...]] = (
        select(
            TradeLine.item_id,
            TradeLine.price,
            TradeLine.discount,
            TradeDocument.moment,
            TradeDocument.number,
            place.label("place"),
        )
        .join(TradeDocument, TradeDocument.id == TradeLine.document_id)
        .where(TradeDocument.contact_id == contact_id, TradeLine.item_id.in_(sorted(items)))
        .where(TradeDocument.currency == currency, TradeDocument.tax_included == tax_included, *_said())
    )
    found = ranked.subquery()
    rows = session.execute(select(found).where(found.c.place == 1))
    return {row.item_id: LastPrice(row.price, row.discount, row.moment, row.number) for row in rows}


def _said() -> tuple[ColumnElement[bool], ...]:
    """What says a price: documents that stand, and of offers those that were answered."""
    return (
        TradeDocument.kind.in_(_KINDS),
        TradeDocument.state.in_(STANDING),
        (TradeDocument.kind != "trade.supplier_offer") | TradeDocument.answered.is_not(None),
    )
