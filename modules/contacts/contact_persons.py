"""What is kept of somebody with whom one speaks at a contact: theirs to ask for and to have erased, apart from the contact."""

from typing import Any

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from app.api.persons import Found, Person, erase_kept, erase_parts
from app.api.security import Actor, PastPolicy, require
from modules.contacts.details import settle_all
from modules.contacts.models import Channel, Contact
from modules.contacts.models import Person as ContactPerson
from modules.contacts.persons import erase_as, everything_on

_ALL = PastPolicy("whoever may erase a person erases all that names them, whatever they see otherwise")
#: fields by which a contact repeats its main person and how to reach it
_REPEATED = ("contact_person", "phone", "email")


def contact_person_of(session: Session, detail: ContactPerson) -> Person:
    """A contact person as somebody of their own."""
    reached = session.scalars(select(Channel.value).where(Channel.person_id == detail.id))
    names = sorted(text for text in {detail.name, *reached} if len(text) > 3)
    return Person("contacts.person", ContactPerson.__table__, (detail.id,), tuple(names), f"Erased person {detail.id}c")


def find_contact_person(session: Session, actor: Actor, detail: ContactPerson) -> Found:
    """All that is kept of a contact person. Refused: who lacks the right (Forbidden)."""
    require(actor, "contacts.person.export")
    return everything_on(session, contact_person_of(session, detail))


def erase_contact_person(session: Session, actor: Actor, detail: ContactPerson, typed: str) -> str:
    """Erase a contact person for good, with how they are reached; gives what texts say in place of the name. The contact, its
    documents and its log stay. Refused: who lacks the right (Forbidden), who hasn't typed the name (Invalid)."""
    require(actor, "contacts.person.erase")
    session.flush()
    contact, person = session.get_one(Contact, detail.contact_id), contact_person_of(session, detail)

    def erase(found: Found) -> None:
        _erase(session, contact, detail, person, found)

    return erase_as(session, contact, person, detail.name, typed, erase, contact.code)


def _erase(session: Session, contact: Contact, detail: ContactPerson, person: Person, found: Found) -> None:
    reached = found.rows.get(Channel.__tablename__, ())
    channels, texts = [row["id"] for row in reached], [detail.name, *(row["value"] for row in reached)]
    contacts: Any = Contact.__table__
    own = update(contacts).where(contacts.c.id == contact.id)
    # Past the session, so that no change is kept with what it was before; whoever has the contact open learns of it.
    for column in (contacts.c[field] for field in _REPEATED):
        nothing = {column.name: None if column.nullable else ""}
        _ALL(session).execute(own.where(column.in_(texts)).values(nothing))
    _ALL(session).execute(own.values(version=contacts.c.version + 1))
    table: Any = Channel.__table__
    _ALL(session).execute(delete(table).where(table.c.id.in_(channels)))
    erase_kept(session, person, found)
    _ALL(session).execute(delete(person.table).where(person.table.c.id.in_(person.ids)))
    parts = {ContactPerson.__tablename__: person.ids, Channel.__tablename__: channels}
    erase_parts(session, Contact.noun, contact.id, parts, texts)
    session.expunge(detail)
    session.expire_all()
    settle_all(session, contact)
