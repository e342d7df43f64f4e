"""The form of a certificate: shape only."""

from wtforms import StringField

from app.api.texts import lazy_gettext as _l
from app.api.web import DayField, Form, LookupField, SelectField, VersionField, current_session, required
from modules.warehouse.certificates.models import CERTIFICATE, DECLARATION, STANDARD, Certificate
from modules.warehouse.nesting import group_choices

KINDS = {
    STANDARD: _l("Standard"),
    CERTIFICATE: _l("Certificate of conformity"),
    DECLARATION: _l("Declaration of conformity"),
}


class CertificateForm(Form):
    """A standard, certificate or declaration."""

    of = Certificate

    version = VersionField()
    item_id = LookupField(_l("Item"), lookup="all_items")
    group_id = SelectField(
        _l("Or all goods of a group"),
        coerce=lambda value: int(value) if value else None,
        choices=lambda: [("", "–"), *group_choices(current_session())],
        description=_l("With the groups in it."),
    )
    kind = SelectField(_l("Kind"), choices=lambda: list(KINDS.items()))
    number = StringField(_l("Number"), [required], description=_l("Such as GOST 7798-70."))
    name = StringField(_l("Name"))
    issued_by = StringField(_l("Issued by"))
    valid_from = DayField(_l("Valid from"))
    valid_until = DayField(_l("Valid until"), description=_l("The last day. Empty: without end."))
