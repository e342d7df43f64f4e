"""The lists of tax codes, of what has which, and of what is owed."""

from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from flask import url_for
from sqlalchemy import BigInteger, String, case, cast, func, or_, select, type_coerce
from sqlalchemy.orm import Session

from app.api.documents import Document
from app.api.errors import Invalid
from app.api.ledger import moved_between
from app.api.reference import organisation_id
from app.api.search import FoundBy
from app.api.texts import lazy_gettext as _l
from app.api.values import Money, Percent, to_units
from app.api.web import Column, Link, Table, document_address
from modules.contacts.api import Contact, ContactSearch
from modules.trade.commission.models import AgentReport, PrincipalReport
from modules.trade.models import (
    EarlyDiscount,
    ImportTax,
    LandedCost,
    Purchase,
    PurchaseReturn,
    Sale,
    SalesReturn,
    SupplierDiscount,
    SupplierInvoice,
    TradeDocument,
)
from modules.trade.taxes.categories import CATEGORIES, WORDS
from modules.trade.taxes.entering import INPUT, OUTPUT
from modules.trade.taxes.models import TaxCode, TaxDefault, TaxRate
from modules.trade.taxes.register import Taxes, percent_of
from modules.warehouse.api import Item, ItemGroup

VIEW, EDIT = "trade.tax.view", "trade.tax.edit"
DIRECTIONS = {OUTPUT: _l("On sales, owed"), INPUT: _l("On purchases, deducted")}
_KINDS = {
    model.__mapper_args__["polymorphic_identity"]: model.title
    for model in (
        *(Sale, SalesReturn, Purchase, SupplierInvoice, PurchaseReturn, AgentReport, PrincipalReport),
        *(LandedCost, ImportTax, EarlyDiscount, SupplierDiscount),
    )
}


def taxes_between(session: Session, since: date | None, until: date | None) -> Table:
    """Tax by direction, category and rate on the days from `since` to `until`, both included; None: without end."""
    moved = moved_between(session, Taxes.by_rate, since, until, by=("direction", "category", "rate"))
    return _taxes(moved, since, until)


def _taxes(source: Any, since: date | None = None, until: date | None = None) -> Table:
    said: dict[str, Any] = {
        name: day.isoformat() for name, day in (("since", since), ("until", until)) if day is not None
    }
    c = source.c
    back: tuple[Column, ...] = ()
    if "base_out" in c:
        back = (
            Column("charged", _l("Charged on"), c.base_in, "money", summed=("direction",)),
            Column("returned", _l("Returned"), c.base_out, "money", summed=("direction",)),
        )

    def documents(row: Any) -> str:
        rate = f"{percent_of(row.rate_id).normalize():f}"
        asked: dict[str, Any] = {"direction": row.direction, "category": row.category or "-", "rate": rate}
        return url_for("trade.tax_document_list", **asked, **said)

    return Table(
        name="trade.tax",
        title=_l("Tax report"),
        needs=VIEW,
        source=lambda _session: select().select_from(source),
        key=c.direction + c.category + cast(c.rate_id, String),
        key_type=str,
        columns=(
            Column("direction", _l("Tax"), c.direction, choices=DIRECTIONS, headline=True, link=documents),
            Column("category", _l("Category"), c.category, choices=dict(WORDS)),
            Column("rate", _l("Rate, %"), type_coerce(c.rate_id, Percent), "quantity"),
            *back,
            Column("base", _l("Base"), c.base, "money", summed=("direction",)),
            Column("tax", _l("Amount of tax"), c.tax, "money", summed=("direction",)),
            Column("rate_id", "", c.rate_id, hidden=True, sortable=False),
        ),
        order="-direction",
        empty=_l("Nothing was posted on these days."),
        is_found=False,
    )


taxes = _taxes(Taxes.by_rate.table)


def tax_documents(
    session: Session,
    since: date | None = None,
    until: date | None = None,
    direction: str = "",
    category: str = "",
    rate: Decimal | None = None,
) -> Table:
    """The documents that a figure of the report is made of, with what each adds to it. `category` "-": not stated."""
    for name, said, known in (("direction", direction, DIRECTIONS), ("category", category.strip("-"), WORDS)):
        if said and said not in known:
            raise Invalid(_l("“%(value)s” is none of the choices.", value=said), field=name)
    e = Taxes.entries.c
    base, tax = (cast(func.sum(type_coerce(each, BigInteger)), BigInteger) for each in (e.base, e.tax))
    asked = [e.organisation_id == organisation_id(session)]
    if since is not None:
        asked.append(e.moment >= datetime.combine(since, time()))
    if until is not None:
        asked.append(e.moment < datetime.combine(until + timedelta(days=1), time()))
    if direction:
        asked.append(e.direction == direction)
    if category:
        asked.append(e.category == category.strip("-"))
    if rate is not None:
        asked.append(e.rate_id == (to_units(rate, Percent.scale) if Percent.holds(rate) else -1))
    entered = (
        select(e.document_id, base.label("base"), tax.label("tax"))
        .where(*asked)
        .group_by(e.document_id)
        .having(or_(base != 0, tax != 0))
        .subquery("entered")
    )
    return _documents(entered)


