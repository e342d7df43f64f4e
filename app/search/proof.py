"""Proving that the indexes of search say what the records say, and rebuilding them."""

from collections.abc import Iterator

from sqlalchemy import inspect, select
from sqlalchemy.orm import Session

from app.audit import record
from app.past_policy import PastPolicy
from app.search.index import SearchIndex, rows_of
from app.search.keeping import fill, pages
from app.search.trigrams import errors_of

_OWN = PastPolicy("a proof of an index reads every record")

#: so many disagreements of one index are reported; more would say nothing new
_REPORTED = 20


def verify(session: Session) -> Iterator[str]:
    """Every record of which an index doesn't say what the record says; nothing when all are proven."""
    for index in _made(session):
        yield from _disagreements(session, index)
        yield from errors_of(_OWN(session), index)


def rebuild(session: Session) -> None:
    """Rebuild every index."""
    record(session, "core.search.rebuild")
    for index in _made(session):
        fill(_OWN(session), index)


def _made(session: Session) -> list[type[SearchIndex]]:
    """The indexes that this database has; of a module that was never on there are none."""
    there = set(inspect(_OWN(session)).get_table_names())
    return [index for index in SearchIndex.declared if index.__tablename__ in there]


def _disagreements(session: Session, index: type[SearchIndex]) -> Iterator[str]:
    connection, count = _OWN(session), 0
    table = index.__table__
    for ids in pages(connection, index):
        kept = {row.record_id: row for row in connection.execute(select(table).where(table.c.record_id.in_(ids)))}
        for said in rows_of(connection, index, ids):
            row = kept.get(said["record_id"])
            if row is None or dict(row._mapping) != said:
                yield f"{table.name}: record {said['record_id']} is found by other texts than it has"
                count += 1
                if count == _REPORTED:
                    return
