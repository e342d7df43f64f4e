"""A list as an XLSX file: written row by row, so a long one takes no more memory than a short one."""

import io
import re
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from app.documents import STATES
from app.security import MASKED
from app.values import digits_of
from app.web.kit.tables import Column

#: Rows below the titles before another sheet begins; the format ends at 1,048,576.
ROWS_OF_A_SHEET = 1_000_000
_NOT_IN_A_NAME = re.compile(r"[\[\]:*?/\\]|^'|'$")


class Workbook:
    """Rows go in by `write`; `finish` gives the file."""

    def __init__(self, title: str, columns: Sequence[Column], currency: str) -> None:
        import xlsxwriter  # most servers are asked for a page first

        self._columns, self._currency = columns, currency
        self._title = _NOT_IN_A_NAME.sub(" ", title)[:25].strip() or "List"
        self._buffer = io.BytesIO()
        self._book = xlsxwriter.Workbook(
            self._buffer, {"constant_memory": True, "default_date_format": "yyyy-mm-dd hh:mm"}
        )
        self._bold = self._book.add_format({"bold": True})
        self._day = self._book.add_format({"num_format": "yyyy-mm-dd"})
        self._money = {
            digits: self._book.add_format({"num_format": "#,##0" + ("." + "0" * digits if digits else "")})
            for digits in range(5)
        }
        self.rows = 0
        self._begin_sheet()

    def write(self, rows: Iterable[Any]) -> None:
        """Add rows; a full sheet is followed by another."""
        for row in rows:
            if self.rows and self.rows % ROWS_OF_A_SHEET == 0:
                self._begin_sheet()
            line = self.rows % ROWS_OF_A_SHEET + 1
            for i, column in enumerate(self._columns):
                self._write_cell(line, i, column, row)
            self.rows += 1

    def finish(self) -> io.BytesIO:
        """The whole file, at its beginning."""
        self._book.close()
        self._buffer.seek(0)
        return self._buffer

    def _begin_sheet(self) -> None:
        number = self.rows // ROWS_OF_A_SHEET + 1
        self._sheet = self._book.add_worksheet(self._title if number == 1 else f"{self._title} {number}")
        self._sheet.freeze_panes(1, 0)
        for i, column in enumerate(self._columns):
            self._sheet.set_column(i, i, 28 if column.kind in ("text", "phone") else 14)
            self._sheet.write_string(0, i, str(column.title), self._bold)

    def _write_cell(self, line: int, i: int, column: Column, row: Any) -> None:
        value, sheet = getattr(row, column.name), self._sheet
        if value is None or value is MASKED:
            return
        if isinstance(value, Decimal):
            code = getattr(row, column.currency) if column.currency else self._currency
            form = self._money[digits_of(code)] if column.kind == "money" else None
            # A workbook keeps numbers as binary floats, of which 15 digits are exact: more than people's figures have.
            sheet.write_number(line, i, float(value), form)
        elif isinstance(value, datetime):
            sheet.write_datetime(line, i, value)
        elif isinstance(value, date):
            sheet.write_datetime(line, i, value, self._day)
        elif isinstance(value, bool):
            sheet.write_boolean(line, i, value)
        elif isinstance(value, int):
            sheet.write_number(line, i, value)
        else:
            words = column.choices or (STATES if column.kind == "state" else {})
            if column.word is not None and value is not None:
                value = column.word(value)
            sheet.write_string(line, i, str(words.get(value, value)))
