"""The payment calendar on its page and as a file."""

import io
from typing import Any

from openpyxl import load_workbook
from sqlalchemy import select

from app.audit import AuditLine
from app.security import SYSTEM
from modules.contacts.money.calendar import due_by_day


def sheets_of(browser: Any, by: str = "week") -> dict[str, list[tuple[Any, ...]]]:
    """The rows of each sheet of the calendar's file."""
    answer = browser.get(f"/contacts/calendar?by={by}&as=xlsx")
    assert answer.status_code == 200, answer.text
    book = load_workbook(io.BytesIO(answer.data))
    return {sheet.title: list(sheet.iter_rows(values_only=True)) for sheet in book}


def test_the_calendar_as_a_file_says_what_is_open_and_its_export_is_recorded(sign_in: Any, house: Any) -> None:
    admin, database = sign_in("admin"), house.company.database
    assert "/contacts/calendar?by=day&amp;as=xlsx" in admin.get("/contacts/calendar?by=day").text
    rows = sheets_of(admin, "day")["GBP"]
    open_days = database.run(due_by_day, actor=SYSTEM, write=False)["GBP"]
    assert rows[3] == ("Due", "First day", "Last day", "Comes in", "Goes out", "Left on the accounts")
    assert (rows[4][0], rows[-1][0], len(rows)) == ("Overdue", "Later", 4 + 16)
    assert [round(sum(row[i] for row in rows[4:]), 2) for i in (3, 4)] == [
        float(sum(pair[i] for pair in open_days.values())) for i in (0, 1)
    ]
    asked = select(AuditLine.summary).where(AuditLine.action == "contacts.statement.export")
    assert database.run(lambda s: s.scalars(asked).all(), actor=SYSTEM, write=False) == ["calendar, day"]


def test_a_calendar_without_anything_is_a_file_that_says_so(app: Any) -> None:
    browser = app.test_client()
    browser.post("/login", data={"login": "admin", "password": "correct horse"})
    assert sheets_of(browser) == {"Payment calendar": [("Nothing is open, and nothing is on the accounts.",)]}
