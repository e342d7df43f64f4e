"""The statements that SQLAlchemy sends, for tests that count them; those of the bare driver are not among them."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import event


@contextmanager
def counted(session: Any, about: str = "") -> Iterator[list[str]]:
    """Those of a session's engine that are sent within the block, and say something of `about`."""
    found: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        if about in statement:
            found.append(statement)

    engine = session.get_bind()
    event.listen(engine, "before_cursor_execute", note)
    try:
        yield found
    finally:
        event.remove(engine, "before_cursor_execute", note)
