"""The forms of loyalty programmes and of changes of points: shape only."""

from typing import Any

from sqlalchemy import select
from wtforms import BooleanField, IntegerField, SelectMultipleField, StringField, TextAreaField
from wtforms.validators import Optional

from app.api.reference import organisation_id
from app.api.texts import lazy_gettext as _l
from app.api.web import DayField, DecimalField, Form, LookupField, SelectField, VersionField, current_session, required
from modules.trade.points.models import PointsChange, Programme
from modules.trade.pricing.forms import folder_choices


def _number(value: Any) -> int | None:
    return int(value) if value else None


def programme_choices() -> list[tuple[str, str]]:
    """The programmes in use."""
    session = current_session()
    own = select(Programme).where(Programme.organisation_id == organisation_id(session), Programme.is_active)
    return [(str(row.id), row.name) for row in session.scalars(own.order_by(Programme.name_order, Programme.id))]


class ProgrammeForm(Form):
    """A loyalty programme."""

    of = Programme

    version = VersionField()
    name = StringField(_l("Name"), [required], description=_l("Customers may read it on receipts."))
    earns = IntegerField(_l("Points earned"), [Optional()])
    per = DecimalField(
        _l("For each full"), [required], places=4, description=_l("Of what is paid, in the company's own currency.")
    )
    of_net = BooleanField(_l("Counted without tax"))
    worth = DecimalField(
        _l("One point is worth"),
        [required],
        places=4,
        description=_l("When it is spent, in the company's own currency."),
    )
    most_share = DecimalField(_l("Payable in points, %"), places=4, description=_l("Of a sale, at most."))
    months = IntegerField(_l("Points hold, months"), [Optional()], description=_l("Empty: they don't expire."))
    folder_id = SelectField(_l("Folder of contacts"), coerce=_number, choices=lambda: folder_choices(current_session()))
    since = DayField(_l("First day"), description=_l("On which points are earned."))
    until = DayField(_l("Last day"), description=_l("What was earned by then is spent later, too."))
    excluded = SelectMultipleField(_l("Groups of items without points"), coerce=int)
    is_active = BooleanField(_l("In use"), default=True)


class ChangeForm(Form):
    """Points given or taken by hand."""

    of = PointsChange

    contact_id = LookupField(
        _l("Contact"),
        [required],
        lookup="contacts",
        unknown=_l("There is no contact “%(text)s”. Choose from the list."),
    )
    programme_id = SelectField(_l("Loyalty programme"), coerce=_number, choices=programme_choices)
    points = IntegerField(_l("Points"), [Optional()], description=_l("Above zero gives points, below zero takes some."))
    note = TextAreaField(_l("Reason"), [required])
