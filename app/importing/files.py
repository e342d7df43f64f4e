"""The rows of a file, whatever its format, one by one, each with the number under which people find it in the sheet."""

import pickle
import subprocess
import sys
import unicodedata
from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import IO, Any, NamedTuple, Self

from app.errors import Invalid
from app.importing import text
from app.importing.beside import joined
from app.importing.cells import BadCell, as_text, is_blank
from app.importing.encodings import encoding_of
from app.importing.presets import Preset
from app.texts import visible
from app.translation import lazy_gettext as _l
from app.workbooks import process
from app.workbooks.cells import Facts, Problem, SheetName

#: What every target takes; a target may know more.
ENDINGS = (".xlsx", ".xlsm", ".xls", ".ods", *text.ENDINGS)
#: Rows among which the header is looked for; above it stand titles.
_LOOKED_AT = 20
_SHOWN = 10
#: Bytes of a text file that is read at once.
_LARGEST_TEXT = 64 * 1024 * 1024

#: Makes rows, the header first, of what a text file says.
Reader = Callable[[str], Iterator[list[Any]]]


class Row(NamedTuple):
    """A row of a file: `number` counts from 1 as the sheet does, the header included."""

    file: int
    number: int
    #: the cells under the preset's columns, in the preset's order; several where it names several columns
    cells: Sequence[Any]
    #: why nothing may be made of it, whatever its cells say; None: nothing is wrong with it as a whole
    refusal: object = None


