"""What moved on an account, as a file."""

import io
from datetime import date

from flask_babel import gettext as _

from app.api.documents import document_title
from app.api.ledger import Statement
from app.api.values import digits_of
from modules.contacts.money.models import MoneyAccount


def movements_workbook(account: MoneyAccount, since: date, until: date, found: Statement) -> io.BytesIO:
    """Opening balance, every movement, closing balance as an XLSX file, at its beginning."""
    import xlsxwriter  # most servers are asked for a page first

    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(buffer, {"default_date_format": "yyyy-mm-dd hh:mm"})
    bold, digits = book.add_format({"bold": True}), digits_of(account.currency)
    money = book.add_format({"num_format": "#,##0" + ("." + "0" * digits if digits else "")})
    sheet = book.add_worksheet(account.currency)
    sheet.set_column(0, 3, 24)
    sheet.set_column(4, 6, 14)
    sheet.write_string(0, 0, f"{account.name} {account.number}".strip(), bold)
    sheet.write_string(1, 0, f"{since} – {until}, {account.currency}")
    titles = (
        _("Date"),
        _("Document"),
        _("Number"),
        _("With whom or for what"),
        _("Came in"),
        _("Went out"),
        _("Balance"),
    )
    sheet.write_row(3, 0, titles, bold)
    sheet.write_string(4, 1, _("Opening balance"))
    sheet.write_number(4, 6, float(found.opening["amount"]), money)
    row = 4
    for row, line in enumerate(found.lines, 5):
        amount = line.amounts["amount"]
        sheet.write_datetime(row, 0, line.moment)
        sheet.write_string(row, 1, document_title(line.kind))
        sheet.write_string(row, 2, line.number)
        sheet.write_string(row, 3, line.summary)
        sheet.write_number(row, 4 if amount > 0 else 5, float(abs(amount)), money)
        sheet.write_number(row, 6, float(line.balance["amount"]), money)
    sheet.write_string(row + 1, 1, _("Closing balance"))
    sheet.write_number(row + 1, 6, float(found.closing["amount"]), money)
    book.close()
    buffer.seek(0)
    return buffer
