"""Where goods are and what they cost."""

from flask_babel import lazy_gettext as _l

from app.api import Floor, Money, Quantity, Register, amount, dimension
from modules.warehouse.models import FIRST_WAREHOUSE, Item, Place


class Stock(Register):
    """Goods by item and place, with what they cost. Every posting moves them, so it balances."""

    name = "warehouse.stock"
    title = _l("Stock")
    item = dimension(Item)
    place = dimension(Place)
    quantity = amount(Quantity)
    #: cost in the organisation's own currency
    value = amount(Money, group="warehouse.cost")
    balanced_over = ("item",)
    floor = Floor("quantity", guards=lambda key: key[1] >= FIRST_WAREHOUSE)
