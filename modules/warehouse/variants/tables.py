"""The list of models."""

from typing import Any

from sqlalchemy import func, select

from app.api.texts import lazy_gettext as _l
from app.api.web import Column, Filter, Link, Table
from modules.warehouse.models import ItemGroup
from modules.warehouse.nesting import group_choices, groups_in
from modules.warehouse.variants import EDIT, VIEW
from modules.warehouse.variants.models import ItemModel, Variant

_COUNT = (
    select(func.count())
    .select_from(Variant)
    .where(Variant.model_id == ItemModel.id)
    .correlate(ItemModel)
    .scalar_subquery()
)
_OPEN = Link("warehouse.model_view", model_id="id")


def _in_group(group: str) -> Any:
    return ItemModel.group_id.in_(groups_in(group))


models = Table(
    name="warehouse.model",
    title=_l("Models"),
    needs=VIEW,
    source=lambda _session: select().select_from(ItemModel).outerjoin(ItemGroup, ItemGroup.id == ItemModel.group_id),
    key=ItemModel.id,
    columns=(
        Column("code", _l("Code"), ItemModel.code, link=_OPEN),
        Column("name", _l("Name"), ItemModel.name, headline=True, link=_OPEN),
        Column("group", _l("Group"), ItemGroup.name, nullable=True),
        Column("first", _l("First axis"), ItemModel.first_title, sortable=False),
        Column("second", _l("Second axis"), ItemModel.second_title, sortable=False),
        Column("price", _l("Sales price"), ItemModel.price, "price", nullable=True),
        Column("variants", _l("Variants"), _COUNT, "integer", sortable=False),
        Column("id", "", ItemModel.id, hidden=True, sortable=False),
    ),
    order="code",
    search=(ItemModel.folded,),
    filters=(Filter("group", _l("Group"), _in_group, group_choices),),
    create="warehouse.model_new",
    create_needs=EDIT,
    create_title=_l("New model"),
    empty=_l("No model yet. Press Insert for goods that come in sizes or colours."),
    is_found=False,
)
