"""What competitors ask for an item, beside our own price.

Here stands what the module's manifest says of it.
"""

from app.api.module import MenuItem, Permission, Tab
from app.api.texts import lazy_gettext as _l

VIEW, EDIT = "warehouse.competitor.view", "warehouse.competitor.edit"

PERMISSIONS = (
    Permission(
        VIEW,
        _l("See the prices of competitors"),
        ("buyer", "salesperson", "manager"),
        requires=("warehouse.item.view",),
    ),
    Permission(EDIT, _l("Record the prices of competitors"), ("buyer", "salesperson", "manager"), requires=(VIEW,)),
)
MENU = (MenuItem(_l("Prices of competitors"), "warehouse.competitor_list", VIEW, _l("Warehouse"), "scale"),)
TABS = (
    Tab(
        "warehouse.item",
        _l("Competitors"),
        "tabs:item_competitors",
        VIEW,
        address="/warehouse/items/<int:item_id>/competitors",
        help="warehouse.competitor",
        group="trade",
    ),
)
#: columns, as the audit and the comparison of versions call them
FIELDS = {"competitor": _l("Competitor"), "in_base": _l("In our own currency")}
#: what the audit calls what is written
WORDS = {"warehouse.competitor": _l("Price of a competitor"), "warehouse.competitor_price": _l("Price of a competitor")}
