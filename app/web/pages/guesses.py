"""How often a password may be tried: from an address, and for a login. What signs in counts for nothing.

A browser in which somebody has signed in holds a cookie that says so, and has counts of its own: neither strangers who guess
nor colleagues at the same address can lock its owner out (OWASP, "Slow Down Online Guessing Attacks with Device Cookies").
"""

import secrets
import time
from math import ceil
from typing import Any

from flask import Response, current_app, g, make_response, render_template, request
from flask_babel import ngettext
from flask_limiter import Limiter, RateLimitExceeded
from flask_limiter.util import get_remote_address
from itsdangerous import BadSignature, URLSafeSerializer

from app.web.edge.request import Kontor, current_actor
from app.web.edge.resend import SignIn, sign_in_page

#: How often one address may be wrong, and all strangers together about one login.
OF_ADDRESS, _OF_LOGIN = "10 per minute; 60 per hour", "30 per hour"
_COOKIE, _YEAR = "device", 365 * 24 * 3600

limiter = Limiter(get_remote_address, storage_uri="memory://")


def _login() -> str:
    return request.form.get("login", "").strip().lower()


def _signed() -> URLSafeSerializer:
    return URLSafeSerializer(str(current_app.config["SECRET_KEY"]), salt="device")


def _device() -> str | None:
    """The browser's own name, if whoever tries has signed in there before."""
    try:
        login, name = _signed().loads(request.cookies.get(_COOKIE, ""))
    except (BadSignature, ValueError, TypeError):
        return None
    return f"{login} {name}" if login == _login() else None


def _wrong(answer: Response) -> bool:
    return answer.status_code == 401 or bool(g.get("is_wrong_password"))


def own_password_guessed(route: Any) -> Any:
    """A route at which users prove their own password: `g.is_wrong_password` says that they didn't."""
    return limiter.limit(
        OF_ADDRESS, methods=["POST"], key_func=lambda: f"user {current_actor().user_id}", deduct_when=_wrong
    )(route)


def guessed(route: Any) -> Any:
    """A route at which passwords are tried: whoever is wrong too often waits (429), with words on the sign-in page."""
    by_login = limiter.limit(_OF_LOGIN, methods=["POST"], key_func=lambda: _device() or _login(), deduct_when=_wrong)
    by_address = limiter.limit(
        OF_ADDRESS, methods=["POST"], key_func=lambda: _device() or get_remote_address(), deduct_when=_wrong
    )
    return by_address(by_login(route))


def remember_device(answer: Any) -> Any:
    """The answer to somebody who has just signed in, with the cookie that says so."""
    made: Response = make_response(answer)
    value = _signed().dumps([_login(), secrets.token_hex(8)])
    made.set_cookie(
        _COOKIE, value, max_age=_YEAR, path="/login", secure=request.is_secure, httponly=True, samesite="Lax"
    )
    return made


def install(app: Kontor) -> None:
    """Count guesses, and answer those that are too many."""
    limiter.init_app(app)

    @app.errorhandler(RateLimitExceeded)
    def too_many(_error: RateLimitExceeded) -> Any:
        limit = limiter.current_limit
        wait = max(1, int(limit.reset_at - time.time())) if limit else 60
        why = ngettext(
            "Too many attempts. Try again in %(num)s minute.",
            "Too many attempts. Try again in %(num)s minutes.",
            ceil(wait / 60),
        )
        if request.endpoint == "core.login":
            form = SignIn()
            form.validate()
            form.login.errors = [why]
            page, _status = sign_in_page(form, 429)
        else:
            page = render_template("errors/refused.html", status=429, message=why)
        return page, 429, {"Retry-After": str(wait)}
