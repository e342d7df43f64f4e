"""The card of a contact."""

from app.api.texts import lazy_gettext as _l
from app.api.web import Card
from modules.contacts.parties import contact_by_id

contact = Card(
    "contacts.contact", _l("Contact card"), contact_by_id, lambda contact: contact.name, "contacts/card_head.html"
)
