"""Contacts as pages and documents need them, as far as they are open to whoever asks."""

from typing import Any

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from app.api.data import remembered
from app.api.errors import NotFound
from app.api.security import PastPolicy, visible
from app.api.texts import lazy_gettext as _l
from modules.contacts.models import Contact

_PARTIES_OF = PastPolicy("rows instead of records, as many documents name them; the scope is held by `visible`")

# Made once: every document asks this. Nothing of it is confidential, so the table does, with the scope of whoever asks.
_CONTACT = Contact.__table__.c
_PARTIES = select(
    *(_CONTACT.id, _CONTACT.name, _CONTACT.responsible_id, _CONTACT.is_active),
    *(_CONTACT.payment_terms, _CONTACT.payment_days, _CONTACT.over_limit, _CONTACT.overdue),
    *(_CONTACT.discount_percent, _CONTACT.discount_days),
).where(_CONTACT.id.in_(bindparam("ids", expanding=True)))
# Held as the document's foreign key will hold them: whoever erases a person waits for the document and finds it, and a
# document that waits for them reads the name that is left.
_PARTIES = _PARTIES.with_for_update(key_share=True, read=True, of=Contact.__table__)


def contact_by_id(session: Session, contact_id: int) -> Contact:
    """The contact, when it is open to the session's actor; otherwise NotFound."""
    contact = session.get(Contact, contact_id)
    if contact is None:
        raise _not_open()
    return contact


def parties_by_id(session: Session, ids: set[int]) -> dict[int, Any]:
    """What documents keep of their contacts: rows of id, name, responsible_id, is_active
    and the conditions; NotFound as `contact_by_id`.

    A session reads each once, until it changes.
    """
    known = remembered(session, "contacts.contact")
    if missing := ids - known.keys():
        own = visible(session, Contact)
        query = _PARTIES if own is None else _PARTIES.where(own)
        known |= {row.id: row for row in _PARTIES_OF(session).execute(query, {"ids": list(missing)})}
    if not ids <= known.keys():
        raise _not_open()
    return {i: known[i] for i in ids}


def _not_open() -> NotFound:
    return NotFound(_l("There is no such contact, or it is not open to you."))
