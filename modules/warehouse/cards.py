"""The cards of an item and of a certificate."""

from app.api.texts import lazy_gettext as _l
from app.api.web import Card
from modules.warehouse.certificates import VIEW
from modules.warehouse.certificates.operations import certificate_by_id
from modules.warehouse.items import item_by_id

item = Card("warehouse.item", _l("Item card"), item_by_id, lambda item: item.name, "warehouse/item_head.html")
certificate = Card(
    "warehouse.certificate",
    _l("Certificate"),
    certificate_by_id,
    lambda row: row.number,
    "warehouse/certificate_head.html",
    needs=VIEW,
)
