"""The payment calendar as a file."""

import io
from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from flask_babel import gettext as _

from app.api.values import digits_of
from modules.contacts.money.calendar import OWED, Span
from modules.contacts.money.calendar_rows import CalendarRow


def calendar_workbook(found: Mapping[str, Sequence[Span]], rows: Sequence[CalendarRow], today: date) -> io.BytesIO:
    """The calendar as it stood on `today`, as an XLSX file at its beginning: a sheet for each currency, and one of the rows
    behind them; one that only says so where there is none. A span's first and last day stand in columns of their own, so that
    they can be sorted."""
    import xlsxwriter  # most servers are asked for a page first

    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(buffer, {"default_date_format": "yyyy-mm-dd"})
    bold = book.add_format({"bold": True})
    for currency, spans in found.items():
        _write_spans(book, currency, spans, today, bold)
    if found:
        _write_rows(book, rows, bold)
    else:
        sheet = book.add_worksheet(_("Payment calendar")[:31])
        sheet.write_string(0, 0, _("Nothing is open, nothing is expected, and nothing is on the accounts."))
    book.close()
    buffer.seek(0)
    return buffer


def _write_spans(book: Any, currency: str, spans: Sequence[Span], today: date, bold: Any) -> None:
    """With a column in and out for each source, where there is more than one."""
    sources = [*dict.fromkeys(source for span in spans for source in span.parts)]
    sources = sources if sources != [OWED] else []
    is_held = spans[0].balance is not None
    sheet, money = book.add_worksheet(currency), _money(book, currency)
    sheet.set_column(0, 5 + 2 * len(sources), 18)
    sheet.write_string(0, 0, _("Payment calendar"), bold)
    sheet.write_datetime(1, 0, today)
    titles = [_("Due"), _("First day"), _("Last day"), _("Comes in"), _("Goes out")]
    titles += [_("Left on the accounts")] if is_held else []
    for word in (_("Comes in"), _("Goes out")):
        titles += [f"{word}: {source.title}" for source in sources]
    sheet.write_row(3, 0, titles, bold)
    nothing = (Decimal(0), Decimal(0))
    for row, span in enumerate(spans, 4):
        sheet.write_string(row, 0, _word(span))
        for column, day in ((1, span.since), (2, span.until)):
            if day is not None:
                sheet.write_datetime(row, column, day)
        amounts = [span.come_in, span.go_out, *([] if span.balance is None else [span.balance])]
        amounts += [span.parts.get(source, nothing)[i] for i in (0, 1) for source in sources]
        for column, amount in enumerate(amounts, 3):
            sheet.write_number(row, column, float(amount), money)


def _write_rows(book: Any, rows: Sequence[CalendarRow], bold: Any) -> None:
    sheet = book.add_worksheet(_("Documents")[:31])
    sheet.set_column(0, 2, 28)
    sheet.set_column(3, 7, 14)
    titles = (_("Document"), _("Contact"), _("Why"), _("Day"), _("Comes in"), _("Goes out"), _("Currency"))
    sheet.write_row(0, 0, [*titles, _("Paid ahead")], bold)
    forms = {currency: _money(book, currency) for currency in {row.currency for row in rows}}
    for line, row in enumerate(rows, 1):
        for column, text in enumerate((row.document, row.contact, str(row.source.title))):
            sheet.write_string(line, column, text)
        if row.day is not None:
            sheet.write_datetime(line, 3, row.day)
        sheet.write_number(line, 4 if row.is_in else 5, float(row.amount), forms[row.currency])
        sheet.write_string(line, 6, row.currency)
        if row.paid_ahead:
            sheet.write_number(line, 7, float(row.paid_ahead), forms[row.currency])


def _money(book: Any, currency: str) -> Any:
    digits = digits_of(currency)
    return book.add_format({"num_format": "#,##0" + ("." + "0" * digits if digits else "")})


def _word(span: Span) -> str:
    if span.is_undated:
        return str(_("No day yet"))
    if span.since is not None and span.until is not None:
        return ""
    return str(_("Overdue") if span.since is None else _("Later"))
