"""Forms of what a contact may open itself."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy.orm import Session
from wtforms import BooleanField, StringField

from app.api.reference import organisation
from app.api.texts import lazy_gettext as _l
from app.api.web import Form, SelectField, required
from modules.contacts.clients.giving import DAYS
from modules.contacts.clients.models import DOCUMENTS, KINDS, OPEN_ITEMS, PARTS, STATEMENT, ClientAccess
from modules.contacts.languages import LANGUAGES, language_of
from modules.contacts.models import Contact


class ClientAccessForm(Form):
    """What a contact is to see, how and for how long."""

    of = ClientAccess

    kind = SelectField(_l("How"), choices=list(KINDS.items()))
    days = SelectField(_l("For"), choices=[(str(n), _l("%(n)s days", n=n)) for n in DAYS], default="30")
    language = SelectField(_l("Language"), choices=list(LANGUAGES.items()))
    email = StringField(
        _l("E-mail of the sign-in"),
        description=_l("Links that sign in once go there. A link of its own needs no address."),
    )
    statement = BooleanField(PARTS[STATEMENT], default=True)
    open_items = BooleanField(PARTS[OPEN_ITEMS], default=True)
    documents = BooleanField(PARTS[DOCUMENTS], default=True)

    def given(self) -> Mapping[str, Any]:
        """The arguments of `give_access`."""
        return {
            "kind": self.kind.data,
            "days": int(self.days.data),
            "language": self.language.data,
            "email": self.email.data or "",
            "parts": [name for name in PARTS if self[name].data],
        }


def client_access_form(session: Session, contact: Contact) -> ClientAccessForm:
    """The form, with the contact's own language and main address in it."""
    form = ClientAccessForm()
    if not form.is_submitted():
        form.language.data = language_of(contact, organisation(session).country)
        form.email.data = str(contact.email or "")
    return form


class SignInForm(Form):
    """Where a client's one-time link goes."""

    email = StringField(_l("E-mail"), [required])
