"""A form that arrives when its sender is signed out, or after its token has expired: what they typed isn't lost.

It goes along on the sign-in page as hidden fields, and comes back afterwards as a form that they send again by a click.
Only what a page of our own has sent is kept: a stranger's page could otherwise have their words sent in the user's name.
"""

import json
from typing import Any

from flask import g, render_template, request
from werkzeug.exceptions import RequestEntityTooLarge
from wtforms import PasswordField, StringField

from app.texts import read_json
from app.translation import lazy_gettext as _l
from app.web.edge.bodies import is_too_large
from app.web.kit.forms import Form, required

#: fields of the sign-in page that carry another form
_TO, _FIELDS = "resend_to", "resend_fields"


class SignIn(Form):
    """Login and password."""

    login = StringField(_l("Login"), [required])
    password = PasswordField(_l("Password"), [required])


def is_kept() -> bool:
    """Whether the request is a form of our own pages whose fields can be kept; files can't, and passwords may not be."""
    is_ours = request.headers.get("Origin") == request.host_url.rstrip("/")
    if request.method != "POST" or not is_ours or is_too_large():
        return False
    try:
        is_secret = any("password" in name for name in request.form)
    except RequestEntityTooLarge:  # by its fields
        return False
    return bool(request.form) and not is_secret and not any(request.files.values())


def sign_in_page(form: SignIn, status: int) -> tuple[str, int]:
    """The sign-in page; with what was sent to another page, if that is kept."""
    kept = kept_on_the_way()
    if request.endpoint != "core.login":
        kept = {_TO: request.full_path.rstrip("?"), _FIELDS: json.dumps(list(_typed()))} if is_kept() else {}
    signed_in = g.get("signed_in")
    if signed_in is not None and not form.login.data:
        form.login.data = signed_in.login  # they are asked for their password once more
    return render_template("login.html", form=form, kept=kept, is_again=signed_in is not None), status


def kept_on_the_way() -> dict[str, str]:
    """What was sent to another page and goes along while its sender signs in, as hidden fields."""
    return {name: value for name in (_TO, _FIELDS) if (value := request.form.get(name, ""))}


def again_page(why: str = "", *, after_signing_in: bool = False) -> str | None:
    """The form that was kept, for its sender to send it, with why it is shown; None when nothing was."""
    to, fields = request.full_path.rstrip("?"), list(_typed())
    if after_signing_in:
        to, text = request.form.get(_TO, ""), request.form.get(_FIELDS, "")
        if not to.startswith("/") or to.startswith(("//", "/\\")) or not to.isprintable():
            return None
        fields = _read(text)
    return render_template("resend.html", to=to, fields=fields, why=why) if fields else None


def _typed() -> Any:
    return ((name, value) for name, value in request.form.items(multi=True) if name != "csrf_token")


def _read(text: str) -> list[tuple[str, str]]:
    try:
        return [(str(name), str(value)) for name, value in read_json(text)]
    except (ValueError, TypeError):
        return []
