"""The form of a customer request: shape only."""

from wtforms import StringField, TextAreaField

from app.api.texts import lazy_gettext as _l
from app.api.web import Cell, DayField, DocumentForm, LinesField, LookupField, MomentField, SelectField, required
from modules.trade.requests.kind import CHANNELS


class RequestForm(DocumentForm):
    """What a customer asks, in words or by lines."""

    contact_id = LookupField(
        _l("Customer"),
        [required],
        lookup="contacts",
        unknown=_l("There is no contact “%(text)s”. Choose from the list."),
    )
    moment = MomentField(_l("Date"))
    answer_by = DayField(_l("Answer by"))
    channel = SelectField(_l("How it came"), choices=lambda: [("", "–"), *CHANNELS.items()])
    asked = TextAreaField(_l("What is asked"))
    note = StringField(_l("Note"))
    lines = LinesField(_l("Lines"), cells=(Cell("quantity", _l("Quantity"), above=0, is_counted=True),))

    #: what for contacts are named
    use = "sale"
