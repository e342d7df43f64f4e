"""Merged cells: every cell of a merge says what its first one does, and no cell belongs to two."""

import pytest

from app.workbooks.cells import Merge
from app.workbooks.spread import spread


def test_merges_side_by_side_and_one_below_the_other_are_filled_in() -> None:
    rows = [["a", None, "b", None], [None, None, None, None], ["c", None, None, "d"]]
    merges = [Merge(2, 0, 2, 2), Merge(0, 2, 1, 3), Merge(0, 0, 1, 1)]
    assert list(spread(rows, merges)) == [["a", "a", "b", "b"], ["a", "a", "b", "b"], ["c", "c", "c", "d"]]


def test_a_merge_that_is_named_twice_is_one() -> None:
    assert list(spread([["a", None]], [Merge(0, 0, 0, 1)] * 2)) == [["a", "a"]]


@pytest.mark.parametrize(
    "other",
    [Merge(0, 1, 0, 2), Merge(1, 0, 1, 3), Merge(1, 2, 2, 2), Merge(0, 2, 1, 2), Merge(1, 1, 1, 1), Merge(0, 0, 2, 3)],
)
def test_merges_that_overlap_are_refused(other: Merge) -> None:
    rows = [list("abcd") for _row in range(3)]
    with pytest.raises(ValueError, match="merged cells overlap in row"):
        list(spread(rows, [Merge(0, 1, 1, 2), other]))
