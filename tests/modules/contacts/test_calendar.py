"""The payment calendar on its page and as a file."""

import io
import re
from datetime import timedelta
from html import unescape
from typing import Any

from openpyxl import load_workbook
from sqlalchemy import func, select

from app.audit import AuditLine
from app.calling import asked as answered
from app.clock import wall_clock
from app.security import SYSTEM
from modules.contacts.money.calendar import calendar, due_by_day, last_day
from modules.contacts.money.calendar_rows import rows_of
from modules.contacts.money.paid_ahead import NOTHING, expected_money
from modules.contacts.overdue import count_overdue
from modules.trade import hooks as of_trade


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
    today = wall_clock().date()
    taken = database.run(lambda s: expected_money(s, today, last_day(today, 1, 14)).taken, actor=SYSTEM, write=False)
    # what was paid ahead for what is expected isn't owed back
    ahead = [sum(part for advance, part in taken if advance.is_in is is_in) for is_in in (True, False)]
    owed = [rows[3].index(f"{way}: Owed") for way in ("Comes in", "Goes out")]
    assert rows[3][:6] == ("Due", "First day", "Last day", "Comes in", "Goes out", "Left on the accounts")
    assert (rows[4][0], rows[-1][0], len(rows)) == ("Overdue", "No day yet", 4 + 17)
    assert [round(sum(row[i] for row in rows[4:]), 2) for i in owed] == [
        float(sum(pair[i] for pair in open_days.values()) - ahead[i]) for i in (0, 1)
    ]
    asked = select(AuditLine.summary).where(AuditLine.action == "contacts.statement.export")
    assert database.run(lambda s: s.scalars(asked).all(), actor=SYSTEM, write=False) == ["calendar, day"]


def test_every_amount_of_the_calendar_is_its_rows_and_leads_to_them(sign_in: Any, house: Any) -> None:
    anna, today = sign_in("anna"), wall_clock().date()

    def work(session: Any) -> list[tuple[Any, ...]]:
        cells = []
        for currency, spans in calendar(session, today, step=7, count=8).items():
            for span in spans:
                for is_in, amount in ((True, span.come_in), (False, span.go_out)):
                    asked: dict[str, Any] = {"span": span, "currency": currency, "is_in": is_in}
                    rows = rows_of(session, today, last_day(today, 7, 8), **asked)
                    assert sum(row.amount for row in rows) == amount
                    cells += [(currency, span, row) for row in rows]
        assert len(cells) == len(rows_of(session, today, last_day(today, 7, 8)))
        return cells

    cells = house.company.database.run(work, actor=SYSTEM, write=False)
    assert {row.source.name for _, _, row in cells} == {"contacts.owed", "trade.ordered", "trade.repeated"}
    links = re.findall(r'href="(/contacts/calendar/rows[^"]*)"', anna.get("/contacts/calendar").text)
    ordered = [link for link in map(unescape, links) if "source=trade.ordered" in link]
    page = anna.get(ordered[0]).text
    assert "Sales order SO-" in page
    assert "Sale S-" not in page
    whole = anna.get(ordered[0].replace("source=trade.ordered&", "")).text
    assert whole.count("<tr>") > page.count("<tr>")
    for wrong, words in (("side=in", "Open an amount"), ("side=in&currency=GBP&since=soon", "Write the day")):
        answer = anna.get(f"/contacts/calendar/rows?{wrong}")
        assert (answer.status_code, words in answer.text) == (422, True)
    assert sign_in("steve").get("/contacts/calendar/rows?side=in&currency=GBP").status_code == 403


def test_the_total_above_rows_is_the_calendars_own_where_not_all_are_shown(
    sign_in: Any, ask: Any, monkeypatch: Any
) -> None:
    anna, today = sign_in("anna"), wall_clock().date()
    debts = ask(None, lambda s: rows_of(s, today, last_day(today, 7, 8), currency="GBP", is_in=True, expected=NOTHING))
    debts = [row for row in debts if row.day < today]
    assert len(debts) > 1
    total = sum(row.amount for row in debts)
    for most, shown in ((len(debts), len(debts)), (len(debts) - 1, len(debts) - 1)):
        monkeypatch.setattr("modules.contacts.routes.calendar._MOST", most)
        page = anna.get(
            f"/contacts/calendar/rows?side=in&currency=GBP&only=owed&until={today - timedelta(days=1)}"
        ).text
        assert page.count('<td class="headline">') == shown
        assert f"{total:,.2f} GBP" in page
        assert (f"Only the first {most} debts are shown" in page) is (shown < len(debts))


