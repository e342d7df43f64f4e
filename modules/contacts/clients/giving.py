"""Giving a contact a link or a sign-in, and revoking it."""

import secrets
from collections.abc import Collection, Sequence
from datetime import timedelta

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from app.api.clock import utc_now
from app.api.documents import Document
from app.api.errors import Conflict, Forbidden, Invalid, NotFound
from app.api.reference import check_email
from app.api.security import Actor, digest_of, record, require
from app.api.texts import lazy_gettext as _l
from modules.contacts.clients.models import KINDS, LINK, PARTS, SIGN_IN, ClientAccess, ClientLogin
from modules.contacts.families import refuse_ended
from modules.contacts.languages import LANGUAGES
from modules.contacts.models import Contact

#: for how many days
DAYS = (7, 14, 30, 90, 365)
#: of one contact that are open at once
MOST = 20


def access_of(session: Session, contact_id: int) -> Sequence[ClientAccess]:
    """The links and sign-ins of a contact, the newest first."""
    asked = select(ClientAccess).where(ClientAccess.contact_id == contact_id)
    return session.scalars(asked.order_by(ClientAccess.id.desc()).limit(200)).all()


def access_by_id(session: Session, access_id: int) -> ClientAccess:
    """One of them; NotFound where its contact isn't open to the session's actor."""
    found = session.get(ClientAccess, access_id)
    if found is None:
        raise NotFound
    return found


def give_access(
    session: Session,
    actor: Actor,
    contact: Contact,
    *,
    kind: str,
    parts: Collection[str],
    days: int,
    language: str,
    site: str,
    email: str = "",
) -> ClientAccess:
    """Let a contact open what is its own for some days. `site`: the address of this program, which mails name.

    Refused: who lacks the right, or may not see themselves all that they give away (Forbidden); nothing to be shown, days or a
    language that aren't offered, a sign-in without an address (Invalid); a contact that was merged into another, more than
    `MOST` (Conflict).
    """
    require(actor, "contacts.client.edit")
    refuse_ended(session, [contact])
    shown = [name for name in PARTS if name in parts]
    if not shown:
        raise Invalid(_l("Choose what is shown."), field="parts")
    if kind not in KINDS or days not in DAYS or language not in LANGUAGES:
        raise Invalid(_l("Choose from the list."))
    _require_all_seen(actor)
    session.refresh(contact, ["id"], with_for_update=True)  # two who give at once
    if sum(each.is_open for each in access_of(session, contact.id)) >= MOST:
        raise Conflict(_l("There are %(n)s links and sign-ins already. Revoke one that isn't needed.", n=MOST))
    access = ClientAccess(
        contact=contact,
        kind=kind,
        email=check_email(email.strip(), field="email", is_own=True).lower() if kind == SIGN_IN else "",
        shows=" ".join(shown),
        language=language,
        site=site.rstrip("/")[:300],
        user_id=actor.user_id,
        expires_at=utc_now() + timedelta(days=days),
    )
    session.add(access)
    session.flush()
    _note(session, "give", access, f"{kind}, {', '.join(shown)}, {days} days")
    return access


def _require_all_seen(actor: Actor) -> None:
    """A link can be opened by whoever has made it, so it shows nothing that they couldn't see."""
    require(actor, "contacts.statement.view")
    for kind in kinds_of_contacts():
        if Document.is_closed(actor, kind):
            raise Forbidden(f"{kind}.view")


def kinds_of_contacts() -> list[str]:
    """The kinds of documents that are made with contacts."""
    kinds = Document.__mapper__.polymorphic_map
    return [k for k, m in kinds.items() if m.class_.partner and m.class_.partner_model() is Contact]


def new_secret(session: Session, access: ClientAccess) -> str:
    """The address of a link with a new secret of 256 random bits; the one before opens nothing any more. Refused (NotFound): a
    sign-in, one that is over."""
    if access.kind != LINK or not access.is_open:
        raise NotFound
    secret = secrets.token_urlsafe(32)
    access.digest = digest_of(secret)
    session.flush()
    return f"{access.site}/client/open/{secret}"


def revoke_access(session: Session, actor: Actor, access: ClientAccess) -> None:
    """Let it open nothing any more, at once. Refused (Forbidden): who lacks the right."""
    require(actor, "contacts.client.edit")
    if access.revoked_at is None:
        access.revoked_at, access.digest = utc_now(), None
        session.execute(delete(ClientLogin).where(ClientLogin.access_id == access.id))
        _note(session, "revoke", access, access.kind)


def signed_in_count(session: Session, access_ids: Collection[int]) -> dict[int, int]:
    """In how many browsers somebody is signed in by each of them."""
    query = select(ClientLogin.access_id, func.count()).where(
        ClientLogin.access_id.in_(access_ids), ClientLogin.kind == "browser", ClientLogin.expires_at > utc_now()
    )
    return {row[0]: row[1] for row in session.execute(query.group_by(ClientLogin.access_id))}


def _note(session: Session, verb: str, access: ClientAccess, said: str) -> None:
    record(session, f"contacts.client.{verb}", subject="contacts.contact", subject_id=access.contact_id, summary=said)
