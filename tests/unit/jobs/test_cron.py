"""When a schedule is due: never twice and never skipped where the organisation's clock is put forward or back."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import pairwise

import pytest

from app.clock import set_zone
from app.errors import Invalid
from app.jobs.cron import check_cron, next_due


@pytest.fixture(autouse=True)
def berlin() -> Iterator[None]:
    """UTC+1, in summer UTC+2; in 2026 the clock is put forward on 29 March and back on 25 October, at 01:00 UTC."""
    set_zone("Europe/Berlin")
    yield
    set_zone("")


def all_due(cron: str, since: datetime, until: datetime) -> list[datetime]:
    found, moment = [], since
    while (moment := next_due(cron, moment)) <= until:
        found.append(moment)
    return found


def test_the_hours_are_those_of_the_organisations_clock() -> None:
    assert next_due("0 2 * * *", datetime(2026, 1, 10, 12)) == datetime(2026, 1, 11, 1)
    assert next_due("0 2 * * *", datetime(2026, 7, 10, 12)) == datetime(2026, 7, 11, 0)


def test_a_due_moment_is_later_than_the_one_before() -> None:
    assert next_due("0 2 * * *", datetime(2026, 1, 11, 1)) == datetime(2026, 1, 12, 1)
    assert next_due("0 2 * * *", datetime(2026, 1, 11, 0, 59, 59)) == datetime(2026, 1, 11, 1)


def test_a_time_that_the_clock_skips_in_spring_is_due_an_hour_later() -> None:
    assert all_due("30 2 * * *", datetime(2026, 3, 28), datetime(2026, 3, 30, 12)) == [
        datetime(2026, 3, 28, 1, 30),
        datetime(2026, 3, 29, 1, 30),  # 03:30 by the new time: 02:30 doesn't come
        datetime(2026, 3, 30, 0, 30),
    ]


def test_a_skipped_time_is_found_by_whoever_looks_in_the_hour_after_it() -> None:
    assert next_due("30 2 * * *", datetime(2026, 3, 29, 1, 10)) == datetime(2026, 3, 29, 1, 30)


def test_a_time_that_comes_twice_in_autumn_is_due_once() -> None:
    assert all_due("30 2 * * *", datetime(2026, 10, 24), datetime(2026, 10, 26, 12)) == [
        datetime(2026, 10, 24, 0, 30),
        datetime(2026, 10, 25, 0, 30),
        datetime(2026, 10, 26, 1, 30),
    ]


@pytest.mark.parametrize("day", [datetime(2026, 3, 28, 20), datetime(2026, 10, 24, 20)])
@pytest.mark.parametrize(("cron", "minutes"), [("0 * * * *", 60), ("*/15 * * * *", 15)])
def test_what_is_due_every_hour_is_due_in_each_whatever_the_clock_shows(cron: str, minutes: int, day: datetime) -> None:
    found = all_due(cron, day, day + timedelta(hours=12))
    assert {later - earlier for earlier, later in pairwise(found)} == {timedelta(minutes=minutes)}
    assert len(found) == 12 * 60 // minutes


def test_without_a_zone_the_servers_own_clock_counts() -> None:
    set_zone("")
    due = next_due("0 2 * * *", datetime(2026, 1, 10, 12))
    assert datetime(2026, 1, 10, 12) < due <= datetime(2026, 1, 11, 12)


@pytest.mark.parametrize(
    "cron",
    ["0 2 * * *", "*/5 * * * *", "30 7 * * mon-fri", "0 0 29 2 *", "15,45 8-18 1 jan,jul *", "  0   2 * *   SUN "],
)
def test_five_fields_are_kept(cron: str) -> None:
    assert check_cron(cron) == " ".join(cron.lower().split())


WRONG = ["", "0 2 * *", "0 2 * * * *", "61 * * * *", "0 25 * * *", "@daily", "R * * * *", "0 2 ? * *", "two"]


@pytest.mark.parametrize("cron", [*WRONG, "0 0 30 2 *", "0 0 * * x"])
def test_anything_else_is_refused(cron: str) -> None:
    with pytest.raises(Invalid) as refusal:
        check_cron(cron)
    assert refusal.value.field == "cron"
