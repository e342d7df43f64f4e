"""What contacts owe."""

from flask_babel import lazy_gettext as _l

from app.api import Money, Register, Totals, code, dimension, exact
from modules.contacts.models import Contact, OpenItem


class Settlements(Register):
    """What contacts owe us (above zero) or we owe them (below it), by the open item that made the debt."""

    name = "contacts.settlements"
    title = _l("Settlements")
    contact = dimension(Contact, scoped=True)
    item = dimension(OpenItem)
    currency = code(3)
    amount = exact(Money, group="contacts.financial")
    #: the same in the organisation's own currency, at the rate of the document
    base = exact(Money, group="contacts.financial")

    balance = Totals(by=("contact", "currency"))
    open_items = Totals(by=("contact", "item", "currency"), turnovers=False)
