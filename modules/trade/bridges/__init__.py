"""Carriers that are reached over the network, by bridges that speak the contract of docs/carriers.md."""

from app.api.module import MenuItem, Permission
from app.api.texts import lazy_gettext as _l

EDIT = "trade.bridge.edit"

PERMISSIONS = (Permission(EDIT, _l("Connect carriers")),)
MENU = (MenuItem(_l("Connected carriers"), "trade.bridge_list", EDIT, _l("Administration"), "truck-delivery"),)
#: what the audit calls what is written
WORDS = {"trade.bridge": _l("Connected carrier"), "trade.booking": _l("Bookings with carriers")}
FIELDS = {
    "seconds": _l("Seconds to wait for an answer"),
    "tracking_page": _l("Page to follow a parcel"),
}
