"""Reading .ods: formulas' errors, missing results and tables without a name, which calamine leaves out."""

import re
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, time
from itertools import count
from typing import Any, cast
from xml.etree.ElementTree import Element, iterparse

from app.workbooks.cells import Facts, Merge, SheetName, Shown, Unstored
from app.workbooks.spread import spread

_OFFICE = "{urn:oasis:names:tc:opendocument:xmlns:office:1.0}"
_TABLE = "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}"
_TEXT = "{urn:oasis:names:tc:opendocument:xmlns:text:1.0}"
_STYLE = "{urn:oasis:names:tc:opendocument:xmlns:style:1.0}"
_CALCEXT = "{urn:org:documentfoundation:names:experimental:calc:xmlns:calcext:1.0}"
_TIME = re.compile(r"PT(\d+)H(\d+)M(\d+)(?:[.,]\d+)?S", re.ASCII)
#: Rows and columns that a sheet can have; what repeats to its edge is blank.
_ROWS, _COLUMNS = 1 << 20, 1 << 14
#: Filled cells that somebody can mean: a few bytes that say "repeat" make more than anybody can wait for.
_CELLS = 50_000_000


@dataclass
class _Table:
    """A table as it was read; rows that are repeated are one list again and again."""

    name: str
    style: str
    rows: list[list[Any]] = field(default_factory=list)
    hidden_rows: list[int] = field(default_factory=list)
    hidden_columns: list[int] = field(default_factory=list)
    merges: list[Merge] = field(default_factory=list)
    #: columns that were declared, and blank rows that count only if others follow
    columns: int = 0
    cells: int = 0
    blank: list[tuple[int, bool]] = field(default_factory=list)

    def add(self, row: Element) -> None:
        """Take in a row, as often as it is repeated; blank ones at the end are left out."""
        times = int(row.get(f"{_TABLE}number-rows-repeated", "1"))
        is_hidden = row.get(f"{_TABLE}visibility", "visible") != "visible"
        cells = _cells(row)
        if all(cell is None for cell in cells):
            self.blank.append((times, is_hidden))
            return
        for some, hides in self.blank:
            self._repeat([], some, hides)
        self.blank.clear()
        self.merges += _merges(len(self.rows), row)
        self._repeat(cells, times, is_hidden)

    def declare(self, column: Element) -> None:
        """Take in a column, as often as it is repeated."""
        times = int(column.get(f"{_TABLE}number-columns-repeated", "1"))
        if column.get(f"{_TABLE}visibility", "visible") != "visible" and self.columns + times < _COLUMNS:
            self.hidden_columns += range(self.columns + 1, self.columns + times + 1)
        self.columns += times

    def _repeat(self, cells: list[Any], times: int, is_hidden: bool) -> None:
        before = len(self.rows)
        if before + times > _ROWS:
            raise ValueError(f"more than {_ROWS} rows")
        self.cells += times * len(cells)
        if self.cells > _CELLS:
            raise ValueError(f"more than {_CELLS} cells")
        self.rows += [cells] * times
        if is_hidden:
            self.hidden_rows += range(before + 1, before + times + 1)


class Book:
    """An OpenDocument spreadsheet, read at once."""

    def __init__(self, path: str) -> None:
        self._tables: list[_Table] = []
        hidden: set[str] = set()
        with zipfile.ZipFile(path) as book, book.open("content.xml") as content:
            self._read(iterparse(content, ("start", "end")), hidden)
        names = _named([table.name for table in self._tables])
        self.sheets = [SheetName(n, bool(t.rows), t.style in hidden) for n, t in zip(names, self._tables, strict=True)]

    def read(self, index: int) -> tuple[Facts, Iterator[list[Any]]]:
        """What is hidden of a sheet, and its rows."""
        table = self._tables[index]
        return Facts(table.hidden_rows, table.hidden_columns), spread(map(list, table.rows), table.merges)

    def _read(self, events: Iterator[tuple[str, Element]], hidden: set[str]) -> None:
        """Every table, those within cells left out; and on the way the styles of tables that are hidden."""
        table, depth = _Table("", ""), 0
        for event, element in events:
            tag = element.tag
            if tag == f"{_TABLE}table":
                depth += 1 if event == "start" else -1
                if event == "start" and depth == 1:
                    table = _Table(element.get(f"{_TABLE}name", ""), element.get(f"{_TABLE}style-name", ""))
                    self._tables.append(table)
            elif event == "start":
                continue
            elif tag == f"{_TABLE}table-row" and depth == 1:
                table.add(element)
                element.clear()
            elif tag == f"{_TABLE}table-column" and depth == 1:
                table.declare(element)
            elif tag == f"{_STYLE}style" and any(e.get(f"{_TABLE}display") == "false" for e in element):
                hidden.add(element.get(f"{_STYLE}name", ""))


