"""What is asked for goods: price types, agreed prices, discounts, and the door that proposes a price for a line.

Here stands what the module's manifest says of it.
"""

from app.api.module import MenuItem, Permission
from app.api.texts import lazy_gettext as _l

_GROUP = _l("Trade")

PERMISSIONS = (
    Permission(
        "trade.price.view",
        _l("See price types, agreed prices and discounts"),
        ("salesperson", "manager", "accountant"),
        requires=("contacts.contact.view", "warehouse.item.view"),  # whose names they are made of
    ),
    Permission("trade.price.edit", _l("Change prices and discounts"), ("manager",)),
    Permission("trade.margin.override", _l("Sell below the least margin"), ("manager",)),
)
MENU: tuple[MenuItem, ...] = ()
