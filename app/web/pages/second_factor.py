"""One's own second factor: setting it up with a phone, new recovery codes, switching it off."""

from typing import Any

from flask import Response, flash, g, redirect, render_template, url_for
from flask_babel import gettext as _
from wtforms import StringField

from app.errors import KontorError, NotFound
from app.security.second_factor import (
    WrongCode,
    address_of,
    begin_factor,
    codes_left,
    confirm_factor,
    end_factor,
    factor_of,
    renew_codes,
)
from app.translation import lazy_gettext as _l
from app.web.core import routes
from app.web.edge.request import current_actor, current_company, current_session
from app.web.edge.routing import ANY
from app.web.kit.forms import Form, required
from app.web.pages.guesses import guessed_code


class CodeForm(Form):
    """A code of one's phone."""

    code = StringField(_l("Code"), [required], description=_l("The six digits that your phone shows now."))


@routes.get("/account/second-factor", needs=ANY, fresh=True, help="second_factor")
def second_factor_view() -> Any:
    """Whether it is on, and what one can do."""
    return _page(CodeForm(formdata=None))


@routes.post("/account/second-factor/begin", needs=ANY, fresh=True)
def second_factor_begin() -> Any:
    """A new secret, to be read by a phone."""
    try:
        begin_factor(current_session(), current_actor(), key=_key())
    except KontorError as error:
        flash(str(error), "error")
    return redirect(url_for("core.second_factor_view"))


@routes.get("/account/second-factor/picture", needs=ANY, fresh=True, help=None)
def second_factor_picture() -> Any:
    """The secret as a QR code, until it is confirmed."""
    import segno

    company = current_company()
    address, _secret = address_of(current_session(), current_actor(), key=_key(), issuer=company.name)
    picture = segno.make(address, error="m").svg_inline(scale=5, border=4, svgclass=None, lineclass=None, light="#fff")
    return Response(picture.replace("<svg ", '<svg xmlns="http://www.w3.org/2000/svg" ', 1), mimetype="image/svg+xml")


@routes.post("/account/second-factor/confirm", needs=ANY, fresh=True)
@guessed_code
def second_factor_confirm() -> Any:
    """Switch it on, by a code that shows that the phone has it; the recovery codes are shown once."""
    return _by_code(lambda code: confirm_factor(*_who(), code, key=_key(), login_id=g.login_id))


@routes.post("/account/second-factor/codes", needs=ANY, fresh=True)
def second_factor_codes() -> Any:
    """New recovery codes instead of those that there are."""
    return _page(CodeForm(formdata=None), codes=renew_codes(*_who()))


@routes.post("/account/second-factor/end", needs=ANY, fresh=True)
@guessed_code
def second_factor_end() -> Any:
    """Switch it off, by a code."""

    def end(code: str) -> None:
        end_factor(*_who(), code, key=_key())
        flash(_("Your second factor is off."), "success")

    return _by_code(end)


def _by_code(work: Any) -> Any:
    """What `work` does with the code that was typed; a wrong one is counted, and said beside it."""
    form, session = CodeForm(), current_session()
    if not form.validate_on_submit():
        return _page(form)
    try:
        codes = work(form.code.data)
    except WrongCode as error:
        g.is_wrong_password = True
        form.code.errors = [str(error)]
        session.rollback()
        return _page(form)
    except KontorError as error:
        session.rollback()
        flash(str(error), "error")
        return redirect(url_for("core.second_factor_view"))
    return _page(form, codes=codes) if codes else redirect(url_for("core.second_factor_view"))


def _page(form: CodeForm, *, codes: Any = None) -> str:
    session, actor = current_session(), current_actor()
    assert actor.user_id is not None
    secret = ""
    is_on = factor_of(session, actor.user_id) is not None
    if not is_on:
        try:
            _address, secret = address_of(session, actor, key=_key(), issuer=current_company().name)
        except (NotFound, WrongCode):
            secret = ""  # not begun, or under another key
    spaced = " ".join(secret[n : n + 4] for n in range(0, len(secret), 4))
    left = codes_left(session, actor.user_id)
    return render_template("second_factor.html", form=form, is_on=is_on, secret=spaced, codes=codes, left=left)


def _who() -> tuple[Any, Any]:
    return current_session(), current_actor()


def _key() -> str:
    return current_company().config.secret_key
