"""The form of a substitute: shape only."""

from wtforms import IntegerField, StringField

from app.api.texts import lazy_gettext as _l
from app.api.web import Form, LookupField, SelectField, VersionField, required
from modules.warehouse.substitutes.models import ANALOGUE, SUBSTITUTE, ItemSubstitute

KINDS = {SUBSTITUTE: _l("Substitute"), ANALOGUE: _l("Analogue")}


class SubstituteForm(Form):
    """What is given instead of an item."""

    of = ItemSubstitute

    version = VersionField()
    item_id = LookupField(_l("Item"), [required], lookup="all_goods")
    other_id = LookupField(_l("Given instead"), [required], lookup="goods")
    kind = SelectField(
        _l("Kind"),
        choices=lambda: list(KINDS.items()),
        description=_l("A substitute stands in for the item; analogues stand in for each other."),
    )
    preference = IntegerField(_l("Order of preference"), [required], default=1, description=_l("1 is offered first."))
    note = StringField(_l("Note"))
