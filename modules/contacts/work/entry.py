"""The form by which one writes down what just happened, as the card and a page of its own show it."""

from typing import Any

from sqlalchemy.orm import Session

from modules.contacts.details import details_of
from modules.contacts.models import Contact, Person
from modules.contacts.work.forms import ActivityForm
from modules.contacts.work.models import Activity


def entry_form(
    session: Session, contact: Contact, activity: Activity | None = None, kind: str = "note"
) -> ActivityForm:
    """The form, with the contact's persons; of an activity that there is, without the next step and the choice of its kind."""
    begins: dict[str, Any] = {"kind": kind}
    if activity is not None:
        answered = {True: "yes", False: "no", None: ""}[activity.is_answered]
        begins = {"is_answered": answered, "persons": [person.id for person in activity.persons]}
    form = ActivityForm(obj=activity, **begins)
    form.offer_persons(details_of(session, Person, contact.id))
    if activity is not None:
        form.leave_out("kind", "next_title", "next_day")
    elif not form.moment.data:
        form.moment.offer_present()
    return form
