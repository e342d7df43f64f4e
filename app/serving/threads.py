"""Few threads that do the work of many requests, one at a time each."""

import asyncio
import queue
import threading
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from typing import Any


class Threads:
    """So many threads. They end with the process: whoever stops it waits for the requests, not for them."""

    def __init__(self, count: int, name: str) -> None:
        self._waiting: queue.SimpleQueue[Callable[[], None]] = queue.SimpleQueue()
        for number in range(count):
            threading.Thread(target=self._work, name=f"{name}-{number}", daemon=True).start()

    def do(self, work: Callable[..., Any], *arguments: Any) -> "asyncio.Future[Any]":
        """Do it when a thread is free; the loop may await what it gives or raises."""
        loop = asyncio.get_running_loop()
        outcome: asyncio.Future[Any] = loop.create_future()

        def done() -> None:
            try:
                end = partial(_give, outcome, work(*arguments))
            except BaseException as error:  # the thread must outlive it, whatever it is
                end = partial(_raise, outcome, error)
            with suppress(RuntimeError):  # the loop has ended meanwhile
                loop.call_soon_threadsafe(end)

        self._waiting.put(done)
        return outcome

    def _work(self) -> None:
        while True:
            self._waiting.get()()


def _give(outcome: "asyncio.Future[Any]", value: Any) -> None:
    if not outcome.done():  # whoever waited may have been cancelled
        outcome.set_result(value)


def _raise(outcome: "asyncio.Future[Any]", error: BaseException) -> None:
    if not outcome.done():
        outcome.set_exception(error)
