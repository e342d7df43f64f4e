"""Goods that are held back: for inspection, in quarantine, or damaged. They are on hand, and nobody sells, reserves or picks
them until they are released or written off.

Here stands what the module's manifest says of it.
"""

from app.api.module import MenuItem, Noun, Permission
from app.api.texts import lazy_gettext as _l

HOLD, RELEASE = "warehouse.hold", "warehouse.hold_release"
#: why goods are held back
INSPECTION, QUARANTINE, DAMAGED = "inspection", "quarantine", "damaged"
REASONS = {INSPECTION: _l("Inspection"), QUARANTINE: _l("Quarantine"), DAMAGED: _l("Damaged")}

_STORE = ("storekeeper", "manager")
_READERS = (*_STORE, "buyer", "accountant")

PERMISSIONS = tuple(
    permission
    for name, title in ((HOLD, _l("holds")), (RELEASE, _l("hold releases")))
    for permission in (
        Permission(f"{name}.view", _l("See %(what)s", what=title), _READERS),
        Permission(f"{name}.edit", _l("Draft %(what)s", what=title), _STORE),
        Permission(f"{name}.post", _l("Post %(what)s", what=title), _STORE),
        Permission(f"{name}.reverse", _l("Reverse %(what)s", what=title), _STORE),
    )
)
NOUNS = (Noun(HOLD, _l("Holds")), Noun(RELEASE, _l("Hold releases")))
_GROUP = _l("Warehouse")
MENU = (
    MenuItem(_l("Goods held back"), "warehouse.held_list", f"{HOLD}.view", _GROUP, "lock"),
    MenuItem(_l("Holds"), "warehouse.hold_list", f"{HOLD}.view", _GROUP, "lock"),
    MenuItem(_l("Hold releases"), "warehouse.hold_release_list", f"{RELEASE}.view", _GROUP, "lock-open"),
)
#: columns, as the audit and the comparison of versions call them
FIELDS = {
    "arrival_id": _l("Came by"),
    "is_inspected": _l("Hold for inspection when it arrives"),
    "reason": _l("Reason"),
}
