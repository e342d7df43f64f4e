"""Giving links to quotes, revoking them, and who holds one. Unknown, expired and revoked links are alike to whoever tries."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from hmac import compare_digest
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.api.clock import utc_now
from app.api.data import change_rows
from app.api.documents import Document
from app.api.errors import Conflict, NotFound
from app.api.security import Actor, Partner, PastPolicy, digest_of, record, require
from app.api.texts import lazy_gettext as _l
from modules.contacts.api import Contact
from modules.trade.answers.models import QuoteAnswer, QuoteLink
from modules.trade.models import Quote, TradeDocument

_WHO = PastPolicy("who holds the link of a quote is known before there is an actor")
#: for how long a link opens anything
LIFE = timedelta(days=180)
#: of one quote that are open at once
MOST = 50
_LINK, _DOCUMENT, _TRADE = (m.__table__.c for m in (QuoteLink, Document, TradeDocument))


@dataclass(frozen=True, slots=True)
class Reader:
    """Whoever holds a link: what they may read, and of which quote."""

    link_id: int
    document_id: int
    #: of the quote, that the link is for
    version: int
    actor: Actor
    is_new: bool


def give_link(session: Session, actor: Actor, quote: Quote, *, language: str) -> str:
    """The secret of a new link to the quote as it stands, shown this once. Refused: who may not send quotes (Forbidden), a
    quote that isn't sent (Conflict), more than `MOST` links."""
    require(actor, "trade.quote.post")
    if quote.state != "posted":
        raise Conflict(_l("Only a quote that was sent has links. Send it first."))
    open_ = (QuoteLink.document_id == quote.id, QuoteLink.revoked_at.is_(None), QuoteLink.expires_at > utc_now())
    if session.scalars(select(func.count(QuoteLink.id)).where(*open_)).one() >= MOST:
        raise Conflict(_l("There are %(n)s links already. Revoke one that isn't needed.", n=MOST))
    secret = secrets.token_urlsafe(32)
    link = QuoteLink(
        document_id=quote.id,
        version=quote.version,
        digest=digest_of(secret),
        language=language,
        user_id=actor.user_id,
        expires_at=utc_now() + LIFE,
    )
    session.add(link)
    session.flush()
    _note(session, quote, "link")
    return secret


def revoke_link(session: Session, actor: Actor, link_id: int) -> QuoteLink:
    """Let it open nothing any more, at once. Refused: who may not send quotes (Forbidden), a link that isn't open to them."""
    require(actor, "trade.quote.post")
    link = session.get(QuoteLink, link_id)
    quote = session.get(Quote, link.document_id) if link is not None else None
    if link is None or quote is None:
        raise NotFound
    if link.revoked_at is None:
        link.revoked_at = utc_now()
        _note(session, quote, "revoke")
    return link


def links_of(session: Session, document_id: int) -> Sequence[QuoteLink]:
    """The links to a quote, the newest first."""
    asked = select(QuoteLink).where(QuoteLink.document_id == document_id)
    return session.scalars(asked.order_by(QuoteLink.id.desc()).limit(200)).all()


def answers_to(session: Session, document_id: int) -> Sequence[QuoteAnswer]:
    """What was answered to a quote, the newest first."""
    asked = select(QuoteAnswer).where(QuoteAnswer.document_id == document_id)
    return session.scalars(asked.order_by(QuoteAnswer.id.desc()).limit(200)).all()


def reader_by_secret(session: Session, secret: str) -> Reader | None:
    """Who holds the secret of a link; None: nobody."""
    digest = digest_of(secret)
    query = (
        select(_LINK.id, _LINK.document_id, _LINK.version, _LINK.language, _LINK.digest, _LINK.opened_at)
        .add_columns(_TRADE.contact_id)
        .join_from(QuoteLink.__table__, TradeDocument.__table__, _TRADE.id == _LINK.document_id)
        .where(_LINK.digest == digest, _LINK.revoked_at.is_(None), _LINK.expires_at > utc_now())
    )
    row: Any = _WHO(session).execute(query).first()
    if row is None or not compare_digest(row.digest, digest):
        return None
    actor = Actor(
        user_id=None,
        name=f"client {row.contact_id}",  # as the audit keeps clients: no name that would outlive the person
        permissions=frozenset({"trade.quote.view"}),
        groups=frozenset(),
        dormant=frozenset(),
        locale=row.language,
        partner=Partner(Contact.noun, (row.contact_id,)),
    )
    return Reader(row.id, row.document_id, row.version, actor, row.opened_at is None)


def note_opened(session: Session, link_id: int) -> None:
    """Remember that it was opened for the first time."""
    change_rows(session, QuoteLink, QuoteLink.id == link_id, QuoteLink.opened_at.is_(None), opened_at=utc_now())


def _note(session: Session, quote: Quote, verb: str) -> None:
    record(session, f"trade.quote.{verb}", subject="trade.quote", subject_id=quote.id, summary=str(quote.number))
