"""A list as an XLSX file: written row by row, so a long one takes no more memory than a short one."""

import io
import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import IO, Any

from flask import Response

from app.documents import states_of
from app.security import MASKED
from app.translation import lazy_gettext as _l
from app.values import digits_of
from app.web.kit.file_names import send_named
from app.web.kit.tables import Column
from app.web.kit.totals import Sum

#: Rows below the titles before another sheet begins; the format ends at 1,048,576.
ROWS_OF_A_SHEET = 1_000_000
_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_NOT_IN_A_NAME = re.compile(r"[\[\]:*?/\\]|^'|'$")


def send_workbook(book: IO[bytes], name: str) -> Response:
    """The answer that is a workbook, as a file of this name."""
    return send_named(book, _XLSX, name, "xlsx")


class Workbook:
    """Rows go in by `write`; `finish` gives the file."""

    def __init__(self, title: str, columns: Sequence[Column], currency: str, *, said: Sequence[str] = ()) -> None:
        """`said`: days that the rows are of; the sheet's name carries them."""
        import xlsxwriter  # most servers are asked for a page first

        self._columns, self._currency = columns, currency
        self._title = _NOT_IN_A_NAME.sub(" ", title).strip() or "List"
        days = " ".join(said)[:21]  # a name has 31 characters at most, and may be followed by the sheet's number
        self._title = f"{self._title[: 28 - len(days) - 1].strip()} {days}" if days else self._title[:25].strip()
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
        self._bold_money = {
            digits: self._book.add_format(
                {"bold": True, "num_format": "#,##0" + ("." + "0" * digits if digits else "")}
            )
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

    def write_sums(self, sums: Sequence[Sum], words: Mapping[tuple[tuple[str, str], ...], str]) -> None:
        """Below the rows: what columns come to, a row for each way in which they are kept apart; `words` says what of."""
        by_column = {column.name: i for i, column in enumerate(self._columns)}
        line = (self.rows - 1) % ROWS_OF_A_SHEET + 2 if self.rows else 1
        for apart in dict.fromkeys(each.apart for each in sums):
            self._sheet.write_string(line, 0, " ".join(filter(None, (str(_l("Total")), words[apart]))), self._bold)
            for each in sums:
                if each.apart == apart and by_column[each.column.name]:
                    digits = digits_of(each.currency or self._currency)
                    form = self._bold_money[digits] if each.column.kind == "money" else self._bold
                    self._sheet.write_number(line, by_column[each.column.name], float(each.amount), form)
            line += 1

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
            if column.bar:
                bar = {"type": "data_bar", "min_type": "num", "min_value": 0, "max_type": "num", "max_value": 100}
                self._sheet.conditional_format(1, i, ROWS_OF_A_SHEET, i, bar)

    def _write_cell(self, line: int, i: int, column: Column, row: Any) -> None:
        value, sheet = getattr(row, column.name), self._sheet
        if column.row_words is not None:
            sheet.write_string(line, i, column.row_words(row))
            return
        if value is None or value is MASKED:
            return
        if isinstance(value, Decimal):
            code = getattr(row, column.currency) if column.currency else self._currency
            form = self._money[digits_of(code)] if column.kind == "money" else None
            # A workbook keeps numbers as binary floats, of which 15 digits are exact: more than people's figures have.
            sheet.write_number(line, i, float(value), form)
        elif isinstance(value, date) and column.words is not None:
            sheet.write_string(line, i, str(column.words(value)))
        elif isinstance(value, datetime):
            sheet.write_datetime(line, i, value)
        elif isinstance(value, date):
            sheet.write_datetime(line, i, value, self._day)
        elif isinstance(value, bool):
            sheet.write_boolean(line, i, value)
        elif isinstance(value, int):
            sheet.write_number(line, i, value)
        else:
            words = column.choices or (states_of(getattr(row, "kind", "")) if column.kind == "state" else {})
            sheet.write_string(line, i, str(column.words(value) if column.words else words.get(value, value)))
