"""Marking rows as the sample's: whatever one transaction adds to the tables of documents and records."""

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Table, delete, event, func, insert, inspect, literal, null, select, text
from sqlalchemy.orm import Session

from app.db import KontorSession
from app.sample.models import SampleRow
from app.sample.rows import DOCUMENTS, RATES, ROWS, key_of, made_tables, record_tables

_MARKS = SampleRow.__table__.c


@contextmanager
def marking(session: Session, tables: Collection[Any] | None = None) -> Iterator[None]:
    """Mark documents and records (or rows of `tables`) that are added within the block; nobody else adds any meanwhile."""
    connection = ROWS(session)
    tables = [DOCUMENTS, *record_tables(session)] if tables is None else tables
    let_nobody_write(session)
    last = {table: connection.scalar(select(func.coalesce(func.max(key_of(table)), 0))) for table in tables}
    yield
    session.flush()
    for table in tables:
        version = table.c.version if "version" in table.c else null()
        added = select(literal(table.name), key_of(table), version).where(key_of(table) > last[table])
        connection.execute(insert(SampleRow).from_select(["table_name", "row_id", "version"], added))


@event.listens_for(KontorSession, "after_flush")
def _forget(session: Session, _flush: Any) -> None:
    """A row that somebody deletes is no longer the sample's: SQLite may give its number to one of their own."""
    for row in session.deleted:
        table = inspect(row).mapper.base_mapper.local_table
        if [column.name for column in table.primary_key] == ["id"]:
            own = (_MARKS.table_name == table.name, _MARKS.row_id == row.id)
            ROWS(session).execute(delete(SampleRow).where(*own))


def let_nobody_write(session: Session) -> None:
    """Wait until others have written what they are writing, and let them wait until this transaction ends; everybody reads.

    SQLite has one writer anyway. Elsewhere tables are locked, as rows that are about to be added can't be: in the order in
    which a posting comes to them. It holds the organisation as long as it lasts, so that goes with them.
    """
    connection = ROWS(session)
    if connection.dialect.name == "sqlite":
        return
    first = ["core_series", DOCUMENTS.name]
    rest = [table.name for table in made_tables(session) if _is_written(table) and table is not DOCUMENTS]
    connection.execute(text(f"LOCK TABLE {', '.join(first)} IN SHARE ROW EXCLUSIVE MODE"))
    connection.execute(text("LOCK TABLE core_organisation IN EXCLUSIVE MODE"))
    connection.execute(text(f"LOCK TABLE {', '.join(rest)} IN SHARE ROW EXCLUSIVE MODE"))


def _is_written(table: Table) -> bool:
    """Whether a document or a record that a sample may bring is written there."""
    return not table.name.startswith("core_") or table.name.startswith(DOCUMENTS.name) or table is RATES
