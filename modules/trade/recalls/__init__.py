"""Recalls: which customers got goods of a lot, or of what was made of it, with what one needs to reach them.

Here stands what the module's manifest says of it.
"""

from app.api.module import Panel
from app.api.texts import lazy_gettext as _l

VIEW = "trade.sale.view"

PANELS = (Panel("warehouse.lot", _l("Recall"), "tabs:lot_recall", VIEW),)
