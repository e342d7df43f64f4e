"""Which column of somebody else's table is what: looked at, guessed, confirmed by a person, and then read.

For files of which no preset knows: a first page shows the rows as they stand with a choice above each column. Rows that lack
what every row has to say, such as totals and balances, are left out and counted.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from itertools import islice
from pathlib import Path
from typing import Any

from app.errors import Invalid
from app.importing.cells import BadCell, as_decimal, as_text, is_blank
from app.importing.files import Sheet
from app.importing.numbers import COMMA, POINT, Writing
from app.importing.presets import Preset
from app.translation import lazy_gettext as _l

#: rows that are read, and those that are shown and looked through for the header
MOST_ROWS, LOOKED_AT = 5_000, 20
DAY, TEXT, AMOUNT = "day", "text", "amount"
_DAY = re.compile(r"\d{1,4}[./-]\d{1,2}[./-]\d{2,4}")
_FORMS = (
    *("%Y-%m-%d", "%Y/%m/%d", "%Y.%m.%d"),
    *("%d.%m.%Y", "%d/%m/%Y", "%d-%m-%Y", "%d.%m.%y", "%d/%m/%y", "%d-%m-%y"),
)
#: as Americans write days
_MONTH_FIRST = ("%m/%d/%Y", "%m-%d-%Y", "%m/%d/%y", "%m-%d-%y")


@dataclass(frozen=True, slots=True)
class Wanted:
    """Something that a row may say. `words`: parts of what such a column is called, in small letters, in any language."""

    name: str
    title: object
    kind: str
    words: tuple[str, ...]
    is_needed: bool = False


@dataclass(frozen=True, slots=True)
class Columns:
    """The header's place among the rows, from 0; field → column, from 0; the sign before decimals; whether days begin with
    the month."""

    header: int
    columns: Mapping[str, int]
    decimal: str = POINT
    month_first: bool = False


@dataclass
class Read:
    """What the rows say, each with its number in the file from 1, and how many were left out."""

    rows: list[tuple[int, dict[str, Any]]]
    left_out: int


def rows_of(path: Path, encoding: str = "") -> list[list[Any]]:
    """The rows of a table as they stand, blank ones too. `encoding`: of a text that isn't UTF-8. Refused (Invalid): what can't
    be read, more than MOST_ROWS."""
    with Sheet(path, Preset("mapping", {}, encoding=encoding)) as sheet:
        found: list[list[Any]] = [list(sheet.header)]
        found += [list(cells) for _number, cells in islice(sheet.rows(), MOST_ROWS)]
    if len(found) > MOST_ROWS:
        raise Invalid(_l("The file has more than %(n)s rows. Send a shorter period.", n=MOST_ROWS))
    return found


def guessed(rows: Sequence[Sequence[Any]], wanted: Sequence[Wanted]) -> Columns:
    """The row that names the most of what is wanted, by its words; each column is one thing at most."""
    best = Columns(0, {})
    for i, row in enumerate(rows[:LOOKED_AT]):
        columns: dict[str, int] = {}
        for each in wanted:
            for j, cell in enumerate(row):
                name = shown_cell(cell).casefold()
                if j not in columns.values() and any(word in name for word in each.words):
                    columns[each.name] = j
                    break
        if len(columns) > len(best.columns):
            best = Columns(i, columns)
    below = rows[best.header + 1 :]
    how = _decimal(below, best.columns, wanted), _is_month_first(below, best.columns, wanted)
    return Columns(best.header, best.columns, *how)


def read(rows: Sequence[Sequence[Any]], mapping: Columns, wanted: Sequence[Wanted]) -> Read:
    """The rows below the header. Refused (Invalid): a column that is needed and isn't chosen, one chosen twice."""
    if missing := [each.title for each in wanted if each.is_needed and each.name not in mapping.columns]:
        raise Invalid(_l("Choose the column: %(name)s.", name=missing[0]))
    if len(set(mapping.columns.values())) < len(mapping.columns):
        raise Invalid(_l("One column is chosen for two things."))
    found, left_out = [], 0
    for number, row in enumerate(rows[mapping.header + 1 :], mapping.header + 2):
        said = {
            each.name: _value(row, mapping.columns[each.name], each.kind, mapping)
            for each in wanted
            if each.name in mapping.columns
        }
        if any(each.is_needed and said[each.name] is None for each in wanted):
            left_out += not all(is_blank(cell) for cell in row)
        else:
            found.append((number, said))
    return Read(found, left_out)


def shown_cell(cell: Any) -> str:
    """A cell as the page shows it."""
    if isinstance(cell, datetime):
        return f"{cell:%Y-%m-%d}"
    try:
        return as_text(cell)
    except BadCell:
        return "?"


def _value(row: Sequence[Any], column: int, kind: str, mapping: Columns) -> Any:
    cell = row[column] if column < len(row) else None
    if is_blank(cell):
        return None
    if kind == DAY:
        return _day(cell, month_first=mapping.month_first)
    return _amount(cell, mapping.decimal) if kind == AMOUNT else shown_cell(cell)


def _day(cell: Any, *, month_first: bool = False) -> date | None:
    if isinstance(cell, datetime):
        return cell.date()
    if isinstance(cell, date):
        return cell
    found = _DAY.search(shown_cell(cell))
    for form in (*_MONTH_FIRST, *_FORMS) if month_first else _FORMS:
        if found is None:
            return None
        try:
            return datetime.strptime(found[0], form).date()
        except ValueError:
            continue
    return None


def _amount(cell: Any, decimal: str) -> Decimal | None:
    try:
        if isinstance(cell, str):
            plain = Writing(decimal).plain(cell)
            return None if plain is None else as_decimal(plain)
        return as_decimal(cell)
    except BadCell:
        return None


def _decimal(rows: Sequence[Sequence[Any]], columns: Mapping[str, int], wanted: Sequence[Wanted]) -> str:
    """The sign by which more of the amounts that are texts can be read; the comma where both read as many and one has it."""
    places = [columns[each.name] for each in wanted if each.kind == AMOUNT and each.name in columns]
    texts = [row[j] for row in rows for j in places if j < len(row) and isinstance(row[j], str)]
    readable = {sign: sum(Writing(sign).plain(text) is not None for text in texts) for sign in (POINT, COMMA)}
    return COMMA if readable[COMMA] > readable[POINT] else POINT


def _is_month_first(rows: Sequence[Sequence[Any]], columns: Mapping[str, int], wanted: Sequence[Wanted]) -> bool:
    """Whether some day can be read only with the month before it, and all can be so."""
    places = [columns[each.name] for each in wanted if each.kind == DAY and each.name in columns]
    found = [_DAY.search(row[j]) for row in rows for j in places if j < len(row) and isinstance(row[j], str)]
    texts = [each[0] for each in found if each is not None]
    return any(_day(text) is None for text in texts) and all(_day(text, month_first=True) for text in texts)
