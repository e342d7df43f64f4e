"""Reading documents of every kind together."""

from collections.abc import Collection
from typing import Any
from weakref import WeakKeyDictionary

from sqlalchemy import Select, func, literal_column, select, true, union
from sqlalchemy.orm import Session

from app.documents.models import Document
from app.documents.outcomes import shown_state
from app.past_policy import PastPolicy
from app.security import Actor
from app.translation import lazy_gettext as _l

_NUMBERING = PastPolicy("how many documents were ever made tells nothing of any of them")

#: what is shown of a document of any kind
_SHOWN = ("id", "kind", "number", "moment", "state", "amount", "currency", "summary")


def documents_by_id(session: Session, ids: Collection[int]) -> dict[int, Document]:
    """The documents of these ids that are open to the session's actor."""
    found = session.scalars(select(Document).where(Document.id.in_(ids))) if ids else ()
    return {document.id: document for document in found}


#: An actor never changes: whoever's rights change gets a new one. To make the statement takes longer than to run it.
_latest: WeakKeyDictionary[Actor, dict[int, Select[Any] | None]] = WeakKeyDictionary()


def latest_documents(session: Session, actor: Actor, count: int) -> list[Any]:
    """The newest documents open to the actor, by moment: rows of what every document has.

    Each kind gives its own newest, found at the end of an index, so that the cost does not grow with the journals.
    """
    made = _latest.setdefault(actor, {})
    if count not in made:
        made[count] = _latest_statement(actor, count)
    statement = made[count]
    return [] if statement is None else list(session.execute(statement))


def _latest_statement(actor: Actor, count: int) -> Select[Any] | None:
    columns = [getattr(Document, n) for n in _SHOWN]
    newest = []
    for kind in Document.__mapper__.polymorphic_map:
        if Document.scope_over(actor, kind) is None:
            continue
        query = select(*columns).where(Document.kind == kind)
        # Said again, each by itself, for the indexes of one's own documents.
        for way in Document.ways_over(actor, kind) or [true()]:
            newest.append(query.where(way).order_by(Document.moment.desc(), Document.id.desc()).limit(count).subquery())
    if not newest:
        return None
    together = union(*(select(part) for part in newest)).subquery()  # one of a colleague's may come by both ways
    columns = [shown_state(together.c).label("state") if c.name == "state" else c for c in together.c]
    return select(*columns).order_by(together.c.moment.desc(), together.c.id.desc()).limit(count)


def newest_id(session: Session) -> int:
    """The id of the document that was made last, whoever may see it; zero while there is none."""
    return _NUMBERING(session).execute(select(func.max(Document.__table__.c.id))).scalar() or 0


def exists_posted(session: Session, model: type[Document]) -> bool:
    """Whether a document of a kind that is open to the session's actor stands in the books."""
    return session.scalars(select(model.id).where(model.state == "posted").limit(1)).first() is not None


def own_drafts(session: Session, actor: Actor, count: int) -> list[Any]:
    """The actor's drafts, the newest first: rows as of `latest_documents`."""
    columns = [getattr(Document, n) for n in _SHOWN]
    mine = (Document.responsible_id == actor.user_id, Document.state == literal_column("'draft'"))  # as the index says
    newest = select(*columns).where(*mine).order_by(Document.moment.desc(), Document.id.desc())
    return list(session.execute(newest.limit(count)))


def document_title(kind: str) -> str:
    """What a document of a kind is called, in the user's language; the kind itself when its module is not installed.

    No kind is one that the user may not know.
    """
    if not kind:
        return str(_l("hidden"))
    mapper = Document.__mapper__.polymorphic_map.get(kind)
    return str(mapper.class_.title) if mapper is not None else kind
