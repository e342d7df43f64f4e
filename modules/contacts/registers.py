"""What contacts owe."""

from flask_babel import lazy_gettext as _l

from app.api import Money, Register, amount, code, dimension
from modules.contacts.models import Contact


class Settlements(Register):
    """Who owes whom, by contact and currency: above nought the contact owes us, below it we owe the contact."""

    name = "contacts.settlements"
    title = _l("Settlements")
    contact = dimension(Contact)
    currency = code(3)
    amount = amount(Money, group="contacts.financial")
