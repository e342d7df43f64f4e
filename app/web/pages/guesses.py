"""How often a password may be tried: from an address, and for a login. What signs in counts for nothing.

A browser in which somebody has signed in holds a cookie that says so, and has counts of its own: neither strangers who guess
nor colleagues at the same address can lock its owner out (OWASP, "Slow Down Online Guessing Attacks with Device Cookies"). It
holds for the password that they signed in with: who once knew it gets no more guesses than others when it has changed.
"""

import secrets
import time
from hmac import compare_digest
from ipaddress import ip_address, ip_network
from math import ceil
from typing import Any

from flask import Response, current_app, g, make_response, render_template, request
from flask import session as cookie
from flask_babel import ngettext
from flask_limiter import Limiter, RateLimitExceeded
from flask_limiter.util import get_remote_address
from itsdangerous import BadSignature, URLSafeTimedSerializer
from sqlalchemy import select

from app.security import SYSTEM, User
from app.security.login import digest_of, typed_login
from app.web.edge.cookies import cookie_name
from app.web.edge.request import Kontor, current_company
from app.web.edge.resend import SignIn, sign_in_page
from app.web.pages.wrong_tries import WrongTriesInDatabase

#: How often one address may be wrong, and all strangers together about one login.
OF_ADDRESS, _OF_LOGIN = "10 per minute; 60 per hour", "30 per hour"
#: and for codes of a second factor, which are tried by who knows the password already
_CODES_OF_LOGIN = "10 per hour"
#: how often one address may ask for what is done for everybody
_ASKED = "6 per minute; 30 per hour"
#: the pages on which one signs in, and where the cookie keeps who has given their password and is asked for a code
SIGNING_IN, PENDING = ("core.login", "core.login_code"), "pending"
_COOKIE, _YEAR = "known", 365 * 24 * 3600
#: people who share a browser and are known in it, the last to sign in
_MOST = 8


def _tried() -> str:
    """Whose password is tried, as a login is kept: who signs in, or who gives their own once more."""
    if request.endpoint not in SIGNING_IN and g.signed_in is not None:
        return str(g.signed_in.login)
    if request.endpoint == "core.login_code":
        return str((cookie.get(PENDING) or {}).get("login", ""))
    return typed_login(request.form.get("login", ""))


def _login() -> str:
    """Who is tried, by a digest: what is typed may be long, and is held for an hour."""
    return digest_of(_tried())


def _address() -> str:
    """The client's address; of IPv6 the network of 64 bits, as each subscriber has at least one whole (RFC 6177). A server that
    listens on both sees IPv4 mapped into one such network (RFC 4291, 2.5.5.2), where everybody would share it."""
    try:
        address = ip_address(get_remote_address())
    except ValueError:
        return get_remote_address()
    address = getattr(address, "ipv4_mapped", None) or address
    return str(address) if address.version == 4 else str(ip_network((address, 64), strict=False))


limiter = Limiter(_address, storage_uri=f"{WrongTriesInDatabase.STORAGE_SCHEME[0]}://")


def _signed() -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(str(current_app.config["SECRET_KEY"]), salt="device")


def _devices() -> dict[str, tuple[str, str]]:
    """Of those who have signed in there, by login: the browser's name, and what the password was, as a digest."""
    try:
        found = _signed().loads(request.cookies.get(cookie_name(_COOKIE), ""), max_age=_YEAR)
        return {str(login): (str(name), str(proof)) for login, (name, proof) in found.items()}
    except (BadSignature, ValueError, TypeError, AttributeError):
        return {}


def _proof() -> str:
    """A digest of the password that the login has now."""
    query = select(User.password_hash).where(User.login == _tried(), User.is_active)
    return digest_of(current_company().database.run(lambda s: s.scalar(query) or "", actor=SYSTEM, write=False))


def _device() -> str | None:
    """The browser's own name, if whoever tries has signed in there with the password that holds now."""
    if "device" not in g:
        name, proof = _devices().get(_login(), ("", ""))
        g.device = f"{_login()} {name}" if name and compare_digest(proof, _proof()) else None
    known: str | None = g.device
    return known


def _wrong(_answer: Response) -> bool:
    return bool(g.get("is_wrong_password"))


def guessed(route: Any) -> Any:
    """A route at which passwords are tried, one's own among them, or another secret: whoever is wrong too often
    (`g.is_wrong_password` says so) waits (429), and reads for how long. All such routes share their counts."""
    by_login = limiter.shared_limit(
        _OF_LOGIN, scope="login", methods=["POST"], key_func=lambda: _device() or _login(), deduct_when=_wrong
    )
    return guessed_from_an_address(by_login(route))


def guessed_code(route: Any) -> Any:
    """A route at which codes of a second factor are tried; they have a count of their own beside that of passwords."""
    by_login = limiter.shared_limit(
        _CODES_OF_LOGIN, scope="code", methods=["POST"], key_func=lambda: _device() or _login(), deduct_when=_wrong
    )
    return guessed(by_login(route))


def guessed_from_an_address(route: Any) -> Any:
    """The same where nobody's login is tried, but another secret."""
    by_address = limiter.shared_limit(
        OF_ADDRESS, scope="address", methods=["POST"], key_func=lambda: _device() or _address(), deduct_when=_wrong
    )
    return by_address(route)


def secret_in_address(route: Any) -> Any:
    """A route whose address has a secret: whoever comes with wrong ones (`g.is_wrong_password` says so) from one address too
    often waits, whatever they come with."""
    return limiter.shared_limit(OF_ADDRESS, scope="secret", key_func=_address, deduct_when=_wrong)(route)


def seldom(route: Any) -> Any:
    """A route that does something for whoever asks, known or not, by POST: from one address not too often."""
    return limiter.shared_limit(_ASKED, scope=str(route.__name__), methods=["POST"], key_func=_address)(route)


def remember_device(answer: Any, user: User) -> Any:
    """The answer to a user who has just given their password, or chosen a new one, with the cookie that says so."""
    made: Response = make_response(answer)
    devices, login = _devices(), digest_of(user.login)
    is_known = _device() is not None
    name, _proof_then = devices.pop(login, ("", ""))
    devices[login] = name if is_known else secrets.token_hex(8), digest_of(user.password_hash)
    value = _signed().dumps(dict(list(devices.items())[-_MOST:]))
    made.set_cookie(cookie_name(_COOKIE), value, max_age=_YEAR, secure=request.is_secure, httponly=True, samesite="Lax")
    return made


def is_known_browser() -> bool:
    """Whether whoever is asked for a code has signed in there before, with the password that holds now."""
    return _device() is not None


def too_many_words(wait: int) -> str:
    """What somebody reads who has to wait for so many seconds."""
    return str(
        ngettext(
            "Too many attempts. Try again in %(num)s minute.",
            "Too many attempts. Try again in %(num)s minutes.",
            ceil(wait / 60),
        )
    )


def install(app: Kontor) -> None:
    """Count guesses, and answer those that are too many."""
    limiter.init_app(app)

    @app.errorhandler(RateLimitExceeded)
    def too_many(_error: RateLimitExceeded) -> Any:
        limit = limiter.current_limit
        wait = max(1, int(limit.reset_at - time.time())) if limit else 60
        why = too_many_words(wait)
        if request.endpoint == "core.login":
            form = SignIn()
            form.validate()
            form.login.errors = [why]
            page, _status = sign_in_page(form, 429)
        else:
            page = render_template("errors/refused.html", status=429, message=why)
        return page, 429, {"Retry-After": str(wait)}