class Sheet:
    """The open table of one file. `columns` says which cells of a row the preset's fields are.

    Whoever opens it closes it, best by `with`: what reads a workbook is a process, and an error that is kept keeps it too.
    """

    def __init__(self, path: Path, preset: Preset, readers: Mapping[str, Reader] | None = None) -> None:
        self.path = path
        #: remarks for people
        self.notes: list[str] = []
        self._source = self._source_of(preset, readers or {})
        if preset.beside:
            self._source = joined(self._source, preset.beside)
        self._rows = enumerate(self._source, 1)
        try:
            self._find_columns(preset)
        except BaseException:
            self.close()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        self.close()

    def close(self) -> None:
        """Let go of the file, and end the process that reads it."""
        self._source.close()

    def _find_columns(self, preset: Preset) -> None:
        path = self.path
        self.header, above = _header(self._rows, preset, path)
        if above:
            self._note(
                _l("%(file)s: the header is row %(row)s; what stands above it is not used.", file=path.name, row=above)
            )
        #: field → positions of its columns, in the order in which they are asked
        self.columns = _positions(self.header, preset, path)
        #: columns that the preset makes nothing of
        used = {i for places in self.columns.values() for i in places}
        own = self.header[: len(self.header) - sum(len(table.header) for table in preset.beside)]
        self.unused = [name for i, name in enumerate(own) if name and i not in used]

    def rows(self) -> Iterator[tuple[int, list[Any]]]:
        """Every row below the header, blank ones too: its number and its cells."""
        return self._rows

    def refusal(self, cells: Sequence[Any]) -> object:
        """Why a row can't be taken as a whole: it has filled cells beyond the header's last column. A comma within a number or
        a name makes them, in a workbook too that was made of a text file, and all that follows has moved."""
        width = len(self.header)
        if len(cells) <= width or all(is_blank(cell) for cell in cells[width:]):
            return None
        count = max(i for i, cell in enumerate(cells, 1) if not is_blank(cell))
        return _l("the row has %(n)s cells, the header has %(width)s", n=count, width=width)

    def _note(self, message: object) -> None:
        self.notes.append(str(message))

    def _source_of(self, preset: Preset, readers: Mapping[str, Reader]) -> Generator[list[Any], None, None]:
        path = self.path
        if not path.is_file():
            raise Invalid(_l("There is no file %(path)s.", path=path))
        ending = path.suffix.lower()
        if ending in readers:
            return _read(path, preset, readers[ending])
        if ending not in ENDINGS:
            known = ", ".join((*ENDINGS, *readers))
            raise Invalid(_l("%(file)s can't be read here. Files end in %(known)s.", file=path.name, known=known))
        if ending not in text.ENDINGS:
            return self._workbook(preset)
        count = partial(_known, {folded(name) for names in preset.columns.values() for name in names})
        return text.rows_of(path, encoding=preset.encoding, delimiter=preset.delimiter, count=count)

    def _workbook(self, preset: Preset) -> Generator[list[Any], None, None]:
        """The rows of the preset's sheet, as `app.workbooks.process` gives them from its own process."""
        path = self.path
        _refuse_other_content(path)
        command = [sys.executable, "-I", process.__file__, str(path), preset.encoding]
        pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.DEVNULL}
        with subprocess.Popen(command, **pipes) as child:  # type: ignore[call-overload]  # noqa: S603
            assert child.stdin is not None
            assert child.stdout is not None
            try:
                index = self._chosen(_answer(child.stdout, path), preset)
                child.stdin.write(b"%d\n" % index)
                child.stdin.close()
                self._tell_hidden(_answer(child.stdout, path))
                while some := _answer(child.stdout, path, child):
                    yield from some
            finally:
                child.kill()

    def _chosen(self, sheets: Sequence[SheetName], preset: Preset) -> int:
        """The place of the preset's sheet, or of the only one with anything in it: which of several is meant is not guessed."""
        file, names = self.path.name, [s.name for s in sheets]
        if preset.sheet and preset.sheet not in names:
            raise Invalid(_l("%(file)s has no sheet “%(sheet)s”.", file=file, sheet=preset.sheet))
        if not names:
            raise Invalid(_l("%(file)s is empty.", file=file))
        filled = [s for s in sheets if s.is_filled]
        seen = [s for s in filled if not s.is_hidden] or filled
        if not preset.sheet and len(seen) > 1:
            several = ", ".join(s.name for s in seen)
            raise Invalid(_l("%(file)s has several sheets: %(names)s. Name one in a preset.", file=file, names=several))
        name = preset.sheet or (seen[0].name if seen else names[0])
        for sheet in filled:
            if sheet.is_hidden and sheet.name == name:
                self._note(_l("%(file)s: the sheet “%(sheet)s” is hidden, and was read.", file=file, sheet=name))
            elif sheet.is_hidden:
                self._note(
                    _l("%(file)s: the sheet “%(sheet)s” is hidden, and was not read.", file=file, sheet=sheet.name)
                )
        return names.index(name)

    def _tell_hidden(self, facts: Facts) -> None:
        if facts.hidden_rows:
            rows = _some(facts.hidden_rows)
            self._note(_l("%(file)s: hidden rows were read like others: %(rows)s", file=self.path.name, rows=rows))
        if facts.hidden_columns:
            columns = _some(facts.hidden_columns)
            message = _l(
                "%(file)s: hidden columns were read like others: %(columns)s", file=self.path.name, columns=columns
            )
            self._note(message)


def _read(path: Path, preset: Preset, reader: Reader) -> Generator[list[Any], None, None]:
    if path.stat().st_size > _LARGEST_TEXT:
        raise _too_large(path)
    try:
        content = path.read_text(encoding_of(path, preset.encoding))
    except UnicodeError as error:
        raise Invalid(_l("%(file)s can't be read as text: %(error)s", file=path.name, error=error)) from error
    yield from reader(content)


def _some(numbers: Sequence[int]) -> str:
    return ", ".join(map(str, numbers[:_SHOWN])) + (" …" if len(numbers) > _SHOWN else "")


def _refuse_other_content(path: Path) -> None:
    """Refuse (Invalid) what is only named like a workbook: programs name web pages and text like this."""
    with path.open("rb") as file:
        start = file.read(512)
    if start.startswith((b"PK", b"\xd0\xcf\x11\xe0", b"\x09\x00", b"\x09\x02", b"\x09\x04", b"\x09\x08")):
        return
    lowered = start.replace(b"\0", b"").lower()
    named = {"file": path.name, "ending": path.suffix}
    if (
        lowered.startswith(b"mime-version:")
        or b"<html" in lowered
        or b"<table" in lowered
        or b"<!doctype html" in lowered
    ):
        raise Invalid(_l("%(file)s is a web page named %(ending)s; open it and save it as XLSX.", **named))
    if lowered.lstrip(b"\xef\xbb\xbf \r\n").startswith(b"<"):
        raise Invalid(_l("%(file)s is an XML file named %(ending)s; open it and save it as XLSX.", **named))
    if start and not any(byte < 9 for byte in start.replace(b"\0", b"")):
        raise Invalid(
            _l("%(file)s is a text file named %(ending)s; name it .csv, or open it and save it as XLSX.", **named)
        )
    raise Invalid(_l("%(file)s isn't a workbook; open it and save it as XLSX.", **named))


