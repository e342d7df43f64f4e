"""The lines of a document in a form: what the line grid sends, read cell by cell."""

import json
import re
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import date
from decimal import Decimal
from hashlib import sha256
from typing import Any

from wtforms import Field
from wtforms.widgets import HiddenInput

from app.custom import value_named
from app.documents import LineKey, matched
from app.errors import KontorError
from app.formats import day, number
from app.security import MASKED
from app.texts import read_json
from app.translation import lazy_gettext as _l
from app.web.edge.bodies import FORM
from app.web.kit.forms import parse_decimal
from app.web.kit.lines.lookups import details_of, titles_of
from app.web.kit.lines.packings import in_base_units, in_packings, packing_of

#: a document and a line: numbers that a database can look for
_ORIGIN = re.compile(r"([0-9]{1,18}):([0-9]{1,9})")
_RECORD = re.compile("[0-9]{1,18}")
#: a number and the name of a packing
_PACKED = re.compile(r"[\d.,\s]*\d\s*([^\W\d]{2}.*)")


@dataclass(frozen=True)
class Cell:
    """A number on a line. Bounds are what the page says while one types; the kind's rules check them."""

    name: str
    title: object
    #: must be above it, not below it, not above it
    above: int | None = None
    least: int | None = None
    most: int | None = None
    #: digits after the point at most
    places: int = 6
    #: shown empty where it is zero
    is_blank_at_zero: bool = False
    #: of the item: no more digits than those in which its unit is counted, where the lookup tells them (`digits`, `unit`)
    is_counted: bool = False
    #: empty isn't zero: it has to be typed
    is_needed: bool = False
    #: what a lookup has to tell of the item (`Lookup.details`) for the cell to be there: without any such line it isn't
    where: str = ""

    def for_grid(self) -> dict[str, Any]:
        """What the grid knows of it."""
        bounds = {"above": self.above, "min": self.least, "max": self.most}
        known = {"name": self.name, "kind": "decimal", "title": str(self.title), "places": self.places}
        known |= ({"counted": True} if self.is_counted else {}) | ({"where": self.where} if self.where else {})
        return known | {name: bound for name, bound in bounds.items() if bound is not None}

    def read(self, text: str) -> Any:
        """What was typed. ValueError: it can't be read."""
        return parse_decimal(text)

    def shown(self, value: Any) -> str:
        """What stands in the cell."""
        return "" if value is None or value is MASKED or (self.is_blank_at_zero and not value) else number(value)

    def said(self, value: Any) -> str:
        """What the cell says, for people who read it beside another version."""
        return number(value)

    def refused(self, line: int, text: str) -> object:
        """What is said of a text that can't be read."""
        if self.is_counted and (packed := _PACKED.fullmatch(text.strip())):
            return _l(
                "Line %(n)s: “%(packing)s” isn't a packing of this item. Type how many of its unit, or add the packing to it.",
                n=line,
                packing=packed[1],
            )
        return _l("Line %(n)s: “%(text)s” isn't a number.", n=line, text=text)


@dataclass(frozen=True)
class Choice(Cell):
    """One of a few records, by its number.

    `choices` gives `value` and `title` of each, and in `fills` what else the grid then puts on the line: the name of a cell →
    the day from which on → what stands there. `past`: what a record is called that isn't offered any more; None: nobody knows.
    """

    choices: Callable[[], Sequence[Mapping[str, Any]]] = tuple
    past: Callable[[Any], str | None] = lambda _value: None

    def for_grid(self) -> dict[str, Any]:
        return {"name": self.name, "kind": "choice", "title": str(self.title), "choices": list(self.choices())}

    def read(self, text: str) -> int:
        return int(text)

    def shown(self, value: Any) -> str:
        return "" if value is None or value is MASKED else str(value)

    def said(self, value: Any) -> str:
        offered = {str(choice["value"]): str(choice["title"]) for choice in self.choices()}
        return offered.get(str(value)) or self.past(value) or "–"

    def refused(self, line: int, text: str) -> object:
        return _l("Line %(n)s: there is no “%(text)s”. Choose from the list.", n=line, text=text)


