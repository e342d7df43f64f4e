"""Who a client is that asks: by the secret of a link, or of a browser that has signed in.

There isn't an actor yet, so all is asked on a bare connection. Unknown, expired, revoked, of a contact that was merged into
another one: all of them are nobody, and nobody can tell one from the other.
"""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from hmac import compare_digest
from typing import Any

from sqlalchemy import Select, delete, func, insert, select
from sqlalchemy.orm import Session

from app.api.clock import utc_now
from app.api.data import change_rows
from app.api.documents import Document
from app.api.security import Actor, Partner, PastPolicy, digest_of, record
from modules.contacts.clients.giving import kinds_of_contacts
from modules.contacts.clients.models import BROWSER, CODE, SIGN_IN, ClientAccess, ClientLogin
from modules.contacts.models import Contact, Merge

_WHO = PastPolicy("who a client is, and what was given to them, is known before there is an actor")
#: how long a mailed link may be taken, and how long a browser stays signed in
CODE_LIFE, BROWSER_LIFE = timedelta(minutes=20), timedelta(hours=12)
#: links mailed to one address within an hour
MOST_CODES = 5
#: how exactly it is known when it was opened last
NOTED_EVERY = timedelta(minutes=2)

_ACCESS: Any = ClientAccess.__table__
_LOGIN: Any = ClientLogin.__table__
_CONTACT = Contact.__table__


@dataclass(frozen=True, slots=True)
class Client:
    """A client who asks, and what was given to them."""

    access_id: int
    actor: Actor
    contact_id: int
    code: str
    parts: tuple[str, ...]
    #: UTC
    expires_at: datetime
    opened_at: datetime | None
    is_signed_in: bool


def client_by_secret(session: Session, secret: str) -> Client | None:
    """Who holds the secret of a link, or of a browser that signed in; None: nobody."""
    digest, now = digest_of(secret), utc_now()
    row = _WHO(session).execute(_open(now, _ACCESS.c.digest).where(_ACCESS.c.digest == digest)).first()
    if row is None:
        asked = _open(now, _LOGIN.c.digest).join(_LOGIN, _LOGIN.c.access_id == _ACCESS.c.id)
        asked = asked.where(_LOGIN.c.digest == digest, _LOGIN.c.kind == BROWSER, _LOGIN.c.expires_at > now)
        row = _WHO(session).execute(asked).first()
    if row is None or not compare_digest(row.known, digest):
        return None
    return _client(session, row)


def _open(now: datetime, known: Any) -> Select[Any]:
    """What opens something now, and whose it is. `known`: the column of the digest by which it is found."""
    return (
        select(_ACCESS, _CONTACT.c.name, _CONTACT.c.code, known.label("known"))
        .join_from(_ACCESS, _CONTACT, _CONTACT.c.id == _ACCESS.c.contact_id)
        .where(_ACCESS.c.revoked_at.is_(None), _ACCESS.c.expires_at > now)
        .where(~select(Merge.merged_id).where(Merge.merged_id == _ACCESS.c.contact_id).exists())
    )


def _client(session: Session, row: Any) -> Client:
    family = _WHO(session).scalars(select(Merge.merged_id).where(Merge.head_id == row.contact_id))
    kinds = kinds_of_contacts()
    models = Document.__mapper__.polymorphic_map
    actor = Actor(
        user_id=None,
        # Whose record it is says the line's subject; the name would stay in the audit when the person is erased.
        name=f"client {row.contact_id}",
        permissions=frozenset(
            {"contacts.statement.view", *(f"{k}.view" for k in kinds if models[k].class_.is_for_partner)}
        ),
        groups=frozenset({"contacts.financial"}),
        # What other documents came to is said in the statement; they themselves are shown to nobody.
        dormant=frozenset(f"{kind}.view" for kind in models),
        locale=row.language,
        partner=Partner(Contact.noun, (row.contact_id, *family)),
    )
    return Client(
        row.id,
        actor,
        row.contact_id,
        row.code,
        tuple(row.shows.split()),
        row.expires_at,
        row.opened_at,
        row.kind == SIGN_IN,
    )


def note_opened(session: Session, access_id: int) -> None:
    """Remember that it was opened."""
    change_rows(session, ClientAccess, ClientAccess.id == access_id, opened_at=utc_now())


def accesses_of_address(session: Session, email: str) -> list[int]:
    """Which sign-ins an e-mail address opens, as somebody types it."""
    asked = _open(utc_now(), _ACCESS.c.digest).where(
        _ACCESS.c.kind == SIGN_IN, _ACCESS.c.email == email.strip().lower()
    )
    return [row.id for row in _WHO(session).execute(asked.limit(20))]


def new_code(session: Session, access_id: int) -> tuple[Any, str] | None:
    """The sign-in and the address of a one-time link to it; None: it opens nothing any more, or enough were mailed lately."""
    now = utc_now()
    asked = _open(now, _ACCESS.c.digest).where(_ACCESS.c.id == access_id)
    row = _WHO(session).execute(asked.with_for_update(of=_ACCESS)).first()  # two who ask at once
    lately = select(func.count()).where(
        _LOGIN.c.access_id == access_id, _LOGIN.c.kind == CODE, _LOGIN.c.created_at > now - timedelta(hours=1)
    )
    if row is None or (_WHO(session).scalar(lately) or 0) >= MOST_CODES:
        return None
    return row, f"{row.site}/client/enter/{_new_login(session, access_id, CODE, now + CODE_LIFE)}"


def enter(session: Session, secret: str) -> tuple[Client, str] | None:
    """Take a one-time link: who it is, and the secret of the browser that is signed in from now on. None: it was taken, has
    expired, is unknown, or what it opens is over."""
    now = utc_now()
    the_code = _LOGIN.c.digest == digest_of(secret), _LOGIN.c.kind == CODE, _LOGIN.c.expires_at > now
    if _WHO(session).scalar(select(_LOGIN.c.id).where(*the_code)) is None:
        return None  # whoever guesses changes nothing
    access_id = _WHO(session).execute(delete(_LOGIN).where(*the_code).returning(_LOGIN.c.access_id)).scalar()
    if access_id is None:
        return None
    _WHO(session).execute(delete(_LOGIN).where(_LOGIN.c.expires_at < now - timedelta(hours=1)))
    browser = _new_login(session, access_id, BROWSER, now + BROWSER_LIFE)
    client = client_by_secret(session, browser)
    if client is None:
        return None
    note_opened(session, client.access_id)
    note_opening(session, client)
    return client, browser


def note_opening(session: Session, client: Client) -> None:
    """Let the audit know that a client has come in."""
    said = "sign-in" if client.is_signed_in else "link"
    record(
        session,
        "contacts.client.open",
        subject="contacts.contact",
        subject_id=client.contact_id,
        summary=said,
        actor=client.actor,
    )


def leave(session: Session, secret: str) -> None:
    """Sign the browser out; a link stays as it is."""
    _WHO(session).execute(delete(_LOGIN).where(_LOGIN.c.digest == digest_of(secret)))


def _new_login(session: Session, access_id: int, kind: str, expires_at: datetime) -> str:
    secret = secrets.token_urlsafe(32)
    values = {"access_id": access_id, "kind": kind, "digest": digest_of(secret), "expires_at": expires_at}
    _WHO(session).execute(insert(_LOGIN).values(created_at=utc_now(), **values))
    return secret
