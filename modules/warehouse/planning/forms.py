"""The form of what is decided about buying an item again: shape only."""

from typing import Any

from wtforms import BooleanField, IntegerField
from wtforms.validators import Optional

from app.api.texts import lazy_gettext as _l
from app.api.web import DecimalField, Form, LookupField, SelectField, VersionField, current_session, required
from modules.warehouse.nesting import group_choices
from modules.warehouse.planning.models import ReorderRule
from modules.warehouse.queries import unoffered_warehouse, warehouse_choices


class LevelForm(Form):
    """What stock is kept between."""

    minimum = DecimalField(_l("Minimum"), [required], description=_l("Bought again when less than this will be there."))
    maximum = DecimalField(_l("Maximum"), description=_l("Bought up to this. Empty: up to the minimum."))
    multiple = DecimalField(_l("In lots of"), description=_l("12: by the dozen. Empty: any quantity."))
    least = DecimalField(_l("Least quantity"), description=_l("Fewer than this nobody delivers."))
    lead_days = IntegerField(
        _l("Lead time, days"),
        [Optional()],
        description=_l("From the order until the goods are there: what usually goes out meanwhile is bought as well."),
    )
    from_demand = BooleanField(
        _l("By demand"),
        description=_l(
            "The need follows what went out before, with trend and season; the minimum is what should be left."
        ),
    )
    review_days = IntegerField(
        _l("Buy for, days"),
        [Optional()],
        description=_l("By demand: so many days beyond the lead time are bought at once. Empty: 30."),
    )


def _place_field() -> Any:
    return SelectField(
        _l("Warehouse"),
        coerce=int,
        choices=lambda: warehouse_choices(current_session()),
        past=lambda place_id: unoffered_warehouse(current_session(), place_id),
    )


class RuleForm(LevelForm):
    """A rule of one item in one warehouse."""

    of = ReorderRule
    first = ("item_id", "place_id", "minimum", "maximum")

    version = VersionField()
    item_id = LookupField(_l("Item"), [required], lookup="goods")
    place_id = _place_field()


class ManyForm(LevelForm):
    """The same of all goods of a group."""

    group_id = SelectField(
        _l("Group"), choices=lambda: [("", _l("all")), *group_choices(current_session())], default=""
    )
    place_id = _place_field()
    replaces = BooleanField(_l("Also where something is planned already"))
