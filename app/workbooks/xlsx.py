"""Reading .xlsx and .xlsm: values by calamine, which is fast, and beside them what it doesn't say.

It reads errors and formulas without a result as blank cells, gives a number without the zeros of its format, and a merge's
value in its first cell only. Whether a sheet has any of these, a search through its text tells; only then is it parsed again.
"""

import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import fromstring
from xml.parsers import expat

import python_calamine

from app.workbooks.cells import Facts, Merge, SheetName, Shown, Unstored
from app.workbooks.formats import shown
from app.workbooks.spread import spread

_CHUNK = 1 << 20
#: Longer than anything between a formula and its result.
_OVERLAP = 4096
#: Errors, merges, hidden rows and columns: plain words, as looking for them costs next to nothing.
_WORDS = (b'"e"', b"'e'", b"mergeCell", b"hidden")
#: A formula that is followed by no result.
_UNSTORED = re.compile(
    rb"(?:</(?:\w+:)?f\s*>|<(?:\w+:)?f\b[^>]*/>)\s*(?:</(?:\w+:)?c\s*>|<(?:\w+:)?v\b[^>]*(?:/>|>\s*</))"
)
_MARKS = (b"\xff\xfe", b"\xfe\xff")
_REFERENCE = re.compile(r"([A-Z]+)([0-9]+)", re.ASCII)


class Book:
    """A workbook of Excel 2007 or later."""

    def __init__(self, path: str) -> None:
        self._path = path
        with Path(path).open("rb") as file:
            # Given a path, calamine goes by the ending of its name.
            self._book = python_calamine.CalamineWorkbook.from_filelike(file)
        visible = python_calamine.SheetVisibleEnum.Visible
        sheets = [s for s in self._book.sheets_metadata if s.typ == python_calamine.SheetTypeEnum.WorkSheet]
        several = len(sheets) > 1
        self.sheets = [
            SheetName(s.name, not several or self._book.get_sheet_by_name(s.name).end is not None, s.visible != visible)
            for s in sheets
        ]

    def read(self, index: int) -> tuple[Facts, Iterator[list[Any]]]:
        """What is hidden of a sheet, and its rows."""
        name = self.sheets[index].name
        with zipfile.ZipFile(self._path) as book:
            part, styles = _places(book, name)
            formats = _formats(book, styles)
            seen = _Inspection(formats)
            if formats or _has_more(book, part):
                with book.open(part) as sheet:
                    seen.parse(sheet)
        rows = _laid_over(_placed(self._book.get_sheet_by_name(name)), seen.cells)
        return Facts(seen.hidden_rows, sorted(seen.hidden_columns)), spread(rows, seen.merges)


def _placed(sheet: Any) -> Iterator[list[Any]]:
    """The rows from the sheet's first column on: calamine leaves out blank columns before, though not blank rows."""
    left = sheet.start[1] if sheet.start else 0
    return ([None] * left + row for row in sheet.iter_rows()) if left else sheet.iter_rows()


def _laid_over(rows: Iterator[list[Any]], cells: dict[int, list[tuple[int, Any]]]) -> Iterator[list[Any]]:
    number = -1
    for number, row in enumerate(rows):
        yield _with(row, cells.get(number, ()))
    for late in range(number + 1, max(cells, default=-1) + 1):
        yield _with([], cells.get(late, ()))


def _with(row: list[Any], own: Any) -> list[Any]:
    for column, value in own:
        if column >= len(row):
            row += [None] * (column + 1 - len(row))
        row[column] = value
    return row


def _places(book: zipfile.ZipFile, name: str) -> tuple[str, str]:
    """The parts of the package that hold a sheet and the styles; each is found by the relation that leads to it."""
    main = _related(book, "")
    start = next((target for kind, target in main.values() if kind == "officeDocument"), "xl/workbook.xml")
    related = _related(book, start)
    styles = next((target for kind, target in related.values() if kind == "styles"), "")
    for element in fromstring(book.read(start)).iter():
        if _local(element.tag) == "sheet" and element.get("name") == name:
            relation = next(value for key, value in element.attrib.items() if key.endswith("}id"))
            return related[relation][1], styles
    raise ValueError(f"the sheet {name} isn't where the workbook says")


def _related(book: zipfile.ZipFile, part: str) -> dict[str, tuple[str, str]]:
    """The relations of a part: by their ids, their kind and the part they lead to."""
    folder, _slash, file = part.rpartition("/")
    known = {name.casefold(): name for name in book.namelist()}
    path = known.get(f"{folder}/_rels/{file}.rels".lstrip("/").casefold())
    found = {}
    for element in fromstring(book.read(path)) if path else ():
        target = element.get("Target", "").replace("\\", "/")
        whole = target.lstrip("/") if target.startswith("/") else f"{folder}/{target}".lstrip("/")
        kind = element.get("Type", "").rpartition("/")[2]
        found[element.get("Id", "")] = (kind, known.get(_resolved(whole).casefold(), whole))
    return found


