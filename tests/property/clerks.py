"""How a clerk, who keeps a naive model beside the books, does what chance says."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any

from app import ledger
from app.security import SYSTEM


class Clock(datetime):
    """A clock that is so far ahead."""

    ahead = timedelta()

    @classmethod
    def now(cls, tz: Any = None) -> Any:
        return datetime.now(tz) + cls.ahead


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


def all_counted(company: Any, clerk_of: Callable[[Any], Any], steps: Iterable[Any], monkeypatch: Any) -> None:
    """Each step is done by a clock of its own, what is counted is posted and the books are proved; nothing of it stays."""
    monkeypatch.setattr("app.clock.datetime", Clock)
    Clock.ahead = timedelta()
    with company.database.session(SYSTEM, write=True) as session:
        clerk = clerk_of(session)
        for step in steps:
            clerk.do(step)
        clerk.finish()
        assert list(ledger.verify(session)) == []
        session.rollback()
