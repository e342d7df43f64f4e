"""What may be given instead of an item: substitutes, which stand in for it, and analogues, which stand in for each other.

Here stands what the module's manifest says of it.
"""

from app.api.module import Tab
from app.api.texts import lazy_gettext as _l

VIEW, EDIT = "warehouse.item.view", "warehouse.item.edit"

TABS = (
    Tab(
        "warehouse.item",
        _l("Substitutes"),
        "tabs:item_substitutes",
        VIEW,
        address="/warehouse/items/<int:item_id>/substitutes",
        help="warehouse.substitute",
        group="supply",
    ),
)
#: columns, as the audit and the comparison of versions call them
FIELDS = {"other_id": _l("Given instead"), "preference": _l("Order of preference")}
#: what the audit calls what is written
WORDS = {"warehouse.substitute": _l("Substitute")}
