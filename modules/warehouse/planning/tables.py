"""The list of what is decided about buying goods again."""

from sqlalchemy import select

from app.api.reference import Unit, organisation_id, unit_word
from app.api.texts import lazy_gettext as _l
from app.api.web import Column, Filter, Link, Table
from modules.warehouse.models import Item, ItemGroup, Place
from modules.warehouse.nesting import group_choices, in_group
from modules.warehouse.planning import EDIT, VIEW
from modules.warehouse.planning.models import ReorderRule
from modules.warehouse.queries import warehouse_options

planning = Table(
    name="warehouse.planning",
    title=_l("Planning"),
    needs=VIEW,
    source=lambda session: (
        select()
        .select_from(ReorderRule)
        .join(Item, Item.id == ReorderRule.item_id)
        .join(Unit, Unit.id == Item.unit_id)
        .join(Place, Place.id == ReorderRule.place_id)
        .outerjoin(ItemGroup, ItemGroup.id == Item.group_id)
        .where(ReorderRule.organisation_id == organisation_id(session))
    ),
    key=ReorderRule.id,
    columns=(
        Column("code", _l("Code"), Item.code, link=Link("warehouse.planning_edit", rule_id="id")),
        Column("item", _l("Item"), Item.name, headline=True, link=Link("warehouse.planning_edit", rule_id="id")),
        Column("group", _l("Group"), ItemGroup.name, nullable=True),
        Column("place", _l("Warehouse"), Place.name),
        Column("minimum", _l("Minimum"), ReorderRule.minimum, "quantity"),
        Column("maximum", _l("Maximum"), ReorderRule.maximum, "quantity"),
        Column("multiple", _l("In lots of"), ReorderRule.multiple, "quantity"),
        Column("least", _l("Least quantity"), ReorderRule.least, "quantity"),
        Column("unit", _l("Unit"), Unit.name, sortable=False, words=unit_word),
        Column("lead_days", _l("Lead time, days"), ReorderRule.lead_days, "integer"),
        Column("from_demand", _l("By demand"), ReorderRule.from_demand, "flag"),
        Column("id", "", ReorderRule.id, hidden=True, sortable=False),
    ),
    order="code",
    search=(Item.folded,),
    filters=(
        Filter("group", _l("Group"), in_group, group_choices),
        Filter("place", _l("Warehouse"), lambda place: Place.id == int(place), warehouse_options),
    ),
    create="warehouse.planning_new",
    create_needs=EDIT,
    create_title=_l("New rule"),
    empty=_l("Nothing is planned yet. Press Insert to say when an item is bought again, or import a spreadsheet."),
    is_found=False,
)
