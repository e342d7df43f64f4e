"""What letters say: the company's wording, or the program's, with its places filled in. Places are replaced once and by name,
so what a contact is called is never read as one."""

import re
from collections.abc import Mapping
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.api.data import begin_versions
from app.api.errors import Invalid, NotFound
from app.api.reference import organisation
from app.api.security import Actor, record, require
from app.api.texts import kept, one_line
from app.api.texts import lazy_gettext as _l
from modules.contacts.languages import LANGUAGES
from modules.contacts.letters.enclosures import ENCLOSURES, LINK_PLACE
from modules.contacts.letters.models import LetterText
from modules.contacts.models import Contact

#: place → what stands there
PLACES: dict[str, object] = {
    "contact": _l("the contact's name"),
    "what": _l("what is enclosed"),
    "company": _l("your organisation's name"),
    "sender": _l("the name of whoever sends it"),
}
#: and in letters with a client's link
_LINK = {LINK_PLACE: _l("the client's link")}
_PLACE = re.compile(r"\{([^{}]*)\}")


def places_of(enclosure: str) -> dict[str, object]:
    """The places of letters with this enclosure, each with what stands there."""
    own = ENCLOSURES[enclosure]
    return {**PLACES, **own.places, **(_LINK if own.link is not None else {})}


def filled(text: str, values: Mapping[str, str]) -> str:
    """The text with its places filled in; what isn't a place stays as it is."""
    return _PLACE.sub(lambda found: values.get(found[1], found[0]), text)


def wording(session: Session, enclosure: str, language: str) -> tuple[str, str]:
    """Subject and body with their places: the company's, or the program's in the reader's language, which is `language`."""
    own = text_of(session, enclosure, language)
    if own is not None:
        return own.subject, own.body
    return str(ENCLOSURES[enclosure].subject), str(ENCLOSURES[enclosure].body)


def written(
    session: Session,
    actor: Actor,
    contact: Contact,
    enclosure: str,
    called: str,
    language: str,
    arguments: Mapping[str, Any],
) -> tuple[str, str]:
    """Subject and body of a letter to the contact, in `language`, the reader's; `arguments` of the enclosure as kept."""
    company = organisation(session).name
    own = ENCLOSURES[enclosure].values(session, contact, arguments)
    values = {**own, "contact": contact.name, "what": called, "company": company, "sender": actor.name or company}
    subject, body = wording(session, enclosure, language)
    return one_line(filled(subject, values))[:300], filled(body, values)


def text_of(session: Session, enclosure: str, language: str) -> LetterText | None:
    """The company's own wording. NotFound: no such enclosure or language."""
    if enclosure not in ENCLOSURES or language not in LANGUAGES:
        raise NotFound
    asked = select(LetterText).where(LetterText.enclosure == enclosure, LetterText.language == language)
    return session.scalars(asked).first()


def save_text(
    session: Session,
    actor: Actor,
    enclosure: str,
    language: str,
    *,
    subject: str,
    body: str,
    version: int | None = None,
) -> None:
    """Word letters with this enclosure in this language so from now on; empty both: in the program's words again.

    Refused (Invalid): one of the two empty, a place that there isn't; (Changed) saved by somebody else since `version`.
    """
    require(actor, "contacts.letter.edit")
    current = text_of(session, enclosure, language)
    if current is not None:
        begin_versions(session, {current: version})
    texts = kept(LetterText, {"subject": subject, "body": body})
    if not any(texts.values()):
        if current is not None:
            session.delete(current)
    else:
        for name, text in texts.items():
            _check(text, field=name, places=places_of(enclosure))
        row = current or LetterText(enclosure=enclosure, language=language)
        row.subject, row.body = texts["subject"], texts["body"]
        session.add(row)
    session.flush()
    record(session, "contacts.letter.edit", subject="contacts.letter", summary=f"{enclosure}, {language}")


def _check(text: str, *, field: str, places: Mapping[str, object]) -> None:
    if not text:
        raise Invalid(_l("A letter needs a subject and a text."), field=field)
    if unknown := [name for name in _PLACE.findall(text) if name not in places]:
        offered = ", ".join(f"{{{name}}}" for name in places)
        said = f"{{{unknown[0]}}}"
        raise Invalid(
            _l("“%(place)s” isn't a place to fill in. There are: %(places)s.", place=said, places=offered), field=field
        )
