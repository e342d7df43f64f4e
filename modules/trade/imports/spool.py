"""The rows of an import between its two passes: on disk, in a private database that vanishes with the process."""

import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

_BUFFER = 5000


class Kept(NamedTuple):
    """A row that was understood: of which paper, where it stood, which item; quantity and price in millionths, the
    discount in millionths of the price."""

    paper: int
    file: int
    row: int
    item: int
    quantity: int
    price: int
    discount: int


class Spool:
    """Rows by paper, whatever the order of the file. Memory stays the same however many there are."""

    def __init__(self) -> None:
        self._store = sqlite3.connect("", check_same_thread=False)  # no name: a temporary file that SQLite removes
        self._store.execute("PRAGMA journal_mode = OFF")
        self._store.execute("CREATE TABLE kept (paper, file, row, item, quantity, price, discount)")
        self._buffer: list[Kept] = []

    def add(self, row: Kept) -> None:
        """Keep a row."""
        self._buffer.append(row)
        if len(self._buffer) >= _BUFFER:
            self._flush()

    def end(self) -> None:
        """All rows are there: make them ready for reading by paper."""
        self._flush()
        self._store.execute("CREATE INDEX by_paper ON kept (paper)")

    def of(self, papers: Sequence[int]) -> dict[int, list[Kept]]:
        """The rows of some papers, each paper's in the order of the file."""
        found: dict[int, list[Kept]] = {paper: [] for paper in papers}
        marks = ",".join("?" * len(papers))
        query = f"SELECT * FROM kept WHERE paper IN ({marks}) ORDER BY paper, rowid"  # noqa: S608 (marks only)
        for values in self._store.execute(query, papers):
            row = Kept._make(values)
            found[row.paper].append(row)
        return found

    def each(self, papers: Iterable[int]) -> Iterator[Kept]:
        """The rows of papers, in the papers' order, a few papers in memory at a time."""
        some: list[int] = []
        for paper in papers:
            some.append(paper)
            if len(some) == 500:
                yield from self._in_order(some)
                some = []
        yield from self._in_order(some)

    def close(self) -> None:
        """Let go of the file."""
        self._store.close()

    def _in_order(self, papers: list[int]) -> Iterator[Kept]:
        rows = self.of(papers)
        for paper in papers:
            yield from rows[paper]

    def _flush(self) -> None:
        self._store.executemany("INSERT INTO kept VALUES (?, ?, ?, ?, ?, ?, ?)", self._buffer)
        self._buffer.clear()
