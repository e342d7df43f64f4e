"""The tabs of a contact's card, its own and those of other modules."""

from flask import url_for
from flask_babel import gettext as _

from app.api.web import current_actor, current_company
from modules.contacts.models import Contact


def tabs_of(contact: Contact) -> list[tuple[str, str, str]]:
    """Endpoint, title and address of the card's tabs that are open to the user."""
    actor = current_actor()
    tabs = [("contacts.contact_view", _("Contact card"), url_for("contacts.contact_view", contact_id=contact.id))]
    if actor.may("contacts.statement.view"):
        tabs.append(
            ("contacts.statement_view", _("Statement"), url_for("contacts.statement_view", contact_id=contact.id))
        )
        address = url_for("contacts.open_items_of_contact", contact_id=contact.id)
        tabs.append(("contacts.open_items_of_contact", _("Open items"), address))
    for module in current_company().enabled:
        for tab in module.manifest.tabs if module.manifest else ():
            if tab.target == "contacts.contact" and actor.may(tab.needs):
                tabs.append((tab.endpoint, str(tab.title), url_for(tab.endpoint, contact_id=contact.id)))
    return tabs
