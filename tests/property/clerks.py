"""How a clerk, who keeps a naive model beside the books, does what chance says."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import Any

from app import ledger
from app.security import SYSTEM


@contextmanager
def all_done(company: Any, clerk_of: Callable[[Any], Any], steps: Iterable[Any]) -> Iterator[Any]:
    """A session in which each step is done and the books are proved; nothing of it stays."""
    with company.database.session(SYSTEM, write=True) as session:
        clerk = clerk_of(session)
        for step in steps:
            clerk.do(step)
        assert list(ledger.verify(session)) == []
        yield session
        session.rollback()
