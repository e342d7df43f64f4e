"""What was sold, for how much, and at what cost."""

from flask_babel import lazy_gettext as _l

from app.api import Money, Quantity, Register, Totals, dimension, exact
from modules.contacts.models import Contact
from modules.warehouse.models import Item


class Sales(Register):
    """Sales less returns, by item and customer, in the organisation's own currency, without tax."""

    name = "trade.sales"
    title = _l("Sales figures")
    item = dimension(Item)
    contact = dimension(Contact, scoped=True)
    quantity = exact(Quantity)
    revenue = exact(Money)
    cost = exact(Money, group="warehouse.cost")

    results = Totals(by=("item", "contact"))
