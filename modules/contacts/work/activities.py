"""Writing down what happened with a contact."""

from collections.abc import Collection
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.api.clock import wall_clock
from app.api.data import begin_version
from app.api.errors import Forbidden, Invalid, NotFound
from app.api.notifications import notify_mentioned
from app.api.security import Actor, record, require
from app.api.texts import kept
from app.api.texts import lazy_gettext as _l
from modules.contacts.models import PRIVATE, Contact, Person
from modules.contacts.work.models import Activity
from modules.contacts.work.rules import check_activity

_SUBJECT = "contacts.activity"


def log_activity(
    session: Session,
    actor: Actor,
    contact: Contact,
    kind: str,
    *,
    text: str = "",
    moment: datetime | None = None,
    direction: str = "",
    is_answered: bool | None = None,
    duration: int | None = None,
    persons: Collection[int] = (),
    document_id: int | None = None,
) -> Activity:
    """Write down a note, a call, a letter or a meeting. `moment` (by the organisation's own clock): now, unless said;
    `duration`: minutes; `persons`: those of the contact it was with; `document_id`: what it was about.

    Refused: what `check_activity` refuses, a person of another contact, a text of whoever may not see private texts.
    """
    activity = Activity(contact_id=contact.id, author_id=actor.user_id, document_id=document_id)
    said = {"kind": kind, "text": text, "moment": moment, "direction": direction, "is_answered": is_answered}
    _write(session, actor, contact, activity, {**said, "duration": duration, "persons": persons}, "create")
    return activity


def change_activity(
    session: Session, actor: Actor, activity: Activity, *, version: int | None = None, **fields: Any
) -> None:
    """Say all of it otherwise, its kind aside. Refused: what `log_activity` refuses; one saved since `version` (Changed)."""
    begin_version(session, activity, version)
    _write(session, actor, _contact(session, activity), activity, {**fields, "kind": activity.kind}, "change")


def remove_activity(session: Session, actor: Actor, activity: Activity) -> None:
    """Remove what was written down by mistake; the audit keeps that it was there. Refused (Forbidden): what others wrote,
    unless one sees the contacts of all."""
    require(actor, "contacts.activity.edit")
    if activity.author_id != actor.user_id and actor.scope("contacts.contact") != "all":
        raise Forbidden("contacts.activity.edit")
    contact = _contact(session, activity)
    session.delete(activity)
    session.flush()
    _record(session, "remove", activity, contact)


def activity_by_id(session: Session, contact_id: int, activity_id: int) -> Activity:
    """An activity of a contact, when it is open to the session's actor; otherwise NotFound."""
    activity = session.get(Activity, activity_id)
    if activity is None or activity.contact_id != contact_id:
        raise NotFound
    return activity


def _write(
    session: Session, actor: Actor, contact: Contact, activity: Activity, fields: dict[str, Any], verb: str
) -> None:
    require(actor, "contacts.activity.edit")
    if not actor.sees(PRIVATE["group"]):
        raise Forbidden(PRIVATE["group"])
    persons = _persons(session, contact, fields.pop("persons"))
    values = kept(Activity, {**fields, "moment": fields["moment"] or activity.moment or wall_clock()})
    check_activity(values)
    before = activity.text or ""
    for name, value in values.items():
        setattr(activity, name, value)
    activity.persons = persons
    session.add(activity)
    session.flush()
    _record(session, verb, activity, contact)
    seen: Any = {"needs": "contacts.activity.view", "group": PRIVATE["group"], "record": contact}
    address = f"/contacts/{contact.id}/timeline"
    notify_mentioned(session, actor, activity.text, address, what=contact.name, before=before, **seen)


def _persons(session: Session, contact: Contact, ids: Collection[int]) -> list[Person]:
    wanted = select(Person).where(Person.id.in_(ids), Person.contact_id == contact.id).order_by(Person.id)
    persons = list(session.scalars(wanted)) if ids else []
    if len(persons) < len(set(ids)):
        raise Invalid(_l("Choose one of this contact's persons."), field="persons")
    return persons


def _contact(session: Session, activity: Activity) -> Contact:
    return session.get_one(Contact, activity.contact_id)


def _record(session: Session, verb: str, activity: Activity, contact: Contact) -> None:
    """Kept as of the contact, so that it is open to whom the contact is; never what it says."""
    action = f"{_SUBJECT}.{verb}"
    record(
        session, action, subject="contacts.contact", subject_id=contact.id, summary=f"{contact.code}: {activity.kind}"
    )
