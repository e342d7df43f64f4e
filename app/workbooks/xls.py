"""Reading .xls by xlrd: it knows formats, errors and code pages, which calamine does not."""

import sys
from collections.abc import Iterator
from datetime import time
from typing import Any

import xlrd
from xlrd.biffh import XL_CELL_BOOLEAN, XL_CELL_DATE, XL_CELL_ERROR, XL_CELL_NUMBER, XL_CELL_TEXT, error_text_from_code

from app.workbooks.cells import Facts, Merge, Problem, SheetName, Shown
from app.workbooks.formats import shown
from app.workbooks.spread import spread

#: Since Excel 97 texts are Unicode; before, they are bytes in the code page that the file names, or doesn't.
_UNICODE = 80


class Book:
    """A workbook of Excel 5 to 2003."""

    def __init__(self, path: str, encoding: str) -> None:
        # xlrd's remarks must not get among the answers on standard output.
        self._book = xlrd.open_workbook(
            path, logfile=sys.stderr, formatting_info=True, encoding_override=encoding or None
        )
        self._is_guess = self._book.biff_version < _UNICODE and self._book.codepage is None and not encoding
        self.sheets = [SheetName(s.name, s.nrows > 0, s.visibility != 0) for s in self._book.sheets()]

    def read(self, index: int) -> tuple[Facts, Iterator[list[Any]]]:
        """What is hidden of a sheet, and its rows."""
        sheet = self._book.sheet_by_index(index)
        rows = sorted(number + 1 for number, info in sheet.rowinfo_map.items() if info.hidden and number < sheet.nrows)
        columns = sorted(i + 1 for i, info in sheet.colinfo_map.items() if info.hidden and i < sheet.ncols)
        merges = [Merge(top, left, bottom - 1, right - 1) for top, bottom, left, right in sheet.merged_cells]
        return Facts(rows, columns), spread(self._rows(sheet), merges)

    def _rows(self, sheet: Any) -> Iterator[list[Any]]:
        for number in range(sheet.nrows):
            yield [self._value(cell) for cell in sheet.row(number)]

    def _value(self, cell: Any) -> Any:
        kind, value = cell.ctype, cell.value
        if kind == XL_CELL_TEXT:
            if self._is_guess and not value.isascii():
                raise Unnamed
            return value
        if kind == XL_CELL_NUMBER:
            text = shown(value, self._format(cell))
            return value if text is None else Shown(value, text)
        if kind == XL_CELL_DATE:
            return self._moment(value)
        if kind == XL_CELL_BOOLEAN:
            return bool(value)
        return error_text_from_code.get(value, "#VALUE!") if kind == XL_CELL_ERROR else None

    def _format(self, cell: Any) -> str:
        return str(self._book.format_map[self._book.xf_list[cell.xf_index].format_key].format_str)

    def _moment(self, value: float) -> Any:
        try:
            moment = xlrd.xldate_as_datetime(value, self._book.datemode)
        except (ValueError, OverflowError, xlrd.xldate.XLDateError):
            return value
        return time(moment.hour, moment.minute, moment.second) if 0 <= value < 1 else moment


class Unnamed(Exception):
    """The file doesn't name the code page of its texts."""

    problem = Problem("codepage")
