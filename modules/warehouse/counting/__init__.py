"""Counting what lies in a warehouse while work goes on: who counted how much of what at which moment, and what differs.

Here stands what the module's manifest says of it.
"""

from app.api.module import MenuItem, Noun, Permission
from app.api.texts import lazy_gettext as _l

VIEW, EDIT, POST = "warehouse.count.view", "warehouse.count.edit", "warehouse.count.post"
_COUNTING, _BOOKING = ("storekeeper", "manager"), ("accountant", "manager")

PERMISSIONS = (
    Permission(VIEW, _l("See stock counts"), ("storekeeper", "buyer", "accountant", "manager")),
    Permission(EDIT, _l("Begin stock counts, and count"), _COUNTING),
    Permission(POST, _l("See what differs in a stock count, and post it"), _BOOKING),
    Permission("warehouse.count.reverse", _l("Reverse stock counts"), _BOOKING),
)
NOUNS = (Noun("warehouse.count", _l("Stock counts")),)
#: what the audit calls what is written
FIELDS = {
    "begun_at": _l("Begun"),
    "bins": _l("Bins"),
    "closed_at": _l("Posted at"),
    "counted": _l("Counted"),
    "expected": _l("Expected"),
    "is_blind": _l("Blind"),
    "is_by_bin": _l("Bin by bin"),
    "is_listed": _l("On the list"),
    "rest": _l("What isn't counted"),
}


def menu(group: object) -> MenuItem:
    """Where the list of counts stands."""
    return MenuItem(_l("Stock counts"), "warehouse.count_list", VIEW, group, "clipboard-check")
