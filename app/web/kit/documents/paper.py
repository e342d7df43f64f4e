"""What a document says, as a workbook and as JSON."""

import io
import re
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from app.documents import Document, Paper
from app.security import MASKED
from app.values import digits_of, shortest

#: characters that the name of a sheet can't have
_NOT_IN_NAMES = re.compile(r"[\[\]:*?/\\]")


def paper_json(document: Document, paper: Paper) -> dict[str, Any]:
    """Facts, lines and totals; exact numbers are texts, what is closed is null."""
    return {
        "id": document.id,
        "kind": document.kind,
        "number": document.number,
        "state": document.state,
        "version": document.version,
        "currency": paper.currency,
        "facts": [{"name": f.name, "title": str(f.title), "value": _plain(f.value)} for f in paper.facts],
        "columns": [{"name": c.name, "title": str(c.title)} for c in paper.columns],
        "lines": [
            {c.name: _plain(line.get(c.name)) for c in paper.columns}
            | {name: line[name] for name in ("packed", "second", "per") if line.get(name)}
            for line in paper.lines
        ],
        "totals": [{"title": str(t.title), "value": _plain(t.value)} for t in paper.totals],
    }


def paper_workbook(title: str, paper: Paper) -> io.BytesIO:
    """One sheet: the facts, the lines, the totals. Numbers are numbers, with the digits of the currency."""
    import xlsxwriter  # most servers are asked for a page first

    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(buffer, {"default_date_format": "yyyy-mm-dd hh:mm"})
    sheet, bold = book.add_worksheet(_sheet_name(title)), book.add_format({"bold": True})
    day = book.add_format({"num_format": "yyyy-mm-dd"})
    digits = digits_of(paper.currency)
    money = book.add_format({"num_format": "#,##0" + ("." + "0" * digits if digits else "")})
    sheet.set_column(0, 0, 34)
    sheet.set_column(1, max(len(paper.columns), 2), 14)
    sheet.write_string(0, 0, title, bold)
    row = 2
    for fact in paper.facts:
        if fact.value not in (None, ""):
            sheet.write_string(row, 0, str(fact.title))
            _write(sheet, row, 1, fact.value, None, day)
            row += 1
    row += 1
    sheet.write_row(row, 0, [str(c.title) for c in paper.columns], bold)
    for line in paper.lines:
        row += 1
        for i, column in enumerate(paper.columns):
            _write(sheet, row, i, line.get(column.name), money if column.kind == "money" else None, day)
    for total in paper.totals:
        row += 1
        sheet.write_string(row, 0, str(total.title), bold)
        _write(sheet, row, max(len(paper.columns) - 1, 1), total.value, money if total.kind == "money" else None, day)
    book.close()
    buffer.seek(0)
    return buffer


def _sheet_name(title: str) -> str:
    """What a sheet may be called: at most 31 characters, none of []:*?/\\, no apostrophe at either end."""
    return _NOT_IN_NAMES.sub(" ", title)[:31].strip(" '") or "–"


def _write(sheet: Any, row: int, column: int, value: Any, form: Any, day: Any) -> None:
    if value is None or value is MASKED:
        return
    if isinstance(value, bool):
        sheet.write_boolean(row, column, value)
    elif isinstance(value, Decimal):
        sheet.write_number(row, column, float(value), form)
    elif isinstance(value, datetime):
        sheet.write_datetime(row, column, value)
    elif isinstance(value, date) and value.year >= 1900:  # no workbook knows an earlier one
        sheet.write_datetime(row, column, value, day)
    else:
        sheet.write_string(row, column, str(value))


def _plain(value: Any) -> Any:
    if value is None or value is MASKED:
        return None
    if isinstance(value, bool):
        return value
    if isinstance(value, Decimal):
        return f"{shortest(value):f}"
    return value.isoformat() if isinstance(value, date) else str(value)
