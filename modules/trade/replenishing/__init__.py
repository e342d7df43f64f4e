"""What a buyer has to buy: what falls below its minimum, and what customers wait for that nothing covers.

Here stands what the module's manifest says of it.
"""

from app.api.module import MenuItem, Panel, Permission
from app.api.texts import lazy_gettext as _l
from modules.trade.menu import PURCHASING

VIEW = "trade.to_buy.view"
PERMISSIONS = (
    Permission(
        VIEW,
        _l("See what to buy"),
        ("buyer", "manager"),
        requires=("contacts.contact.view", "warehouse.stock.view", "trade.purchase_order.edit"),
    ),
)
MENU = (MenuItem(_l("What to buy"), "trade.to_buy_list", VIEW, PURCHASING, "shopping-cart"),)
PANELS = (Panel("trade.purchase_order", _l("Why it was proposed"), "tabs:proposed_facts", VIEW),)
#: what the audit calls what is written
WORDS = {"trade.to_buy": _l("What to buy"), "trade.proposed_purchase": _l("Why it was proposed")}
