"""A server whose worker died stands up again, however often it dies: at once the first time, then after ever longer pauses."""

import signal
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import structlog

from app.db import utc_now

#: Seconds before the second restart; each further pause is twice as long, up to the longest.
PAUSE, LONGEST = 1.0, 30.0
#: Seconds after which a worker counts as sound: when it dies then, the pauses begin at none again.
SOUND = 60.0

_log = structlog.get_logger("server")


@dataclass
class Restarts:
    """How often the worker had to be started again, and since when this one works."""

    count: int = 0
    since: datetime = field(default_factory=utc_now)

    def state(self) -> dict[str, Any]:
        """For /healthz."""
        return {"restarts": self.count, "since": f"{self.since:%Y-%m-%dT%H:%M:%SZ}"}


def keep_serving(serve: Callable[[Restarts], None], *, sleep: Callable[[float], bool] | None = None) -> None:
    """Call `serve` until it returns. When it raises SystemExit with a code other than zero, a worker has died: call it again.

    `sleep` waits for so many seconds, and gives whether the process was asked to end meanwhile.
    """
    restarts, in_a_row = Restarts(), 0
    while True:
        began = time.monotonic()
        restarts.since = utc_now()
        try:
            return serve(restarts)
        except KeyboardInterrupt:  # before or after the server itself listens to it
            return None
        except SystemExit as end:
            if not end.code:
                return None
        lived = time.monotonic() - began
        in_a_row = 0 if lived >= SOUND else in_a_row + 1
        pause = pause_after(in_a_row)
        with asked_to_end() as ended:  # before the death is reported: whoever reads of it may end the server at once
            restarts.count += 1
            _log.error("server.worker_died", lived_s=round(lived, 1), restarts=restarts.count, again_in_s=pause)
            if (sleep or ended.wait)(pause):
                return None


def pause_after(in_a_row: int) -> float:
    """Seconds to wait when so many workers, one after the other, died soon."""
    return 0.0 if in_a_row < 2 else min(PAUSE * 2 ** min(in_a_row - 2, 20), LONGEST)


@contextmanager
def asked_to_end() -> Iterator[threading.Event]:
    """Set once Ctrl-C or SIGTERM comes."""
    ended = threading.Event()
    with _handled(signal.SIGINT, ended), _handled(signal.SIGTERM, ended):
        yield ended


@contextmanager
def _handled(number: signal.Signals, ended: threading.Event) -> Iterator[None]:
    before = signal.signal(number, lambda *_: ended.set())
    try:
        yield
    finally:
        signal.signal(number, before)
