"""When a job that failed is tried again; pure."""

from dataclasses import dataclass
from datetime import timedelta


@dataclass(frozen=True)
class Retry:
    """How often a job is begun, and the pauses between: each `factor` times as long as the one before, `most` at the longest.

    `jitter` (0 to 1) is the share by which a pause may be shorter or longer, so that what failed together doesn't come back
    together. A refusal (KontorError) is never tried again: it would be refused again.
    """

    attempts: int = 5
    first: timedelta = timedelta(seconds=30)
    factor: float = 2.0
    most: timedelta = timedelta(hours=1)
    jitter: float = 0.25

    def pause_after(self, attempt: int, chance: float) -> timedelta | None:
        """The pause after the attempt of this number (from 1); `chance` is a random number from 0 to 1. None: it was the
        last."""
        if attempt >= self.attempts:
            return None
        # A power that is too large for a float isn't needed: by then `most` holds.
        whole = min(self.first.total_seconds() * self.factor ** min(attempt - 1, 60), self.most.total_seconds())
        return timedelta(seconds=whole) * (1 + self.jitter * (2 * chance - 1))


#: Tried once and no more.
ONCE = Retry(attempts=1)
