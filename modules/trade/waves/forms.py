"""The forms of waves: shape only."""

from collections.abc import Iterable

from wtforms import BooleanField
from wtforms.validators import Optional

from app.api.texts import lazy_gettext as _l
from app.api.web import DayField, DecimalField, Form
from modules.trade.waves.queries import Wanted


class DueForm(Form):
    """Which orders are shown to be shipped."""

    until = DayField(_l("Due by"))
    whole = BooleanField(_l("Only what is in stock in full"))


def picked_form(wanted: Iterable[Wanted]) -> type[Form]:
    """A box for each item: how much of it was picked, all of it unless somebody types otherwise."""
    boxes = {
        f"item_{each.item_id}": DecimalField(
            _l("Picked of %(item)s", item=each.code), [Optional()], default=each.quantity
        )
        for each in wanted
    }
    return type("PickedForm", (Form,), boxes)
