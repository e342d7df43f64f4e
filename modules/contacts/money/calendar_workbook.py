"""The payment calendar as a file."""

import io
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from flask_babel import gettext as _

from app.api.values import digits_of
from modules.contacts.money.calendar import Span


def calendar_workbook(found: Mapping[str, Sequence[Span]], today: date) -> io.BytesIO:
    """The calendar as it stood on `today`, as an XLSX file at its beginning: a sheet for each currency, and one that only says
    so where there is none. A span's first and last day stand in columns of their own, so that they can be sorted."""
    import xlsxwriter  # most servers are asked for a page first

    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(buffer, {"default_date_format": "yyyy-mm-dd"})
    bold = book.add_format({"bold": True})
    for currency, spans in found.items():
        _write_sheet(book, currency, spans, today, bold)
    if not found:
        book.add_worksheet(_("Payment calendar")[:31]).write_string(
            0, 0, _("Nothing is open, and nothing is on the accounts.")
        )
    book.close()
    buffer.seek(0)
    return buffer


def _write_sheet(book: Any, currency: str, spans: Sequence[Span], today: date, bold: Any) -> None:
    digits = digits_of(currency)
    money = book.add_format({"num_format": "#,##0" + ("." + "0" * digits if digits else "")})
    sheet = book.add_worksheet(currency)
    sheet.set_column(0, 5, 18)
    sheet.write_string(0, 0, _("Payment calendar"), bold)
    sheet.write_datetime(1, 0, today)
    titles = [_("Due"), _("First day"), _("Last day"), _("Comes in"), _("Goes out")]
    is_held = spans[0].balance is not None
    sheet.write_row(3, 0, [*titles, *([_("Left on the accounts")] if is_held else [])], bold)
    for row, span in enumerate(spans, 4):
        sheet.write_string(row, 0, _word(span))
        for column, day in ((1, span.since), (2, span.until)):
            if day is not None:
                sheet.write_datetime(row, column, day)
        amounts = (span.come_in, span.go_out, *([] if span.balance is None else [span.balance]))
        for column, amount in enumerate(amounts, 3):
            sheet.write_number(row, column, float(amount), money)


def _word(span: Span) -> str:
    if span.since is not None and span.until is not None:
        return ""
    return str(_("Overdue") if span.since is None else _("Later"))
