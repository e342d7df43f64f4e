"""Periods are counted: every day lies in one, the next begins where it ends, and each knows which one it is compared with."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from modules.trade.figures.periods import STEPS, earlier_span, usual_spans

DAYS = st.dates(date(2, 1, 1), date(9998, 12, 31))


@given(DAYS, st.sampled_from(list(STEPS)))
def test_each_day_lies_in_one_period_and_the_next_follows(day: date, name: str) -> None:
    step = STEPS[name]
    first = step.first_day(step.number(day))
    last = step.last_day(first)
    assert first <= day <= last
    assert step.number(first) == step.number(last) == step.number(last.replace(day=last.day))
    assert step.first_day(step.number(day) + 1).toordinal() == last.toordinal() + 1
    assert name != "week" or first.isoweekday() == 1


@pytest.mark.parametrize("name", list(STEPS))
def test_the_ends_of_the_calendar_are_borne(name: str) -> None:
    step = STEPS[name]
    assert step.first_day(step.number(date.min)) == date.min
    assert step.last_day(step.first_day(step.number(date.max))) == date.max
    assert earlier_span(date.min, date.min, "before", step) == (date.min, date.min)


@pytest.mark.parametrize(
    ("since", "until", "earlier", "step", "wanted"),
    [
        # as many days before, where it doesn't begin with a month
        ("2026-03-10", "2026-03-19", "before", None, ("2026-02-28", "2026-03-09")),
        # whole months before, to the end of the month
        ("2026-03-01", "2026-03-31", "before", None, ("2026-02-01", "2026-02-28")),
        ("2026-01-01", "2026-03-31", "before", None, ("2025-10-01", "2025-12-31")),
        # a month so far is compared with as much of the one before
        ("2026-03-01", "2026-03-15", "before", None, ("2026-02-01", "2026-02-15")),
        ("2026-03-01", "2026-03-30", "before", None, ("2026-02-01", "2026-02-28")),
        ("2024-02-29", "2024-02-29", "year", None, ("2023-02-28", "2023-02-28")),
        ("2023-02-01", "2023-02-28", "year", None, ("2022-02-01", "2022-02-28")),
        # period by period: each with the one before it, or with the same a year ago
        ("2026-03-05", "2026-04-30", "before", "month", ("2026-02-05", "2026-03-31")),
        ("2026-03-05", "2026-04-30", "year", "quarter", ("2025-03-05", "2025-04-30")),
        ("2026-03-05", "2026-03-06", "before", "day", ("2026-03-04", "2026-03-05")),
        ("2026-03-05", "2026-03-06", "year", "week", ("2025-03-06", "2025-03-07")),
    ],
)
def test_what_days_are_compared_with(
    since: str, until: str, earlier: str, step: str | None, wanted: tuple[str, str]
) -> None:
    found = earlier_span(
        date.fromisoformat(since), date.fromisoformat(until), earlier, STEPS[step] if step is not None else None
    )
    assert tuple(map(str, found)) == wanted


@given(DAYS, st.sampled_from(list(STEPS)), st.sampled_from(["before", "year"]))
def test_what_a_period_is_compared_with_is_asked_for(day: date, name: str, earlier: str) -> None:
    """The earlier span of a whole period is the whole of the one that its shift names."""
    step = STEPS[name]
    first = step.first_day(step.number(day))
    since, until = earlier_span(first, step.last_day(first), earlier, step)
    if since > date(2, 1, 1):
        assert step.number(since) == step.number(until) == step.number(first) - step.shift(earlier)
        assert step.first_day(step.number(since)) == since
        assert step.last_day(since) == until


def test_usual_periods_are_whole_ones_about_today() -> None:
    spans = [(str(since), str(until)) for _title, since, until in usual_spans(date(2026, 1, 15))]
    assert spans == [
        ("2026-01-15", "2026-01-15"),
        ("2026-01-01", "2026-01-31"),
        ("2025-12-01", "2025-12-31"),
        ("2026-01-01", "2026-03-31"),
        ("2026-01-01", "2026-12-31"),
        ("2025-01-01", "2025-12-31"),
    ]