def _named(names: list[str]) -> list[str]:
    """The names, with one for each table that has none: by its place, or the next that no other table has."""
    found = list(names)
    for i, name in enumerate(names):
        found[i] = name or next(free for n in count(i + 1) if (free := f"Sheet{n}") not in found)
    return found


def _cells(row: Element) -> list[Any]:
    cells: list[Any] = []
    blank = 0
    for cell in row:
        times = int(cell.get(f"{_TABLE}number-columns-repeated", "1"))
        value = _value(cell)
        if value is None:
            blank += times
            continue
        if len(cells) + blank + times > _COLUMNS:
            raise ValueError(f"more than {_COLUMNS} columns")
        cells += [None] * blank + [value] * times
        blank = 0
    # Merged cells on the right are blank by themselves, and may be filled in.
    return cells + [None] * min(blank, 64)


def _merges(number: int, row: Element) -> Iterator[Merge]:
    at = 0
    for cell in row:
        wide, high = (int(cell.get(f"{_TABLE}number-{n}-spanned", "1")) for n in ("columns", "rows"))
        if wide > 1 or high > 1:
            yield Merge(number, at, number + high - 1, at + wide - 1)
        at += int(cell.get(f"{_TABLE}number-columns-repeated", "1"))


def _value(cell: Element) -> Any:
    """What a cell holds: OpenDocument 1.3, part 3, 19.385 (office:value-type) and what programs add for errors."""
    kind = cell.get(f"{_OFFICE}value-type")
    text = "\n".join("".join(_words(p)) for p in _paragraphs(cell))
    if cell.get(f"{_CALCEXT}value-type") == "error" or (cell.get(f"{_TABLE}formula") and text in _ERRORS):
        return text if text in _ERRORS else "#VALUE!"  # others are in the language of whoever saved the file
    if kind is None:
        formula = cell.get(f"{_TABLE}formula")
        return Unstored(formula) if formula and not text else text or None
    read = _READ.get(kind)
    return read(cell, text) if read is not None else text


def _paragraphs(element: Element) -> Iterator[Element]:
    """The paragraphs of a cell, those in lists and sections too; not those of annotations, shapes and tables within it."""
    for part in element:
        if part.tag in (f"{_TEXT}p", f"{_TEXT}h"):
            yield part
        elif part.tag.startswith(_TEXT):
            yield from _paragraphs(part)


_ERRORS = frozenset(("#N/A", "#DIV/0!", "#NAME?", "#NULL!", "#NUM!", "#REF!", "#VALUE!"))


def _words(paragraph: Element) -> Iterator[str]:
    yield paragraph.text or ""
    for part in paragraph:
        if part.tag == f"{_TEXT}s":
            yield " " * min(int(part.get(f"{_TEXT}c", "1")), 1000)
        elif part.tag in (f"{_TEXT}tab", f"{_TEXT}line-break"):
            yield "\t" if part.tag == f"{_TEXT}tab" else "\n"
        elif part.tag != f"{_OFFICE}annotation":
            yield from _words(part)
        yield part.tail or ""


def _number(cell: Element, text: str) -> Any:
    number = float(cell.get(f"{_OFFICE}value", "nan"))
    digits = re.sub(r"[^0-9]", "", text)
    if text.startswith("0") and number.is_integer() and len(digits) > 1 and "." not in text and "," not in text:
        return Shown(number, text) if int(digits) == number else number
    return number


def _day(cell: Element, _text: str) -> Any:
    written = cell.get(f"{_OFFICE}date-value", "")
    return datetime.fromisoformat(written[:19]) if written else None


def _clock(cell: Element, text: str) -> Any:
    match = _TIME.fullmatch(cell.get(f"{_OFFICE}time-value", ""))
    if match is None or int(match[1]) > 23:
        return text
    return time(int(match[1]), int(match[2]), int(match[3]))


_READ: dict[str, Callable[[Element, str], Any]] = {
    "float": _number,
    "percentage": _number,
    "currency": _number,
    "date": _day,
    "time": _clock,
    "boolean": lambda cell, _text: cast(str, cell.get(f"{_OFFICE}boolean-value")) == "true",
    "string": lambda cell, text: cell.get(f"{_OFFICE}string-value") or text or None,
}
