"""Reading documents of every kind together."""

from collections.abc import Collection
from typing import Any

from sqlalchemy import select, union_all
from sqlalchemy.orm import Session

from app.documents.models import Document
from app.security import Actor, criterion_of
from app.translation import lazy_gettext as _l


def documents_by_id(session: Session, ids: Collection[int]) -> dict[int, Document]:
    """The documents of these ids that are open to the session's actor."""
    found = session.scalars(select(Document).where(Document.id.in_(ids))) if ids else ()
    return {document.id: document for document in found}


def latest_documents(session: Session, actor: Actor, count: int) -> list[Any]:
    """The newest documents open to the actor, by moment: rows of what every document has.

    Each kind gives its own newest, found at the end of an index, so that the cost does not grow with the journals.
    """
    columns = [
        getattr(Document, n) for n in ("id", "kind", "number", "moment", "state", "amount", "currency", "summary")
    ]
    newest = []
    for kind, mapper in Document.__mapper__.polymorphic_map.items():
        scope = Document.scope_over(actor, kind)
        if scope is None:
            continue
        query = select(*columns).where(Document.kind == kind)
        # Said again for the index of one's own documents; what is made with somebody may be another's, and the policy finds it.
        if not mapper.class_.partner and (own := criterion_of(actor, scope, Document.responsible_id)) is not None:
            query = query.where(own)
        newest.append(query.order_by(Document.moment.desc(), Document.id.desc()).limit(count).subquery())
    if not newest:
        return []
    together = union_all(*(select(part) for part in newest)).subquery()
    query = select(together).order_by(together.c.moment.desc(), together.c.id.desc()).limit(count)
    return list(session.execute(query))


def document_title(kind: str) -> str:
    """What a document of a kind is called, in the user's language; the kind itself when its module is not installed.

    No kind is one that the user may not know.
    """
    if not kind:
        return str(_l("hidden"))
    mapper = Document.__mapper__.polymorphic_map.get(kind)
    return str(mapper.class_.title) if mapper is not None else kind
