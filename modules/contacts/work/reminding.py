"""Reminding of tasks by the bell, at most once: what reminds forgets in the same transaction that it is to."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.api.clock import wall_clock
from app.api.notifications import notify_users
from app.api.texts import lazy_gettext as _l
from modules.contacts.notifications import task_due
from modules.contacts.work.models import OPEN, Task

#: tasks of one transaction
PAGE = 200


def remind(session: Session) -> int:
    """Remind of open tasks whose time has come; how many there were, at most PAGE."""
    due = select(Task).where(Task.remind_at <= wall_clock(), Task.state == OPEN).order_by(Task.remind_at, Task.id)
    tasks = session.scalars(due.limit(PAGE).with_for_update(skip_locked=True)).all()
    for task in tasks:
        when = task.due if task.is_timed else task.due.date()
        notify_users(
            session,
            task_due,
            text=_l("“%(title)s” is due on %(when)s.", title=task.title, when=when),
            to=[task.responsible_id],
            link=f"/tasks/{task.id}",
            once=f"contacts.task:{task.id}:{task.remind_at}",
        )
        task.remind_at = None
    session.flush()
    return len(tasks)
