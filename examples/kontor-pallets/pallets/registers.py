"""The account of pallets."""

from flask_babel import lazy_gettext as _l

from app.api import Quantity, Register, Totals, dimension, exact
from modules.contacts.models import Contact


class Balance(Register):
    """Pallets that a contact owes us; below zero, what we owe."""

    name = "pallets.balance"
    title = _l("Pallets")
    contact = dimension(Contact, scoped=True)
    pallets = exact(Quantity)

    owed = Totals(by=("contact",))
