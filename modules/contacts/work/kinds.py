"""The kinds of tasks: a small catalogue that a company edits, each with a colour."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.api.errors import Conflict, Invalid, NotFound
from app.api.security import Actor, record, require, unrestricted
from app.api.texts import kept
from app.api.texts import lazy_gettext as _l
from modules.contacts.work.models import Task, TaskKind
from modules.contacts.work.rules import COLOURS

#: as many there are at most: one chooses from them at a glance
MOST = 50


def task_kinds_of(session: Session) -> Sequence[TaskKind]:
    """All of them, in order."""
    return session.scalars(select(TaskKind).order_by(TaskKind.name_order, TaskKind.id)).all()


def task_kind_by_id(session: Session, kind_id: int) -> TaskKind:
    """The kind; NotFound when there is none."""
    kind = session.get(TaskKind, kind_id)
    if kind is None:
        raise NotFound
    return kind


def save_task_kind(session: Session, actor: Actor, kind: TaskKind | None, *, name: str, colour: str) -> TaskKind:
    """A new kind, or what `kind` is called and its colour. Refused: no name, one that is there already (Conflict), a colour
    that there isn't, more than MOST."""
    require(actor, "contacts.task_kind.edit")
    values = kept(TaskKind, {"name": name})
    others = [other for other in task_kinds_of(session) if other is not kind]
    if not values["name"]:
        raise Invalid(_l("Please fill this in."), field="name")
    if any(other.name.casefold() == values["name"].casefold() for other in others):
        raise Conflict(_l("There is “%(name)s” already.", name=values["name"]), field="name")
    if colour not in COLOURS:
        raise Invalid(_l("Choose from the list."), field="colour")
    if kind is None and len(others) >= MOST:
        raise Invalid(_l("There are %(n)d kinds at most. Rename one that isn't needed.", n=MOST))
    verb = "create" if kind is None else "change"
    kind = kind or TaskKind()
    kind.name, kind.colour = values["name"], colour
    session.add(kind)
    session.flush()
    _record(session, verb, kind)
    return kind


def remove_task_kind(session: Session, actor: Actor, kind: TaskKind) -> None:
    """Remove a kind that no task is of. Refused (Conflict): one that a task is of, whoever sees that task."""
    require(actor, "contacts.task_kind.edit")
    with unrestricted(session, "a kind of tasks is removed only when nobody has one of it"):
        is_used = session.scalars(select(Task.id).where(Task.kind_id == kind.id).limit(1)).first() is not None
    if is_used:
        raise Conflict(_l("There are tasks of this kind. Rename it instead."))
    _record(session, "remove", kind)
    session.delete(kind)
    session.flush()


def _record(session: Session, verb: str, kind: TaskKind) -> None:
    action = f"contacts.task_kind.{verb}"
    record(session, action, subject="contacts.task_kind", subject_id=kind.id, summary=kind.name)
