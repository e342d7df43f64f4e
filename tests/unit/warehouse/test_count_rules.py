"""What a count expects of an item, whether it stood still, and when something was counted that was sent later."""

from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from modules.warehouse.counting.rules import LONGEST, Counted, Moved, expected_at, found_in, has_moved, moment_of

NINE, TEN, ELEVEN = (datetime(2026, 3, 2, hour) for hour in (9, 10, 11))
SECOND = timedelta(seconds=1)
MOVES = [Moved(NINE, 5), Moved(TEN, -3), Moved(ELEVEN, 7)]


@pytest.mark.parametrize(
    ("moment", "expected"),
    [(NINE - SECOND, 1), (NINE, 6), (TEN - SECOND, 6), (TEN, 3), (ELEVEN - SECOND, 3), (ELEVEN, 10)],
)
def test_what_is_expected_has_what_moved_at_its_own_moment(moment: datetime, expected: int) -> None:
    assert expected_at(10, MOVES, moment) == expected


@pytest.mark.parametrize(
    ("first", "last", "moved"),
    [
        (NINE + SECOND, TEN - SECOND, False),
        (NINE + SECOND, TEN, True),
        (TEN, TEN, True),
        (TEN, ELEVEN - SECOND, True),
        (TEN + SECOND, ELEVEN - SECOND, False),
    ],
)
def test_goods_move_while_they_are_counted_from_the_first_second_to_the_last(
    first: datetime, last: datetime, moved: bool
) -> None:
    assert has_moved(Counted(1, first, last), MOVES) is moved


@pytest.mark.parametrize(
    ("age", "moment"),
    [
        (timedelta(0), ELEVEN),
        (timedelta(minutes=30), ELEVEN - timedelta(minutes=30)),
        (timedelta(hours=3), TEN),  # a clock was set: nothing is counted before the count was begun
        (LONGEST, TEN),
        (LONGEST + SECOND, None),
    ],
)
def test_something_was_counted_as_long_ago_as_the_browser_says(age: timedelta, moment: datetime | None) -> None:
    assert moment_of(age, TEN, ELEVEN) == moment


@given(differences=st.dictionaries(st.integers(0, 6), st.integers(-9, 9), max_size=7))
def test_what_is_found_in_bins_is_what_differs_and_as_much_as_can_changes_bins(differences: dict[int, int]) -> None:
    found, moved = list(found_in(differences)), dict.fromkeys(differences, 0)
    for each in found:
        assert each.units > 0
        if each.source is not None:
            moved[each.source] -= each.units
        if each.target is not None:
            moved[each.target] += each.units
    assert moved == differences
    beyond = {(each.source is None, each.target is None) for each in found if None in (each.source, each.target)}
    assert len(beyond) <= 1  # nothing is both missing in the warehouse and too much
