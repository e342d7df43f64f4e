"""The form of a supplier of an item: shape only."""

from wtforms import BooleanField, IntegerField, StringField
from wtforms.validators import Optional

from app.api.texts import lazy_gettext as _l
from app.api.web import (
    AmountField,
    DayField,
    DecimalField,
    Form,
    LookupField,
    SelectField,
    VersionField,
    currencies,
    required,
)
from modules.trade.suppliers.models import ItemSupplier


class ItemSupplierForm(Form):
    """A supplier of an item."""

    of = ItemSupplier

    version = VersionField()
    item_id = LookupField(_l("Item"), [required], lookup="all_items")
    contact_id = LookupField(_l("Supplier"), [required], lookup="contacts")
    code = StringField(_l("Their code"), description=_l("By it the item is found, too: it stands on their box."))
    name = StringField(_l("Their name for it"))
    price = AmountField(_l("Price"), places=6, description=_l("Of one unit, without tax."))
    currency = SelectField(_l("Currency"), choices=currencies)
    since = DayField(_l("From day"))
    least_quantity = DecimalField(_l("Minimum quantity"), places=6)
    lead_days = IntegerField(_l("Lead time, days"), [Optional()])
    is_main = BooleanField(_l("Main supplier"), description=_l("Whom you ask first. An item has one."))
