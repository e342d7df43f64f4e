"""What is right of activities and tasks, and when tasks fall due; pure."""

from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from typing import Any

from app.api.errors import Invalid
from app.api.reference import check_day
from app.api.texts import lazy_gettext as _l
from modules.contacts.work.models import CALL, CANCELLED, DONE, LETTER, MEETING, NOTE, OPEN

ACTIVITIES = {NOTE: _l("Note"), CALL: _l("Call"), LETTER: _l("Letter"), MEETING: _l("Meeting")}
#: of calls and letters
DIRECTIONS = {"in": _l("Incoming"), "out": _l("Outgoing")}
STATES = {OPEN: _l("Open"), DONE: _l("Done"), CANCELLED: _l("Cancelled")}
#: the colours of kinds of tasks; the kind's name always stands beside it
COLOURS = {
    "blue": _l("Blue"),
    "green": _l("Green"),
    "orange": _l("Orange"),
    "red": _l("Red"),
    "purple": _l("Purple"),
    "grey": _l("Grey"),
}
#: minutes before a task is due → what a form calls it
REMINDERS = {
    0: _l("When it is due"),
    15: _l("15 minutes before"),
    60: _l("An hour before"),
    1440: _l("A day before"),
    10080: _l("A week before"),
}
#: a call or a meeting lasts so many minutes at most
LONGEST = 24 * 60
#: of a day without an hour: when the working day begins, by which reminders go, and its last second, by which it is overdue
_MORNING, _EVENING = time(9), time(23, 59, 59)


def check_activity(fields: Mapping[str, Any]) -> None:
    """Refuse (Invalid) a kind that there isn't; a direction of what has none, or none of a letter or call; an answer or a
    duration of what isn't a call or a meeting; a duration out of bounds; a day that can't be; a note that says nothing."""
    kind = fields["kind"]
    if kind not in ACTIVITIES:
        raise Invalid(_l("Choose what it was: a note, a call, a letter or a meeting."), field="kind")
    if kind in (CALL, LETTER) and fields["direction"] not in DIRECTIONS:
        raise Invalid(_l("Choose whether it came in or went out."), field="direction")
    if kind not in (CALL, LETTER) and fields["direction"]:
        raise Invalid(_l("Only calls and letters come in or go out."), field="direction")
    if kind != CALL and fields["is_answered"] is not None:
        raise Invalid(_l("Only a call is answered."), field="is_answered")
    duration = fields["duration"]
    if duration is not None and (kind not in (CALL, MEETING) or not 0 <= duration <= LONGEST):
        raise Invalid(_l("A call or a meeting lasts from 0 to %(n)d minutes.", n=LONGEST), field="duration")
    if kind == NOTE and not fields["text"]:
        raise Invalid(_l("Please fill this in."), field="text")
    check_day(fields["moment"].date(), field="moment")


def fitting(kind: str, fields: Mapping[str, Any]) -> dict[str, Any]:
    """What a form says of an activity without what its kind doesn't have: the form shows fields of all kinds."""
    has_direction = kind in (CALL, LETTER)
    return {
        **fields,
        "direction": fields["direction"] if has_direction else "",
        "is_answered": fields["is_answered"] if kind == CALL else None,
        "duration": fields["duration"] if kind in (CALL, MEETING) else None,
    }


def due_moment(day: date, hour: time | None) -> datetime:
    """By when something is to be done on a day: at the hour, or until the day ends."""
    return datetime.combine(day, hour or _EVENING)


def reminder(due: datetime, *, is_timed: bool, before: int | None) -> datetime | None:
    """When the bell reminds of a task, so many minutes before it is due; before the morning of a day without an hour."""
    if before is None:
        return None
    return (due if is_timed else datetime.combine(due, _MORNING)) - timedelta(minutes=before)


def postponed(due: datetime, to: str, today: date) -> datetime:
    """A task's due moment on another day, at its own hour: `today`, `tomorrow`, `next_week` (its Monday), or a day as
    2026-01-31. Refused (Invalid): what is none of these, a day that can't be."""
    named = {
        "today": today,
        "tomorrow": today + timedelta(days=1),
        "next_week": today + timedelta(days=7 - today.weekday()),
    }
    try:
        day = named.get(to) or date.fromisoformat(to)
    except ValueError:
        raise Invalid(_l("Write the day as 2026-01-31."), field="to") from None
    check_day(day, field="to")
    return datetime.combine(day, due.time())
