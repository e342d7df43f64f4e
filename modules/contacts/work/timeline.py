"""What the contacts add to a contact's timeline: activities, and tasks that are over."""

from collections.abc import Iterable
from typing import Any

from flask import url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload, selectinload

from app.api.clock import on_the_wall
from app.api.security import Actor, User
from app.api.web import Place, TimelineEntry
from modules.contacts.letters.models import SENT, Letter
from modules.contacts.letters.models import STATES as LETTER_STATES
from modules.contacts.work.models import DONE, OPEN, Activity, Task
from modules.contacts.work.rules import ACTIVITIES, DIRECTIONS, STATES

#: source → the kinds of activities that it has
SOURCES = {f"contacts.{kind}": kind for kind in ACTIVITIES}
TASKS, LETTERS = "contacts.task", "contacts.sent_letter"
_ICONS = {"note": "pencil", "call": "phone", "letter": "mail", "meeting": "users"}


def activities(
    session: Session, actor: Actor, contact_id: int, source: str, place: Place | None, most: int
) -> Iterable[TimelineEntry]:
    """The activities of one kind."""
    own = [Activity.contact_id == contact_id, Activity.kind == SOURCES[source]]
    if place is not None:
        own.append(place.before(source, Activity.moment, Activity.id))
    query = select(Activity, User.name).outerjoin(User, User.id == Activity.author_id).where(*own)
    query = query.options(selectinload(Activity.persons))
    for activity, author in session.execute(query.order_by(Activity.moment.desc(), Activity.id.desc()).limit(most)):
        address: Any = {"contact_id": contact_id, "activity_id": activity.id}
        yield TimelineEntry(
            activity.moment,
            activity.id,
            _said(activity),
            _ICONS[activity.kind],
            text=activity.text,
            who=author or "",
            marks={_("not answered"): "reversed"} if activity.is_answered is False else {},
            edit=url_for("contacts.activity_edit", **address) if actor.may("contacts.activity.edit") else "",
        )


def closed_tasks(
    session: Session, actor: Actor, contact_id: int, place: Place | None, most: int
) -> Iterable[TimelineEntry]:
    """The tasks that are done or cancelled, by when they were."""
    own = [Task.contact_id == contact_id, Task.state != OPEN]
    if place is not None:
        own.append(place.before(TASKS, Task.closed_at, Task.id))
    query = select(Task, User.name).outerjoin(User, User.id == Task.closed_by_id).where(*own)
    query = query.options(joinedload(Task.kind))
    back: Any = {"from": contact_id}
    for task, who in session.execute(query.order_by(Task.closed_at.desc(), Task.id.desc()).limit(most)):
        reopen = url_for("contacts.task_reopen", task_id=task.id, **back)
        yield TimelineEntry(
            task.closed_at or task.due,
            task.id,
            task.title,
            "circle-check" if task.state == DONE else "x",
            text=task.result,
            who=who or "",
            address=url_for("contacts.task_edit", task_id=task.id, **back),
            marks={str(STATES[task.state]): "posted" if task.state == DONE else "reversed"},
            acts={_("Open again"): reopen} if actor.may("contacts.task.edit") else {},
        )


def letters(session: Session, contact_id: int, place: Place | None, most: int) -> Iterable[TimelineEntry]:
    """The e-mails that were sent, or are to be."""
    own = [Letter.contact_id == contact_id]
    if place is not None:
        own.append(place.before_utc(LETTERS, Letter.created_at, Letter.id))
    query = select(Letter, User.name).outerjoin(User, User.id == Letter.user_id).where(*own)
    for letter, who in session.execute(query.order_by(Letter.id.desc()).limit(most)):
        yield TimelineEntry(
            on_the_wall(letter.created_at),
            letter.id,
            letter.title,
            "mail",
            text=letter.subject,
            who=who or "",
            address=url_for("contacts.letters_of_contact", contact_id=contact_id),
            marks={str(LETTER_STATES[letter.state]): "posted" if letter.state == SENT else "draft"},
        )


def _said(activity: Any) -> str:
    """What it was, with whom and how long."""
    parts = [str(ACTIVITIES[activity.kind])]
    if activity.direction:
        parts.append(str(DIRECTIONS[activity.direction]).lower())
    if activity.duration is not None:
        parts.append(ngettext("%(num)d minute", "%(num)d minutes", activity.duration))
    said = ", ".join(parts)
    names = ", ".join(str(person.name) for person in activity.persons)
    return f"{said}: {names}" if names else said
