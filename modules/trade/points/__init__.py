"""Bonus points: what customers earn with what they buy, spend on it, and lose after a while.

Here stands what the module's manifest says of it.
"""

from app.api.module import Begin, MenuItem, Noun, Panel, Permission, Tab
from app.api.texts import lazy_gettext as _l
from modules.trade.menu import PRICES

VIEW, CHANGES = "trade.points.view", "trade.points_change.view"
_WHO = ("manager", "accountant")

PERMISSIONS = (
    Permission(
        VIEW,
        _l("See bonus points"),
        ("salesperson", *_WHO),
        requires=("contacts.contact.view", "warehouse.item.view"),  # whose names they are made of
    ),
    Permission("trade.points.edit", _l("Set up loyalty programmes"), ("manager",), requires=(VIEW,)),
    Permission(CHANGES, _l("See changes of points"), _WHO, requires=(VIEW,)),
    Permission("trade.points_change.post", _l("Give and take points by hand"), ("manager",), requires=(CHANGES,)),
    Permission("trade.points_change.reverse", _l("Reverse changes of points"), ("manager",), requires=(CHANGES,)),
)
NOUNS = (Noun("trade.points_change", _l("Changes of points"), {"salesperson": "own"}),)
MENU = (
    MenuItem(_l("Bonus points"), "trade.points_list", VIEW, PRICES, "star"),
    MenuItem(_l("Loyalty programmes"), "trade.points_programme_list", "trade.points.edit", PRICES, "star"),
    MenuItem(_l("Changes of points"), "trade.points_change_list", CHANGES, PRICES, "star"),
)
TABS = (Tab("contacts.contact", _l("Bonus points"), "tabs:contact_points", VIEW, help="trade.points", group="trade"),)
PANELS = tuple(
    Panel(f"trade.{noun}", _l("Bonus points"), "tabs:document_points", VIEW) for noun in ("sale", "sales_return")
)
BEGINS = (
    Begin(
        "contacts.contact",
        _l("Give or take points"),
        "trade.points_change_new",
        "trade.points_change.post",
        "contact",
        "star",
    ),
)
#: what the audit calls what is written
WORDS = {
    "trade.points": _l("Bonus points"),
    "trade.points_programme": _l("Loyalty programme"),
    "trade.points_change": _l("Change of points"),
}
FIELDS = {
    "earns": _l("Points earned"),
    "per": _l("For each full"),
    "of_net": _l("Counted without tax"),
    "worth": _l("One point is worth"),
    "most_share": _l("Payable in points, %"),
    "months": _l("Points hold, months"),
    "points": _l("Points"),
    "points_off": _l("Taken off by points"),
    "programme_id": _l("Loyalty programme"),
}
