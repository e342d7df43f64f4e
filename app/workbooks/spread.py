"""Cells that are shown as one: what their first cell says holds for every one of them."""

from bisect import bisect
from collections.abc import Iterable, Iterator
from typing import Any

from app.workbooks.cells import Merge


def spread(rows: Iterable[list[Any]], merges: Iterable[Merge]) -> Iterator[list[Any]]:
    """The rows with the merges filled in, as far as there are rows; a merge never makes a sheet longer or wider.

    ValueError: two merges with something in them overlap. Which one holds nobody can say, and filling in cells again and again
    would take a time that a few bytes multiply.
    """
    waiting = sorted(set(merges), reverse=True)
    #: from left to right
    open_merges: list[tuple[Merge, Any]] = []
    for number, cells in enumerate(rows):
        open_merges = [m for m in open_merges if m[0].bottom >= number]
        while waiting and waiting[-1].top <= number:
            merge = waiting.pop()
            if merge.left < len(cells) and cells[merge.left] not in (None, ""):
                _open(open_merges, merge, cells[merge.left])
        for merge, value in open_merges:
            for column in range(merge.left, min(merge.right + 1, len(cells))):
                cells[column] = value
        yield cells


def _open(open_merges: list[tuple[Merge, Any]], merge: Merge, value: Any) -> None:
    at = bisect(open_merges, merge.left, key=lambda m: m[0].left)
    # As none of them overlap, only the neighbours can.
    if any(m.left <= merge.right and merge.left <= m.right for m, _value in open_merges[max(0, at - 1) : at + 1]):
        raise ValueError(f"merged cells overlap in row {merge.top + 1}")
    open_merges.insert(at, (merge, value))
