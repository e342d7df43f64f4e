"""Two statements of the same dealings, line by line."""

from datetime import date, timedelta
from decimal import Decimal as D

import pytest
from hypothesis import given
from hypothesis import strategies as st

from modules.contacts.matching import (
    DIFFERS,
    NEAR,
    OURS_ALONE,
    SAME,
    SUM,
    THEIRS_ALONE,
    Entry,
    as_we_book,
    is_same_number,
    matched,
    turned,
)


def entry(day: int, document: str, amount: str) -> Entry:
    return Entry(date(2026, 3, 1) + timedelta(days=day), document, D(amount))


def kinds(ours: list[Entry], theirs: list[Entry]) -> list[tuple[str, tuple[int, ...], tuple[int, ...]]]:
    return [(m.kind, m.ours, m.theirs) for m in matched(ours, theirs)]


@pytest.mark.parametrize(
    ("ours", "theirs", "is_same"),
    [
        ("Sale S-000012", "Поступление № 12 от 04.09.2026", True),
        ("Sale S-000012", "invoice s-12", True),
        ("Sale S-000004", "bill of 04.09.2026", False),
        ("Sale S-000012", "invoice 120", False),
        ("Sale S-000120", "invoice 12", False),
        ("Payment", "Payment", False),
    ],
)
def test_numbers_are_the_same_whatever_stands_around_them(ours: str, theirs: str, is_same: bool) -> None:
    assert is_same_number(ours, theirs) is is_same


def test_a_number_comes_before_a_nearer_day() -> None:
    ours = [entry(0, "S-1", "100"), entry(5, "S-2", "100")]
    theirs = [entry(0, "no. 2", "100"), entry(9, "no. 1", "100")]
    assert kinds(ours, theirs) == [(SAME, (0,), (1,)), (SAME, (1,), (0,))]


def test_without_numbers_the_nearest_day_counts_up_to_ten_days() -> None:
    ours = [entry(0, "a", "100"), entry(12, "b", "100"), entry(40, "c", "7")]
    theirs = [entry(11, "x", "100"), entry(2, "y", "100"), entry(51, "z", "7")]
    assert kinds(ours, theirs) == [
        (NEAR, (0,), (1,)),
        (NEAR, (1,), (0,)),
        (OURS_ALONE, (2,), ()),
        (THEIRS_ALONE, (), (2,)),
    ]
    assert kinds([entry(0, "a", "5")], [entry(10, "x", "5")]) == [(NEAR, (0,), (0,))]


def test_the_same_number_with_another_amount_is_a_difference_and_never_of_the_other_side() -> None:
    assert kinds([entry(0, "S-3", "100")], [entry(0, "3", "90")]) == [(DIFFERS, (0,), (0,))]
    assert kinds([entry(0, "S-3", "100")], [entry(0, "3", "-90")]) == [(OURS_ALONE, (0,), ()), (THEIRS_ALONE, (), (0,))]


def test_several_of_one_side_are_one_of_the_other() -> None:
    ours = [entry(0, "P-1", "-60"), entry(3, "P-2", "-25"), entry(4, "P-3", "-40"), entry(20, "S-9", "30")]
    theirs = [entry(4, "transfer", "-100"), entry(21, "half", "10"), entry(22, "other half", "20")]
    assert kinds(ours, theirs) == [
        (SUM, (0, 2), (0,)),
        (OURS_ALONE, (1,), ()),
        (SUM, (3,), (1, 2)),
    ]
    assert kinds([entry(0, "P", "60"), entry(40, "P", "40")], [entry(0, "t", "100")])[0][0] == OURS_ALONE


def test_their_signs_are_turned_unless_that_matches_less() -> None:
    ours = [entry(0, "S-1", "100"), entry(1, "P-1", "-100"), entry(2, "S-2", "30")]
    assert as_we_book(ours, turned(ours)) == ours
    assert as_we_book(ours, ours) == ours
    assert as_we_book([], [entry(0, "x", "1")]) == [entry(0, "x", "-1")]


_entries = st.lists(
    st.builds(
        entry,
        st.integers(0, 60),
        st.sampled_from(["S-1", "S-2", "no. 2", "x", "3"]),
        st.sampled_from(["10", "20", "30", "-10", "-20", "50"]),
    ),
    max_size=9,
)


@given(_entries, _entries)
def test_every_line_is_matched_once_and_what_is_called_equal_is(ours: list[Entry], theirs: list[Entry]) -> None:
    found = matched(ours, theirs)
    assert sorted(i for m in found for i in m.ours) == list(range(len(ours)))
    assert sorted(j for m in found for j in m.theirs) == list(range(len(theirs)))
    for m in found:
        if m.kind in (SAME, NEAR, SUM):
            assert sum(ours[i].amount for i in m.ours) == sum(theirs[j].amount for j in m.theirs)
    assert found == matched(ours, theirs)


@given(_entries)
def test_a_statement_matches_itself_whole(ours: list[Entry]) -> None:
    assert {m.kind for m in matched(ours, ours)} <= {SAME, NEAR}
