"""A contact's statement as PDF."""

from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

from flask_babel import gettext as _
from sqlalchemy.orm import Session

from app.api.ledger import Statement
from app.api.prints import Printing, letterhead, pdf_of, value_text
from app.api.security import MASKED
from app.api.texts import day
from modules.contacts.models import Contact
from modules.contacts.queries import turnovers_of
from modules.contacts.workbook import title_of_line

FOLDER = Path(__file__).parent / "print"


def statement_pdf(
    session: Session,
    contact: Contact,
    since: date,
    until: date,
    statements: Mapping[str, Statement],
    *,
    without_reversed: bool,
    contract: str = "",
    members: Mapping[int, str] | None = None,
) -> bytes:
    """The statement in the reader's language: a table for each currency; of a group with `members`, whose names stand beside
    the documents. Refused: as by `pdf_of`."""
    said = [_("%(since)s – %(until)s", since=day(since), until=day(until))]
    if without_reversed:
        said.append(_("without reversed documents"))
    data = {
        **letterhead(session),
        "title": _("Statement"),
        "facts": [
            [_("Contact"), f"{contact.name} ({contact.code})"],
            *([[_("Contract"), contract]] if contract else []),
            [_("Period"), ", ".join(said)],
        ],
        "columns": [
            {"title": title, "is_text": is_text}
            for title, is_text in (
                (_("Date"), True),
                (_("Document"), True),
                (_("Debit"), False),
                (_("Credit"), False),
                (_("Balance"), False),
            )
        ],
        "nothing": _("Nothing was ever bought, sold or paid with this contact up to this day."),
        "statements": [_said(currency, each, members or {}) for currency, each in statements.items()],
    }
    return pdf_of(Printing(FOLDER / "statement.typ", data, sum(len(each.lines) for each in statements.values())))


def _said(currency: str, statement: Statement, members: Mapping[int, str]) -> dict[str, Any]:
    def text(amount: Any) -> str:
        return value_text(amount, "money", currency)

    lines = []
    for line in statement.lines:
        debit, credit = sides(line.amounts["amount"])
        title = f"{title_of_line(line)} {line.number}".strip()
        if members:
            title = f"{title} · {members[line.key[0]]}"
        lines.append([day(line.moment), title, text(debit), text(credit), text(line.balance["amount"])])
    return {
        "currency": currency,
        "opening": [_("Opening balance"), text(statement.opening["amount"])],
        "lines": lines,
        "turnover": [_("Turnover"), *map(text, turnovers_of(statement))],
        "closing": [_("Closing balance"), text(statement.closing["amount"])],
    }


def sides(amount: Any) -> tuple[Any, Any]:
    """An amount of a statement's line as debit and credit: None on the side where nothing stands; MASKED on both."""
    if amount is MASKED:
        return MASKED, MASKED
    return (amount, None) if amount > 0 else (None, -amount)
