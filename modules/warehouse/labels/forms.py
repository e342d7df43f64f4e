"""The forms of labels of goods: shape only."""

from typing import Any

from wtforms import IntegerField, StringField
from wtforms.validators import NumberRange, Optional

from app.api.texts import lazy_gettext as _l
from app.api.web import Form, SelectField, current_session
from modules.warehouse.labels.sizes import BARS, CODES, SIZES
from modules.warehouse.nesting import group_choices


def _number(value: Any) -> int | None:
    return int(value) if value else None


class GoodsForm(Form):
    """Which goods are shown to choose labels from."""

    group_id = SelectField(
        _l("Group of items"),
        coerce=_number,
        choices=lambda: [("", _l("all")), *group_choices(current_session())],
    )
    text = StringField(_l("Name or code"))


class GoodsLabelsForm(Form):
    """How labels are printed."""

    size = SelectField(_l("Size"), choices=lambda: [(name, size.title) for name, size in SIZES.items()])
    code = SelectField(
        _l("Code"),
        choices=lambda: list(CODES.items()),
        default=BARS,
        description=_l("With a lot, bars need a wide label; a QR code says the lot on small ones, too."),
    )
    skipped = IntegerField(
        _l("Labels used already"),
        [Optional(), NumberRange(min=0)],
        description=_l("Of the first sheet, from its top."),
    )
