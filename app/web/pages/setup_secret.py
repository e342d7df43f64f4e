"""The secret that the first page asks for on a server that others reach: it is printed where the server was started."""

from hmac import compare_digest

from flask import g
from flask_babel import gettext as _
from wtforms import StringField

from app.translation import lazy_gettext as _l
from app.web.edge.request import current_company
from app.web.kit.forms import Form, required


class SetupForm(Form):
    """A form that makes the company of an empty server."""

    setup_secret = StringField(
        _l("Setup secret"), [required], description=_l("The command that started the server has printed it.")
    )

    def __init__(self) -> None:
        super().__init__()
        if current_company().config.setup_secret is None:
            self.leave_out("setup_secret")

    def validate(self, extra_validators: object = None) -> bool:
        """Whether what was sent can be read, and whoever sent it knows the secret. A wrong one counts as a guess."""
        secret = current_company().config.setup_secret
        is_valid = super().validate(extra_validators)
        if secret is None or not self.setup_secret.data:
            return is_valid
        if compare_digest(_letters(self.setup_secret.data), _letters(secret)):
            return is_valid
        g.is_wrong_password = True
        self.setup_secret.errors = [_("This isn't the secret that the command has printed.")]
        return False


def _letters(secret: str) -> bytes:
    return "".join(secret.split()).replace("-", "").upper().encode()
