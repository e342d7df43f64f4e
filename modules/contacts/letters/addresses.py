"""To which e-mail addresses letters to contacts go: the one place that chooses them."""

from collections.abc import Collection

from sqlalchemy import select
from sqlalchemy.orm import Session

from modules.contacts.models import EMAIL, Channel, Contact


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
