"""A server that has no trigrams says what is missing and what to do, instead of failing somewhere."""

from typing import Any

import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import OperationalError

from app.errors import Conflict
from app.search.trigrams import create_trigrams

_TABLE = "CREATE TABLE trial (record_id INTEGER PRIMARY KEY, public TEXT NOT NULL)"


@pytest.mark.parametrize("engine", ["postgresql"], indirect=True)  # SQLite has no roles
def test_who_may_not_make_the_extension_reads_what_to_do(cluster: Any, empty_url: str) -> None:
    """On PostgreSQL a role that owns nothing of the database; it works once an administrator has made the extension."""
    cluster.sql("CREATE ROLE clerk LOGIN")
    url = make_url(empty_url.replace("postgresql://", "postgresql+psycopg://"))
    owner, clerk = create_engine(url), create_engine(url.set(username="clerk"))
    try:
        with owner.begin() as connection:
            connection.execute(text("CREATE SCHEMA clerk AUTHORIZATION clerk"))
        with clerk.connect() as connection:
            connection.execute(text(_TABLE))
            with pytest.raises(Conflict, match=r"pg_trgm.*CREATE EXTENSION pg_trgm.*administrator of the server"):
                create_trigrams(connection, "trial", ["public"])
            connection.rollback()
        with owner.begin() as connection:
            connection.execute(text("CREATE EXTENSION pg_trgm SCHEMA public"))
        with clerk.begin() as connection:
            connection.execute(text(_TABLE))
            create_trigrams(connection, "trial", ["public"])
    finally:
        owner.dispose()
        clerk.dispose()


def test_a_sqlite_without_full_text_search_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    engine = create_engine("sqlite://")
    with engine.connect() as connection:
        connection.execute(text(_TABLE))
        real = type(connection).execute

        def execute(self: Any, statement: Any, *rest: Any) -> Any:
            if "fts5" in str(statement):
                raise OperationalError(str(statement), None, Exception("no such module: fts5"))
            return real(self, statement, *rest)

        monkeypatch.setattr(type(connection), "execute", execute)
        with pytest.raises(Conflict, match=r"SQLite 3\.34 or newer"):
            create_trigrams(connection, "trial", ["public"])
