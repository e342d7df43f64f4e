"""What is asked for goods: price types, agreed prices, discounts, and the door that proposes a price for a line.

Here stands what the module's manifest says of it.
"""

from app.api.module import MenuItem, Permission, Tab
from app.api.texts import lazy_gettext as _l
from modules.trade.menu import PRICES

PERMISSIONS = (
    Permission(
        "trade.price.view",
        _l("See price types, agreed prices and discounts"),
        ("salesperson", "manager", "accountant"),
        # whose names they are made of, and what goods are sold for
        requires=("contacts.contact.view", "warehouse.item.view", "warehouse.price"),
    ),
    Permission("trade.price.edit", _l("Change prices and discounts"), ("manager",)),
    Permission("trade.margin.override", _l("Sell below the least margin"), ("manager",)),
)
MENU = (
    MenuItem(_l("Price types"), "trade.price_type_list", "trade.price.view", PRICES, "tag"),
    MenuItem(_l("Labels"), "trade.label_new", "trade.price.view", PRICES, "tags"),
    MenuItem(_l("Discounts"), "trade.discount_list", "trade.price.view", PRICES, "percentage"),
    MenuItem(_l("Rules of prices"), "trade.price_policy_edit", "trade.price.edit", PRICES, "adjustments-horizontal"),
    MenuItem(_l("Changes of prices"), "trade.price_run_list", "trade.price.edit", PRICES, "replace"),
)
TABS = (
    Tab("contacts.contact", _l("Prices"), "tabs:contact_prices", "trade.price.view", help="trade.price", group="trade"),
    Tab("warehouse.item", _l("Prices"), "tabs:item_prices", "trade.price.view", help="trade.price", group="trade"),
)
#: what the audit calls what is written
WORDS = {
    "trade.price_type": _l("Price type"),
    "trade.item_price": _l("Price"),
    "trade.discount": _l("Discount"),
    "trade.price_run": _l("Change of prices"),
    "trade.agreement": _l("Prices of a contact"),
    "trade.agreed_price": _l("Special price"),
    "trade.price_policy": _l("Rules of prices"),
    "trade.group_margin": _l("Least margin"),
    "trade.labels": _l("Labels"),
    "trade.margin": _l("Least margin"),
}
