"""The list of a recall: a row for each document by which goods of a lot went to a customer or came back."""

from typing import Any

from flask import url_for
from sqlalchemy import BigInteger, Select, String, case, cast, func, select, type_coerce
from sqlalchemy.orm import Session

from app.api.documents import Document
from app.api.reference import Unit, organisation_id, unit_word
from app.api.search import FoundBy
from app.api.texts import lazy_gettext as _l
from app.api.values import Quantity
from app.api.web import Column, Link, Table, document_address
from modules.contacts.api import Contact, ContactSearch
from modules.trade.models import TradeDocument
from modules.trade.recalls import VIEW
from modules.warehouse.api import CUSTOMERS, Item, Lot, Stock, in_own, lots_made_of, only_moves


def recall_of(session: Session, lot: Lot) -> Table:
    """Who got goods of a lot or of anything that was made of it, and how many; below zero: they came back."""
    went = went_to_customers(session, lots_made_of(session, lot.id))
    c = went.c
    return Table(
        name="trade.recall",
        title=_l("Customers of lot %(code)s", code=lot.code),
        needs=VIEW,
        source=lambda _session: _joined(went),
        key=cast(c.document_id, String) + ":" + cast(c.lot_id, String),
        key_type=str,
        columns=(
            Column("customer_code", _l("Customer code"), Contact.code, nullable=True, is_aside=True),
            Column(
                "customer",
                _l("Customer"),
                Contact.name,
                nullable=True,
                absent=_l("not named, or not open to you"),
                headline=True,
                link=lambda row: (
                    url_for("contacts.contact_view", contact_id=row.contact_id) if row.contact_id else None
                ),
            ),
            Column("phone", _l("Phone"), Contact.phone, "phone", nullable=True, sortable=False),
            Column("email", _l("E-mail"), Contact.email, nullable=True, sortable=False, is_aside=True),
            Column("address", _l("Address"), Contact.address, nullable=True, sortable=False, is_aside=True),
            Column(
                "number",
                _l("Document"),
                Document.number,
                nullable=True,
                absent=_l("not open to you"),
                link=lambda row: document_address(row.kind, row.id) if row.kind else None,
            ),
            Column("moment", _l("Date"), c.moment, "moment"),
            Column("item_code", _l("Code"), Item.code, link=Link("warehouse.item_view", item_id="item_id")),
            Column("item", _l("Item"), Item.name),
            Column("lot", _l("Lot"), Lot.code, link=Link("warehouse.lot_view", lot_id="lot_id")),
            Column("expires", _l("Use by"), Lot.expires, "date", nullable=True, is_aside=True),
            Column("quantity", _l("Quantity"), type_coerce(c.units, Quantity), "quantity", summed=("unit",)),
            Column("unit", _l("Unit"), Unit.name, sortable=False, words=unit_word),
            Column("contact_id", "", Contact.id, nullable=True, hidden=True, sortable=False),
            Column("item_id", "", Item.id, hidden=True, sortable=False),
            Column("lot_id", "", Lot.id, hidden=True, sortable=False),
            Column("kind", "", Document.kind, nullable=True, hidden=True, sortable=False),
            Column("id", "", Document.id, nullable=True, hidden=True, sortable=False),
        ),
        order="customer",
        search=(func.lower(Document.number), Item.folded, func.lower(Lot.code), FoundBy(ContactSearch)),
        empty=_l("No customer got any of it."),
        is_found=False,
    )


def _joined(went: Any) -> Select[Any]:
    query: Select[Any] = select().select_from(went).join(Item, Item.id == went.c.item_id)
    query = query.join(Unit, Unit.id == Item.unit_id).join(Lot, Lot.id == went.c.lot_id)
    query = query.outerjoin(Document, Document.id == went.c.document_id)
    # Of a document that isn't open to whoever asks neither number nor customer is said.
    customer = select(TradeDocument.contact_id).where(TradeDocument.id == went.c.document_id).correlate(went)
    return query.outerjoin(Contact, Contact.id == customer.scalar_subquery())


def went_to_customers(session: Session, lots: list[int]) -> Any:
    """A subquery: what each document sent of each lot to customers, less what came back by it."""
    e = Stock.entries.c
    sent = case((e.place_from_id == CUSTOMERS, -1), else_=1) * type_coerce(e.quantity, BigInteger)
    units = cast(func.sum(sent), BigInteger)
    query = (
        select(e.document_id, e.item_id, e.lot_to_id.label("lot_id"))
        .add_columns(func.min(e.moment).label("moment"), units.label("units"))
        .where(e.organisation_id == organisation_id(session), e.lot_to_id.in_(lots), only_moves(e))
        .where((e.place_from_id == CUSTOMERS) | (e.place_to_id == CUSTOMERS))
        .where(*in_own(session, e.place_from_id, e.place_to_id))
        .group_by(e.document_id, e.item_id, e.lot_to_id)
        .having(units != 0)
    )
    return query.subquery("went")
