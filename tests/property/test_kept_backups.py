"""Which backups are kept, against the rule said in other words."""

from datetime import datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from app.backup.retention import Kept, outdated

BEGAN = datetime(2026, 1, 1)
moments = st.integers(0, 60 * 24 * 100).map(lambda minutes: BEGAN + timedelta(minutes=minutes))
backups = st.lists(st.tuples(moments, st.booleans()), max_size=40, unique_by=lambda b: b[0]).map(
    lambda some: [Kept(f"{moment:%Y%m%d%H%M}", moment, is_proven) for moment, is_proven in some]
)


@given(backups, st.integers(1, 10), st.integers(0, 6))
def test_the_last_proven_one_of_each_day_and_week_is_kept(some: list[Kept], daily: int, weekly: int) -> None:
    gone = outdated(some, daily=daily, weekly=weekly)
    kept = [b for b in some if b not in gone]
    proven = [b for b in some if b.is_proven]
    days = sorted({b.moment.date() for b in proven}, reverse=True)[:daily]
    weeks = sorted({b.moment.date() - timedelta(b.moment.weekday()) for b in proven}, reverse=True)[:weekly]
    expected = {max((b for b in proven if b.moment.date() == day), key=lambda b: b.moment) for day in days}
    for monday in weeks:
        of_week = [b for b in proven if monday <= b.moment.date() < monday + timedelta(7)]
        expected.add(max(of_week, key=lambda b: b.moment))
    assert {b for b in kept if b.is_proven} == expected


@given(backups, st.integers(1, 10), st.integers(0, 6))
def test_the_newest_and_the_newest_proven_are_never_removed(some: list[Kept], daily: int, weekly: int) -> None:
    gone = outdated(some, daily=daily, weekly=weekly)
    for among in (some, [b for b in some if b.is_proven]):
        if among:
            assert max(among, key=lambda b: b.moment) not in gone


@given(backups, st.integers(1, 10), st.integers(0, 6))
def test_one_that_is_not_proven_removes_no_proven_one(some: list[Kept], daily: int, weekly: int) -> None:
    proven = [b for b in some if b.is_proven]
    assert [b for b in outdated(some, daily=daily, weekly=weekly) if b.is_proven] == outdated(
        proven, daily=daily, weekly=weekly
    )


@given(backups, st.integers(1, 10), st.integers(0, 6))
def test_what_is_kept_today_is_kept_when_asked_again(some: list[Kept], daily: int, weekly: int) -> None:
    gone = outdated(some, daily=daily, weekly=weekly)
    assert outdated([b for b in some if b not in gone], daily=daily, weekly=weekly) == []


@given(backups, st.integers(1, 5))
def test_failures_do_not_fill_the_disk(some: list[Kept], daily: int) -> None:
    gone = outdated(some, daily=daily, weekly=0)
    assert sum(not b.is_proven for b in some if b not in gone) <= daily
