"""The second step of signing in: a code of the phone, unless this browser is trusted. Until then nobody is signed in."""

import time
from functools import partial
from typing import Any
from urllib.parse import urlsplit

from flask import current_app, flash, g, make_response, redirect, render_template, request, url_for
from flask import session as cookie
from itsdangerous import BadSignature, URLSafeSerializer
from wtforms import BooleanField, StringField

from app.security import SYSTEM, User
from app.security.login import WrongCredentials, digest_of, note_refusal, open_session
from app.security.models import SecondFactor
from app.security.noticing import notice_wrong_code
from app.security.second_factor import WrongCode, begin_try, check_code, factor_of, forget_try, seconds_of
from app.translation import lazy_gettext as _l
from app.web.core import routes
from app.web.edge.cookies import cookie_name
from app.web.edge.request import current_company, current_session
from app.web.edge.resend import again_page, kept_on_the_way
from app.web.edge.routing import PUBLIC
from app.web.edge.sign_in import drop_token, hold_token
from app.web.kit.forms import Form, required
from app.web.pages.guesses import PENDING, guessed_code, is_known_browser, remember_device, too_many_words

#: Seconds after the password within which the code has to come.
_TIME = 600
#: Days for which a trusted browser isn't asked; the form's words say so.
TRUSTED_DAYS = 30
_COOKIE, _DAY = "trusted", 24 * 3600


class CodeForm(Form):
    """A code."""

    code = StringField(_l("Code"), [required], description=_l("Of your phone, or one of your recovery codes."))
    trust = BooleanField(_l("Don't ask in this browser for 30 days"))


def is_code_due(session: Any, user: User) -> bool:
    """Whether the user has a second factor, and this browser isn't one that they trust."""
    factor = factor_of(session, user.id)
    return factor is not None and not _is_trusted(user, factor)


def ask_for_code(user: User) -> Any:
    """Their password was right: the page that asks for a code. What they had been typing elsewhere goes along."""
    cookie[PENDING] = {
        "login": user.login,
        "id": user.id,
        "proof": digest_of(user.password_hash),
        "at": int(time.time()),
    }
    return _page(CodeForm(formdata=None))


@routes.form("/login/code", needs=PUBLIC, self_committing=True, help="login")
@guessed_code
def login_code() -> Any:
    """The code that follows the password. Refused: one that is wrong or was used."""
    session, form = current_session(), CodeForm()
    session.info["actor"] = SYSTEM  # nobody is signed in yet
    user = _pending(session)
    if user is None:
        return redirect(url_for("core.login", next=request.args.get("next")))
    if not form.validate_on_submit():
        return _page(form)
    company = current_company()
    write = partial(company.database.run, actor=SYSTEM)
    is_counted = not is_known_browser()  # nobody locks out whoever has signed in there before
    if is_counted and (wait := write(lambda writing: begin_try(writing, user.id))):
        form.code.errors = [too_many_words(wait)]
        page, _status = _page(form)
        return page, 429, {"Retry-After": str(wait)}

    def check(writing: Any) -> None:
        check_code(writing, user.id, form.code.data, key=company.config.secret_key)
        if is_counted:
            forget_try(writing, user.id)

    try:
        write(check)
    except WrongCode as error:
        g.is_wrong_password = True
        write(lambda writing: _note_wrong(writing, user))
        form.code.errors = [str(error)]
        return _page(form)
    trusts = form.trust.data
    answer = enter(user)
    return _trust(answer, user, factor_of(session, user.id)) if trusts else answer


def enter(user: User) -> Any:
    """Sign the user in, who has shown that it is they; where they wanted to go, or the form that they were sending."""
    agent, address = request.headers.get("User-Agent", ""), request.remote_addr or ""
    write = partial(current_company().database.run, actor=SYSTEM)
    before = drop_token()  # whoever signs in again, or somebody else in the same browser, leaves no session behind
    try:
        token = write(lambda writing: open_session(writing, user, agent=agent, address=address, instead_of=before))
    except WrongCredentials as error:  # somebody has changed the password, or blocked them, a moment ago
        flash(str(error), "error")
        return redirect(url_for("core.login"))
    hold_token(token)
    there = again_page(after_signing_in=True) or redirect(_inside(request.args.get("next")))
    return remember_device(there, user)


def _page(form: CodeForm) -> tuple[str, int]:
    kept, status = kept_on_the_way(), 401 if form.errors else 200
    return render_template("login_code.html", form=form, kept=kept, next=request.args.get("next")), status


def _pending(session: Any) -> User | None:
    """Who has given their password in this browser a moment ago, and not changed it since."""
    known = cookie.get(PENDING) or {}
    user = session.get(User, known.get("id", -1))
    if user is None or not user.is_active or time.time() - known["at"] > _TIME:
        return None
    return user if digest_of(user.password_hash) == known["proof"] else None


def _note_wrong(session: Any, user: User) -> None:
    note_refusal(session, user.login, request.remote_addr or "")
    notice_wrong_code(session, user.id)


def _signed() -> URLSafeSerializer:
    return URLSafeSerializer(str(current_app.config["SECRET_KEY"]), salt="trusted browser")


def _trusting() -> dict[str, list[Any]]:
    """Who trusts this browser: digest of the login → digest of what opens the account, and since when."""
    try:
        return dict(_signed().loads(request.cookies.get(cookie_name(_COOKIE), "")))
    except (BadSignature, ValueError, TypeError):
        return {}


def _proof(user: User, factor: SecondFactor) -> str:
    return digest_of(user.password_hash + factor.sealed)


def _is_trusted(user: User, factor: SecondFactor) -> bool:
    proof, since = _trusting().get(digest_of(user.login), ("", 0))
    earliest = max(time.time() - TRUSTED_DAYS * _DAY, seconds_of(factor.trusted_from))
    return proof == _proof(user, factor) and since >= earliest


def _trust(answer: Any, user: User, factor: SecondFactor | None) -> Any:
    assert factor is not None
    made = make_response(answer)
    trusting = {**_trusting(), digest_of(user.login): [_proof(user, factor), int(time.time()) + 1]}
    value = _signed().dumps(dict(list(trusting.items())[-8:]))
    life, is_secure = TRUSTED_DAYS * _DAY, request.is_secure
    made.set_cookie(cookie_name(_COOKIE), value, max_age=life, secure=is_secure, httponly=True, samesite="Lax")
    return made


def _inside(target: str | None) -> str:
    """`next`, when it is an address of this very site; home otherwise."""
    try:
        parts = urlsplit(target or "")
    except ValueError:  # “//[” promises an address of numbers, and has none
        return url_for("core.home")
    inside = target and target.startswith("/") and not target.startswith(("//", "/\\")) and not parts.netloc
    inside = inside and target.isprintable()  # type: ignore[union-attr]
    return target if target and inside else url_for("core.home")
