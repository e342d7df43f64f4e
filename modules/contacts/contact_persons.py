"""What is kept of somebody with whom one speaks at a contact: theirs to ask for and to have erased, apart from the contact."""

from typing import Any

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from app.api.data import forget
from app.api.errors import Invalid
from app.api.persons import Found, Person, erase_kept, erase_parts, erase_values_saying
from app.api.search import write_index
from app.api.security import Actor, PastPolicy, record, require
from app.api.texts import lazy_gettext as _l
from modules.contacts.details import settle_all
from modules.contacts.mentions import is_unmistakable, take_out_mentions
from modules.contacts.models import Channel, Contact
from modules.contacts.models import Person as ContactPerson
from modules.contacts.persons import everything_on
from modules.contacts.search import ContactSearch

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
    contact = session.get_one(Contact, detail.contact_id)
    contacts: Any = Contact.__table__
    _ALL(session).execute(select(contacts.c.id).where(contacts.c.id == contact.id).with_for_update())
    if typed.strip() != detail.name:
        raise Invalid(_l("Type the name exactly as it is."), field="name")
    person, name = contact_person_of(session, detail), detail.name
    found = everything_on(session, person)
    channels = [row["id"] for row in found.rows.get(Channel.__tablename__, ())]
    texts = [row["value"] for row in found.rows.get(Channel.__tablename__, ())]
    # Past the session, so that no change is kept with what it was before; whoever has the contact open learns of it.
    for column in (contacts.c[field] for field in _REPEATED):
        said = column.in_([name, *texts])
        _ALL(session).execute(
            update(contacts)
            .where(contacts.c.id == contact.id, said)
            .values({column.name: None if column.nullable else ""})
        )
    again = {"version": contacts.c.version + 1}
    _ALL(session).execute(update(contacts).where(contacts.c.id == contact.id).values(again))
    table: Any = Channel.__table__
    _ALL(session).execute(delete(table).where(table.c.id.in_(channels)))
    erase_kept(session, person, found)
    _ALL(session).execute(delete(person.table).where(person.table.c.id.in_(person.ids)))
    parts = {ContactPerson.__tablename__: person.ids, Channel.__tablename__: channels}
    erase_parts(session, Contact.noun, contact.id, parts, [name, *texts])
    erase_values_saying(session, [text for text in (name, *texts) if is_unmistakable(text)])
    session.expunge(detail)
    session.expire_all()
    settle_all(session, contact)
    take_out_mentions(session, person)
    forget(session, "contacts.contact", contact.id)
    write_index(session, ContactSearch, [contact.id])
    record(session, "contacts.person.erase", subject="contacts.contact", subject_id=contact.id, summary=contact.code)
    return person.instead
