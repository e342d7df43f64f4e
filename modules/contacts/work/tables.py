"""The lists of tasks and of their kinds."""

from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.api.clock import wall_clock
from app.api.security import User
from app.api.texts import lazy_gettext as _l
from app.api.web import Column, Filter, Link, Table
from modules.contacts.models import Contact
from modules.contacts.work.kinds import task_kinds_of
from modules.contacts.work.models import OPEN, Task, TaskKind
from modules.contacts.work.rules import COLOURS, STATES


def _source(session: Session) -> Any:
    query = select().select_from(Task).join(User, User.id == Task.responsible_id)
    query = query.outerjoin(TaskKind, TaskKind.id == Task.kind_id)
    return query.outerjoin(Contact, Contact.id == Task.contact_id)


def _kinds(session: Session) -> list[tuple[str, object]]:
    return [(str(kind.id), kind.name) for kind in task_kinds_of(session)]


def _users(session: Session) -> list[tuple[str, object]]:
    asked = select(User.id, User.name).where(User.is_active).order_by(User.name_order, User.id)
    return [(str(row.id), row.name) for row in session.execute(asked)]


def _by_due(value: str) -> Any:
    now = wall_clock()
    return Task.due < now if value == "overdue" else Task.due >= now


tasks = Table(
    name="contacts.task",
    title=_l("Tasks"),
    needs="contacts.task.view",
    source=_source,
    key=Task.id,
    columns=(
        Column("title", _l("Task"), Task.title, link=Link("contacts.task_edit", task_id="id"), headline=True),
        Column("due", _l("Due"), Task.due, "moment"),
        Column("kind", _l("Kind"), TaskKind.name, nullable=True),
        Column(
            "contact",
            _l("Contact"),
            Contact.name,
            nullable=True,
            needs="contacts.contact.view",
            sortable=False,
        ),
        Column("responsible", _l("Responsible"), User.name),
        Column("urgent", _l("Urgent"), Task.is_urgent, "flag"),
        Column("state", _l("State"), Task.state, "state", choices=STATES),
        Column("closed", _l("Done on"), Task.closed_at, "moment", nullable=True, is_aside=True),
        Column("id", "", Task.id, hidden=True, sortable=False),
    ),
    order="due",
    search=(func.lower(Task.title),),
    filters=(
        Filter("state", _l("State"), lambda value: Task.state == value, tuple(STATES.items()), default=OPEN),
        Filter("whose", _l("Responsible"), lambda value: Task.responsible_id == int(value), _users),
        Filter("kind", _l("Kind"), lambda value: Task.kind_id == int(value), _kinds),
        Filter("by", _l("Due"), _by_due, (("overdue", _l("overdue")), ("later", _l("not yet")))),
    ),
    create="contacts.task_new",
    create_needs="contacts.task.edit",
    create_title=_l("New task"),
    empty=_l("No task yet. Press Insert to add the first."),
)

task_kinds = Table(
    name="contacts.task_kind",
    title=_l("Kinds of tasks"),
    needs="contacts.task_kind.edit",
    source=lambda session: select().select_from(TaskKind),
    key=TaskKind.id,
    columns=(
        Column("name", _l("Name"), TaskKind.name, link=Link("contacts.task_kind_edit", kind_id="id"), headline=True),
        Column("colour", _l("Colour"), TaskKind.colour, "state", choices=COLOURS),
        Column("id", "", TaskKind.id, hidden=True, sortable=False),
    ),
    order="name",
    search=(func.lower(TaskKind.name),),
    create="contacts.task_kind_new",
    create_needs="contacts.task_kind.edit",
    create_title=_l("New kind of tasks"),
    empty=_l("No kind yet, such as Call, Visit or Delivery."),
    is_found=False,
)
