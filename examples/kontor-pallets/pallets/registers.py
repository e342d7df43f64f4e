"""The account of pallets."""

from app.api.ledger import Register, Totals, dimension, exact
from app.api.texts import lazy_gettext as _l
from app.api.values import Quantity
from modules.contacts.api import Contact


class Balance(Register):
    """Pallets that a contact owes us; below zero, what we owe."""

    name = "pallets.balance"
    title = _l("Pallets")
    contact = dimension(Contact, scoped=True)
    pallets = exact(Quantity)

    owed = Totals(by=("contact",))
