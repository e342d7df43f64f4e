"""Documents that belong together: what each was made from, what was made of it, and what settled it."""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from sqlalchemy import BigInteger, and_, bindparam, case, or_, select
from sqlalchemy.orm import Session

from app.documents.models import Document, DocumentLink
from app.hooks import documents_joined
from app.past_policy import PastPolicy

_BOOKS = PastPolicy("which documents hang together; what is shown of them is what is open to whoever looks")

#: so many documents a picture shows
MOST = 60

_LINKS, _DOCUMENTS = DocumentLink.__table__.c, Document.__table__.c
_SHOWN = ("id", "kind", "number", "moment", "state", "amount", "currency")


@dataclass(frozen=True, slots=True)
class Chain:
    """Documents that hang together, as far as they are open to whoever looks, the earliest first."""

    documents: list[Any]
    #: from the earlier document to the later
    pairs: list[tuple[int, int]]
    #: whether there are more than are shown
    is_cut: bool


def _reached() -> Any:
    """Whatever is reached from a document by links, either way: a union gives each once, so it ends."""
    reached = select(bindparam("document", type_=BigInteger).label("id")).cte("reached", recursive=True)
    other = case((_LINKS.document_id == reached.c.id, _LINKS.origin_id), else_=_LINKS.document_id)
    either = or_(_LINKS.document_id == reached.c.id, _LINKS.origin_id == reached.c.id)
    return reached.union(select(other).join_from(reached, DocumentLink.__table__, either))


_REACHED = _reached()
_IDS = select(_REACHED.c.id).limit(MOST + 1)


def chain_of(session: Session, document: Document) -> Chain:
    """What the document hangs together with, by links of lines and by what modules join (`app.hooks.documents_joined`). Four
    statements and what the modules ask, however long it is."""
    ids = set(_BOOKS(session).scalars(_IDS, {"document": document.id}))
    is_cut = len(ids) > MOST
    ids |= {document.id}
    query = (
        select(_LINKS.origin_id, _LINKS.document_id)
        .distinct()
        .where(and_(_LINKS.document_id.in_(ids), _LINKS.origin_id.in_(ids)))
    )
    pairs = {(origin, made) for origin, made in _BOOKS(session).execute(query)}
    pairs |= {(earlier, later) for earlier, later in documents_joined(session, ids) if earlier != later}
    ids |= {number for pair in pairs for number in pair}
    columns = [getattr(Document, name) for name in _SHOWN]
    found = session.execute(select(*columns).where(Document.id.in_(ids)).order_by(Document.id).limit(2 * MOST)).all()
    shown = {row.id for row in found}
    return Chain(list(found), sorted(p for p in pairs if shown.issuperset(p)), is_cut)


def depths(ids: Collection[int], pairs: Collection[tuple[int, int]]) -> dict[int, int]:
    """How many steps each document is after the first ones: after everything that leads to it. Pairs that lead in a circle end
    where they began."""
    before: dict[int, list[int]] = defaultdict(list)
    for earlier, later in pairs:
        before[later].append(earlier)
    found: dict[int, int] = {}

    def depth(number: int, above: frozenset[int]) -> int:
        if number not in found:
            steps = [depth(n, above | {number}) + 1 for n in before[number] if n not in above]
            found[number] = max(steps, default=0)
        return found[number]

    for number in sorted(ids):
        depth(number, frozenset({number}))
    return found
