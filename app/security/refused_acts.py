"""What users were refused for want of a right goes into the audit: at once, and then at most one line for ten minutes, so that
nobody fills the audit by asking again and again."""

import math
import threading
import time
from typing import Any

from sqlalchemy.exc import DBAPIError

from app.audit import record
from app.db import Database
from app.security.actor import Actor

#: Seconds for which more of the same is only counted.
PAUSE = 600
#: users and rights that are remembered at once; above it, the oldest are forgotten
MOST = 1000


class RefusedActs:
    """By user and right: since when it was written last, and how often it was refused since."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._seen: dict[tuple[int, str], tuple[float, int]] = {}

    def note(self, database: Database, actor: Actor | None, needs: str, what: str) -> None:
        """Write a line that the actor lacks the right `needs` for `what` they asked, or count it. A database that is busy isn't
        waited for: then it is written with the next."""
        if actor is None or actor.user_id is None:
            return
        count = self._due((actor.user_id, needs))
        if not count:
            return
        line: dict[str, Any] = {"subject": "core.user", "subject_id": actor.user_id, "summary": f"{needs}: {what}"}
        if count > 1:
            line["summary"] += f" ×{count}"
        try:
            database.run_if_free(lambda session: record(session, "security.access.refused", **line), actor=actor)
        except DBAPIError:
            with self._lock:
                self._seen[actor.user_id, needs] = -math.inf, count

    def _due(self, key: tuple[int, str]) -> int:
        """How many there are to write; zero while it is too early for another line."""
        now = time.monotonic()
        with self._lock:
            since, count = self._seen.pop(key, (-math.inf, 0))
            count += 1
            is_due = now - since >= PAUSE
            self._seen[key] = (now, 0) if is_due else (since, count)
            if len(self._seen) > MOST:
                del self._seen[next(iter(self._seen))]
        return count if is_due else 0
