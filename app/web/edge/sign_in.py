"""Flask-Login carries who is signed in: the cookie holds our opaque token, and the database knows whose it is.

What Flask-Login calls a user's id is the token: it says nothing by itself, and opens nothing once its row has expired. A
browser that comes from another address than the one that signed in, or says that it is another program, stays signed in, but is
no longer *fresh*: it is asked to sign in again before it changes who may do what.
"""

from typing import Any

from flask import g, request
from flask import session as cookie
from flask_login import LoginManager, UserMixin, current_user, login_fresh, login_user, logout_user
from sqlalchemy.orm import Session

from app.company import Company, SignedIn

manager = LoginManager()
manager.login_view = manager.refresh_view = "core.login"
manager.login_message = manager.needs_refresh_message = None  # the page says enough
# "strong" would sign out a storekeeper whose phone changes from one network to another
manager.session_protection = "basic"


class Visitor(UserMixin):  # type: ignore[misc]
    """Who holds a token."""

    def __init__(self, token: str, signed_in: SignedIn | None = None) -> None:
        self.token, self.signed_in = token, signed_in

    def get_id(self) -> str:
        """The token, which is what the cookie keeps."""
        return self.token


def find_visitor(company: Company, asking: Session) -> SignedIn | None:
    """Who asks, by the cookie or the bearer token; the company is compared with the newest generation: one statement."""
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
    """Who holds the token; None when it opens nothing any more."""
    company, asking = g.asking
    signed_in, g.has_asked = company.refresh(asking, token), True
    return Visitor(token, signed_in) if signed_in else None


@manager.request_loader  # type: ignore[untyped-decorator, unused-ignore]
def visitor_by_bearer(_request: Any) -> Visitor | None:
    """Who sends an API token in the Authorization header."""
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    return visitor_of(token.strip()) if scheme.lower() == "bearer" else None


def is_fresh() -> bool:
    """Whether this is the very browser that signed in, or a program with its token."""
    return bool(login_fresh()) or "_user_id" not in cookie


def carry(token: str) -> None:
    """Let the browser's cookie hold the token from now on, and nothing that it held before."""
    cookie.clear()
    g.pop("csrf_token", None)  # of the cookie that is gone; a form on this answer takes a new one
    login_user(Visitor(token))
    cookie.permanent = True


def let_go() -> str | None:
    """Let the cookie hold no token; gives the one that it held."""
    token: str | None = cookie.get("_user_id")
    logout_user()
    return token
