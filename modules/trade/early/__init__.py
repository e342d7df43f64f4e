"""Early-payment discounts: what is let off of a document that is paid in full within the days of its terms.

Here stands what the module's manifest says of them.
"""

from app.api.module import MenuItem, Noun, Permission
from app.api.texts import lazy_gettext as _l
from modules.trade.menu import PURCHASING, SALES

_GIVING, _TAKING = ("salesperson", "manager", "accountant"), ("accountant", "manager")
#: noun → what its documents are called among others, in a list, who sees and makes them, what one has to see besides
_DOCUMENTS = {
    "early_discount": (_l("early-payment discounts"), _l("Early-payment discounts"), _GIVING, ()),
    "supplier_discount": (
        _l("suppliers' early-payment discounts"),
        _l("Suppliers' early-payment discounts"),
        _TAKING,
        ("warehouse.cost",),
    ),
}
PERMISSIONS = tuple(
    permission
    for noun, (what, _, roles, required) in _DOCUMENTS.items()
    for permission in (
        Permission(f"trade.{noun}.view", _l("See %(what)s", what=what), roles, required),
        Permission(f"trade.{noun}.post", _l("Post %(what)s", what=what), roles),
        Permission(f"trade.{noun}.reverse", _l("Reverse %(what)s", what=what), roles),
    )
)
NOUNS = (
    Noun("trade.early_discount", _DOCUMENTS["early_discount"][1], {"salesperson": "own"}),
    Noun("trade.supplier_discount", _DOCUMENTS["supplier_discount"][1]),
)
MENU = tuple(
    MenuItem(
        title,
        f"trade.{noun}_list",
        f"trade.{noun}.view",
        SALES if noun == "early_discount" else PURCHASING,
        "percentage",
    )
    for noun, (_, title, _, _) in _DOCUMENTS.items()
)
FIELDS = {
    "discount_days": _l("Paid within days"),
    "discount_percent": _l("Early-payment discount, %"),
    "discount_payment_id": _l("Payment"),
    "discounted_id": _l("Discount on"),
}
