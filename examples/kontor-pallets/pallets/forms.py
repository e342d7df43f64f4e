"""The form of an exchange: shape only."""

from wtforms import IntegerField
from wtforms.validators import InputRequired, NumberRange

from app.api.texts import lazy_gettext as _l
from app.api.web import Form, LookupField, MomentField, required


class ExchangeForm(Form):
    """An exchange of pallets."""

    contact_id = LookupField(_l("Contact"), [required], lookup="contacts")
    given = IntegerField(_l("Given"), [InputRequired(), NumberRange(0, 100_000)], default=0)
    taken = IntegerField(_l("Taken"), [InputRequired(), NumberRange(0, 100_000)], default=0)
    moment = MomentField(_l("Date"), [required])
