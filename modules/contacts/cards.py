"""The cards of a contact and of a cash desk or bank account."""

from app.api.texts import lazy_gettext as _l
from app.api.web import Card
from modules.contacts.money.accounts import account_by_id
from modules.contacts.parties import contact_by_id

contact = Card(
    "contacts.contact", _l("Contact card"), contact_by_id, lambda contact: contact.name, "contacts/card_head.html"
)
account = Card(
    "contacts.account", _l("Movements"), account_by_id, lambda account: account.name, "contacts/account_head.html"
)
