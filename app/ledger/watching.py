"""What is written to the ledger, seen before it is committed: for whoever shows what an act would change."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from sqlalchemy.orm import Session

from app.ledger.register import Register

_WATCHED = "entries_watched"


class WrittenEntries:
    """The entries that postings of a session have written while they were watched."""

    def __init__(self) -> None:
        self._rows: dict[type[Register], list[Sequence[Any]]] = defaultdict(list)

    def note(self, register: type[Register], rows: Sequence[Sequence[Any]]) -> None:
        """Keep rows that were written."""
        self._rows[register] += rows

    def of(self, register: type[Register]) -> list[dict[str, Any]]:
        """Those of a register, by the names of its columns, in the order of writing; amounts in units of their scales."""
        return [dict(zip(register.columns, row, strict=True)) for row in self._rows.get(register, ())]

    def change_others(self) -> bool:
        """Whether any is of another document than the one whose posting wrote it."""
        return any(row["cause_id"] is not None for register in self._rows for row in self.of(register))


@contextmanager
def entries_watched(session: Session) -> Iterator[WrittenEntries]:
    """Keep what the session's postings write within the block."""
    session.info[_WATCHED] = written = WrittenEntries()
    try:
        yield written
    finally:
        del session.info[_WATCHED]


def note_entries(session: Session, register: type[Register], rows: Sequence[Sequence[Any]]) -> None:
    """Let whoever watches the session know what was written."""
    written: WrittenEntries | None = session.info.get(_WATCHED)
    if written is not None:
        written.note(register, rows)
