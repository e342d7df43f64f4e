"""Who supplies an item: under which code and name, at what price, how many at least, how soon, and whom we ask first.

Here stands what the module's manifest says of it.
"""

from app.api.module import MenuItem, Permission, Tab
from app.api.texts import lazy_gettext as _l
from modules.trade.menu import PURCHASING

VIEW, EDIT = "trade.item_supplier.view", "trade.item_supplier.edit"
PERMISSIONS = (
    Permission(
        VIEW,
        _l("See the suppliers of items"),
        ("storekeeper", "buyer", "accountant", "manager"),
        requires=("contacts.contact.view", "warehouse.item.view"),  # whose names they are made of
    ),
    Permission(EDIT, _l("Add and change the suppliers of items"), ("buyer", "manager")),
)
MENU = (MenuItem(_l("Suppliers of items"), "trade.item_supplier_list", VIEW, PURCHASING, "users"),)
TABS = (
    Tab("warehouse.item", _l("Suppliers"), "tabs:item_suppliers", VIEW, help="trade.item_supplier", group="supply"),
    Tab(
        "contacts.contact", _l("Supplied items"), "tabs:supplied_items", VIEW, help="trade.item_supplier", group="trade"
    ),
)
#: columns, as the audit and the comparison of versions call them
FIELDS = {
    "least_quantity": _l("Minimum quantity"),
    "lead_days": _l("Lead time, days"),
    "is_main": _l("Main supplier"),
}
#: what the audit calls what is written
WORDS = {
    "trade.item_supplier": _l("Supplier of an item"),
    # why somebody's scope was left: as the code says it
    "an item has one main supplier, whoever may see which": _l("an item has one main supplier, whoever may see which"),
}
