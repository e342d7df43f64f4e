"""When goods are bought again, or brought from another warehouse: minimum, maximum, lead time and lots of an item in a
warehouse. How much is then bought, other modules ask `rules.to_order`.

Here stands what the module's manifest says of it.
"""

from app.api.module import MenuItem, Permission, Tab
from app.api.texts import lazy_gettext as _l

VIEW, EDIT = "warehouse.planning.view", "warehouse.planning.edit"

PERMISSIONS = (
    Permission(
        VIEW,
        _l("See when goods are bought again"),
        ("storekeeper", "buyer", "manager"),
        requires=("warehouse.item.view", "warehouse.stock.view"),
    ),
    Permission(EDIT, _l("Decide when goods are bought again"), ("buyer", "manager"), requires=(VIEW,)),
)
MENU = (
    MenuItem(_l("Planning"), "warehouse.planning_list", VIEW, _l("Warehouse"), "adjustments-horizontal"),
    MenuItem(_l("What to refill"), "warehouse.refill_list", VIEW, _l("Warehouse"), "transfer"),
)
TABS = (Tab("warehouse.item", _l("Planning"), "tabs:item_planning", VIEW, help="warehouse.planning", group="supply"),)
#: columns, as the audit and the comparison of versions call them
FIELDS = {
    "refilled_from_id": _l("Refilled from"),
    "from_demand": _l("By demand"),
    "lead_days": _l("Lead time, days"),
    "least": _l("Least quantity"),
    "maximum": _l("Maximum"),
    "minimum": _l("Minimum"),
    "multiple": _l("In lots of"),
    "review_days": _l("Buy for, days"),
}
#: what the audit calls what is written
WORDS = {"warehouse.planning": _l("Planning"), "warehouse.reorder_rule": _l("Planning")}
