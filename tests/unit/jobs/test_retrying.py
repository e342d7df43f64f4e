"""Pauses between attempts: each longer, none too long, each a little uneven."""

from datetime import timedelta
from itertools import pairwise

import pytest

from app.jobs.retrying import ONCE, Retry


def test_pauses_double_up_to_the_longest() -> None:
    retry = Retry(attempts=7, first=timedelta(seconds=30), most=timedelta(minutes=5), jitter=0)
    pauses = [retry.pause_after(attempt, 0.5) for attempt in range(1, 7)]
    assert [pause.total_seconds() for pause in pauses if pause] == [30, 60, 120, 240, 300, 300]


def test_after_the_last_attempt_there_is_none() -> None:
    assert Retry(attempts=3).pause_after(3, 0.5) is None
    assert ONCE.pause_after(1, 0.5) is None


@pytest.mark.parametrize("chance", [0.0, 0.25, 0.5, 0.999])
def test_a_pause_differs_by_its_share_at_most(chance: float) -> None:
    pause = Retry(first=timedelta(seconds=100), jitter=0.25).pause_after(1, chance)
    assert pause is not None
    assert timedelta(seconds=75) <= pause <= timedelta(seconds=125)


def test_what_failed_together_comes_back_apart() -> None:
    pauses = [Retry().pause_after(1, chance / 10) for chance in range(10)]
    assert all(earlier < later for earlier, later in pairwise(p for p in pauses if p))


def test_very_many_attempts_overflow_nothing() -> None:
    assert Retry(attempts=10**6, factor=10, jitter=0).pause_after(10**5, 0.5) == timedelta(hours=1)
