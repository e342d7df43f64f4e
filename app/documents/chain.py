"""Documents that belong together: what each was made from, what was made of it, and what settled it."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import BigInteger, ColumnElement, FromClause, Select, and_, bindparam, select, true, union_all
from sqlalchemy.orm import Session

from app.documents.models import Document, DocumentLink
from app.documents.outcomes import shown_state
from app.hooks import documents_joined, documents_settled
from app.past_policy import PastPolicy

_BOOKS = PastPolicy("which documents hang together; what is shown of them is what is open to whoever looks")

#: so many documents a picture shows, the nearest; so many are looked for at most, to say how many more there are
MOST, COUNTED = 60, 500

_LINKS = DocumentLink.__table__.c
_SHOWN = ("id", "kind", "number", "moment", "amount", "currency")


@dataclass(frozen=True, eq=False)
class Joint:
    """A way in which documents hang together as a whole: columns with the earlier's number and the later's, both indexed."""

    earlier: ColumnElement[Any]
    later: ColumnElement[Any]
    #: where the columns stand
    rows: FromClause
    #: of the rows; None: all in which both columns have a number
    where: ColumnElement[bool] | None = None
    #: which later ones are followed from an earlier one that has very many; None: all
    latest: ColumnElement[bool] | None = None

    def pairs(self) -> Select[Any]:
        """The earlier with the later."""
        query = select(self.earlier.label("earlier"), self.later.label("later")).select_from(self.rows)
        return query if self.where is None else query.where(self.where)

    def ways(self) -> tuple[tuple[ColumnElement[Any], ColumnElement[Any], ColumnElement[bool]], ...]:
        """From which column to which, and what holds of the rows: onwards, and back."""
        where = true() if self.where is None else self.where
        latest = true() if self.latest is None else self.latest
        return (self.earlier, self.later, and_(where, latest)), (self.later, self.earlier, where)


_MADE = Joint(_LINKS.origin_id, _LINKS.document_id, DocumentLink.__table__)


@dataclass(frozen=True, slots=True)
class Chain:
    """Documents that hang together, as far as they are open to whoever looks, the earliest first."""

    documents: list[Any]
    #: from the earlier document to the later
    pairs: list[tuple[int, int]]
    #: how many there are besides
    more: int = 0
    #: whether there may be even more than that
    is_cut: bool = False


def _reached(joints: Sequence[Joint], dialect: str) -> Select[Any]:
    """Whatever is reached from a document either way, the nearest first: a union gives each once, so it ends. PostgreSQL
    takes one recursive part, in which each way is looked up for itself; SQLite takes one for each way."""
    reached = select(bindparam("document", type_=BigInteger).label("id")).cte("reached", recursive=True)
    ways = [(joint.rows, *way) for joint in joints for way in joint.ways()]
    if dialect == "sqlite":
        parts = [
            select(to).join_from(reached, rows, and_(of == reached.c.id, where)).where(to.is_not(None))
            for rows, of, to, where in ways
        ]
    else:
        found = union_all(
            *(
                select(to.label("id")).select_from(rows).where(of == reached.c.id, where).correlate(reached)
                for rows, of, to, where in ways
            )
        ).lateral("found")
        parts = [select(found.c.id).join_from(reached, found, true()).where(found.c.id.is_not(None))]
    return select(reached.union(*parts).c.id).limit(COUNTED + 1)


def chain_of(session: Session, document: Document) -> Chain:
    """What the document hangs together with: whatever links of lines and what modules join (`documents_joined`) lead to,
    however many steps away, and what settles those (`documents_settled`). Three statements and what the modules ask, however
    long it is."""
    joints = [_MADE, *documents_joined(session)]
    books = _BOOKS(session)
    reached = list(books.scalars(_reached(joints, books.dialect.name), {"document": document.id}))
    near, beyond = reached[:MOST], reached[MOST:]
    within = union_all(*(j.pairs().where(j.earlier.in_(near), j.later.in_(near)) for j in joints))
    pairs = {(earlier, later) for earlier, later in books.execute(within) if earlier != later}
    pairs |= {(earlier, later) for earlier, later in documents_settled(session, near) if earlier != later}
    ids = {*near, *(number for pair in pairs for number in pair)}
    columns = [*(getattr(Document, name) for name in _SHOWN), shown_state(Document).label("state")]
    asked = select(*columns).where(Document.id.in_(ids | set(beyond))).order_by(Document.id)
    rows = session.execute(asked.limit(COUNTED + 3 * MOST)).all()
    found = [row for row in rows if row.id in ids][: 2 * MOST]
    shown = {row.id for row in found}
    return Chain(found, sorted(p for p in pairs if shown.issuperset(p)), len(rows) - len(found), len(reached) > COUNTED)


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
