"""The forms of labels: shape only."""

from typing import Any

from wtforms import IntegerField, StringField
from wtforms.validators import NumberRange, Optional

from app.api.texts import lazy_gettext as _l
from app.api.web import DayField, Form, SelectField, current_session
from modules.trade.pricing.forms import group_choices, type_choices
from modules.warehouse.api import BARS, CODES, SIZES


def _number(value: Any) -> int | None:
    return int(value) if value else None


class ChoosingForm(Form):
    """Which items are shown to choose labels from."""

    type_id = SelectField(
        _l("Price type"),
        coerce=_number,
        choices=lambda: type_choices(current_session(), _l("The items' own sales prices")),
    )
    group_id = SelectField(_l("Group of items"), coerce=_number, choices=lambda: group_choices(current_session()))
    text = StringField(_l("Name or code"))
    since = DayField(_l("Price changed since"), description=_l("The price before is struck out where it was higher."))


class LabelsForm(Form):
    """How labels are printed."""

    size = SelectField(_l("Size"), choices=lambda: [(name, size.title) for name, size in SIZES.items()])
    code = SelectField(_l("Code"), choices=lambda: list(CODES.items()), default=BARS)
    skipped = IntegerField(
        _l("Labels used already"),
        [Optional(), NumberRange(min=0)],
        description=_l("Of the first sheet, from its top."),
    )
