"""Printed reminders on a contact's timeline; those by e-mail are among its letters."""

from collections.abc import Iterable

from flask import url_for
from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.api.clock import on_the_wall
from app.api.security import User
from app.api.web import Place, TimelineEntry
from modules.contacts.dunning.levels import TITLES
from modules.contacts.dunning.models import Reminder, ReminderRun

PRINTED = "contacts.printed_reminder"


def printed_reminders(session: Session, contact_id: int, place: Place | None, most: int) -> Iterable[TimelineEntry]:
    """The reminders that were printed, the latest first."""
    own = [Reminder.contact_id == contact_id, Reminder.letter_id.is_(None)]
    if place is not None:
        own.append(place.before_utc(PRINTED, ReminderRun.made_at, Reminder.id))
    query = (
        select(Reminder.id, Reminder.level, Reminder.why, ReminderRun.made_at, User.name)
        .join(ReminderRun, ReminderRun.id == Reminder.run_id)
        .outerjoin(User, User.id == ReminderRun.user_id)
        .where(*own)
        .order_by(ReminderRun.made_at.desc(), Reminder.id.desc())
    )
    for row in session.execute(query.limit(most)):
        yield TimelineEntry(
            on_the_wall(row.made_at),
            row.id,
            str(TITLES[row.level - 1]),
            "send",
            text=row.why,
            who=row.name or "",
            address=url_for("contacts.reminder_print", reminder_id=row.id),
            marks={_("on paper"): "posted"},
        )
