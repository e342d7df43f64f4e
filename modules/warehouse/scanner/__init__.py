"""The scanner's page: goods are looked up, received, picked and moved by phone or handheld scanner, without a network too."""

from app.api.module import MenuItem
from app.api.texts import lazy_gettext as _l

#: what its page needs; each task needs its own right besides
USE = "warehouse.stock.view"


def menu(group: object) -> MenuItem:
    """Where the page stands."""
    return MenuItem(_l("Scanner"), "warehouse.scanner_view", USE, group, "scan", is_daily=True)
