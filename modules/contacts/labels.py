"""Words by which contacts are sorted: where they came from, how far one is with them, and tags. To use a new word makes it."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.api.data import remove_rows
from app.api.errors import Conflict, Invalid, NotFound
from app.api.security import Actor, record, require
from app.api.texts import kept_text, longest
from app.api.texts import lazy_gettext as _l
from modules.contacts.models import SOURCE, STATUS, TAG, Contact, Label, contact_label

#: the lists of words, by the field of a contact that says them
LISTS = {"source": SOURCE, "status": STATUS, "tags": TAG}
TITLES = {SOURCE: _l("Source"), STATUS: _l("Status"), TAG: _l("Tag")}
#: a contact has so many tags at most, and a list so many words
MOST_TAGS, MOST_WORDS = 30, 2000


def labels_of(session: Session, which: str) -> Sequence[Label]:
    """The words of a list, in order."""
    return session.scalars(select(Label).where(Label.which == which).order_by(Label.name_order, Label.id)).all()


def words_in(field: str, text: str) -> list[str]:
    """The words that a field of a contact says; tags have commas between them. Refused (Invalid): one that is too long,
    more than MOST_TAGS."""
    parts = text.split(",") if field == "tags" else [text]
    words = {w.casefold(): w for part in parts if (w := kept_text(part, longest(Label, "name"), field=field))}
    if len(words) > MOST_TAGS:
        raise Invalid(_l("A contact can have %(n)d of these at most.", n=MOST_TAGS), field=field)
    return list(words.values())


def set_labels(session: Session, said: Mapping[Contact, Mapping[str, Any]]) -> None:
    """Let contacts have the words that their fields in `LISTS` say; what isn't said stays. Words that differ in capitals alone
    are one. Refused (Invalid): what `words_in` refuses, more than MOST_WORDS in a list."""
    for field, which in LISTS.items():
        wanted = {c: words_in(field, fields[field] or "") for c, fields in said.items() if field in fields}
        wanted = {c: words for c, words in wanted.items() if {*words} != {x.name for x in c.labels if x.which == which}}
        if not wanted:
            continue
        known = {label.name.casefold(): label for label in labels_of(session, which)}
        for contact, words in wanted.items():
            for word in words:
                known.setdefault(word.casefold(), Label(which=which, name=word))
            others = [label for label in contact.labels if label.which != which]
            contact.labels = others + [known[word.casefold()] for word in words]
        if len(known) > MOST_WORDS:
            raise Invalid(_l("There are too many different words. Use those that there are."), field=field)


def says_words(contact: Contact, field: str, text: str) -> bool:
    """Whether a contact has just these words already."""
    return {w.casefold() for w in words_in(field, text)} == {
        w.casefold() for w in words_in(field, getattr(contact, field))
    }


def label_by_id(session: Session, label_id: int) -> Label:
    """The word; NotFound when there is none."""
    label = session.get(Label, label_id)
    if label is None:
        raise NotFound
    return label


def rename_label(session: Session, actor: Actor, label: Label, name: str) -> None:
    """Call a word otherwise, wherever it is used. Refused: none, one that is too long, one that is there already (Conflict)."""
    require(actor, "contacts.label.edit")
    words = words_in("name", name)
    if not words:
        raise Invalid(_l("Please fill this in."), field="name")
    others = (other for other in labels_of(session, label.which) if other is not label)
    if any(other.name.casefold() == words[0].casefold() for other in others):
        raise Conflict(_l("There is “%(name)s” already. Remove this one and use that.", name=words[0]), field="name")
    before, label.name = label.name, words[0]
    session.flush()
    _record(session, "change", label, f"{before} → {label.name}")


def remove_label(session: Session, actor: Actor, label: Label) -> int:
    """Remove a word, also from the contacts that have it; gives from how many."""
    require(actor, "contacts.label.edit")
    had = remove_rows(session, contact_label, contact_label.c.label_id == label.id)
    session.delete(label)
    session.flush()
    _record(session, "remove", label, f"{label.name} ({had})")
    return had


def _record(session: Session, verb: str, label: Label, summary: str) -> None:
    record(session, f"contacts.label.{verb}", subject="contacts.label", subject_id=label.id, summary=summary)
