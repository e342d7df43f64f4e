"""Few threads that do the work of many requests, one at a time each."""

import asyncio
import threading
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from typing import Any


class Threads:
    """So many threads. They end with the process: whoever stops it waits for the requests, not for them."""

    def __init__(self, count: int, name: str) -> None:
        self._due = threading.Condition()
        self._waiting: deque[Callable[[], None]] = deque()
        self._idle = count
        for number in range(count):
            threading.Thread(target=self._work, name=f"{name}-{number}", daemon=True).start()

    @property
    def waiting(self) -> int:
        """How many pieces of work wait for a thread."""
        with self._due:
            return max(0, len(self._waiting) - self._idle)

    @property
    def is_free(self) -> bool:
        """Whether a thread would begin at once."""
        with self._due:
            return len(self._waiting) < self._idle

    def do(
        self, work: Callable[..., Any], *arguments: Any, unless: "asyncio.Future[Any] | None" = None
    ) -> "asyncio.Future[Any]":
        """Do it when a thread is free; the loop may await what it gives or raises. `unless`: when that is done before a thread
        has begun, nothing is done any more, and it gives None."""
        loop = asyncio.get_running_loop()
        outcome: asyncio.Future[Any] = loop.create_future()

        def done() -> None:
            try:
                end = partial(_give, outcome, work(*arguments))
            except BaseException as error:  # the thread must outlive it, whatever it is
                end = partial(_raise, outcome, error)
            with suppress(RuntimeError):  # the loop has ended meanwhile
                loop.call_soon_threadsafe(end)

        with self._due:
            self._waiting.append(done)
            self._due.notify()
        if unless is not None:
            unless.add_done_callback(lambda _unless: _give(outcome, None) if self._withdraw(done) else None)
        return outcome

    def _withdraw(self, work: Callable[[], None]) -> bool:
        """Whether it was still waiting, and no longer is."""
        with self._due:
            if work not in self._waiting:
                return False
            self._waiting.remove(work)
            return True

    def _work(self) -> None:
        while True:
            with self._due:
                while not self._waiting:
                    self._due.wait()
                work = self._waiting.popleft()
                self._idle -= 1
            work()
            with self._due:
                self._idle += 1


def _give(outcome: "asyncio.Future[Any]", value: Any) -> None:
    if not outcome.done():  # whoever waited may have been cancelled
        outcome.set_result(value)


def _raise(outcome: "asyncio.Future[Any]", error: BaseException) -> None:
    if not outcome.done():
        outcome.set_exception(error)
