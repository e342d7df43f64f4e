"""Several people who act at the same moment, each in a thread of their own."""

import threading
from collections.abc import Callable
from typing import Any


def at_once(*works: Callable[[], Any]) -> list[Any]:
    """Run each in a thread of its own; what each gives or raises."""
    answers: list[Any] = [None] * len(works)

    def one(n: int) -> None:
        try:
            answers[n] = works[n]()
        except Exception as error:
            answers[n] = error

    threads = [threading.Thread(target=one, args=(n,)) for n in range(len(works))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert not any(thread.is_alive() for thread in threads)
    return answers
