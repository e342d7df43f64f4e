"""Writing tasks: given, changed, done, cancelled, put off."""

from collections.abc import Mapping
from datetime import date, time
from typing import Any

from sqlalchemy.orm import Session

from app.api.clock import wall_clock
from app.api.data import begin_version
from app.api.errors import Conflict, Forbidden, Invalid, NotFound
from app.api.notifications import notify_users
from app.api.reference import check_day
from app.api.security import Actor, check_users, record, require
from app.api.texts import kept
from app.api.texts import lazy_gettext as _l
from modules.contacts.models import PRIVATE
from modules.contacts.notifications import task_given
from modules.contacts.parties import contact_by_id
from modules.contacts.work.models import CANCELLED, DONE, OPEN, Activity, Task, TaskKind
from modules.contacts.work.rules import REMINDERS, due_moment, postponed, reminder


def create_task(
    session: Session,
    actor: Actor,
    *,
    title: str,
    day: date,
    hour: time | None = None,
    note: str = "",
    contact_id: int | None = None,
    document_id: int | None = None,
    after: Activity | None = None,
    kind_id: int | None = None,
    responsible_id: int | None = None,
    remind_before: int | None = None,
    is_urgent: bool = False,
) -> Task:
    """A new task, to be done on `day`, by `hour` where that is said, by the organisation's own clock; by the actor themselves,
    unless said. `remind_before`: minutes; `after`: what it follows from.

    Refused: no title, a day that can't be, a kind that there isn't, a contact that isn't open to the actor, somebody who
    doesn't sign in, a reminder that is none of REMINDERS, a note of whoever may not see private texts.
    """
    require(actor, "contacts.task.edit")
    task = Task(contact_id=contact_id, document_id=document_id, after_id=after.id if after else None, state=OPEN)
    task.author_id = actor.user_id
    if contact_id is not None:
        contact_by_id(session, contact_id)
    fields = {"title": title, "note": note, "kind_id": kind_id, "responsible_id": responsible_id or actor.user_id}
    _say(session, actor, task, {**fields, "is_urgent": is_urgent, "remind_before": remind_before}, day, hour)
    session.add(task)
    session.flush()
    _record(session, "create", task)
    _notify_given(session, actor, task)
    return task


def change_task(
    session: Session,
    actor: Actor,
    task: Task,
    *,
    day: date,
    hour: time | None = None,
    version: int | None = None,
    **fields: Any,
) -> None:
    """Say of an open task what is given. Refused: what `create_task` refuses, one that is over (Conflict), one saved since
    `version` (Changed)."""
    _begin(session, actor, task, version)
    had = task.responsible_id
    _say(session, actor, task, fields, day, hour)
    session.flush()
    _record(session, "change", task)
    if task.responsible_id != had:
        _notify_given(session, actor, task)


def postpone_task(session: Session, actor: Actor, task: Task, to: str) -> None:
    """Let an open task be due another day, as `postponed` says; its reminder goes with it. Refused: one that is over."""
    _begin(session, actor, task)
    task.due = postponed(task.due, to, wall_clock().date())
    task.remind_at = reminder(task.due, is_timed=task.is_timed, before=task.remind_before)
    session.flush()
    _record(session, "postpone", task)


def finish_task(session: Session, actor: Actor, task: Task, result: str = "", *, is_cancelled: bool = False) -> None:
    """Say that a task is done, or cancelled, and what came of it. Refused: one that is over already (Conflict), a result of
    whoever may not see private texts."""
    _begin(session, actor, task)
    if result:
        _require_private(actor)
        task.result = kept(Task, {"result": result})["result"]
    task.state = CANCELLED if is_cancelled else DONE
    task.closed_at, task.closed_by_id, task.remind_at = wall_clock(), actor.user_id, None
    session.flush()
    _record(session, "cancel" if is_cancelled else "finish", task)


def reopen_task(session: Session, actor: Actor, task: Task) -> None:
    """Let a task that is over be open again, without a reminder. One that is open stays as it is."""
    require(actor, "contacts.task.edit")
    begin_version(session, task, None)
    task.state, task.closed_at, task.closed_by_id = OPEN, None, None
    session.flush()
    _record(session, "reopen", task)


def task_by_id(session: Session, task_id: int) -> Task:
    """The task, when it is open to the session's actor; otherwise NotFound."""
    task = session.get(Task, task_id)
    if task is None:
        raise NotFound(_l("There is no such task, or it is not open to you."))
    return task


def _begin(session: Session, actor: Actor, task: Task, version: int | None = None) -> None:
    require(actor, "contacts.task.edit")
    begin_version(session, task, version)
    if task.state != OPEN:
        raise Conflict(_l("This task is over already. Open it again to change it."))


def _say(session: Session, actor: Actor, task: Task, fields: Mapping[str, Any], day: date, hour: time | None) -> None:
    values = kept(Task, fields)
    if not values.get("title", task.title):
        raise Invalid(_l("Please fill this in."), field="title")
    if values.get("note"):
        _require_private(actor)
    elif not actor.sees(PRIVATE["group"]):
        values.pop("note", None)  # what is stored there stays
    if values.get("kind_id") is not None and session.get(TaskKind, values["kind_id"]) is None:
        raise Invalid(_l("Choose from the list."), field="kind_id")
    if values.get("remind_before") not in (None, *REMINDERS):
        raise Invalid(_l("Choose from the list."), field="remind_before")
    responsible = values.get("responsible_id", task.responsible_id)
    if responsible is None:
        raise Invalid(_l("Choose who does it."), field="responsible_id")
    if responsible not in (actor.user_id, task.responsible_id):
        check_users(session, {responsible}, field="responsible_id")
    check_day(day, field="day")
    had = reminder(task.due, is_timed=task.is_timed, before=task.remind_before) if task.due else None
    for name, value in values.items():
        setattr(task, name, value)
    task.due, task.is_timed = due_moment(day, hour), hour is not None
    at = reminder(task.due, is_timed=task.is_timed, before=task.remind_before)
    if at != had:  # one that has reminded already does so again only at another time
        task.remind_at = at


def _require_private(actor: Actor) -> None:
    if not actor.sees(PRIVATE["group"]):
        raise Forbidden(PRIVATE["group"])


def _notify_given(session: Session, actor: Actor, task: Task) -> None:
    """Whoever is given a task by somebody else hears of it."""
    if task.responsible_id != actor.user_id:
        text = _l("%(who)s gave you the task “%(title)s”.", who=actor.name, title=task.title)
        notify_users(session, task_given, text=text, to=[task.responsible_id], link=f"/tasks/{task.id}")


def _record(session: Session, verb: str, task: Task) -> None:
    action = f"contacts.task.{verb}"
    record(session, action, subject="contacts.task", subject_id=task.id, summary=str(task.id))
