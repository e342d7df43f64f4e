"""Goods that arrive for customers' orders and go straight to shipping (cross-docking): what the manifest says of it."""

from app.api.module import Begin
from app.api.texts import lazy_gettext as _l
from modules.trade.shipping.queue import VIEW

BEGINS = (Begin("trade.receipt", _l("What goes out at once"), "trade.crossing", VIEW, "receipt", "arrows-exchange"),)
#: what the audit calls what is written
WORDS = {"trade.crossing": _l("Goods that go out at once")}
