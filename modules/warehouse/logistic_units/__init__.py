"""Logistic units: boxes and pallets with a code of their own, an SSCC, and what is packed in them. Documents go on saying items
and lots; a line may name the unit that its goods leave, as one scan of the unit writes it.

Here stands what the module's manifest says of it.
"""

from app.api.module import MenuItem, Noun, Permission
from app.api.texts import lazy_gettext as _l

VIEW, EDIT = "warehouse.logistic_unit.view", "warehouse.logistic_unit.edit"
REPACK = "warehouse.repacking"
_STORE = ("storekeeper", "manager")
_REPACKINGS = _l("repackings")

PERMISSIONS = (
    Permission(VIEW, _l("See boxes and pallets"), (*_STORE, "buyer", "accountant"), requires=("warehouse.stock.view",)),
    Permission(EDIT, _l("Add and change boxes and pallets"), _STORE, requires=(VIEW,)),
    Permission(f"{REPACK}.view", _l("See %(what)s", what=_REPACKINGS), (*_STORE, "buyer", "accountant")),
    Permission(f"{REPACK}.edit", _l("Draft %(what)s", what=_REPACKINGS), _STORE, requires=(VIEW,)),
    Permission(f"{REPACK}.post", _l("Post %(what)s", what=_REPACKINGS), _STORE),
    Permission(f"{REPACK}.reverse", _l("Reverse %(what)s", what=_REPACKINGS), _STORE),
)
NOUNS = (Noun(REPACK, _l("Repackings")),)
_GROUP = _l("Warehouse")
MENU = (
    MenuItem(_l("Boxes and pallets"), "warehouse.logistic_unit_list", VIEW, _GROUP, "packages"),
    MenuItem(_l("Repackings"), "warehouse.repacking_list", f"{REPACK}.view", _GROUP, "box"),
)
#: columns, as the audit and the comparison of versions call them
FIELDS = {
    "from_unit_id": _l("Out of box or pallet"),
    "last": _l("Last serial number"),
    "logistic_unit": _l("Box or pallet"),
    "parent_id": _l("Within"),
    "prefix": _l("GS1 company prefix"),
    "to_unit_id": _l("Into box or pallet"),
}
#: what the audit calls what is written
WORDS = {
    "warehouse.logistic_unit": _l("Box or pallet"),
    "warehouse.sscc_series": _l("Numbers of boxes and pallets"),
}
