"""Production's lists and lookups."""

from collections.abc import Collection
from dataclasses import replace
from typing import Any

from sqlalchemy import BigInteger, cast, func, or_, select, type_coerce
from sqlalchemy.orm import Session

from app.api.texts import called, fold, number
from app.api.texts import lazy_gettext as _l
from app.api.values import Money
from app.api.web import Column, Filter, Link, Lookup, Table, journal
from modules.production.kinds import WORK_ORDER
from modules.production.models import Bom, BomLine, WorkOrder
from modules.warehouse.api import Item, Place, Stock, moves_here

boms = Table(
    name="production.bom",
    title=_l("Bills of materials"),
    needs="production.bom.view",
    source=lambda _: select().select_from(Bom).join(Item, Item.id == Bom.item_id),
    key=Bom.id,
    columns=(
        Column("code", _l("Code"), Item.code, link=Link("production.bom_view", bom_id="id")),
        Column(
            "product",
            _l("Product"),
            Item.name,
            headline=True,
            link=Link("production.bom_view", bom_id="id"),
        ),
        Column("name", _l("Name"), Bom.name),
        Column("output", _l("Makes"), Bom.output, "quantity"),
        Column("is_active", _l("In use"), Bom.is_active, "flag", sortable=False),
        Column("id", "", Bom.id, hidden=True, sortable=False),
    ),
    order="code",
    search=(Item.folded,),
    filters=(
        Filter(
            "active",
            _l("In use"),
            lambda value: Bom.is_active == (value == "yes"),
            (("yes", _l("in use")), ("no", _l("no longer in use"))),
            default="yes",
        ),
    ),
    create="production.bom_new",
    create_title=_l("New bill of materials"),
    create_needs="production.bom.edit",
    empty=_l("No bill of materials yet. Press Insert to say what a product is made of."),
)


def boms_of(item_id: int) -> Table:
    """Bills by which an item is made, or which use it."""
    using = select(BomLine.bom_id).where(BomLine.item_id == item_id)
    own = or_(Bom.item_id == item_id, Bom.id.in_(using))
    return replace(
        boms,
        source=lambda session: boms.source(session).where(own),
        empty=_l("This item is neither made by a bill of materials nor used by one."),
    )


_entries = Stock.entries.c
#: what the product cost, as the ledger has it now; it came in by line 0
_cost = type_coerce(
    cast(
        select(func.coalesce(func.sum(type_coerce(_entries.value, BigInteger)), 0))
        .where(_entries.document_id == WorkOrder.id, _entries.line == 0, moves_here(_entries))
        .correlate(WorkOrder)
        .scalar_subquery(),
        BigInteger,
    ),
    Money,
)

work_orders = journal(
    WORK_ORDER,
    Column("product", _l("Product"), Item.name),
    Column("quantity", _l("Quantity"), WorkOrder.quantity, "quantity"),
    Column("place", _l("Warehouse"), Place.name),
    Column("value", _l("Cost"), _cost, "money", sortable=False, summed=("state",)),
    source=lambda _: (
        select()
        .select_from(WorkOrder)
        .join(Item, Item.id == WorkOrder.item_id)
        .join(Place, Place.id == WorkOrder.place_id)
    ),
    search=(Item.folded,),
    title=_l("Work orders"),
    empty=_l("No work order yet. Press Insert to make something."),
    create_title=_l("New work order"),
)


def find_boms(session: Session, text: str, limit: int) -> list[dict[str, Any]]:
    """Bills in use by their product's code or name."""
    query = (
        select(Bom.id, Bom.name, Bom.output, Item.code, Item.name.label("product"))
        .join(Item, Item.id == Bom.item_id)
        .where(Bom.is_active)
        .order_by(Item.code_order, Bom.name_order)
    )
    for word in fold(text).split():
        query = query.where(Item.folded.contains(word, autoescape=True))
    return [
        {"id": row.id, "title": f"{row.code} {row.product} {row.name}".strip(), "note": number(row.output)}
        for row in session.execute(query.limit(limit))
    ]


def _bom_titles(session: Session, ids: Collection[int]) -> dict[int, str]:
    boms = session.scalars(select(Bom).where(Bom.id.in_(ids)))
    return {
        bom.id: called(f"{bom.item.code} {bom.item.name} {bom.name}".strip(), is_active=bom.is_active) for bom in boms
    }


bom_lookup = Lookup("boms", "production.bom.view", find_boms, _bom_titles)
