"""The lists of items and of their groups."""

from typing import Any

from flask import url_for
from sqlalchemy import BigInteger, DateTime, and_, bindparam, case, cast, func, select, type_coerce
from sqlalchemy.orm import aliased

from app.api.clock import wall_clock
from app.api.reference import Organisation, Unit, organisation_id, unit_word
from app.api.texts import lazy_gettext as _l
from app.api.values import Quantity
from app.api.web import Column, Filter, FoundIn, Link, Table
from modules.warehouse.costing import AVERAGE, FIFO, SPECIFIC
from modules.warehouse.lots.rules import LOT, SERIAL
from modules.warehouse.models import GOODS, Item, ItemGroup
from modules.warehouse.nesting import group_choices, in_group
from modules.warehouse.other_codes import OtherCode
from modules.warehouse.pictures.models import ItemPicture
from modules.warehouse.places import own_places
from modules.warehouse.registers import Stock

#: how goods cost when they leave, and what shares one cost, for people
COSTINGS = {AVERAGE: _l("Average cost"), FIFO: _l("First in, first out"), SPECIFIC: _l("Each lot by itself")}
POOL_CHOICES = {"warehouse": _l("in each warehouse"), "company": _l("in the whole company")}
#: what items are searched by
ITEM_TEXTS = (Item.folded, FoundIn(OtherCode.folded, OtherCode.item_id, Item.id))
ITEM_KINDS = {"goods": _l("Goods"), "service": _l("Service")}
TRACKINGS = {"": "–", LOT: _l("lots"), SERIAL: _l("serial numbers")}
#: in whose books one works, beside each row of items
OWN = aliased(Organisation, name="own")


def on_hand_of(own: Any) -> Any:
    """What of an item is on hand at the present moment in the books of an organisation, beside each row of items: what is dated
    ahead does not count."""
    total, e = Stock.on_hand.table.c, Stock.entries.c
    held = (
        select(func.coalesce(func.sum(type_coerce(total.quantity, BigInteger)), 0))
        .where(total.organisation_id == own, total.item_id == Item.id, total.place_id.in_(own_places()))
        .correlate(Item, OWN)
        .scalar_subquery()
    )
    came, went = (column.in_(own_places()) for column in (e.place_to_id, e.place_from_id))
    sign = case((came, 1), else_=0) - case((went, 1), else_=0)
    ahead = (
        select(func.coalesce(func.sum(sign * type_coerce(e.quantity, BigInteger)), 0))
        .where(e.organisation_id == own, e.item_id == Item.id)
        .where(e.moment > bindparam("present", callable_=wall_clock, type_=DateTime))
        .correlate(Item, OWN)
        .scalar_subquery()
    )
    return type_coerce(cast(held - ahead, BigInteger), Quantity)


def thumbnail(row: Any) -> str | None:
    """Where the small picture of an item is; None: it has none."""
    if row.picture_id is None:
        return None
    return url_for("warehouse.item_picture", item_id=row.id, picture_id=row.picture_id, size="small")


items = Table(
    name="warehouse.item",
    title=_l("Items"),
    needs="warehouse.item.view",
    source=lambda session: (
        select()
        .select_from(Item)
        .join(Unit, Unit.id == Item.unit_id)
        .join(OWN, OWN.id == organisation_id(session))
        .outerjoin(ItemGroup, ItemGroup.id == Item.group_id)
        .outerjoin(ItemPicture, and_(ItemPicture.item_id == Item.id, ItemPicture.is_main))
    ),
    key=Item.id,
    columns=(
        Column("code", _l("Code"), Item.code, link=Link("warehouse.item_view", item_id="id")),
        Column(
            "name",
            _l("Name"),
            Item.name,
            headline=True,
            link=Link("warehouse.item_view", item_id="id"),
            picture=thumbnail,
        ),
        Column("group", _l("Group"), ItemGroup.name, nullable=True),
        Column("kind", _l("Kind"), Item.kind, choices=ITEM_KINDS),
        Column(
            "on_hand",
            _l("On hand"),
            case(
                (
                    Item.kind == GOODS,
                    on_hand_of(OWN.id),
                )
            ),
            "quantity",
            sortable=False,
            needs="warehouse.stock.view",
        ),
        Column("unit", _l("Unit"), Unit.name, sortable=False, words=unit_word),
        Column("price", _l("Price"), Item.price, "money", nullable=True),
        Column("barcode", _l("Barcode"), Item.barcode, nullable=True),
        Column("id", "", Item.id, hidden=True, sortable=False),
        Column("picture_id", "", ItemPicture.id, hidden=True, sortable=False),
    ),
    order="code",
    search=ITEM_TEXTS,
    filters=(
        Filter("group", _l("Group"), in_group, group_choices),
        Filter("kind", _l("Kind"), lambda value: Item.kind == value, tuple(ITEM_KINDS.items())),
        Filter(
            "active",
            _l("Shown"),
            lambda value: Item.is_active.is_(value != "no"),
            (("yes", _l("in use")), ("no", _l("no longer in use"))),
            default="yes",
        ),
    ),
    create="warehouse.item_new",
    create_needs="warehouse.item.edit",
    create_title=_l("New item"),
    empty=_l("No item yet. Press Insert to add the first, or import a spreadsheet."),
    custom=Item,
)

_PARENT = aliased(ItemGroup, name="parent")
groups = Table(
    name="warehouse.item_group",
    title=_l("Groups of items"),
    needs="warehouse.item.view",
    source=lambda _session: select().select_from(ItemGroup).outerjoin(_PARENT, _PARENT.id == ItemGroup.parent_id),
    key=ItemGroup.id,
    columns=(
        Column("name", _l("Name"), ItemGroup.name, headline=True, link=Link("warehouse.group_edit", group_id="id")),
        Column("parent", _l("In the group"), _PARENT.name, nullable=True),
        Column("costing", _l("Costing"), ItemGroup.costing, choices=COSTINGS, sortable=False),
        Column("id", "", ItemGroup.id, hidden=True, sortable=False),
    ),
    order="name",
    search=(func.lower(ItemGroup.name),),
    create="warehouse.group_new",
    create_needs="warehouse.item.edit",
    create_title=_l("New group"),
    empty=_l("No group yet. Press Insert to add the first."),
)
