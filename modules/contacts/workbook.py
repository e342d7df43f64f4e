"""A contact's statement as a file."""

import io
from collections.abc import Iterator, Mapping
from datetime import date, datetime
from typing import Any

from flask_babel import gettext as _

from app.api.documents import document_title
from app.api.ledger import Line, Statement
from app.api.security import MASKED
from app.api.values import digits_of
from modules.contacts.models import Contact
from modules.contacts.queries import turnovers_of


def statement_workbook(
    contact: Contact,
    since: date,
    until: date,
    statements: Mapping[str, Statement],
    *,
    without_reversed: bool,
    contract: str = "",
    members: Mapping[int, str] | None = None,
) -> io.BytesIO:
    """The statement as an XLSX file, at its beginning: a sheet for each currency, and one that is empty without any. `contract`
    says of which it is, where it isn't of all; `members` how those of a group are called, each line being one's."""
    import xlsxwriter  # most servers are asked for a page first

    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(buffer, {"default_date_format": "yyyy-mm-dd hh:mm"})
    bold = book.add_format({"bold": True})
    for currency, statement in statements.items():
        digits = digits_of(currency)
        money = book.add_format({"num_format": "#,##0" + ("." + "0" * digits if digits else "")})
        sheet = book.add_worksheet(currency)
        sheet.set_column(0, 2, 20)
        sheet.set_column(3, 5, 14)
        sheet.write_string(0, 0, f"{contact.name} ({contact.code})", bold)
        said = [
            f"{since} – {until}",
            currency,
            *([contract] if contract else []),
            *([_("without reversed documents")] if without_reversed else []),
        ]
        sheet.write_string(1, 0, ", ".join(said))
        titles = [_("Date"), _("Document"), _("Number"), _("Debit"), _("Credit"), _("Balance")]
        sheet.write_row(3, 0, [*titles, *([_("Group member")] if members else [])], bold)
        for i, line in enumerate(statement.lines, 5):
            if members:
                sheet.write_string(i, 6, members[line.key[0]])
        for i, (moment, title, number, *amounts) in enumerate(_rows(statement), 4):
            if moment is not None:
                sheet.write_datetime(i, 0, moment)
            sheet.write_string(i, 1, title)
            sheet.write_string(i, 2, number)
            for j, amount in enumerate(amounts, 3):
                if amount is MASKED:
                    sheet.write_string(i, j, str(MASKED))
                elif amount is not None:
                    sheet.write_number(i, j, float(amount), money)
    if not statements:
        book.add_worksheet().write_string(0, 0, contact.name)
    book.close()
    buffer.seek(0)
    return buffer


def _rows(statement: Statement) -> Iterator[tuple[datetime | None, str, str, Any, Any, Any]]:
    """Moment, document, number, debit, credit, balance."""
    yield None, _("Opening balance"), "", None, None, statement.opening["amount"]
    for line in statement.lines:
        amount = line.amounts["amount"]
        debit, credit = (MASKED, MASKED) if amount is MASKED else (max(amount, 0), max(-amount, 0))
        yield line.moment, title_of_line(line), line.number, debit, credit, line.balance["amount"]
    yield None, _("Turnover"), "", *turnovers_of(statement), None
    yield None, _("Closing balance"), "", None, None, statement.closing["amount"]


def title_of_line(line: Line) -> str:
    """What a line's document is called, and that it was reversed or reverses."""
    title = document_title(line.kind)
    if line.state != "reversed":
        return title
    return str(_("%(title)s, reversal", title=title) if line.is_reversal else _("%(title)s, reversed", title=title))