def test_a_calendar_of_which_a_part_fails_says_so_and_gives_no_file(sign_in: Any, ask: Any, monkeypatch: Any) -> None:
    def fails(session: Any, actor: Any, until: Any) -> Any:
        raise RuntimeError("no orders today")

    anna = sign_in("anna")
    missing = "A part of this page couldn't be worked out"
    assert missing not in unescape(anna.get("/contacts/calendar").text)
    monkeypatch.setattr(of_trade, "money_expected", fails)
    asked = select(func.count()).where(AuditLine.action == "contacts.statement.export")
    exports = ask(None, lambda s: s.scalar(asked))
    page = anna.get("/contacts/calendar")
    assert (page.status_code, missing in unescape(page.text), "Owed" in page.text) == (200, True, True)
    assert missing in unescape(anna.get("/contacts/calendar/rows?side=in&currency=GBP&until=2020-01-01").text)
    refused = anna.get("/contacts/calendar?as=xlsx")
    assert (refused.status_code, "so no file is made" in refused.text) == (409, True)
    assert ask(None, lambda s: s.scalar(asked)) == exports
    assert anna.get("/contacts/calendar?only=owed&as=xlsx").status_code == 200, "of debts all is known"


def test_what_is_expected_is_asked_once_for_a_page_and_its_file_and_whatever_fails_of_it_refuses_the_file(
    sign_in: Any, monkeypatch: Any
) -> None:
    asked, answer = list[Any](), of_trade.money_expected

    def fails_but_first(session: Any, actor: Any, until: Any) -> Any:
        asked.append(until)
        if len(asked) > 1:
            raise RuntimeError("no orders the second time")
        return answer(session, actor, until)

    anna = sign_in("anna")
    monkeypatch.setattr(of_trade, "money_expected", fails_but_first)
    for address in ("calendar", "calendar?as=xlsx", "calendar/rows?side=in&currency=GBP"):
        asked.clear()
        assert (anna.get(f"/contacts/{address}").status_code, len(asked)) == (200, 1), address


def test_what_fails_while_the_rows_of_a_file_are_gathered_refuses_it(sign_in: Any, monkeypatch: Any) -> None:
    def fails(session: Any, *args: Any, **asked: Any) -> Any:
        answered(session, "trade", "rows", lambda: 1 / 0)  # type: ignore[arg-type, return-value]
        return []

    anna = sign_in("anna")
    monkeypatch.setattr("modules.contacts.routes.calendar.rows_of", fails)
    refused = anna.get("/contacts/calendar?as=xlsx")
    assert (refused.status_code, "so no file is made" in refused.text) == (409, True)


def test_a_calendar_without_anything_is_a_file_that_says_so(app: Any) -> None:
    browser = app.test_client()
    browser.post("/login", data={"login": "admin", "password": "correct horse"})
    assert sheets_of(browser) == {
        "Payment calendar": [("Nothing is open, nothing is expected, and nothing is on the accounts.",)]
    }


def test_a_planned_day_moves_a_debt_in_the_calendar_and_nowhere_else(sign_in: Any, ask: Any) -> None:
    anna, today = sign_in("anna"), wall_clock().date()
    horizon, later = last_day(today, 7, 8), today + timedelta(days=20)

    def owed(session: Any) -> list[Any]:
        return rows_of(session, today, horizon, currency="GBP", is_in=True, expected=NOTHING)

    def late(session: Any) -> Any:
        return due_by_day(session), count_overdue(session, limit=500)

    row, before = ask(None, owed)[0], ask(None, late)
    assert row.day < today
    address = f"/contacts/open-items/{row.item_id}/plan"
    answer = anna.post(address, data={"day": (today - timedelta(days=1)).isoformat()})
    assert "This day has passed. Choose today or a later one." in answer.text
    assert sign_in("sam").post(address, data={"day": later.isoformat()}).status_code == 403
    assert anna.get("/contacts/open-items/999999/plan").status_code == 404
    assert ask(None, owed)[0] == row, "and nothing changed"
    assert anna.post(address, data={"day": later.isoformat(), "reason": "They asked"}).status_code == 302
    (planned,) = [x for x in ask(None, owed) if x.item_id == row.item_id]
    assert (planned.day, planned.is_planned, planned.due, planned.amount) == (later, True, row.due, row.amount)
    assert ask(None, late) == before, "what is due and late stays as it is"
    (cell,) = [x for x in ask(None, lambda s: calendar(s, today, step=7, count=8))[row.currency] if x.holds(later)]
    assert cell.come_in >= row.amount
    asked = f"side=in&currency={row.currency}&since={later}&until={later}"
    assert f"planned; due {row.due.day} " in anna.get(f"/contacts/calendar/rows?{asked}").text
    said = select(AuditLine.summary).where(AuditLine.action == f"{row.kind}.plan")
    assert ask(None, lambda s: s.scalars(said).all()) == [f"{row.number}: {later}, They asked"]
    assert anna.post(address, data={"day": ""}).status_code == 302
    assert ask(None, owed)[0] == row
