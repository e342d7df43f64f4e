"""The list of runs of reminders."""

from sqlalchemy import func, select

from app.api.reference import organisation_id
from app.api.security import User
from app.api.texts import lazy_gettext as _l
from app.api.web import Column, Link, Table
from modules.contacts.dunning.models import ReminderRun
from modules.contacts.dunning.running import NEEDS, count_of_letters

runs = Table(
    name="contacts.reminder",
    title=_l("Payment reminders"),
    needs=NEEDS,
    source=lambda session: (
        select()
        .select_from(ReminderRun)
        .outerjoin(User, User.id == ReminderRun.user_id)
        .where(ReminderRun.organisation_id == organisation_id(session))
    ),
    key=ReminderRun.id,
    columns=(
        Column(
            "day", _l("Date"), ReminderRun.day, "date", headline=True, link=Link("contacts.reminder_view", run_id="id")
        ),
        Column("letters", _l("Letters"), count_of_letters(), "integer", sortable=False),
        Column("who", _l("Who"), User.name, nullable=True),
        Column("id", "", ReminderRun.id, hidden=True, sortable=False),
    ),
    order="-day",
    search=(func.lower(User.name),),
    create="contacts.reminder_new",
    create_needs=NEEDS,
    create_title=_l("Remind of what is overdue"),
    empty=_l("Nobody was reminded yet."),
    is_found=False,
)
