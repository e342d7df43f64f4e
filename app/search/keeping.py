"""Keeping the indexes of search: whoever writes what a record is found by, in the same transaction."""

from collections.abc import Collection, Iterator
from typing import Any

from sqlalchemy import Connection, delete, event, insert, inspect, select
from sqlalchemy.orm import ORMExecuteState, Session

from app.db import KontorSession, pieces
from app.driver import Driver
from app.inserts import insert_rows
from app.past_policy import PastPolicy, Unheld
from app.search.index import SearchIndex, rows_of, text_columns, watched
from app.search.trigrams import create_trigrams, drop_trigrams

_OWN = PastPolicy("the index of a search holds what records truly say, whoever saves them; what is asked of it is held")

#: records that are read and written at once as a whole index is made
PAGE = 1000


@event.listens_for(KontorSession, "after_flush")
def _keep(session: Session, _context: Any) -> None:
    """What has been written is read again: a record in the session may hide what is closed to whoever saves it."""
    touched: dict[type[SearchIndex], set[int]] = {}
    for records, is_changed in ((session.new, False), (session.dirty, True), (session.deleted, False)):
        for record in records:
            for index, key, names in watched(type(record)):  # type: ignore[arg-type] # a class has a hash
                attributes = inspect(record).attrs
                if is_changed and not any(attributes[name].history.has_changes() for name in (key, *names)):
                    continue
                history = attributes[key].history
                touched.setdefault(index, set()).update(n for n in (*history.sum(), *history.deleted) if n is not None)
    for index, ids in touched.items():
        write(session, index, ids)


def write(session: Session, index: type[SearchIndex], ids: Collection[int]) -> None:
    """Let the index say of these records what their tables say."""
    table = index.__table__
    for some in pieces(sorted(ids)):
        if rows := list(rows_of(_OWN(session), index, some)):
            insert_rows(Driver(session), table, rows)


def fill(connection: Connection, index: type[SearchIndex]) -> None:
    """Make an index again from what all records say, page by page; its trigrams at once, which is soonest done."""
    table = index.__table__
    drop_trigrams(connection, table.name)
    connection.execute(delete(table))
    for ids in pages(connection, index):
        connection.execute(insert(table), list(rows_of(connection, index, ids)))
    create_trigrams(connection, table.name, [c.name for c in text_columns(index).values()])


def pages(connection: Connection, index: type[SearchIndex]) -> Iterator[list[int]]:
    """The numbers of all records, so many at a time."""
    own, last = index.owner.__table__.c.id, -1
    while ids := list(connection.scalars(select(own).where(own > last).order_by(own).limit(PAGE))):
        yield ids
        last = ids[-1]


def fill_named(connection: Connection, names: Collection[str]) -> None:
    """Fill indexes by the names of their tables, after a migration has made or changed what they are made of."""
    for index in SearchIndex.declared:
        if index.__tablename__ in names:
            fill(connection, index)


@event.listens_for(KontorSession, "do_orm_execute")
def _refuse_unkept(state: ORMExecuteState) -> None:
    """A statement that writes what records are found by, past the session, would leave the index behind."""
    if not (state.is_insert or state.is_update) or state.bind_mapper is None:
        return
    written_to: Any = state.bind_mapper.class_
    names = {name for _index, _key, names in watched(written_to) for name in names}
    statement: Any = state.statement
    given = state.parameters if isinstance(state.parameters, list) else [state.parameters or {}]
    written = {getattr(c, "key", c) for c in statement._values or ()} | {key for row in given for key in row}
    if names and (state.is_insert or names & written):
        raise Unheld("what records are found by is written with them; add or change records instead")
