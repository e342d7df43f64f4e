"""The secret that the first page asks for on a server that others reach: it is printed where the server was started.

A file is taken only from whoever has given it before: it is 2 GB that lie on the disk.
"""

from hmac import compare_digest
from typing import Any

import structlog
from flask import Response, current_app, g, make_response, request
from flask_babel import gettext as _
from itsdangerous import BadSignature, URLSafeTimedSerializer
from wtforms import StringField

from app.errors import KontorError
from app.translation import lazy_gettext as _l
from app.web.edge.cookies import cookie_name
from app.web.edge.request import current_company
from app.web.kit.forms import Form, required

#: Seconds for which a browser is known to have given the secret: as long as a large file may take to arrive.
_KNOWN = 3 * 3600
_COOKIE = "setup"
#: what a proxy adds to a request
_OF_PROXIES = ("X-Forwarded-For", "X-Forwarded-Proto", "X-Forwarded-Host", "Forwarded")

_log = structlog.get_logger()


class UnnamedProxy(KontorError):
    """The settings know of no proxy, and the request came through one: anybody may have sent it."""

    status = 403

    def __init__(self) -> None:
        super().__init__(
            _l(
                "A proxy stands before this server, and its settings don't say so: anybody could make the company. "
                "Set KONTOR_PROXIES=1 and start the server again; this page then asks for a setup secret."
            )
        )


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


def refuse_unnamed_proxy() -> None:
    """Refused (UnnamedProxy): what came through a proxy to a server that would ask for no secret."""
    if _came_through_unnamed_proxy():
        _log.warning("setup.proxy_not_named", address=request.remote_addr)
        raise UnnamedProxy


def has_given_secret() -> bool:
    """Whether whoever asks may make the company: they have given the secret in this browser, or there is none to give."""
    if current_company().config.setup_secret is None:
        return not _came_through_unnamed_proxy()
    try:
        known = _signed().loads(request.cookies.get(cookie_name(_COOKIE), ""), max_age=_KNOWN)
    except BadSignature:
        return False
    return bool(known == "given")


def remember_secret(answer: Any) -> Response:
    """The answer to whoever has given the secret, with the cookie that says so."""
    made: Response = make_response(answer)
    value = _signed().dumps("given")
    name = cookie_name(_COOKIE)
    made.set_cookie(name, value, max_age=_KNOWN, secure=request.is_secure, httponly=True, samesite="Lax")
    return made


def _came_through_unnamed_proxy() -> bool:
    is_unasked = current_company().config.setup_secret is None
    return is_unasked and any(name in request.headers for name in _OF_PROXIES)


def _signed() -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(str(current_app.config["SECRET_KEY"]), salt="setup")


def _letters(secret: str) -> bytes:
    return "".join(secret.split()).replace("-", "").upper().encode()
