"""The account of an import: what was read, what was made of it, and why the rest was not. No row is left out.

Rows read = rows that became records + skipped rows + rows in error. A row is in one of these, and in one only.
"""

import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from itertools import islice
from typing import Any, NamedTuple

from app.values import shortest

_PIECE = 1000


class Skipped(NamedTuple):
    """A row that nothing was made of, by a rule that the documents state."""

    file: int
    row: int
    reason: str


class Failed(NamedTuple):
    """A row that can't be taken: `field` is the column's name in the file, empty when the error is of the whole row."""

    file: int
    row: int
    field: str
    message: str


@dataclass
class Control:
    """Sums to hold against the file's own, in its currency. `rounding` is what whole pennies added to accepted rows."""

    amount_in_file: Decimal = Decimal(0)
    amount_posted: Decimal = Decimal(0)
    rounding: Decimal = Decimal(0)


@dataclass
class Report:
    """What an import did, or in a dry run would do."""

    #: the files' names, in the order in which they were given
    files: list[str] = field(default_factory=list)
    rows_read: int = 0
    #: kind → how many records; kinds that end in `_line` count the rows they came from
    created: Counter[str] = field(default_factory=Counter)
    updated: Counter[str] = field(default_factory=Counter)
    skipped: list[Skipped] = field(default_factory=list)
    errors: list[Failed] = field(default_factory=list)
    #: how many of the records that were left out would go in without the rows in error
    waiting: int = 0
    control: Control = field(default_factory=Control)
    #: where a file is of several accounts: the sums of each, in `control`'s place
    controls: list[dict[str, Any]] = field(default_factory=list)
    #: remarks for people on what was treated by a rule
    notes: list[str] = field(default_factory=list)
    seconds: float = 0.0

    @property
    def is_whole(self) -> bool:
        """Whether everything went in, or had before."""
        return not self.errors

    @property
    def sums(self) -> list[dict[str, Any]] | dict[str, Any]:
        """The control sums as texts."""
        return self.controls or {name: f"{shortest(value, 2):f}" for name, value in vars(self.control).items()}

    def skip(self, file: int, row: int, reason: object) -> None:
        """Account for a row that nothing is made of."""
        self.skipped.append(Skipped(file, row, str(reason)))

    def put_off(self, file: int, row: int, reason: object) -> None:
        """Account for a row that is right, and not written as others are not."""
        self.waiting += 1
        self.skip(file, row, reason)

    def fail(self, file: int, row: int, column: str, message: object) -> None:
        """Account for a row that can't be taken."""
        self.errors.append(Failed(file, row, column, str(message)))

    def json(self) -> Iterator[str]:
        """The report as JSON, in pieces: the account of half a million rows need not be held twice."""
        yield f'{{\n "rows_read": {self.rows_read},\n'
        yield f' "created": {json.dumps(dict(self.created))},\n "updated": {json.dumps(dict(self.updated))},\n'
        yield from self._list("skipped", (self._located(s, {"reason": s.reason}) for s in self.skipped))
        yield from self._list(
            "errors", (self._located(e, {"field": e.field, "message": e.message}) for e in self.errors)
        )
        yield f' "control": {json.dumps(self.sums, ensure_ascii=False)},\n "seconds": {self.seconds:.3f}\n}}'

    def _located(self, entry: Skipped | Failed, what: dict[str, str]) -> dict[str, Any]:
        # Which file is said only where there are several: with one, the row's number is enough.
        return {"row": entry.row, **what, **({"file": self.files[entry.file]} if len(self.files) > 1 else {})}

    def _list(self, name: str, entries: Iterator[dict[str, Any]]) -> Iterator[str]:
        yield f' "{name}": ['
        separator = "\n  "
        while piece := list(islice(entries, _PIECE)):
            yield separator + ",\n  ".join(json.dumps(e, ensure_ascii=False) for e in piece)
            separator = ",\n  "
        yield "],\n"

    def lines(self) -> Iterator[str]:
        """The report for people: sums, and the first of what did not go in."""
        yield f"{self.rows_read} rows read in {self.seconds:.1f} s"
        for title, counts in (("created", self.created), ("updated", self.updated)):
            yield from (f"{title} {count} {kind}" for kind, count in sorted(counts.items()) if count)
        for reason, count in Counter(s.reason for s in self.skipped).most_common(10):
            yield f"skipped {count} rows: {reason}"
        for e in self.errors[:20]:
            yield f"error in row {e.row}{f', {e.field}' if e.field else ''}: {e.message}"
        if len(self.errors) > 20:
            yield f"… and {len(self.errors) - 20} more errors"
        if self.control.amount_in_file or self.control.amount_posted:
            c: Any = self.sums
            yield f"in the file {c['amount_in_file']}, posted {c['amount_posted']}, rounding {c['rounding']}"
        for sums in self.controls:
            yield ", ".join(f"{name} {'–' if value is None else value}" for name, value in sums.items())
        yield from self.notes
