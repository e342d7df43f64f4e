"""Reading tasks: somebody's day, and what goes with a contact."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from app.api.clock import wall_clock
from app.api.security import Actor, User
from modules.contacts.models import Contact
from modules.contacts.work.models import OPEN, Task

#: so many tasks the home page shows of each part; the list has the others
SHOWN = 30
#: how many days ahead one looks
AHEAD = 7


@dataclass(frozen=True)
class Day:
    """What somebody is to do: each part by when it is due."""

    overdue: Sequence[Task]
    today: Sequence[Task]
    ahead: Sequence[Task]

    @property
    def tasks(self) -> list[Task]:
        """All of it."""
        return [*self.overdue, *self.today, *self.ahead]


def day_of(session: Session, actor: Actor) -> Day:
    """The actor's own open tasks: overdue, today's, those of the next AHEAD days; SHOWN of each at most."""
    now = wall_clock()
    midnight = datetime.combine(now.date() + timedelta(days=1), time.min)
    mine = select(Task).where(Task.responsible_id == actor.user_id, Task.state == OPEN).options(joinedload(Task.kind))
    by_due = mine.order_by(Task.due, Task.id).limit(SHOWN)
    parts = (
        (Task.due < now,),
        (Task.due >= now, Task.due < midnight),
        (Task.due >= midnight, Task.due < midnight + timedelta(days=AHEAD)),
    )
    return Day(*(session.scalars(by_due.where(*part)).all() for part in parts))


def open_tasks_of(session: Session, contact_id: int) -> Sequence[Task]:
    """The open tasks of a contact that are open to the session's actor, soonest first; SHOWN at most."""
    of = select(Task).where(Task.contact_id == contact_id, Task.state == OPEN, Task.closed_at.is_(None))
    return session.scalars(of.options(joinedload(Task.kind)).order_by(Task.due, Task.id).limit(SHOWN)).all()


def names_of_contacts(session: Session, actor: Actor, tasks: Iterable[Task]) -> dict[int, str]:
    """What the contacts of tasks are called, as far as they are open to the actor."""
    ids = {task.contact_id for task in tasks if task.contact_id}
    if not ids or not actor.may("contacts.contact.view"):
        return {}
    return {row.id: row.name for row in session.execute(select(Contact.id, Contact.name).where(Contact.id.in_(ids)))}


def names_of_users(session: Session, ids: Iterable[int | None]) -> dict[int, str]:
    """What users are called."""
    wanted = {i for i in ids if i is not None}
    rows = session.execute(select(User.id, User.name).where(User.id.in_(wanted))) if wanted else ()
    return {row.id: row.name for row in rows}
