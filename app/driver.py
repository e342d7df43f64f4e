"""The bare driver under a session's own connection and transaction, for the few statements of the hot path.

Posting runs the same dozen statements thousands of times; here they cost what the database takes, and nothing for being
compiled, wrapped and unwrapped. Everything else goes through SQLAlchemy. SQL is written once, with `?` for a value. Nothing
holds it to the policy: who may use it is listed in `tests/unit/test_past_policy.py`.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager, nullcontext
from functools import cache
from typing import Any

from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from app.past_policy import PastPolicy

_HOT_PATH = PastPolicy("posting, numbering and the audit write and lock their own tables, whoever posts")

Row = tuple[Any, ...]
#: a statement and its values
Question = tuple[str, Sequence[Any]]


class Driver:
    """A cursor of the driver; its errors are SQLAlchemy's, so the edge knows which of them to try again."""

    def __init__(self, session: Session) -> None:
        connection = _HOT_PATH(session)
        self._dialect = connection.dialect
        self._pooled = connection.connection
        self._cursor = self._pooled.cursor()
        self.is_sqlite = self._dialect.name == "sqlite"

    def rows(self, sql: str, values: Sequence[Any]) -> list[Row]:
        """What a statement answers."""
        with self._errors(sql):
            self._cursor.execute(_written(sql, self.is_sqlite), values)
            return list(self._cursor.fetchall())

    def answers(self, questions: Sequence[Question]) -> list[list[Row]]:
        """What several statements answer, in their order; a PostgreSQL server is asked by one journey."""
        if self.is_sqlite or len(questions) < 2:
            return [self.rows(*question) for question in questions]
        cursors = [self._pooled.cursor() for _ in questions]
        with self.together():
            for cursor, (sql, values) in zip(cursors, questions, strict=True):
                cursor.execute(_written(sql, self.is_sqlite), values)
            return [list(cursor.fetchall()) for cursor in cursors]

    def row(self, sql: str, values: Sequence[Any]) -> Row | None:
        """The first row that a statement answers."""
        with self._errors(sql):
            self._cursor.execute(_written(sql, self.is_sqlite), values)
            return self._cursor.fetchone()

    def run(self, sql: str, values: Sequence[Any]) -> None:
        """Run a statement that answers nothing."""
        with self._errors(sql):
            self._cursor.execute(_written(sql, self.is_sqlite), values)

    def run_each(self, sql: str, rows: Sequence[Row]) -> None:
        """Run a statement that answers nothing once for each row, in their order."""
        with self._errors(sql):
            self._cursor.executemany(_written(sql, self.is_sqlite), rows)

    @contextmanager
    def together(self) -> Iterator[None]:
        """Statements that need no answer before the next one go to a PostgreSQL server in one journey, in their order.

        Within another `together`, they join its journey.
        """
        alone: Any = nullcontext()
        if not self.is_sqlite and not self._pooled.pgconn.pipeline_status:  # type: ignore[attr-defined]
            alone = self._pooled.pipeline()  # type: ignore[attr-defined]
        with self._errors("several statements"), alone:
            yield

    @contextmanager
    def _errors(self, sql: str) -> Iterator[None]:
        error_type = self._dialect.loaded_dbapi.Error
        try:
            yield
        except error_type as error:
            wrapped = DBAPIError.instance(sql, None, error, error_type, dialect=self._dialect)
            raise wrapped from error


@cache
def _written(sql: str, is_sqlite: bool) -> str:
    return sql if is_sqlite else sql.replace("?", "%s")
