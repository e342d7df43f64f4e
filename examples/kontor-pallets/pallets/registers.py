"""The account of pallets."""

from app.api import Quantity, Register, exact, dimension
from modules.contacts.models import Contact


class Balance(Register):
    """Pallets that a contact owes us; below nought, what we owe."""

    name = "pallets.balance"
    contact = dimension(Contact)
    pallets = exact(Quantity)
