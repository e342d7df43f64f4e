"""What was sold, for how much, and at what cost."""

from flask_babel import lazy_gettext as _l

from app.api import Money, Quantity, Register, amount, dimension
from modules.contacts.models import Contact
from modules.warehouse.models import Item


class Sales(Register):
    """Sales less returns, by item and customer, in the organisation's own currency, without tax."""

    name = "trade.sales"
    title = _l("Sales figures")
    item = dimension(Item)
    contact = dimension(Contact)
    quantity = amount(Quantity)
    revenue = amount(Money)
    cost = amount(Money, group="warehouse.cost")
