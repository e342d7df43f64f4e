"""Signing in and out: sessions kept on the server, of browsers and of programs with a token."""

import hashlib
import secrets
from datetime import datetime, timedelta

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from app.audit import record
from app.db import utc_now
from app.errors import Invalid
from app.reference.models import Organisation
from app.security.actor import Actor
from app.security.models import Login, User
from app.security.passwords import is_password
from app.translation import lazy_gettext as _l

#: How long a token opens anything, unless its user chose a shorter time; a browser's time is the organisation's.
TOKEN_LIFE = timedelta(days=365)
#: How long after giving their password users may change who may do what, in that browser.
PRESENCE = timedelta(minutes=15)
#: How exactly it is known when a browser was last seen.
SEEN_EVERY = timedelta(minutes=2)


class WrongCredentials(Invalid):
    """Login or password is wrong; which of them is not said."""

    def __init__(self) -> None:
        super().__init__(_l("Login or password is wrong."))


def typed_login(text: str) -> str:
    """What is typed as a login, as it is kept: for whoever looks for it, and for whoever counts how often it is tried."""
    return text.strip().lower()


def authenticate(session: Session, login: str, password: str) -> User:
    """The active user with these credentials; otherwise WrongCredentials."""
    user = session.scalars(select(User).where(User.login == typed_login(login), User.is_active)).first()
    if not is_password(password, user.password_hash if user else None) or user is None:
        raise WrongCredentials
    return user


def note_refusal(session: Session, login: str, address: str) -> None:
    """Leave a line of a sign-in that was refused. A login that nobody has is not kept: it may be a mistyped password."""
    user = session.scalars(select(User).where(User.login == typed_login(login))).first()
    summary = f"{user.login}, {address}" if user else address
    record(
        session, "security.login.refused", subject="core.user", subject_id=user.id if user else None, summary=summary
    )


def open_session(
    session: Session,
    user: User,
    *,
    kind: str = "browser",
    agent: str = "",
    address: str = "",
    access: str = "write",
    reach: str = "",
    life: timedelta | None = None,
    instead_of: str | None = None,
) -> str:
    """Sign `user` in; gives the secret to send. Only its digest is stored. `kind`: browser, whose user has just given their
    password, or token; `life`: as long as such a session may last, where nothing is given; `instead_of`: the secret
    of the same browser before, which ends. Refused (WrongCredentials): whose password was changed, or who was blocked, since
    `user` was read."""
    hold_user(session, user)
    secret = secrets.token_urlsafe(32)
    now = utc_now()
    is_browser = kind == "browser"
    session.execute(delete(Login).where(Login.user_id == user.id, Login.expires_at <= now))
    if instead_of is not None:
        session.execute(delete(Login).where(Login.token_digest == digest_of(instead_of), Login.kind == "browser"))
    session.add(
        Login(
            user_id=user.id,
            token_digest=digest_of(secret),
            kind=kind,
            agent=agent[:200],
            address=address[:60],
            access=access,
            reach=reach,
            created_at=now,
            seen_at=now if is_browser else None,
            proved_at=now if is_browser else None,
            expires_at=now + (life or (_browser_life(session) if is_browser else TOKEN_LIFE)),
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


def hold_user(session: Session, user: User) -> None:
    """Hold a user until the transaction ends against whoever changes their password, blocks them or signs them out: a session
    that is opened meanwhile would outlive it. Refused (WrongCredentials): what was read of them before opens nothing now."""
    now = select(User.password_hash, User.is_active).where(User.id == user.id).with_for_update(key_share=True)
    row = session.execute(now).first()
    if row is None or not row.is_active or row.password_hash != user.password_hash:
        raise WrongCredentials


def end_sessions(session: Session, user_id: int, *, but: int | None = None) -> list[int]:
    """Sign a user out everywhere, `but` in one browser; those who sign in, or make a token, at the same moment wait, and are
    refused or signed out. Gives the numbers of what ended."""
    session.scalars(select(User.id).where(User.id == user_id).with_for_update(key_share=True)).first()
    return list(
        session.scalars(delete(Login).where(Login.user_id == user_id, Login.id != (but or 0)).returning(Login.id))
    )


def _browser_life(session: Session) -> timedelta:
    return timedelta(days=session.scalars(select(Organisation.signed_in_days)).first() or 14)


def renew_session(session: Session, login_id: int) -> str:
    """Give the same browser another secret, as its user has just given their password: whoever had copied the one before is
    out."""
    secret = secrets.token_urlsafe(32)
    new = {"token_digest": digest_of(secret), "proved_at": utc_now()}
    session.execute(update(Login).where(Login.id == login_id).values(new))
    return secret


def note_seen(session: Session, login_id: int, now: datetime) -> None:
    """Remember that the browser asked for something. `now`: UTC."""
    session.execute(update(Login).where(Login.id == login_id).values(seen_at=now))


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
