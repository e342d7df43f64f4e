"""The form of a competitor's price: shape only."""

from wtforms import StringField

from app.api.texts import lazy_gettext as _l
from app.api.web import AmountField, DayField, Form, LookupField, SelectField, VersionField, currencies, required
from modules.warehouse.competitors.models import CompetitorPrice


class CompetitorPriceForm(Form):
    """What a competitor asked for an item."""

    of = CompetitorPrice

    version = VersionField()
    item_id = LookupField(_l("Item"), [required], lookup="all_items")
    competitor = StringField(_l("Competitor"), [required])
    price = AmountField(
        _l("Price"), [required], places=6, description=_l("Of one unit, with or without tax as your sales price is.")
    )
    currency = SelectField(_l("Currency"), choices=currencies)
    day = DayField(_l("Day"), [required])
    note = StringField(_l("Note"), description=_l("Where it was seen, such as their price list."))
