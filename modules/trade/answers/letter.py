"""The letter that sends a quote: its PDF, and a private link by which the customer answers."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy.orm import Session

from app.api.errors import Invalid
from app.api.reference import organisation
from app.api.texts import lazy_gettext as _l
from modules.contacts.api import Contact, declare_document_letter, language_of
from modules.trade.answers.links import give_link
from modules.trade.answers.pages import address_of, site
from modules.trade.models import Quote


def _check(_session: Session, quote: Quote) -> dict[str, Any]:
    if quote.state != "posted":
        raise Invalid(_l("Only a quote that was sent has links. Send it first."))
    return {"site": site()}  # where the program is, is known while somebody asks; a job sends the letter later


def _link(session: Session, contact: Contact, quote: Quote, arguments: Mapping[str, Any]) -> str:
    language = language_of(contact, organisation(session).country)
    secret = give_link(session, session.info["actor"], quote, language=language)
    return address_of(arguments["site"], secret)


declare_document_letter(
    "trade.quote",
    title=_l("Quote with a link to answer it"),
    body=_l(
        "Hello {contact},\n\nplease find enclosed: {what}. By this link you can look at it, accept it or ask about it:\n\n"
        "{link}\n\nWhoever has it can open it, so please keep it to yourself.\n\nKind regards\n{sender}\n{company}"
    ),
    check=_check,
    link=_link,
)
