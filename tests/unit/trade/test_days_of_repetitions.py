"""On which days something is repeated: by example, and against somebody who walks through the calendar day by day."""

from datetime import date, timedelta
from itertools import islice

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.errors import Invalid
from modules.trade.repeating.dates import MOST, Rhythm, check_rhythm
from modules.trade.repeating.texts import check_places, filled

D = date


@pytest.mark.parametrize(
    ("rhythm", "days"),
    [
        (Rhythm("month", D(2026, 1, 31)), [D(2026, 1, 31), D(2026, 2, 28), D(2026, 3, 31), D(2026, 4, 30)]),
        (Rhythm("month", D(2026, 2, 10), month_end=True), [D(2026, 2, 28), D(2026, 3, 31), D(2026, 4, 30)]),
        (
            Rhythm("year", D(2024, 2, 29)),
            [D(2024, 2, 29), D(2025, 2, 28), D(2026, 2, 28), D(2027, 2, 28), D(2028, 2, 29)],
        ),
        (Rhythm("quarter", D(2026, 11, 30)), [D(2026, 11, 30), D(2027, 2, 28), D(2027, 5, 30)]),
        (Rhythm("week", D(2026, 12, 28), until=D(2027, 1, 11)), [D(2026, 12, 28), D(2027, 1, 4), D(2027, 1, 11)]),
        (Rhythm("month", D(2026, 5, 5), count=2), [D(2026, 5, 5), D(2026, 6, 5)]),
    ],
)
def test_turns_are_counted_from_the_first_day(rhythm: Rhythm, days: list[date]) -> None:
    is_over = rhythm.count is not None or rhythm.until is not None
    assert list(islice(rhythm.days(), None if is_over else len(days))) == days


def naive(every: str, first: date, until: date) -> list[date]:
    """Walks day by day: a month has the day of `first`, or ends before it."""
    found, day, months = [], first, {"month": 1, "quarter": 3, "year": 12}.get(every)
    while day <= until:
        if months is None:
            due = (day - first).days % 7 == 0
        else:
            is_last = (day + timedelta(days=1)).month != day.month
            is_its_day = day.day == first.day or (is_last and day.day < first.day)
            due = is_its_day and ((day.year - first.year) * 12 + day.month - first.month) % months == 0
        if due:
            found.append(day)
        day += timedelta(days=1)
    return found


@given(
    st.sampled_from(["week", "month", "quarter", "year"]),
    st.dates(D(1999, 1, 1), D(2040, 12, 31)),
    st.integers(0, 1500),
)
def test_days_are_those_of_whoever_walks_through_the_calendar(every: str, first: date, length: int) -> None:
    until = first + timedelta(days=length)
    rhythm = Rhythm(every, first, until)
    days = list(rhythm.days())
    assert days == naive(every, first, until)
    if len(days) > 1:
        assert rhythm.last_covered(0) == days[1] - timedelta(days=1)


@pytest.mark.parametrize(
    ("rhythm", "field"),
    [
        (Rhythm("day", D(2026, 1, 1)), "every"),
        (Rhythm("week", D(2026, 1, 1), month_end=True), "month_end"),
        (Rhythm("week", D(2026, 1, 1), count=0), "count"),
        (Rhythm("week", D(2026, 1, 1), count=MOST + 1), "count"),
        (Rhythm("week", D(2026, 1, 2), until=D(2026, 1, 1)), "until"),
    ],
)
def test_a_rhythm_that_there_is_not_is_refused(rhythm: Rhythm, field: str) -> None:
    with pytest.raises(Invalid) as refusal:
        check_rhythm(rhythm)
    assert refusal.value.field == field


def test_places_are_filled_in_once_in_the_contacts_language() -> None:
    said = "Rent {month} {year}: {since} – {until} {x}"
    period = (D(2026, 3, 1), D(2026, 3, 31))
    assert filled(said, *period, "en") == "Rent March 2026: March 1, 2026 – March 31, 2026 {x}"
    assert filled("{month} {year}", *period, "ru") == "март 2026"
    with pytest.raises(Invalid):
        check_places(said, field="letter")
