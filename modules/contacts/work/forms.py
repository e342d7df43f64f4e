"""The forms of activities and tasks: shape only."""

from datetime import time
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.orm import Session
from wtforms import BooleanField, Field, SelectMultipleField, StringField, TextAreaField
from wtforms.widgets import TextInput

from app.api.security import User
from app.api.texts import lazy_gettext as _l
from app.api.web import DayField, DecimalField, Form, LookupField, MomentField, SelectField, VersionField, required
from modules.contacts.forms import titled
from modules.contacts.models import Person
from modules.contacts.work.kinds import task_kinds_of
from modules.contacts.work.models import Activity, Task, TaskKind
from modules.contacts.work.rules import ACTIVITIES, COLOURS, DIRECTIONS, REMINDERS


class HourField(Field):
    """An hour of the day, or none."""

    widget = TextInput("time")
    data: time | None

    def _value(self) -> str:
        if self.raw_data:
            return str(self.raw_data[0])
        return self.data.strftime("%H:%M") if self.data else ""

    def process_formdata(self, valuelist: list[str]) -> None:
        self.data = None
        if valuelist and valuelist[0].strip():
            try:
                self.data = time.fromisoformat(valuelist[0]).replace(second=0, microsecond=0, tzinfo=None)
            except ValueError:
                raise ValueError(_l("Write the time as 14:30.")) from None


def _number(value: Any) -> int | None:
    return int(value) if value else None


class ActivityForm(Form):
    """Something that happened; fields that its kind doesn't have are not listened to."""

    of = Activity

    version = VersionField()
    kind = SelectField(_l("What"), choices=lambda: list(ACTIVITIES.items()), default="note")
    text = TextAreaField(_l("Text"))
    moment = MomentField(_l("Date"))
    direction = SelectField(_l("Direction"), choices=lambda: list(DIRECTIONS.items()), default="out")
    is_answered = SelectField(
        _l("Answered"), choices=lambda: [("", "–"), ("yes", _l("Yes")), ("no", _l("No"))], coerce=str, default=""
    )
    duration = DecimalField(_l("Minutes"), places=0)
    persons = SelectMultipleField(_l("With whom"), coerce=int)
    next_title = StringField(_l("Next step"), description=_l("Makes a task of yours for this contact."))
    next_day = DayField(_l("Due"))

    #: of activities → what each is called
    kinds_by_name = ACTIVITIES

    @property
    def kinds(self) -> list[tuple[str, object]]:
        """The kinds of activities, as one chooses from them."""
        return list(ACTIVITIES.items())

    def offer_persons(self, persons: list[Person]) -> None:
        """Who of the contact's may have been there."""
        self.persons.choices = [(person.id, person.name) for person in persons]
        if not persons:
            self.leave_out("persons")

    def said(self) -> dict[str, Any]:
        """What the form says of the activity."""
        values = self.values()
        duration, answered = values["duration"], {"yes": True, "no": False}.get(values["is_answered"])
        named = {name: values[name] for name in ("text", "moment", "direction")}
        persons = values.get("persons") or ()
        how_long = None if duration is None else int(duration)
        return {"kind": values.get("kind"), **named, "is_answered": answered, "duration": how_long, "persons": persons}


class TaskForm(Form):
    """Something to be done."""

    of = Task

    version = VersionField()
    title = StringField(_l("What is to be done"), [required])
    day = DayField(_l("Due"), [required])
    hour = HourField(_l("Hour"), description=_l("Left empty, any time of the day."))
    responsible_id = SelectField(_l("Responsible"), coerce=_number)
    kind_id = SelectField(_l("Kind"), coerce=_number)
    contact_id = LookupField(
        _l("Contact"),
        lookup="contacts",
        unknown=_l("There is no contact “%(text)s”. Choose from the list."),
    )
    remind_before = SelectField(_l("Remind me"), coerce=lambda value: int(value) if value not in (None, "") else None)
    is_urgent = BooleanField(_l("Urgent"))
    note = TextAreaField(_l("Note"))

    def offer(self, session: Session, responsible: int | None) -> None:
        """Who may do it, of which kinds it may be, and when one is reminded."""
        asked = select(User.id, User.name, User.is_active).where(or_(User.is_active, User.id == responsible))
        rows = session.execute(asked.order_by(User.name_order, User.id))
        self.responsible_id.choices = [(str(row.id), titled(row)) for row in rows]
        self.kind_id.choices = [("", "–"), *((str(kind.id), kind.name) for kind in task_kinds_of(session))]
        self.remind_before.choices = [("", _l("Don't")), *((str(n), title) for n, title in REMINDERS.items())]


class TaskKindForm(Form):
    """A kind of tasks."""

    of = TaskKind

    name = StringField(_l("Name"), [required])
    colour = SelectField(_l("Colour"), choices=lambda: list(COLOURS.items()))
