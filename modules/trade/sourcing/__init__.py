"""Whom to buy from: requests to several suppliers, their answers side by side, what they asked before, how far they may differ.

Here stands what the module's manifest says of it.
"""

from app.api.module import MenuItem, Permission, Tab
from app.api.texts import lazy_gettext as _l
from modules.trade.menu import PURCHASING

PERMISSIONS = (
    Permission(
        "trade.purchase_price.view",
        _l("See what suppliers asked before"),
        ("buyer", "accountant", "manager"),
        requires=("contacts.contact.view", "warehouse.item.view", "warehouse.cost"),  # whose names they are made of
    ),
    Permission(
        "trade.tolerance.edit", _l("Decide how far supplier invoices and deliveries may differ"), ("accountant",)
    ),
    Permission(
        "trade.tolerance.override", _l("Post supplier invoices and deliveries beyond the tolerances"), ("manager",)
    ),
)
MENU = (
    MenuItem(
        _l("Tolerances"),
        "trade.tolerance_edit",
        "trade.tolerance.edit",
        PURCHASING,
        "adjustments-horizontal",
    ),
)
TABS = tuple(
    Tab(
        target,
        _l("Purchase prices"),
        f"tabs:{shows}",
        "trade.purchase_price.view",
        help="trade.purchase_order",
        group="trade",
    )
    for target, shows in (("contacts.contact", "contact_purchase_prices"), ("warehouse.item", "item_purchase_prices"))
)
#: columns, as the audit and the comparison of versions call them
FIELDS = {
    "answered": _l("Answered on"),
    "basis": _l("Spread by"),
    "delivery_days": _l("Days of delivery"),
    "price_amount": _l("Price: amount of a line"),
    "price_percent": _l("Price: per cent"),
    "quantity_amount": _l("Quantity: units"),
    "quantity_percent": _l("Quantity: per cent"),
    "receipts": _l("Receipts and purchases"),
    "received_percent": _l("Received beyond the order: per cent"),
    "shipped_percent": _l("Shipped beyond the order: per cent"),
    "supplier_request_id": _l("Request to suppliers"),
    "wanted": _l("Needed by"),
}
#: what the audit calls what is written
WORDS = {
    "trade.tolerance": _l("Tolerances"),
}
