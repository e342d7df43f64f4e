"""Shipments in parcels: what goes by whom, where it is, and who has received it. Here stands what the manifest says of it."""

from app.api.module import Begin, MenuItem, Panel, Permission
from app.api.texts import lazy_gettext as _l
from modules.trade.menu import WAREHOUSE

_WHO = ("salesperson", "storekeeper", "manager")
VIEW, EDIT = "trade.parcel.view", "trade.parcel.edit"
#: who may this packs and brings the parcels of every sale of the organisation, without its prices
SHIPS = "trade.shipping.view"
#: the carrier that our own people are
OWN = "own"

PERMISSIONS = (
    Permission(VIEW, _l("See parcels"), _WHO, requires=("contacts.contact.view",)),
    Permission(EDIT, _l("Pack and deliver parcels"), _WHO),
)
MENU = (
    MenuItem(_l("Parcels"), "trade.parcel_list", VIEW, WAREHOUSE, "packages"),
    MenuItem(_l("Own deliveries"), "trade.parcel_tour", VIEW, WAREHOUSE, "truck-delivery"),
)
BEGINS = (Begin("trade.sale", _l("New parcel"), "trade.parcel_new", EDIT, "sale", "packages"),)
PANELS = (Panel("trade.sale", _l("Parcels"), "tabs:parcels_of", VIEW),)
#: what the audit calls what is written
WORDS = {"trade.parcel": _l("Parcel")}
FIELDS = {
    "carrier": _l("Carrier"),
    "content": _l("Content"),
    "height": _l("Height, cm"),
    "length": _l("Length, cm"),
    "received_by": _l("Received by"),
    "service": _l("Service"),
    "tour_day": _l("Day of the tour"),
    "tracking": _l("Tracking number"),
    "weight": _l("Weight, kg"),
    "why": _l("Why it was not delivered"),
    "width": _l("Width, cm"),
}
