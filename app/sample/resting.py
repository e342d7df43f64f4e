"""What of a company's own rests on the sample's documents, by its numbers."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from typing import Any

from sqlalchemy import BigInteger, ColumnElement, and_, func, or_, select, type_coerce
from sqlalchemy.orm import Session

from app.documents import STANDING
from app.errors import Conflict
from app.ledger import NotEnough
from app.ledger.parts import parts_of
from app.sample.rows import (
    DOCUMENTS,
    ROWS,
    document_column,
    is_of_register,
    made_tables,
    marked,
    of_sample,
    references_to_documents,
    register_tables,
)
from app.translation import lazy_gettext as _l

#: so many documents are named in a refusal
_NAMED = 10


class RestsOnSample(Conflict):
    """Documents of one's own rest on the sample's."""

    def __init__(self, names: list[str], message: object) -> None:
        super().__init__(message)
        self.names = names


def refuse_resting(session: Session) -> None:
    """Refuse (RestsOnSample) while drafts or posted documents of one's own were made from the sample's, settle them or are
    settled by them."""
    if names := documents_resting(session):
        raise RestsOnSample(
            names,
            _l(
                "Made from documents of the sample data, or settled with them: %(documents)s. Reverse or discard these"
                " first, or keep the sample data. Nothing was changed.",
                documents=shown(names),
            ),
        )


def uses_goods(session: Session, error: NotEnough) -> RestsOnSample | None:
    """The refusal where documents of one's own use what only the sample brought; None: it isn't they who fall short."""
    names = users_of_goods(session, error)
    if not names:
        return None
    message = _l(
        "They use goods of the sample data: %(documents)s. Reverse these first, or keep the sample data. Nothing was"
        " changed.",
        documents=shown(names),
    )
    return RestsOnSample(names, message)


def shown(names: list[str]) -> str:
    """The names, as many as one reads, and how many more there are."""
    more = len(names) - _NAMED
    return ", ".join(names[:_NAMED]) + (f" … (+{more})" if more > 0 else "")


def documents_resting(session: Session, but: Collection[int] = ()) -> list[str]:
    """The numbers of those documents, in the order in which they were made, `but` some."""
    ids: set[int] = set()
    for table in made_tables(session):
        own, parts = document_column(table), refers_to_sample(table)
        if own is None or parts is None:
            continue
        if is_of_register(table):
            ids |= _still_moving(session, table, parts)
        else:
            query = select(own).where(own.not_in(marked(DOCUMENTS)), parts)
            ids |= set(ROWS(session).scalars(query))
    return _numbers(session, ids.difference(but), states=("draft", *STANDING))


def refers_to_sample(table: Any) -> ColumnElement[bool] | None:
    """Whether a row refers to a document of the sample, or to what goes with one. Of entries: but as their cause."""
    references = [
        (c, t) for c, t in references_to_documents(table) if not (is_of_register(table) and c.name == "cause_id")
    ]
    return or_(*(column.in_(of_sample(target)) for column, target in references)) if references else None


def _still_moving(session: Session, entries: Any, refers: ColumnElement[bool]) -> set[int]:
    """Documents of one's own whose entries refer to the sample's and don't sum to zero."""
    (register,) = (r for r in register_tables(session) if r.entries is entries)
    keys = [entries.c[column] for d in register.dimensions for column in d.columns]
    moves = or_(*(func.sum(type_coerce(entries.c[a.name], BigInteger)) != 0 for a in register.amounts))
    query = (
        select(entries.c.document_id)
        .where(entries.c.document_id.not_in(marked(DOCUMENTS)), refers)
        .group_by(entries.c.document_id, *keys)
        .having(moves)
    )
    return set(ROWS(session).scalars(query))


def users_of_goods(session: Session, error: NotEnough) -> list[str]:
    """The numbers of the documents of one's own that use what only the sample's brought: those that lower a key which would
    stand below zero."""
    ids: set[int] = set()
    for key in error.short:
        level = 0
        for document_id, added in _moves_of(session, error, key):
            level += added
            if added < 0 and level < 0:
                ids.add(document_id)
    return _numbers(session, ids, states=STANDING)


def _moves_of(session: Session, error: NotEnough, key: tuple[Any, ...]) -> list[tuple[int, int]]:
    """What each document of one's own adds to a key, in the order in which they happened."""
    totals, floor = error.totals, error.totals.floor
    assert floor is not None  # a key without a floor is never short
    entries = totals.register.entries.c
    added: dict[tuple[Any, int], int] = defaultdict(int)
    for part in parts_of(totals):
        same = and_(*(part.keys[name] == value for name, value in zip(totals.by, key, strict=True)))
        amount = func.sum(type_coerce(entries[floor.amount], BigInteger))
        query = select(entries.moment, entries.document_id, amount).where(
            same, *part.where, entries.document_id.not_in(marked(DOCUMENTS))
        )
        for moment, document_id, units in ROWS(session).execute(query.group_by(entries.moment, entries.document_id)):
            added[moment, document_id] += part.sign * int(units)
    return [(document_id, units) for (_, document_id), units in sorted(added.items())]


def _numbers(session: Session, ids: Iterable[int], *, states: tuple[str, ...]) -> list[str]:
    """How documents in these states are named: by their numbers, a draft by what it says."""
    d = DOCUMENTS.c
    query = select(d.number, d.summary, d.id).where(d.id.in_(sorted(ids)), d.state.in_(states)).order_by(d.id)
    return [row.number or row.summary or f"#{row.id}" for row in ROWS(session).execute(query)]
