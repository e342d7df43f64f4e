"""Reading the rows of XLSX and CSV files, one by one, each with the number under which people find it in the sheet."""

import csv
import pickle
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import IO, Any, NamedTuple

from app.errors import Invalid
from app.importing import reader
from app.importing.cells import as_text, is_blank
from app.importing.presets import Preset
from app.translation import lazy_gettext as _l

_CSV = (".csv", ".txt", ".tsv")
_DELIMITERS = (",", ";", "\t")


class Row(NamedTuple):
    """A row of a file: `number` counts from 1 as the sheet does, the header included."""

    file: int
    number: int
    #: the cells under the preset's columns, in the preset's order; several where it names several columns
    cells: Sequence[Any]


class Sheet:
    """The open table of one file. `columns` says which cells of a row the preset's fields are."""

    def __init__(self, path: Path, preset: Preset) -> None:
        self.path = path
        self._rows = _rows_of(path, preset)
        header, self._cells = _header(self._rows, path)
        self.header = header
        #: field → positions of its columns, in the order in which they are asked
        self.columns = _positions(header, preset, path)
        #: columns that the preset makes nothing of
        self.unused = [n for i, n in enumerate(header) if n and not any(i in p for p in self.columns.values())]

    def rows(self) -> Iterator[tuple[int, list[Any]]]:
        """Every row below the header, blank ones too: its number and its cells."""
        return self._rows


def _rows_of(path: Path, preset: Preset) -> Iterator[tuple[int, list[Any]]]:
    if not path.is_file():
        raise Invalid(_l("There is no file %(path)s.", path=path))
    return enumerate(_csv(path, preset) if path.suffix.lower() in _CSV else _workbook(path, preset), 1)


def _workbook(path: Path, preset: Preset) -> Iterator[list[Any]]:
    """The rows of the preset's sheet, as `app.importing.reader` gives them from its own process."""
    command = [sys.executable, "-I", reader.__file__, str(path)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as child:  # noqa: S603
        assert child.stdin is not None
        assert child.stdout is not None
        try:
            names, filled = _answer(child.stdout, path)
            sheet = _sheet(names, filled, path, preset)
            child.stdin.write(f"{sheet}\n".encode())
            child.stdin.close()
            while some := _answer(child.stdout, path, child):
                yield from some
        finally:
            child.kill()


def _answer(stream: IO[bytes], path: Path, child: Any = None) -> Any:
    """What the reader says next; nothing at its end. Refused: what it could not read, or broke down over."""
    try:
        said = pickle.load(stream)  # noqa: S301 - our own program's
    except (EOFError, pickle.UnpicklingError):
        if child is not None and child.wait() == 0:
            return None
        message = _l("%(file)s is too large or too broken to be read. Save it in parts, or as CSV.", file=path.name)
        raise Invalid(message) from None
    if isinstance(said, str):
        raise Invalid(_l("%(file)s can't be read as a workbook: %(error)s", file=path.name, error=said))
    return said


def _sheet(names: list[str], filled: list[str], path: Path, preset: Preset) -> str:
    """The preset's sheet, or the only one with anything in it: which of several is meant is not guessed."""
    if preset.sheet:
        if preset.sheet not in names:
            raise Invalid(_l("%(file)s has no sheet “%(sheet)s”.", file=path.name, sheet=preset.sheet))
        return preset.sheet
    if not names:
        raise Invalid(_l("%(file)s is empty.", file=path.name))
    if len(filled) > 1:
        message = _l(
            "%(file)s has several sheets: %(names)s. Name one in a preset.", file=path.name, names=", ".join(filled)
        )
        raise Invalid(message)
    return (filled or names)[0]


def _csv(path: Path, preset: Preset) -> Iterator[list[Any]]:
    csv.field_size_limit(min(sys.maxsize, 1_000_000))
    try:
        with path.open(encoding=preset.encoding, newline="") as lines:
            delimiter = preset.delimiter or _delimiter_of(next((line for line in lines if line.strip()), ""), preset)
            lines.seek(0)
            yield from csv.reader(lines, delimiter=delimiter, strict=True)
    except (UnicodeDecodeError, csv.Error) as error:
        raise Invalid(_l("%(file)s can't be read as CSV: %(error)s", file=path.name, error=error)) from error


def _delimiter_of(header: str, preset: Preset) -> str:
    """What stands between the columns: that with which the most of the preset's columns are found; a comma at a tie."""
    known = {name.casefold() for names in preset.columns.values() for name in names}

    def found(delimiter: str) -> int:
        cells = next(csv.reader([header], delimiter=delimiter), [])
        return sum(cell.removeprefix("\ufeff").strip().casefold() in known for cell in cells)

    return max(_DELIMITERS, key=found)


def _header(rows: Iterator[tuple[int, list[Any]]], path: Path) -> tuple[list[str], int]:
    for number, cells in rows:
        if not all(is_blank(cell) for cell in cells):
            return [str(as_text(cell)).removeprefix("\ufeff").strip() for cell in cells], number
    raise Invalid(_l("%(file)s is empty.", file=path.name))


def _positions(header: list[str], preset: Preset, path: Path) -> dict[str, tuple[int, ...]]:
    folded = [name.casefold() for name in header]
    found = {}
    for field, names in preset.columns.items():
        here = [name for name in names if name.casefold() in folded]
        twice = [name for name in here if folded.count(name.casefold()) > 1]
        if twice:
            raise Invalid(_l("%(file)s has the column “%(name)s” more than once.", file=path.name, name=twice[0]))
        if not here and field not in preset.optional:
            message = _l("%(file)s has no column “%(name)s”.", file=path.name, name="” or “".join(names))
            raise Invalid(message, field=names[0])
        found[field] = tuple(folded.index(name.casefold()) for name in here)
    return found
