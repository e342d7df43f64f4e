"""What a kit is made of, and in which kits an item is."""

from sqlalchemy import or_, select
from sqlalchemy.orm import aliased

from app.api.reference import Unit, unit_word
from app.api.texts import lazy_gettext as _l
from app.api.web import Column, Link, Table
from modules.warehouse.kits.composing import EDIT
from modules.warehouse.kits.models import KitComponent
from modules.warehouse.models import GOODS, Item

_KIT = aliased(Item, name="kit")


def compositions_of(item: Item) -> Table:
    """The components of an item, where it is a kit; and the kits of which it is one."""
    return Table(
        name="warehouse.composition",
        title=_l("Composition"),
        needs="warehouse.item.view",
        source=lambda _session: (
            select()
            .select_from(KitComponent)
            .join(_KIT, _KIT.id == KitComponent.kit_id)
            .join(Item, Item.id == KitComponent.item_id)
            .join(Unit, Unit.id == Item.unit_id)
            .where(or_(KitComponent.kit_id == item.id, KitComponent.item_id == item.id))
        ),
        key=KitComponent.id,
        columns=(
            Column("kit", _l("Kit"), _KIT.name, link=Link("warehouse.item_composition", item_id="kit_id")),
            Column("code", _l("Code"), Item.code),
            Column(
                "component",
                _l("Component"),
                Item.name,
                headline=True,
                link=Link("warehouse.item_view", item_id="component_id"),
            ),
            Column("quantity", _l("Quantity in one kit"), KitComponent.quantity, "quantity"),
            Column("unit", _l("Unit"), Unit.name, sortable=False, words=unit_word),
            Column("id", "", KitComponent.id, hidden=True),
            Column("kit_id", "", KitComponent.kit_id, hidden=True, sortable=False),
            Column("component_id", "", KitComponent.item_id, hidden=True, sortable=False),
        ),
        order="id",
        search=(Item.folded, _KIT.folded),
        create="warehouse.composition_edit" if item.kind == GOODS else None,
        create_needs=EDIT,
        create_title=_l("Change the composition"),
        create_arguments={"item_id": str(item.id)},
        empty=_l("It is made of nothing else, and isn't a component of a kit."),
        is_found=False,
    )
