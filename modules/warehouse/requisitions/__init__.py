"""Internal requests of goods: a warehouse asks another for them, which sends them by transfers.

Here stands what the module's manifest says of it.
"""

from app.api.module import MenuItem, Noun, Permission
from app.api.texts import lazy_gettext as _l

REQUISITION = "warehouse.requisition"

_STORE = ("storekeeper", "manager")
_TITLE = _l("internal requests")
PERMISSIONS = (
    Permission(f"{REQUISITION}.view", _l("See %(what)s", what=_TITLE), (*_STORE, "buyer", "accountant")),
    Permission(f"{REQUISITION}.edit", _l("Draft %(what)s", what=_TITLE), _STORE),
    Permission(f"{REQUISITION}.post", _l("Post %(what)s", what=_TITLE), _STORE),
    Permission(f"{REQUISITION}.reverse", _l("Reverse %(what)s", what=_TITLE), _STORE),
)
NOUNS = (Noun(REQUISITION, _l("Internal requests")),)
_GROUP = _l("Warehouse")
MENU = (
    MenuItem(_l("Internal requests"), "warehouse.requisition_list", f"{REQUISITION}.view", _GROUP, "clipboard-list"),
    MenuItem(_l("Goods requested"), "warehouse.requested_list", f"{REQUISITION}.view", _GROUP, "clipboard-list"),
)
#: columns, as the audit and the comparison of versions call them
FIELDS = {"refusal": _l("Why no more is sent")}
