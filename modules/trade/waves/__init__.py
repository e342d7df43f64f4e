"""Waves: several orders picked in one walk through a warehouse. Here stands what the manifest says of them."""

from app.api.module import MenuItem
from app.api.texts import lazy_gettext as _l
from modules.trade.menu import WAREHOUSE
from modules.trade.shipping.queue import VIEW

MENU = (MenuItem(_l("Waves"), "trade.wave_list", VIEW, WAREHOUSE, "layout-grid"),)
#: what the audit calls what is written
WORDS = {"trade.wave": _l("Wave")}
FIELDS = {"ended_at": _l("Ended"), "picker_id": _l("Picker")}
