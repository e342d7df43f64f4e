"""Flask-Login carries who is signed in: the cookie holds our opaque token, and the database knows whose it is.

What Flask-Login calls a user's id is the token: it says nothing by itself, and opens nothing once its row has expired. A
browser that comes from another address than the one that signed in, or says that it is another program, stays signed in, but is
no longer *fresh*; neither is one in which nobody has given the password for a while. It is asked to sign in again before it
changes who may do what. Programs send a token in the header instead: it opens the API, and no page.
"""

from contextlib import suppress

from flask import g, request
from flask import session as cookie
from flask_login import LoginManager, UserMixin, current_user, login_fresh, login_user, logout_user
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from app.company import Company, SignedIn
from app.db import utc_now
from app.errors import NotFound
from app.security import SYSTEM
from app.security.login import PRESENCE, SEEN_EVERY, note_seen

manager = LoginManager()
manager.login_view = manager.refresh_view = "core.login"
manager.login_message = manager.needs_refresh_message = None  # the page says enough
# "strong" would sign out a storekeeper whose phone changes from one network to another
manager.session_protection = "basic"


class Visitor(UserMixin):  # type: ignore[misc]
    """Who holds a browser's cookie."""

    def __init__(self, token: str, signed_in: SignedIn | None = None) -> None:
        self.token, self.signed_in = token, signed_in

    def get_id(self) -> str:
        """The token, which is what the cookie keeps."""
        return self.token


def is_api() -> bool:
    """Whether the request is for the API, which programs use."""
    return request.path.startswith("/api/")


def bearer() -> str | None:
    """The token that a program sends, if it does. Then the cookie says nothing."""
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    return token.strip() if scheme.lower() == "bearer" else None


def _organisation_asked() -> int | None:
    """The number of the organisation in whose books a program works, where there are several; None: the first.
    Refused (NotFound): anything but a number."""
    asked = request.headers.get("Kontor-Organisation", "").strip()
    if asked and not (asked.isascii() and asked.isdecimal() and len(asked) < 10):
        raise NotFound
    return int(asked) if asked else None


def find_visitor(company: Company, asking: Session) -> SignedIn | None:
    """Who asks, by the cookie or, for the API, the bearer token; the company is compared with the newest generation: one
    statement."""
    token = bearer()
    if token is not None:
        signed_in = company.refresh(asking, token if is_api() else None, organisation_id=_organisation_asked())
        return signed_in if signed_in is not None and signed_in.is_token else None
    g.pop("_login_user", None)  # a request that is done again asks again
    g.asking, g.has_asked = (company, asking), False
    visitor = current_user._get_current_object()
    if isinstance(visitor, Visitor):
        return visitor.signed_in
    if not g.has_asked:
        company.refresh(asking)
    return None


@manager.user_loader  # type: ignore[untyped-decorator, unused-ignore]
def visitor_of(token: str) -> Visitor | None:
    """Whose browser it is; None when the cookie opens nothing any more, or never did, as a program's token."""
    company, asking = g.asking
    signed_in, g.has_asked = company.refresh(asking, token), True
    return Visitor(token, signed_in) if signed_in and not signed_in.is_token else None


def is_fresh(signed_in: SignedIn) -> bool:
    """Whether this is the very browser that signed in, and the user has given their password in it lately."""
    proved_at = signed_in.proved_at
    return bool(login_fresh()) and proved_at is not None and utc_now() < proved_at + PRESENCE


def note_request(company: Company, signed_in: SignedIn) -> None:
    """Remember now and then that the browser or token is in use; nobody waits for it: it is done another time."""
    now = utc_now()
    if signed_in.seen_at is not None and now < signed_in.seen_at + SEEN_EVERY:
        return
    with suppress(DBAPIError):
        company.database.run_if_free(lambda s: note_seen(s, signed_in.login_id, now), actor=SYSTEM)


def hold_token(token: str) -> None:
    """Let the browser's cookie hold the token from now on, and nothing that it held before."""
    cookie.clear()
    g.pop("csrf_token", None)  # of the cookie that is gone; a form on this answer takes a new one
    login_user(Visitor(token))
    cookie.permanent = True


def drop_token() -> str | None:
    """Let the cookie hold no token; gives the one that it held."""
    token: str | None = cookie.get("_user_id")
    logout_user()
    return token
