"""Signing in and out: passwords, sessions kept on the server, API tokens."""

import hashlib
import secrets
from datetime import timedelta

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from app.audit import record
from app.db import utc_now
from app.errors import Invalid
from app.security.actor import Actor
from app.security.models import Login, User
from app.translation import lazy_gettext as _l

#: How long after signing in a browser, or a token, opens anything.
BROWSER_LIFE, TOKEN_LIFE = timedelta(days=14), timedelta(days=365)
SHORTEST_PASSWORD = 8

_hasher = PasswordHasher()
# Verified against when the login is unknown, so that the answer takes as long either way. Of a random word that nobody kept;
# hashed once and for all, as hashing at every start made each command wait for it.
_NOBODY = "$argon2id$v=19$m=65536,t=3,p=4$JrtF870eQY+/BodnRGgMxQ$CAiJ9Xb3s8Ch3OBuwec7DemWgHSJ1X5ak/PjgBea9PY"


class WrongCredentials(Invalid):
    """Login or password is wrong; which of them is not said."""

    def __init__(self) -> None:
        super().__init__(_l("Login or password is wrong."))


def hash_password(password: str) -> str:
    """argon2id of the password; refuses one that is too short."""
    if len(password) < SHORTEST_PASSWORD:
        raise Invalid(_l("A password has at least %(n)s characters.", n=SHORTEST_PASSWORD), field="password")
    return _hasher.hash(password)


def authenticate(session: Session, login: str, password: str) -> User:
    """The active user with these credentials; otherwise WrongCredentials."""
    user = session.scalars(select(User).where(User.login == login.strip().lower(), User.is_active)).first()
    try:
        _hasher.verify(user.password_hash if user else _NOBODY, password)
    except (VerificationError, InvalidHashError):
        raise WrongCredentials from None
    if user is None:
        raise WrongCredentials
    return user


def note_refusal(session: Session, login: str, address: str) -> None:
    """Leave a line of a sign-in that was refused. A login that nobody has is not kept: it may be a mistyped password."""
    user = session.scalars(select(User).where(User.login == login.strip().lower())).first()
    summary = f"{user.login}, {address}" if user else address
    record(
        session, "security.login.refused", subject="core.user", subject_id=user.id if user else None, summary=summary
    )


def open_session(session: Session, user: User, *, kind: str = "browser", agent: str = "", address: str = "") -> str:
    """Sign `user` in; gives the secret to send. Only its digest is stored."""
    secret = secrets.token_urlsafe(32)
    now = utc_now()
    session.execute(delete(Login).where(Login.user_id == user.id, Login.expires_at <= now))
    session.add(
        Login(
            user_id=user.id,
            token_digest=digest_of(secret),
            kind=kind,
            agent=agent[:200],
            address=address[:60],
            created_at=now,
            expires_at=now + (BROWSER_LIFE if kind == "browser" else TOKEN_LIFE),
        )
    )
    session.flush()
    # Nobody is signed in yet: on the chain of whoever does now, as the program's own may be held by a migration.
    who = Actor(user.id, user.name)
    record(
        session,
        "security.login.open",
        subject="core.user",
        subject_id=user.id,
        summary=f"{user.login}: {kind}",
        actor=who,
    )
    return secret


def close_session(session: Session, secret: str) -> None:
    """Sign out what holds `secret`."""
    session.execute(delete(Login).where(Login.token_digest == digest_of(secret)))
    record(session, "security.login.close")


def revoke(session: Session, login_id: int, *, user_id: int) -> None:
    """Sign out one of the user's own browsers or tokens."""
    session.execute(delete(Login).where(Login.id == login_id, Login.user_id == user_id))
    record(session, "security.login.revoke", subject="core.login", subject_id=login_id)


def digest_of(secret: str) -> str:
    """What is stored of a secret. It is long and random, so a plain hash is enough."""
    return hashlib.sha256(secret.encode()).hexdigest()
