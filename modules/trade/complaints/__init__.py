"""What customers complain of: what is wrong with what was sold, who settles it until when, and what came of it.

Here stands what the module's manifest says of it.
"""

from app.api.module import Begin, MenuItem, Noun, Permission, Tab
from app.api.texts import lazy_gettext as _l
from modules.trade.menu import SALES

_WHO = ("salesperson", "manager")
VIEW = "trade.complaint.view"

PERMISSIONS = (
    Permission(
        VIEW,
        _l("See complaints"),
        (*_WHO, "accountant"),
        requires=("warehouse.price",),  # they say what the goods were sold for
    ),
    Permission("trade.complaint.edit", _l("Draft complaints"), _WHO),
    Permission("trade.complaint.post", _l("Register and settle complaints"), _WHO),
    Permission("trade.complaint.reverse", _l("Cancel complaints"), _WHO),
    Permission("trade.complaint.setup", _l("Set up reasons of complaints"), ("manager",)),
)
NOUNS = (Noun("trade.complaint", _l("Complaints"), {"salesperson": "own"}),)
MENU = (
    MenuItem(_l("Complaints"), "trade.complaint_list", VIEW, SALES, "message-report"),
    MenuItem(
        _l("Reasons of complaints"),
        "trade.complaint_reason_list",
        "trade.complaint.setup",
        _l("Administration"),
        "message-report",
    ),
)
TABS = (
    Tab("contacts.contact", _l("Complaints"), "tabs:contact_complaints", VIEW, help="trade.complaint", group="trade"),
    Tab("trade.sale", _l("Complaints"), "tabs:sale_complaints", VIEW, help="trade.complaint"),
)
BEGINS = (
    Begin(
        "contacts.contact",
        _l("New complaint"),
        "trade.complaint_new",
        "trade.complaint.edit",
        "contact",
        "message-report",
    ),
)
#: what the audit calls what is written
WORDS = {"trade.complaint_reason": _l("Reason of a complaint")}
FIELDS = {
    "cost": _l("What it cost"),
    "ended": _l("Ended on"),
    "in_charge_id": _l("Responsible"),
    "outcome": _l("How it ended"),
    "problem": _l("What is wrong"),
    "reason_id": _l("Reason"),
    "reminded": _l("Reminder"),
    "value": _l("Sold for"),
    "wish": _l("The customer wants"),
}
