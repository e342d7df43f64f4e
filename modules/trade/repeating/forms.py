"""The form of a repetition: shape only."""

from typing import Any

from wtforms import BooleanField, IntegerField, TextAreaField
from wtforms.validators import Optional

from app.api.texts import lazy_gettext as _l
from app.api.web import DayField, Form, SelectField, VersionField, required
from modules.trade.repeating.dates import EVERY
from modules.trade.repeating.models import PRICES, Repetition


class RepetitionForm(Form):
    """How a document is repeated."""

    of = Repetition

    version = VersionField()
    every = SelectField(_l("How often"), choices=list(EVERY.items()), default="month")
    first = DayField(_l("First day"), [required])
    until = DayField(_l("Last day"))
    count = IntegerField(_l("How many times"), [Optional()])
    month_end = BooleanField(_l("On the last day of the month"))
    posts = BooleanField(_l("Post at once"))
    mails = BooleanField(_l("Send by e-mail"))
    prices = SelectField(_l("Prices"), choices=list(PRICES.items()), default="kept")
    note = TextAreaField(
        _l("Note"),
        description=_l("Only for us, on each document. Places to fill in: {month}, {year}, {since}, {until}."),
    )
    letter = TextAreaField(
        _l("Text of the letter"),
        description=_l("It ends the letter to the contact. Places to fill in: {month}, {year}, {since}, {until}."),
    )

    def values(self) -> dict[str, Any]:
        """What was typed, by the names of the operation's fields."""
        said = super().values()
        return {**said, "note": said.get("note") or "", "letter": said.get("letter") or ""}
