"""What clients read: every query is held to their own rows by the policy, as the session's actor is the client."""

from collections.abc import Callable, Sequence
from datetime import date

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import Session

from app.api.documents import Document
from app.api.errors import NotFound
from modules.contacts.clients.giving import kinds_of_contacts

#: documents on a page
PAGE = 50


def shown_kinds(is_on: Callable[[str], bool]) -> list[str]:
    """The kinds of documents that clients may read, of modules that are on."""
    models = Document.__mapper__.polymorphic_map
    return [k for k in kinds_of_contacts() if models[k].class_.is_for_partner and is_on(k.partition(".")[0])]


def documents_of_client(
    session: Session, kinds: Sequence[str], *, since: date | None = None, before: int | None = None
) -> list[Document]:
    """The client's documents, the latest first: one more than a `PAGE` has. `before`: those after this one in that order, as on
    the next page; NotFound where it isn't theirs."""
    asked = select(Document).where(Document.kind.in_(kinds))
    if since is not None:
        asked = asked.where(Document.moment >= since)
    if before is not None:
        last = document_of_client(session, kinds, before)
        asked = asked.where(
            or_(Document.moment < last.moment, and_(Document.moment == last.moment, Document.id < last.id))
        )
    return list(session.scalars(asked.order_by(Document.moment.desc(), Document.id.desc()).limit(PAGE + 1)))


def document_of_client(session: Session, kinds: Sequence[str], document_id: int) -> Document:
    """One of the client's documents; NotFound: it isn't theirs, a draft, or of a kind that isn't for them."""
    document = session.get(Document, document_id)
    if document is None or document.kind not in kinds:
        raise NotFound
    return document
