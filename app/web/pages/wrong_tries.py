"""Where wrong tries are counted: in the database, so that whoever guesses at many server processes has no more guesses.

The counts of one window begin with its first wrong try and end together. Between the look at a count and the count of a try
that was wrong others may be let in, as many as there are threads: a limit is met within that number.
"""

from datetime import UTC, timedelta
from typing import Any

from limits.storage import MemoryStorage
from sqlalchemy import delete, select, update
from sqlalchemy.exc import DBAPIError

from app.db import KontorSession, utc_now
from app.security import SYSTEM
from app.security.login import digest_of
from app.security.models import WrongTries
from app.web.edge.request import current_company


class WrongTriesInDatabase(MemoryStorage):
    """Counts by the company's database. What it can't take at the moment counts in this process alone, and what is asked for is
    the larger of both: a database that is busy lets nobody guess without end."""

    STORAGE_SCHEME = ["company"]

    def incr(self, key: str, expiry: float, amount: int = 1) -> int:
        """Count `amount` tries; those of a key end `expiry` seconds after its first. Gives how many there are."""

        def count(session: KontorSession) -> int:
            now, digest = utc_now(), digest_of(key)
            more = update(WrongTries).where(WrongTries.digest == digest, WrongTries.until > now)
            times = session.scalar(more.values(times=WrongTries.times + amount).returning(WrongTries.times))
            if times is None:  # two who are the first: the other's row is there when this is done again
                session.execute(delete(WrongTries).where(WrongTries.until <= now))
                session.add(WrongTries(digest=digest, times=amount, until=now + timedelta(seconds=expiry)))
            return times or amount

        try:
            return current_company().database.run(count, actor=SYSTEM)
        except DBAPIError:
            return super().incr(key, expiry, amount)

    def get(self, key: str) -> int:
        """How many tries count now."""
        row = _row(key)
        return max(row.times if row else 0, super().get(key))

    def get_expiry(self, key: str) -> float:
        """When they end, in seconds since 1970; a moment that is over where none counts."""
        row = _row(key)
        return max(row.until.replace(tzinfo=UTC).timestamp() if row else 0, super().get_expiry(key))


def _row(key: str) -> Any:
    query = select(WrongTries.times, WrongTries.until)
    query = query.where(WrongTries.digest == digest_of(key), WrongTries.until > utc_now())
    try:
        return current_company().database.run(lambda s: s.execute(query).first(), actor=SYSTEM, write=False)
    except DBAPIError:  # busy, or without tables before the first run: what this process knows holds
        return None