def _answer(stream: IO[bytes], path: Path, child: Any = None) -> Any:
    """What the reader says next; nothing at its end. Refused: what it could not read, or broke down over."""
    try:
        said = pickle.load(stream)  # noqa: S301 - our own program's
    except (EOFError, pickle.UnpicklingError):
        if child is not None and child.wait() == 0:
            return None
        raise _too_large(path) from None
    if isinstance(said, Problem):
        raise Invalid(_PROBLEMS[said.kind](path.name))
    if isinstance(said, str):
        raise Invalid(_l("%(file)s can't be read as a workbook: %(error)s", file=path.name, error=said))
    return said


def _too_large(path: Path) -> Invalid:
    return Invalid(_l("%(file)s is too large or too broken to be read. Save it in parts, or as CSV.", file=path.name))


_PROBLEMS: Mapping[str, Callable[[str], object]] = {
    "encrypted": lambda file: _l("%(file)s is protected by a password; save it without one.", file=file),
    "codepage": lambda file: _l(
        "%(file)s is an old workbook that doesn't say its encoding: choose one, such as cp1251.", file=file
    ),
    "binary": lambda file: _l("%(file)s is a binary workbook (XLSB); open it and save it as XLSX.", file=file),
}


def folded(name: str) -> str:
    """A header in the form in which headers are compared: one Unicode form, no case, single blanks."""
    return " ".join(unicodedata.normalize("NFKC", visible(name)).casefold().split())


def _known(names: set[str], cells: Sequence[str]) -> int:
    return sum(folded(cell) in names for cell in cells)


def _header(rows: Iterator[tuple[int, list[Any]]], preset: Preset, path: Path) -> tuple[list[str], int]:
    """The first row with all columns that there must be, and its number where others stand above it, else 0. With none the
    first row that is filled: what it lacks is said of it."""
    first: list[str] = []
    seen = 0
    for number, cells in rows:
        if not all(is_blank(cell) for cell in cells):
            names = _names(cells)
            seen += 1
            if not _missing(names, preset):
                return names, number if seen > 1 else 0
            first = first or names
        if number >= _LOOKED_AT and first:
            break
    if not first:
        raise Invalid(_l("%(file)s is empty.", file=path.name))
    return first, 0


def _names(cells: Sequence[Any]) -> list[str]:
    names = [_name(cell) for cell in cells]
    while names and not names[-1]:
        names.pop()
    return names


def _name(cell: Any) -> str:
    try:
        return visible(as_text(cell))
    except BadCell:
        return "?"


def _missing(header: list[str], preset: Preset) -> list[str]:
    here = {folded(name) for name in header}
    lacking = (f for f, names in preset.columns.items() if not any(folded(name) in here for name in names))
    return [field for field in lacking if field not in preset.optional]


def _positions(header: list[str], preset: Preset, path: Path) -> dict[str, tuple[int, ...]]:
    here = [folded(name) for name in header]
    for field in _missing(header, preset):
        names = preset.columns[field]
        name, *others = names
        said = {"file": path.name, "name": name, "others": ", ".join(others)}
        message = _l("%(file)s has no column “%(name)s” (it may be called %(others)s, too).", **said)
        if not others:
            message = _l("%(file)s has no column “%(name)s”.", **said)
        raise Invalid(message, field=name)
    found = {}
    for field, names in preset.columns.items():
        wanted = list(dict.fromkeys(folded(name) for name in names))
        twice = [name for name in wanted if here.count(name) > 1]
        if twice:
            shown = header[here.index(twice[0])]
            raise Invalid(_l("%(file)s has the column “%(name)s” more than once.", file=path.name, name=shown))
        found[field] = tuple(here.index(name) for name in wanted if name in here)
    return found
