"""Variants: items that are one model in other sizes and colours. Each is an item like any other; the model names them together.

Here stands what the module's manifest says of it.
"""

from app.api.module import MenuItem
from app.api.texts import lazy_gettext as _l

VIEW, EDIT = "warehouse.item.view", "warehouse.item.edit"

MENU = (MenuItem(_l("Models"), "warehouse.model_list", VIEW, _l("Warehouse"), "grid-dots"),)
#: columns, as the audit and the comparison of versions call them
FIELDS = {
    "axis": _l("Axis"),
    "first_id": _l("First axis"),
    "first_title": _l("First axis"),
    "model_id": _l("Model"),
    "name": _l("Name"),
    "place_in_axis": _l("Place in the axis"),
    "second_id": _l("Second axis"),
    "second_title": _l("Second axis"),
}
#: what the audit calls what is written
WORDS = {"warehouse.model": _l("Model"), "warehouse.variant": _l("Variant")}
