"""Where wrong tries are counted: in the database, so that whoever guesses at many server processes has no more guesses.

Between the look at a count and the count of a try that was wrong others may be let in, as many as there are threads: a limit is
met within that number.
"""

from datetime import UTC

from limits.storage import MemoryStorage
from sqlalchemy.exc import DBAPIError

from app.security import SYSTEM
from app.security.wrong_tries import Counted, count_wrong, counted_wrong
from app.web.edge.request import current_company


class WrongTriesInDatabase(MemoryStorage):
    """Counts by the company's database. What it can't take at the moment counts in this process alone, and what is asked for is
    the larger of both: a database that is busy lets nobody guess without end."""

    STORAGE_SCHEME = ["company"]

    def incr(self, key: str, expiry: float, amount: int = 1) -> int:
        """Count `amount` tries; those of a key end `expiry` seconds after its first. Gives how many there are."""
        try:
            return current_company().database.run(lambda s: count_wrong(s, key, expiry, amount), actor=SYSTEM)
        except DBAPIError:
            return super().incr(key, expiry, amount)

    def get(self, key: str) -> int:
        """How many tries count now."""
        known = _counted(key)
        return max(known.times if known else 0, super().get(key))

    def get_expiry(self, key: str) -> float:
        """When they end, in seconds since 1970; a moment that is over where none counts."""
        known = _counted(key)
        return max(known.until.replace(tzinfo=UTC).timestamp() if known else 0, super().get_expiry(key))


def _counted(key: str) -> Counted | None:
    try:
        return current_company().database.run(lambda s: counted_wrong(s, key), actor=SYSTEM, write=False)
    except DBAPIError:  # busy, or without tables before the first run: what this process knows holds
        return None
