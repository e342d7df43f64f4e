"""Sending a document by e-mail without anybody at the form: in the contact's language, by the company's wording."""

from dataclasses import replace

from sqlalchemy.orm import Session

from app.api.documents import Document
from app.api.errors import Invalid, NotFound
from app.api.reference import organisation
from app.api.security import Actor
from app.api.texts import in_language
from app.api.texts import lazy_gettext as _l
from app.api.web import Company
from modules.contacts.languages import language_of
from modules.contacts.letters.addresses import addresses_of
from modules.contacts.letters.enclosures import DOCUMENT, ENCLOSURES, contact_of, sheets_for_contact
from modules.contacts.letters.models import Letter
from modules.contacts.letters.sending import send_letter
from modules.contacts.letters.writing import written
from modules.contacts.parties import contact_by_id


def send_document(
    session: Session,
    actor: Actor,
    company: Company,
    document: Document,
    *,
    also: str = "",
    enclosure: str = "",
    sheet: str = "",
) -> Letter:
    """A letter to the main address of whom the document is made with, with the form that is meant for them, or else its own
    paper; or with this `sheet`. `also`: a last paragraph. `enclosure`: in the words of letters with this one.

    Refused: a contact without an e-mail address (Invalid), without a mail server (Conflict), a draft (Invalid).
    """
    contact_id = contact_of(document)
    if contact_id is None:
        raise NotFound
    contact = contact_by_id(session, contact_id)
    addresses = addresses_of(session, [contact])[contact.id]
    if not addresses:
        raise Invalid(_l("%(name)s has no e-mail address. Add one to the contact.", name=contact.name))
    language = language_of(contact, organisation(session).country)
    sheets = sheets_for_contact(session, company, document)
    sheet = sheet or next((each.name for each in sheets if each.is_form), "")
    words = ENCLOSURES[enclosure or DOCUMENT.name]
    arguments = words.check(session, contact, {"document": document.id, "sheet": sheet})
    sender = actor if actor.user_id is not None else replace(actor, name="")  # the program writes in the company's name
    with in_language(language):
        called = words.called(session, company, contact, arguments)
        subject, body = written(session, sender, contact, words.name, called, language, arguments)
    body = f"{body}\n\n{also}" if also else body
    return send_letter(
        session,
        actor,
        contact,
        enclosure=words.name,
        arguments=arguments,
        title=called,
        language=language,
        recipients=addresses[0],
        subject=subject,
        body=body,
    )
