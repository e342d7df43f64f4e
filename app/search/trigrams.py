"""The trigrams of an index's texts, by which any part of three signs or more is found: FTS5 on SQLite, pg_trgm on PostgreSQL.

The database keeps them by itself with each row of the index.
"""

from collections.abc import Iterator, Sequence
from typing import Any

from sqlalchemy import Column, Connection, Integer, MetaData, Table, Text, func, literal_column, text
from sqlalchemy.exc import DBAPIError

from app.errors import Conflict
from app.search.index import SearchIndex
from app.translation import lazy_gettext as _l

_ENDING = "_trigrams"


def is_trigrams(name: str | None) -> bool:
    """Whether a table or an index of this name is one of trigrams, or of what SQLite keeps them in."""
    return _ENDING in (name or "")


def trigrams_of(index: type[SearchIndex]) -> Table:
    """SQLite's table of the trigrams, whose column of its own name is asked by MATCH; its rows have the records' numbers."""
    name = f"{index.__tablename__}{_ENDING}"
    return Table(name, _apart, Column("rowid", Integer, primary_key=True), Column(name, Text), keep_existing=True)


_apart = MetaData()


def rest_of(column: Any) -> Any:
    """A text without its first sign, as PostgreSQL has it in an index beside the whole."""
    return func.substr(column, literal_column("2"))


def create_trigrams(connection: Connection, table: str, columns: Sequence[str]) -> None:
    """Make the trigrams of a table's columns. Refused (Conflict): a database that can't."""
    name = f"{table}{_ENDING}"
    if connection.dialect.name == "postgresql":
        _allow(connection, "CREATE EXTENSION IF NOT EXISTS pg_trgm", _NO_PG_TRGM)
        indexed = ", ".join(f"{c} gin_trgm_ops" for c in columns)
        connection.execute(text(f"CREATE INDEX ix_{name} ON {table} USING gin ({indexed})"))
        rest = f"substr({columns[0]}, 2) gin_trgm_ops"  # see rest_of
        connection.execute(text(f"CREATE INDEX ix_{name}_rest ON {table} USING gin ({rest})"))
        return
    said, old, new = (", ".join(f"{before}{c}" for c in columns) for before in ("", "old.", "new."))
    options = f"content='{table}', content_rowid='record_id', tokenize='trigram case_sensitive 1'"
    _allow(connection, f"CREATE VIRTUAL TABLE {name} USING fts5({said}, {options})", _NO_FTS5)
    connection.execute(text(f"INSERT INTO {name}({name}) VALUES ('rebuild')"))  # noqa: S608 - own name
    differs = " OR ".join(f"old.{c} <> new.{c}" for c in columns)
    forget = f"INSERT INTO {name}({name}, rowid, {said}) VALUES ('delete', old.record_id, {old});"  # noqa: S608 - own names
    keep = f"INSERT INTO {name}(rowid, {said}) VALUES (new.record_id, {new});"  # noqa: S608 - own names
    for what, when, done in (
        ("insert", "INSERT", keep),
        ("delete", "DELETE", forget),
        ("update", f"UPDATE OF {said}", forget + keep),
    ):
        only = f"WHEN {differs} " if what == "update" else ""
        connection.execute(
            text(f"CREATE TRIGGER {name}_{what} AFTER {when} ON {table} {only}BEGIN {done} END".replace(":", "\\:"))
        )


def drop_trigrams(connection: Connection, table: str) -> None:
    """Remove them, as far as there are any."""
    if connection.dialect.name == "postgresql":
        for name in (f"ix_{table}{_ENDING}", f"ix_{table}{_ENDING}_rest"):
            connection.execute(text(f"DROP INDEX IF EXISTS {name}"))
        return
    for what in ("insert", "delete", "update"):
        connection.execute(text(f"DROP TRIGGER IF EXISTS {table}{_ENDING}_{what}"))
    connection.execute(text(f"DROP TABLE IF EXISTS {table}{_ENDING}"))


def errors_of(connection: Connection, index: type[SearchIndex]) -> Iterator[str]:
    """Whether SQLite's trigrams are those of the index's texts; PostgreSQL keeps its indexes by itself."""
    if connection.dialect.name == "postgresql":
        return
    name = trigrams_of(index).name
    try:
        connection.execute(text(f"INSERT INTO {name}({name}, rank) VALUES ('integrity-check', 1)"))  # noqa: S608 - own name
    except DBAPIError as error:
        if not getattr(error.orig, "sqlite_errorname", "").startswith("SQLITE_CORRUPT"):
            raise
        yield f"{name}: the trigrams aren't those of {index.__tablename__}"


def _allow(connection: Connection, statement: str, refusal: object) -> None:
    try:
        connection.execute(text(statement))
    except DBAPIError as error:
        raise Conflict(refusal) from error


_NO_PG_TRGM = _l(
    "PostgreSQL's extension pg_trgm, by which the search finds parts of words, can't be made. It comes with PostgreSQL"
    " (postgresql-contrib): have it installed, and “CREATE EXTENSION pg_trgm” run in this database by its owner or an"
    " administrator of the server. Then start again."
)
_NO_FTS5 = _l(
    "This Python's SQLite lacks the full-text search FTS5 with trigrams, by which the search finds parts of words: SQLite 3.34"
    " or newer is needed."
)
