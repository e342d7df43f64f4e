"""Standards that goods follow, and certificates and declarations of conformity: of an item, or of all goods of a group.

Here stands what the module's manifest says of it.
"""

from app.api.module import MenuItem, Tab
from app.api.texts import lazy_gettext as _l

VIEW, EDIT = "warehouse.item.view", "warehouse.item.edit"

MENU = (MenuItem(_l("Certificates"), "warehouse.certificate_list", VIEW, _l("Warehouse"), "file-check"),)
TABS = (
    Tab(
        "warehouse.item",
        _l("Certificates"),
        "tabs:item_certificates",
        VIEW,
        address="/warehouse/items/<int:item_id>/certificates",
        help="warehouse.certificate",
        group="papers",
    ),
    Tab(
        "warehouse.certificate",
        _l("Files"),
        "tabs:certificate_files",
        "warehouse.file.view",
        address="/warehouse/certificates/<int:certificate_id>/files",
        help="warehouse.certificate",
    ),
)
#: columns, as the audit and the comparison of versions call them
FIELDS = {"issued_by": _l("Issued by"), "valid_from": _l("Valid from")}
#: what the audit calls what is written
WORDS = {"warehouse.certificate": _l("Certificate")}