def _resolved(path: str) -> str:
    steps: list[str] = []
    for step in path.split("/"):
        if step == "..":
            del steps[-1:]
        elif step != ".":
            steps.append(step)
    return "/".join(steps)


def _formats(book: zipfile.ZipFile, part: str) -> dict[int, str]:
    """The styles of cells whose own format adds something to a whole number, with its code; built-in formats add nothing."""
    if part not in book.namelist():
        return {}
    codes: dict[str, str] = {}
    styles: list[str] = []
    for element in fromstring(book.read(part)):
        if _local(element.tag) == "numFmts":
            codes = {e.get("numFmtId", ""): e.get("formatCode", "") for e in element}
        elif _local(element.tag) == "cellXfs":
            styles = [e.get("numFmtId", "0") for e in element]
    return {i: codes[n] for i, n in enumerate(styles) if n in codes and shown(1, codes[n]) is not None}


def _local(tag: Any) -> str:
    return str(tag).rpartition("}")[2]


def _has_more(book: zipfile.ZipFile, part: str) -> bool:
    """Whether the XML of a sheet may hold something that calamine leaves out; XML in UTF-16 may."""
    with book.open(part) as sheet:
        tail = b""
        while chunk := sheet.read(_CHUNK):
            piece = tail + chunk
            if (not tail and chunk.startswith(_MARKS)) or any(word in piece for word in _WORDS):
                return True
            if (b"<f" in piece or b":f" in piece) and _UNSTORED.search(piece):
                return True
            tail = chunk[-_OVERLAP:]
    return False


@dataclass
class _Inspection:
    """One pass through a sheet's XML for what calamine leaves out."""

    formats: dict[int, str]
    #: row → its cells that are not as calamine reads them; all counted from 0
    cells: dict[int, list[tuple[int, Any]]] = field(default_factory=dict)
    merges: list[Merge] = field(default_factory=list)
    #: counted from 1
    hidden_rows: list[int] = field(default_factory=list)
    hidden_columns: set[int] = field(default_factory=set)
    _row: int = -1
    _column: int = -1
    _kind: str = ""
    _style: int = 0
    _has_formula: bool = False
    _text: list[str] = field(default_factory=list)
    _listens: bool = False

    def parse(self, sheet: Any) -> None:
        """Read the whole part."""
        parser = expat.ParserCreate()
        parser.StartElementHandler, parser.EndElementHandler = self._start, self._end
        parser.CharacterDataHandler = self._say
        parser.ParseFile(sheet)

    def _start(self, tag: str, said: dict[str, str]) -> None:
        tag = tag.rpartition(":")[2]
        if tag == "c":
            self._begin_cell(said)
        elif tag == "v":
            self._listens = True
        elif tag == "f":
            self._has_formula = True
        elif tag == "row":
            self._row = int(said["r"]) - 1 if "r" in said else self._row + 1
            self._column = -1
            if _is_yes(said.get("hidden")):
                self.hidden_rows.append(self._row + 1)
        elif tag == "mergeCell":
            self._merge(said.get("ref", ""))
        elif tag == "col" and _is_yes(said.get("hidden")):
            first, last = int(said.get("min", "1")), int(said.get("max", "1"))
            # All columns to the right of the table may be hidden too; that says nothing of it.
            self.hidden_columns.update(range(first, last + 1) if last < 1 << 14 else ())

    def _begin_cell(self, said: dict[str, str]) -> None:
        self._column += 1
        if "r" in said:
            self._row, self._column = _place(said["r"])
        self._kind, self._style = said.get("t", "n"), int(said.get("s", "0"))
        self._has_formula = False
        self._text.clear()

    def _say(self, text: str) -> None:
        if self._listens:
            self._text.append(text)

    def _end(self, tag: str) -> None:
        tag = tag.rpartition(":")[2]
        if tag == "v":
            self._listens = False
        elif tag == "c":
            value = self._special("".join(self._text).strip())
            if value is not None:
                self.cells.setdefault(self._row, []).append((self._column, value))

    def _special(self, text: str) -> Any:
        """What the cell that has just ended holds, where calamine would say something else."""
        if self._kind == "e":
            return text or "#VALUE!"
        if not text:
            return Unstored() if self._has_formula and self._kind not in ("str", "inlineStr") else None
        code = self.formats.get(self._style)
        if code is None or self._kind != "n":
            return None
        number = float(text)
        seen = shown(number, code)
        return None if seen is None else Shown(number, seen)

    def _merge(self, reference: str) -> None:
        first, _colon, last = reference.partition(":")
        (top, left), (bottom, right) = _place(first), _place(last or first)
        self.merges.append(Merge(top, left, bottom, right))


def _is_yes(value: str | None) -> bool:
    return value in ("1", "true")


def _place(reference: str) -> tuple[int, int]:
    """The row and column of `C5`, counted from 0."""
    match = _REFERENCE.fullmatch(reference.replace("$", ""))
    if match is None:
        raise ValueError(f"{reference} isn't a cell")
    column = 0
    for letter in match[1]:
        column = 26 * column + ord(letter) - 64
    return int(match[2]) - 1, column - 1
