"""The trade's form: shape only."""

from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import Session
from wtforms import BooleanField, StringField

from app.api import DayField, Form, LinesField, LookupField, MomentField, SelectField, currencies, required
from modules.warehouse.queries import warehouses

#: `origin`: of a return, the document and line whose goods come back, as "123:1"; the grid keeps it beside the line
_CELLS = {
    "item_id": "id",
    "quantity": "decimal",
    "price": "decimal",
    "discount": "decimal",
    "tax_rate": "decimal",
    "origin": "text",
}


class TradeForm(Form):
    """A sale, a return or a purchase."""

    contact_id = LookupField(
        _l("Contact"),
        [required],
        lookup="contacts",
        unknown=_l("There is no contact “%(text)s”. Choose from the list."),
    )
    place_id = SelectField(_l("Warehouse"), coerce=int)
    moment = MomentField(_l("Date"))
    due = DayField(_l("Payment due"))
    currency = SelectField(_l("Currency"), choices=currencies)
    note = StringField(_l("Note"))
    tax_included = BooleanField(_l("Prices include tax"))
    lines = LinesField(_l("Lines"), columns=_CELLS, places={"discount": 4, "tax_rate": 4})

    def offer(self, session: Session) -> None:
        """Warehouses to choose from."""
        self.place_id.choices = [(place.id, place.name) for place in warehouses(session) if place.is_active]