def _documents(entered: Any) -> Table:
    model = TradeDocument
    return Table(
        name="trade.tax_document",
        title=_l("Documents of the tax report"),
        needs=VIEW,
        source=lambda _session: (
            select().select_from(model).join(entered, entered.c.document_id == Document.__table__.c.id)
        ),
        key=Document.__table__.c.id,
        columns=(
            Column(
                "number",
                _l("Number"),
                model.number,
                nullable=True,
                headline=True,
                link=lambda row: document_address(row.kind, row.id),
            ),
            Column("kind", _l("Document"), model.kind, choices=_KINDS, sortable=False),
            Column("moment", _l("Date"), model.moment, "moment"),
            Column("summary", _l("Contact"), model.summary),
            Column("base", _l("Base"), type_coerce(entered.c.base, Money), "money", summed=()),
            Column("tax", _l("Amount of tax"), type_coerce(entered.c.tax, Money), "money", summed=()),
            Column("amount", _l("Total"), model.amount, "money", currency="currency"),
            Column("currency", _l("Currency"), model.currency),
            Column("id", "", model.id, hidden=True, sortable=False),
        ),
        order="-moment",
        search=(func.lower(model.number), func.lower(model.summary), FoundBy(ContactSearch, model.contact_id)),
        empty=_l("No document is in this figure."),
        is_found=False,
    )


_latest = (
    select(TaxRate.rate)
    .where(TaxRate.code_id == TaxCode.id, TaxRate.since <= func.current_date())
    .order_by(TaxRate.since.desc())
    .limit(1)
    .scalar_subquery()
)

codes = Table(
    name="trade.tax_code",
    title=_l("Tax codes"),
    needs=VIEW,
    source=lambda session: select().select_from(TaxCode),
    key=TaxCode.id,
    columns=(
        Column("name", _l("Name"), TaxCode.name, headline=True, link=Link("trade.tax_code_edit", code_id="id")),
        Column("category", _l("Category"), TaxCode.category, choices=dict(CATEGORIES)),
        Column("rate", _l("Rate today, %"), type_coerce(_latest, Percent), "quantity", nullable=True, sortable=False),
        Column("reason", _l("Said on paper"), TaxCode.reason, sortable=False),
        Column("is_active", _l("In use"), TaxCode.is_active, "flag"),
        Column("id", "", TaxCode.id, hidden=True, sortable=False),
    ),
    order="name",
    search=(func.lower(TaxCode.name),),
    create="trade.tax_code_new",
    create_needs=EDIT,
    create_title=_l("New tax code"),
    empty=_l("No tax code yet. Take those of your country, or make one."),
    is_found=False,
)

defaults = Table(
    name="trade.tax_default",
    title=_l("Taxes of items and contacts"),
    needs=VIEW,
    source=lambda session: (
        select()
        .select_from(TaxDefault)
        .join(TaxCode, TaxCode.id == TaxDefault.code_id)
        .outerjoin(Item, Item.id == TaxDefault.item_id)
        .outerjoin(ItemGroup, ItemGroup.id == TaxDefault.group_id)
        .outerjoin(Contact, Contact.id == TaxDefault.contact_id)
    ),
    key=TaxDefault.id,
    columns=(
        Column(
            "owner",
            _l("Name"),
            func.coalesce(Item.name, ItemGroup.name, Contact.name, "–"),
            headline=True,
            link=Link("trade.tax_default_edit", default_id="id"),
        ),
        Column(
            "what",
            _l("Of what"),
            case(
                (TaxDefault.item_id.is_not(None), "item"), (TaxDefault.group_id.is_not(None), "group"), else_="contact"
            ),
            choices={"item": _l("Item"), "group": _l("Group of items"), "contact": _l("Contact")},
        ),
        Column("code", _l("Tax code"), TaxCode.name),
        Column("id", "", TaxDefault.id, hidden=True, sortable=False),
    ),
    order="owner",
    search=(func.lower(Item.name), func.lower(ItemGroup.name), func.lower(Contact.name)),
    create="trade.tax_default_new",
    create_needs=EDIT,
    create_title=_l("Set a tax"),
    empty=_l("Everything has the organisation's usual tax. Set another for an item, a group of items or a contact."),
    is_found=False,
)
