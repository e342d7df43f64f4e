"""Round days: the one number of a span by which an index finds it for any day within it."""

import sqlite3

from hypothesis import given
from hypothesis import strategies as st

from app.days import BITS, round_days, roundest, roundest_sql

numbers = st.integers(1, 2**BITS - 1)


def test_the_roundest_number_of_a_span_is_divided_by_the_highest_power_of_two() -> None:
    assert [roundest(5, 5), roundest(5, 7), roundest(5, 8), roundest(3, 17), roundest(0, 9)] == [5, 6, 8, 16, 0]


@given(one=numbers, other=numbers, within=numbers)
def test_a_span_is_found_for_each_day_within_it_and_kept_apart_from_each_other_day(
    one: int, other: int, within: int
) -> None:
    first, last = min(one, other), max(one, other)
    for day in (first, last, first + within % (last - first + 1)):
        before, after = round_days(day)
        assert roundest(first, last) in before | after
    for day in (first - 1, last + 1):  # only the bounds tell these apart, as the index is asked for them too
        before, after = round_days(day)
        assert not (roundest(first, last) in before and last >= day)
        assert not (roundest(first, last) in after and first <= day)


@given(first=numbers, last=numbers)
def test_sql_finds_the_same_and_none_in_a_span_that_is_none(first: int, last: int) -> None:
    connection = sqlite3.connect(":memory:")
    (found,) = connection.execute(f"SELECT {roundest_sql('?1', '?2')}", (first, last)).fetchone()
    assert found == (roundest(first, last) if first <= last else 0)
    connection.close()
