"""What may be given instead of an item, and instead of what it may be given."""

from sqlalchemy import BigInteger, and_, case, cast, func, or_, select, type_coerce
from sqlalchemy.orm import aliased

from app.api.reference import Organisation, Unit, organisation_id, unit_word
from app.api.texts import lazy_gettext as _l
from app.api.values import Quantity
from app.api.web import Column, Link, Table
from modules.warehouse.models import GOODS, NONE, Item
from modules.warehouse.places import own_places
from modules.warehouse.registers import Stock
from modules.warehouse.substitutes import EDIT, VIEW
from modules.warehouse.substitutes.models import ANALOGUE, SUBSTITUTE, ItemSubstitute

_OWN = aliased(Organisation, name="own")
_REPLACED = "replaced"
_SHOWN = {SUBSTITUTE: _l("given instead"), ANALOGUE: _l("analogue"), _REPLACED: _l("it is given instead of this")}


def _free() -> object:
    """What of the other item is free in the warehouses that one sees."""
    t = Stock.claims.table.c
    units = select(func.coalesce(func.sum(type_coerce(t.quantity, BigInteger)), 0)).where(
        t.item_id == Item.id, t.claim_id == NONE, t.warehouse_id.in_(own_places()), t.organisation_id == _OWN.id
    )
    return type_coerce(cast(units.correlate(Item, _OWN).scalar_subquery(), BigInteger), Quantity)


def substitutes_of(item: Item) -> Table:
    """What may be given instead of an item, and instead of what it may be."""
    s = ItemSubstitute
    kind = case((s.kind == ANALOGUE, ANALOGUE), (s.item_id == item.id, SUBSTITUTE), else_=_REPLACED)
    other = case((s.item_id == item.id, s.other_id), else_=s.item_id)
    edit = Link("warehouse.substitute_edit", substitute_id="id")
    return Table(
        name="warehouse.substitute",
        title=_l("Substitutes and analogues"),
        needs=VIEW,
        source=lambda session: (
            select()
            .select_from(s)
            .join(Item, and_(Item.id == other, Item.id != item.id))
            .join(Unit, Unit.id == Item.unit_id)
            .join(_OWN, _OWN.id == organisation_id(session))
            .where(or_(s.item_id == item.id, s.other_id == item.id))
        ),
        key=s.id,
        columns=(
            Column("preference", _l("Order of preference"), s.preference, "integer", link=edit),
            Column("code", _l("Code"), Item.code, link=Link("warehouse.item_view", item_id="item_id")),
            Column("name", _l("Item"), Item.name, headline=True, link=Link("warehouse.item_view", item_id="item_id")),
            Column("kind", _l("Kind"), kind, choices=_SHOWN, sortable=False),
            Column("free", _l("Free"), _free(), "quantity", sortable=False, needs="warehouse.stock.view"),
            Column("unit", _l("Unit"), Unit.name, sortable=False, words=unit_word),
            Column("note", _l("Note"), s.note, sortable=False),
            Column("id", "", s.id, hidden=True, sortable=False),
            Column("item_id", "", Item.id, hidden=True, sortable=False),
        ),
        order="preference",
        search=(Item.folded,),
        create="warehouse.substitute_new" if item.kind == GOODS else None,
        create_needs=EDIT,
        create_title=_l("New substitute"),
        create_arguments={"item": str(item.id)},
        empty=_l("Nothing is given instead of it."),
        is_found=False,
    )
