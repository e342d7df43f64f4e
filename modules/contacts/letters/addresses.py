"""To which e-mail addresses letters to contacts go: the one place that chooses them."""

from collections.abc import Collection

from sqlalchemy import select
from sqlalchemy.orm import Session

from modules.contacts.models import EMAIL, Channel, Contact, Person


def addresses_of(session: Session, contacts: Collection[Contact]) -> dict[int, list[str]]:
    """Each contact's e-mail addresses, the main one first; none where they are closed to the session's actor."""
    found: dict[int, list[str]] = {contact.id: [] for contact in contacts}
    if not session.info["actor"].sees("contacts.private"):
        return found
    rows = select(Channel.contact_id, Channel.value).where(Channel.contact_id.in_(found), Channel.kind == EMAIL)
    for row in session.execute(rows.order_by(Channel.is_main.desc(), Channel.id)):
        found[row.contact_id].append(str(row.value))
    for contact in contacts:  # the contact repeats its main one, and an old record may have that alone
        found[contact.id] = list(
            dict.fromkeys([*found[contact.id], *([contact.email] if "@" in contact.email else [])])
        )
    return found


def people_of(session: Session, contact: Contact) -> list[tuple[str, str]]:
    """Of each e-mail address of the contact, whose it is there, or which one: name and address; none where they are closed."""
    if not session.info["actor"].sees("contacts.private"):
        return []
    asked = select(Channel.value, Channel.label, Person.name).outerjoin(Person, Person.id == Channel.person_id)
    asked = asked.where(Channel.contact_id == contact.id, Channel.kind == EMAIL)
    rows = session.execute(asked.order_by(Channel.is_main.desc(), Channel.id))
    return [(str(row.name or row.label or contact.name), str(row.value)) for row in rows]
