"""Bins: where in a warehouse goods lie. Documents go on naming warehouses; goods arrive in the warehouse itself, not put away,
until a bin move puts them into bins, and what leaves is taken out of them by itself.

Here stands what the module's manifest says of it.
"""

from app.api.module import MenuItem, Noun, Permission
from app.api.texts import lazy_gettext as _l

VIEW, EDIT = "warehouse.bin.view", "warehouse.bin.edit"
MOVE = "warehouse.bin_move"
_STORE = ("storekeeper", "manager")
_MOVES = _l("bin moves")

PERMISSIONS = (
    Permission(VIEW, _l("See what lies in bins"), (*_STORE, "buyer", "accountant"), requires=("warehouse.stock.view",)),
    Permission(EDIT, _l("Add and change bins"), _STORE, requires=(VIEW,)),
    Permission(f"{MOVE}.view", _l("See %(what)s", what=_MOVES), (*_STORE, "buyer", "accountant")),
    Permission(f"{MOVE}.edit", _l("Draft %(what)s", what=_MOVES), _STORE, requires=(VIEW,)),
    Permission(f"{MOVE}.post", _l("Post %(what)s", what=_MOVES), _STORE),
    Permission(f"{MOVE}.reverse", _l("Reverse %(what)s", what=_MOVES), _STORE),
)
NOUNS = (Noun(MOVE, _l("Bin moves")),)
_GROUP = _l("Warehouse")
MENU = (
    MenuItem(_l("Stock by bin"), "warehouse.bin_stock_list", VIEW, _GROUP, "map-pin"),
    MenuItem(_l("Put away"), "warehouse.put_away", f"{MOVE}.edit", _GROUP, "package-import"),
    MenuItem(_l("Fill bins"), "warehouse.bring_to_bins", f"{MOVE}.edit", _GROUP, "arrows-exchange"),
    MenuItem(_l("Bin moves"), "warehouse.bin_move_list", f"{MOVE}.view", _GROUP, "arrows-exchange"),
    MenuItem(_l("Bins"), "warehouse.bin_list", VIEW, _GROUP, "apps"),
    MenuItem(_l("Usual bins"), "warehouse.bin_level_list", VIEW, _GROUP, "map-pin"),
)
#: columns, as the audit and the comparison of versions call them
FIELDS = {
    "bin_id": _l("Bin"),
    "from_bin_id": _l("From bin"),
    "position": _l("Place in the walk"),
    "to_bin_id": _l("To bin"),
    "zone": _l("Zone"),
}
#: what the audit calls what is written
WORDS = {"warehouse.bin": _l("Bin"), "warehouse.bin_level": _l("Usual bin")}
