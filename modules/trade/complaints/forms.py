"""The forms of complaints: shape only."""

from typing import Any

from sqlalchemy import select
from wtforms import BooleanField, StringField, TextAreaField

from app.api.security import User
from app.api.texts import lazy_gettext as _l
from app.api.web import (
    AmountField,
    Cell,
    Choice,
    DayField,
    DocumentForm,
    Form,
    LinesField,
    LookupField,
    MomentField,
    SelectField,
    VersionField,
    current_session,
    required,
)
from modules.trade.complaints.kinds import reason_word
from modules.trade.complaints.models import WISHES, ComplaintReason


def _offered_reasons() -> list[dict[str, object]]:
    query = select(ComplaintReason.id, ComplaintReason.name).where(ComplaintReason.is_active)
    rows = current_session().execute(query.order_by(ComplaintReason.name_order))
    return [{"value": str(row.id), "title": reason_word(row.name)} for row in rows]


def _users() -> list[tuple[str, object]]:
    query = select(User.id, User.name).where(User.is_active).order_by(User.name_order, User.id)
    rows = current_session().execute(query)
    return [("", _l("whose the customer is, or me")), *((str(row.id), row.name) for row in rows)]


def _past_user(user_id: Any) -> str | None:
    return current_session().scalar(select(User.name).where(User.id == int(user_id)))


class ComplaintForm(DocumentForm):
    """A complaint."""

    contact_id = LookupField(
        _l("Customer"),
        [required],
        lookup="contacts",
        unknown=_l("There is no contact “%(text)s”. Choose from the list."),
    )
    moment = MomentField(_l("Date"))
    wish = SelectField(_l("The customer wants"), choices=lambda: list(WISHES.items()), default="repair")
    due = DayField(_l("To be settled by"))
    in_charge_id = SelectField(
        _l("Responsible"), coerce=lambda value: int(value) if value else None, choices=_users, past=_past_user
    )
    problem = TextAreaField(_l("What is wrong"))
    note = StringField(_l("Note"))
    lines = LinesField(
        _l("Lines"),
        lookup="all_items",
        cells=(
            Cell("quantity", _l("Quantity"), above=0, is_counted=True),
            Choice("reason_id", _l("Reason"), choices=_offered_reasons),
        ),
    )


class SettlingForm(Form):
    """How a complaint is settled, or why it is refused."""

    outcome = TextAreaField(_l("How it ended"), [required])
    cost = AmountField(_l("What it cost"))


class CreditForm(Form):
    """How much is credited."""

    amount = AmountField(_l("Amount"), [required])
    note = StringField(_l("Note"))


class ReasonForm(Form):
    """A reason of complaints."""

    of = ComplaintReason

    version = VersionField()
    name = StringField(_l("Name"), [required])
    is_active = BooleanField(_l("In use"), default=True)
