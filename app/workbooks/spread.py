"""Cells that are shown as one: what their first cell says holds for every one of them."""

from collections.abc import Iterable, Iterator
from typing import Any

from app.workbooks.cells import Merge


def spread(rows: Iterable[list[Any]], merges: Iterable[Merge]) -> Iterator[list[Any]]:
    """The rows with the merges filled in, as far as there are rows; a merge never makes a sheet longer or wider."""
    waiting = sorted(merges, reverse=True)
    open_merges: list[tuple[Merge, Any]] = []
    for number, cells in enumerate(rows):
        open_merges = [m for m in open_merges if m[0].bottom >= number]
        while waiting and waiting[-1].top <= number:
            merge = waiting.pop()
            if merge.left < len(cells) and cells[merge.left] not in (None, ""):
                open_merges.append((merge, cells[merge.left]))
        for merge, value in open_merges:
            for column in range(merge.left, min(merge.right + 1, len(cells))):
                cells[column] = value
        yield cells
