"""The form of a mailing: shape only."""

from wtforms import BooleanField, IntegerField, StringField, TextAreaField

from app.api.texts import lazy_gettext as _l
from app.api.web import Form, SelectField, VersionField, current_session, required
from modules.contacts.folders import offered_folders
from modules.contacts.labels import labels_of
from modules.contacts.mailings.models import Mailing
from modules.contacts.mailings.rules import EVERY, FORMATS, WHAT, WHOM
from modules.contacts.models import KINDS, TAG


class MailingForm(Form):
    """What goes to whom, and when."""

    of = Mailing

    version = VersionField()
    name = StringField(_l("Name"), [required])
    enclosure = SelectField(_l("What is sent"), choices=lambda: list(WHAT.items()))
    formats = SelectField(_l("Format"), choices=lambda: list(FORMATS.items()))
    every = SelectField(_l("How often"), choices=lambda: list(EVERY.items()))
    day = IntegerField(
        _l("On day"), [required], description=_l("Of the month, or of the quarter's first month: 1 to 28.")
    )
    at = StringField(_l("At"), [required], description=_l("By the organisation's clock, such as 08:00."))
    whom = SelectField(_l("To contacts"), choices=lambda: list(WHOM.items()))
    kind = SelectField(_l("Kind"), choices=lambda: [("", _l("all")), *((k, m.title) for k, m in KINDS.items())])
    folder_id = SelectField(
        _l("Folder"),
        coerce=lambda value: int(value) if value else None,
        choices=lambda: [("", _l("all")), *offered_folders(current_session())],
    )
    label_id = SelectField(
        _l("Tag"),
        coerce=lambda value: int(value) if value else None,
        choices=lambda: [("", _l("all")), *((str(x.id), x.name) for x in labels_of(current_session(), TAG))],
    )
    excluded = TextAreaField(
        _l("Except"), description=_l("The codes of contacts that get none, with commas between them.")
    )
    is_paused = BooleanField(_l("Paused"))
