"""Groups of the side menu in which trade's pages stand."""

from app.api.texts import lazy_gettext as _l

SALES, PURCHASING, PRICES = _l("Sales"), _l("Purchasing"), _l("Prices and taxes")
#: the warehouse's own: what goes out and comes in for orders is the storekeeper's
WAREHOUSE = _l("Warehouse")
