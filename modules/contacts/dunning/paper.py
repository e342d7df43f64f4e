"""Reminders as PDF: what the letter says, each debt with its day and how late it was, and what they come to by currency."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.api.documents import Document, document_title
from app.api.prints import Printing, letterhead, pdf_of, value_text
from app.api.texts import day, in_language
from app.api.texts import lazy_gettext as _l
from modules.contacts.dunning.levels import TITLES
from modules.contacts.dunning.models import Reminder, ReminderLine
from modules.contacts.models import OpenItem
from modules.contacts.statement_pdf import FOLDER


def reminder_pdf(session: Session, reminders: Sequence[Reminder]) -> bytes:
    """The letters one after another, each in its own language and with pages of its own. Refused: as by `pdf_of`."""
    lines = _lines(session, [reminder.id for reminder in reminders])
    letters = []
    for reminder in reminders:
        with in_language(reminder.language):
            letters.append(_letter(session, reminder, lines[reminder.id]))
    data = {"letters": letters, "title": letters[0]["title"], "organisation": letters[0]["organisation"]}
    return pdf_of(Printing(FOLDER / "reminder.typ", data, sum(len(letter["lines"]) for letter in letters)))


def _lines(session: Session, ids: list[int]) -> dict[int, list[Any]]:
    query = (
        select(
            *(ReminderLine.reminder_id, ReminderLine.open, OpenItem.due),
            *(Document.kind, Document.number, Document.moment, Document.currency),
        )
        .join_from(ReminderLine, OpenItem, OpenItem.id == ReminderLine.item_id)
        .join(Document, Document.id == OpenItem.document_id)
        .where(ReminderLine.reminder_id.in_(ids))
        .order_by(OpenItem.due, OpenItem.id)
    )
    found: dict[int, list[Any]] = {number: [] for number in ids}
    for row in session.execute(query):
        found[row.reminder_id].append(row)
    return found


def _letter(session: Session, reminder: Reminder, lines: Sequence[Any]) -> dict[str, Any]:
    until: date = reminder.run.day
    texts = (_l("Document"), _l("Date"), _l("Payment due"))
    numbers = (_l("Days late"), _l("Open"))
    sums: dict[str, Decimal] = {}
    rows = []
    for row in lines:
        sums[row.currency] = sums.get(row.currency, Decimal(0)) + row.open
        due = row.due or row.moment.date()
        title, late = f"{document_title(row.kind)} {row.number}", str((until - due).days)
        rows.append([title, day(row.moment), day(due), late, value_text(row.open, "money", row.currency), row.currency])
    return {
        **letterhead(session),
        "title": str(TITLES[reminder.level - 1]),
        "facts": [[str(_l("Contact")), reminder.contact.name], [str(_l("Date")), day(until)]],
        "text": [part.split("\n") for part in reminder.text.split("\n\n")],
        "columns": [
            *({"title": str(title), "is_text": True} for title in texts),
            *({"title": str(title), "is_text": False} for title in numbers),
            {"title": str(_l("Currency")), "is_text": True},
        ],
        "lines": rows,
        "totals": [
            {
                "title": ", ".join((str(_l("Overdue")), currency)),
                "value": value_text(total, "money", currency),
                "is_grand": True,
            }
            for currency, total in sums.items()
        ],
    }