@dataclass(frozen=True)
class Text(Cell):
    """Words."""

    #: what the lookup tells at `where` of items of which the cell has a list, with one for each piece
    listed: str = ""

    def for_grid(self) -> dict[str, Any]:
        known = {"name": self.name, "kind": "text", "title": str(self.title), "where": self.where}
        return {**known, "listed": self.listed}

    def read(self, text: str) -> Any:
        return text

    def said(self, value: Any) -> str:
        return str(value)

    def shown(self, value: Any) -> str:
        return "" if value is None or value is MASKED else str(value)


@dataclass(frozen=True)
class Day(Text):
    """A day."""

    def for_grid(self) -> dict[str, Any]:
        return {**super().for_grid(), "kind": "date"}

    def read(self, text: str) -> date:
        return date.fromisoformat(text)

    def said(self, value: Any) -> str:
        return day(value)

    def refused(self, line: int, text: str) -> object:
        return _l("Line %(n)s: “%(text)s” isn't a day. Write it as 2026-01-31.", n=line, text=text)


@dataclass(frozen=True)
class LineError:
    """What can't be read in a line: `line` is counted from one, as the grid shows it."""

    line: int
    column: str
    message: str


class LinesField(Field):
    """The lines of a document: a JSON list of rows, as the line grid sends it. Cells are texts, read as numbers.

    `cells` come after the item, which `lookup` offers under the title `item`; an empty decimal is None. What came from
    another document's line keeps that as `origin`, what stands in the document already the number of its line as `stored`.
    What was typed in one of the item's packings, `packing_id`, is read in base units.
    Empty rows are dropped, as the grid always has one at its end; a row with numbers and no item is refused. Every cell that
    can't be read is reported, each message naming its row.
    """

    widget = HiddenInput()
    #: how many lines one document may have; the grid refuses to paste more (`static/js/lines/paste.js`)
    MOST = 2000
    #: how much a route takes (`takes=`) whose form has so many: each line 2 kB, as a browser encodes them
    TAKES = FORM

    def __init__(
        self,
        label: object = None,
        validators: Any = None,
        *,
        cells: Sequence[Cell],
        item: object = _l("Item"),
        lookup: str = "items",
        carried: Sequence[str] = (),
        **options: Any,
    ) -> None:
        """`carried`: short texts that the page keeps beside a line and shows nobody; a line to show may have them."""
        super().__init__(label, validators, **options)
        self.carried = tuple(carried)
        self.cells, self.item, self.lookup = tuple(cells), item, lookup
        self.line_errors: list[LineError] = []
        #: where the page asks what to propose for the lines while one types; empty: nowhere
        self.propose_at = ""
        #: the lines of a draft that are shown
        self.began: Sequence[Any] = ()
        #: cells that are closed to whoever fills in the form: they are not shown, and what is stored in them stays
        self.closed: tuple[Cell, ...] = ()

    @property
    def grid_columns(self) -> list[dict[str, Any]]:
        """What the page's line grid shows."""
        return [{"name": "item", "kind": "item", "title": str(self.item)}, *(cell.for_grid() for cell in self.cells)]

    def close(self, names: Collection[str]) -> None:
        """Take cells out. What was typed in one is refused, at its line."""
        self.closed = tuple(cell for cell in self.cells if cell.name in names)
        self.cells = tuple(cell for cell in self.cells if cell.name not in names)
        for i, row in enumerate(self.data or (), 1):
            for cell in self.closed:
                if row.pop(cell.name, None) is not None:
                    words = _l("Line %(n)s: “%(title)s” isn't open to you, so you can't set it.", n=i, title=cell.title)
                    self._report(i, "", words)
                    self.process_errors.append(str(words))

    def leave_out(self, *names: str) -> None:
        """Take cells out that this document doesn't have."""
        self.cells = tuple(cell for cell in self.cells if cell.name not in names)

    def show(self, lines: Sequence[Any]) -> None:
        """Show lines of a draft."""
        ids = {line.item_id for line in lines}
        titles, details = titles_of(self.lookup, ids), details_of(self.lookup, ids)
        self.data = [self._shown(line, titles, details.get(line.item_id, {})) for line in lines]
        self.raw_data, self.line_errors = None, []
        self.began = lines

    def digest_of(self, lines: Sequence[Any]) -> str:
        """A short text for lines, of a draft or as they were read: the same for the same items, numbers and origins."""
        rows = [
            [_plain(value_named(line, name)) for name in ("item_id", "origin")]
            + self._numbers(line)
            + ([_plain(packing)] if (packing := value_named(line, "packing_id", None)) is not None else [])
            for line in lines
        ]
        return sha256(json.dumps(rows).encode()).hexdigest()[:24] if rows else ""

    def _numbers(self, line: Any) -> list[str]:
        found = ((cell, value_named(line, cell.name)) for cell in self.cells)
        return ["" if cell.is_blank_at_zero and not value else _plain(value) for cell, value in found]

    def lines(self, line: type[Any]) -> list[Any]:
        """The lines that were sent, as `line`s of a draft; what was left empty is as the draft has it by itself."""
        known = {field.name for field in fields(line)}
        return [
            line(**{n: v for n, v in row.items() if n in known and v is not None and v != ""})
            for row in self.data or ()
        ]

    def _shown(self, line: Any, titles: Mapping[int, str], details: Mapping[str, Any]) -> dict[str, Any]:
        row = {"item_id": line.item_id, "item": titles.get(line.item_id, ""), **details}
        packing = packing_of(details, getattr(line, "packing_id", None))
        for cell in self.cells:
            value = getattr(line, cell.name)
            if cell.is_counted and packing is not None and (count := in_packings(value, packing)) is not None:
                value, row["packing_id"] = count, packing["id"]
            row[cell.name] = cell.shown(value)
        if (origin := getattr(line, "origin", None)) is not None:
            row["origin"] = f"{origin[0]}:{origin[1]}"
        if (stored := getattr(line, "stored", None)) is not None:
            row["stored"] = stored
        return row | {name: text for name in self.carried if (text := getattr(line, name, ""))}

    def follow(self, lines: Sequence[Any]) -> None:
        """Let what was typed name these stored lines instead of those of an older version: each one of its item."""
        if not self.raw_data:
            return
        rows = [row for row in json.loads(self.raw_data[0]) if _is_filled(row, self.cells)]
        for row, read, stored in zip(rows, self.data, matched(self.data, lines), strict=True):
            read["stored"] = row["stored"] = getattr(stored, "stored", None)
        self.raw_data = [json.dumps(rows, ensure_ascii=False)]

    def _value(self) -> str:
        if self.raw_data:
            return str(self.raw_data[0])
        return json.dumps(self.data or [], default=str, ensure_ascii=False)

    def process_formdata(self, valuelist: list[str]) -> None:
        self.data, self.line_errors = [], []
        try:
            rows = read_json(valuelist[0] or "[]") if valuelist else []
        except ValueError:
            raise ValueError(_l("The lines arrived incomplete. Send the form again.")) from None
        if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
            raise ValueError(_l("The lines arrived incomplete. Send the form again."))
        if len(rows) > self.MOST:
            raise ValueError(_l("A document has at most %(n)d lines. Split it.", n=self.MOST))
        filled = [row for row in rows if _is_filled(row, (*self.cells, *self.closed))]
        self.data = [self._row(i, row) for i, row in enumerate(filled, 1)]
        self._unpack()
        self.process_errors.extend(error.message for error in self.line_errors)

    def _row(self, number: int, row: dict[str, Any]) -> dict[str, Any]:
        values: dict[str, Any] = {"origin": _origin(str(row.get("origin") or "")), "stored": _stored(row.get("stored"))}
        values |= {"packing_id": _number(row.get("packing_id"))} | {name: _text(row, name) for name in self.carried}
        try:
            values["item_id"] = int(str(row.get("item_id") or ""))
        except ValueError:
            text = str(row.get("item") or row.get("item_id") or "").strip()
            unknown = _l("Line %(n)s: there is no “%(text)s”. Choose from the list.", n=number, text=text)
            self._report(number, "item", unknown if text else _l("Line %(n)s: choose an item.", n=number))
        for cell in self.cells:
            text = _text(row, cell.name)
            if cell.is_needed and not text and "item_id" in values:
                said = {"n": number, "title": cell.title}
                self._report(
                    number, cell.name, _l("Line %(n)s: “%(title)s” is empty. Type 0 if it really is zero.", **said)
                )
            try:
                values[cell.name] = cell.read(text) if text else None
            except ValueError:
                self._report(number, cell.name, cell.refused(number, text))
            else:
                self._check_digits(number, cell, text, values[cell.name])
        return values

    def _unpack(self) -> None:
        """Let quantities that were typed in packings be in base units."""
        packed = [(i, row) for i, row in enumerate(self.data or (), 1) if row["packing_id"] is not None]
        details = details_of(self.lookup, {row["item_id"] for _, row in packed if "item_id" in row})
        for i, row in packed:
            packing = packing_of(details.get(row.get("item_id", 0), {}), row["packing_id"])
            if packing is None and "item_id" in row:
                self._report(
                    i, "quantity", _l("Line %(n)s: the item isn't packed so any more. Choose another unit.", n=i)
                )
            for cell in self.cells:
                if cell.is_counted and isinstance(value := row.get(cell.name), Decimal) and packing is not None:
                    row[cell.name] = in_base_units(value, packing)
                    if row[cell.name] is None:
                        said = {"n": i, "quantity": number(value), "packing": packing["name"]}
                        words = _l(
                            "Line %(n)s: “%(quantity)s %(packing)s” isn't an exact number of the item's unit.", **said
                        )
                        self._report(i, cell.name, words)

    def _check_digits(self, number: int, cell: Cell, text: str, value: Decimal | None) -> None:
        if isinstance(value, Decimal) and value != round(value, cell.places):
            message = _l(
                "Line %(n)s: “%(text)s” has more than %(most)s digits after the point.",
                n=number,
                text=text,
                most=cell.places,
            )
            self._report(number, cell.name, message)

    def _report(self, line: int, column: str, message: object) -> None:
        self.line_errors.append(LineError(line, column, str(message)))

    def refuse(self, error: KontorError) -> None:
        """Show what an operation refused; where it names a line by its number `n`, or several in `lines`, there too, and at the
        cell if it says which."""
        self.errors = [str(error)]
        column = getattr(error, "column", "")
        if lines := getattr(error, "lines", None):
            self.line_errors = [LineError(number, column, words) for number, words in sorted(lines.items())]
            return
        number = getattr(error.message, "_kwargs", {}).get("n")
        self.line_errors = [LineError(number, column, str(error))] if isinstance(number, int) else []

    @property
    def messages(self) -> dict[int, dict[str, str]]:
        """Line → column → words: what the grid shows below its lines."""
        found: dict[int, dict[str, str]] = {}
        for error in self.line_errors:
            found.setdefault(error.line, {})[error.column] = error.message
        return found

    @property
    def unplaced(self) -> list[str]:
        """Messages about no line in particular."""
        placed = {error.message for error in self.line_errors}
        return [str(error) for error in self.errors if str(error) not in placed]

    @property
    def linked(self) -> list[LineError]:
        """Messages about a line that those about none don't say already."""
        said = "\n".join(self.unplaced)
        return [error for error in self.line_errors if error.message not in said]


def _is_filled(row: dict[str, Any], cells: Sequence[Cell]) -> bool:
    return any(_text(row, name) for name in ("item_id", "item", *(cell.name for cell in cells)))


def _stored(number: Any) -> int | None:
    """The number of a stored line; None for whatever is none."""
    return number if isinstance(number, int) and 0 < number <= LinesField.MOST else None


def _number(text: Any) -> int | None:
    """The number of a record; None for whatever is none."""
    return int(text) if _RECORD.fullmatch(str(text or "")) else None


def _text(row: dict[str, Any], name: str) -> str:
    return str("" if row.get(name) is None else row[name]).strip()


def _plain(value: Any) -> str:
    if value is None or value is MASKED:
        return ""
    return f"{value.normalize():f}" if isinstance(value, Decimal) else str(value)


def _origin(text: str) -> LineKey | None:
    """The document and line of a text such as "123:1". What can't be read names no line, which saving refuses."""
    if not text:
        return None
    found = _ORIGIN.fullmatch(text)
    return (int(found[1]), int(found[2])) if found else (0, 0)
