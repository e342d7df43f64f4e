# ruff: noqa: F811 - fixtures of the mail server are those of notifications
"""Payment reminders: who is proposed at which level, what each debt remembers, and what goes out to a real mail server."""

import re
from collections.abc import Callable
from datetime import date, datetime, timedelta
from decimal import Decimal as D
from typing import Any

import pypdfium2
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from app.documents import reverse
from app.errors import Conflict, Forbidden, Invalid
from app.jobs.worker import Jobs
from app.security import SYSTEM
from modules.contacts.credit import change_rule
from modules.contacts.dunning import proposing, running
from modules.contacts.dunning.levels import next_level
from modules.contacts.dunning.models import Reminder, ReminderLine, ReminderRun
from modules.contacts.letters.models import Letter
from modules.contacts.models import Adjustment
from modules.contacts.money.adjustments import record_opening_debt
from modules.contacts.operations import create_contact, record_payment
from tests.modules.notifications.company_with_mail import app, company  # noqa: F401
from tests.modules.notifications.conftest import Box, Serving, box, mail_server, mailing  # noqa: F401

LEVELS = (3, 14, 30)
TODAY = date(2026, 6, 30)


@pytest.mark.parametrize(
    ("overdue", "level", "waited", "found"),
    [
        (2, 0, 0, 0),
        (3, 0, 0, 1),
        (90, 0, 0, 1),
        (90, 1, 10, 0),
        (90, 1, 11, 2),
        (13, 1, 11, 0),
        (90, 2, 16, 3),
        (90, 3, 99, 0),
    ],
)
def test_a_debt_goes_up_a_level_when_it_is_old_enough_and_has_waited(
    overdue: int, level: int, waited: int, found: int
) -> None:
    assert next_level(LEVELS, overdue, level, waited) == found


@given(runs=st.lists(st.integers(1, 20), max_size=30))
def test_no_debt_is_reminded_at_a_level_twice_whenever_somebody_looks(runs: list[int]) -> None:
    day = level = last = 0
    sent = []
    for step in runs:
        day += step
        if reached := next_level(LEVELS, day, level, day - last):
            level, last = reached, day
            sent.append((level, day))
    assert [each for each, _ in sent] == list(range(1, len(sent) + 1))
    assert all(day >= LEVELS[each - 1] for each, day in sent)


@pytest.fixture
def client(app: Any) -> Any:
    """The administrator's browser."""
    made = app.test_client()
    made.post("/login", data={"login": "admin", "password": "correct horse"})
    return made


@pytest.fixture
def run(company: Any, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Any]:
    """Work as the system, on a day."""

    def work(act: Callable[[Any], Any], day: date = TODAY) -> Any:
        now = datetime.combine(day, datetime.min.time()) + timedelta(hours=12)
        for module in (proposing, running):
            monkeypatch.setattr(module, "wall_clock", lambda: now)
        return company.database.run(act, actor=SYSTEM)

    return work


@pytest.fixture
def owed(run: Any) -> dict[str, int]:
    """Two who owe: Anna by e-mail, of three ages; Otto on paper."""

    def work(session: Any) -> dict[str, int]:
        anna = create_contact(session, SYSTEM, kind="legal_entity", name="Anna Ltd", email="anna@example.com").id
        otto = create_contact(session, SYSTEM, kind="legal_entity", name="Otto GmbH").id
        found = {"anna": anna, "otto": otto}
        for name, contact, days in (("old", anna, 20), ("new", anna, 2), ("third", anna, 5), ("other", otto, 40)):
            due = TODAY - timedelta(days=days)
            made = record_opening_debt(
                session, SYSTEM, contact_id=contact, side="them", amount=D(100), due=due, moment=datetime(2026, 5, 1)
            )
            found[name] = made.id
        return found

    made: dict[str, int] = run(work)
    return made


def _proposal(session: Any) -> dict[str, Any]:
    return {
        each.contact.name: (each.level, [(line.days, line.level, line.next) for line in each.lines])
        for each in proposing.proposed(session)
        if not each.is_excluded
    }


def _levels(session: Any) -> dict[int, list[int]]:
    found: dict[int, list[int]] = {}
    for line in session.scalars(select(ReminderLine).order_by(ReminderLine.reminder_id)):
        found.setdefault(line.item_id // 1000, []).append(line.level)
    return found


def test_levels_are_remembered_and_the_next_run_proposes_the_next(run: Any, owed: dict[str, int]) -> None:
    assert run(_proposal) == {"Anna Ltd": (1, [(20, 0, 1), (5, 0, 1)]), "Otto GmbH": (1, [(40, 0, 1)])}
    both = [owed["anna"], owed["otto"]]
    run(lambda s: running.remind(s, SYSTEM, contact_ids=both, by_mail=False))
    assert run(_proposal) == {}
    with pytest.raises(Conflict, match="Anna Ltd"):
        run(lambda s: running.remind(s, SYSTEM, contact_ids=both, by_mail=False))
    assert run(lambda s: len(s.scalars(select(ReminderRun)).all())) == 1  # nothing half done
    later = TODAY + timedelta(days=11)
    assert run(_proposal, later) == {
        "Anna Ltd": (2, [(31, 1, 2), (16, 1, 2), (13, 0, 1)]),
        "Otto GmbH": (2, [(51, 1, 2)]),
    }
    run(lambda s: record_payment(s, SYSTEM, contact_id=owed["otto"], direction="in", amount=D(100)), later)
    run(lambda s: reverse(s, SYSTEM, s.get(Adjustment, owed["third"])), later)
    assert run(_proposal, later) == {"Anna Ltd": (2, [(31, 1, 2), (13, 0, 1)])}
    run(lambda s: running.remind(s, SYSTEM, contact_ids=[owed["anna"]], by_mail=False), later)
    assert run(_levels) == {owed["old"]: [1, 2], owed["third"]: [1], owed["other"]: [1], owed["new"]: [1]}
    with pytest.raises(Invalid, match="at least one"):
        run(lambda s: running.remind(s, SYSTEM, contact_ids=[], by_mail=False), later)


def test_days_of_levels_are_the_organisations(run: Any, owed: dict[str, int]) -> None:
    rule: dict[str, Any] = {"over_limit": "warn", "overdue": "nothing", "overdue_days": 0}
    run(lambda s: change_rule(s, SYSTEM, **rule, reminder_days="10; 50"))
    assert run(_proposal) == {"Anna Ltd": (1, [(20, 0, 1)]), "Otto GmbH": (1, [(40, 0, 1)])}
    for wrong in ("", "0, 3", "9, 3", "1, 2, 3, 4", "x"):
        with pytest.raises(Invalid) as refused:
            run(lambda s, wrong=wrong: change_rule(s, SYSTEM, **rule, reminder_days=wrong))
        assert refused.value.field == "reminder_days"
    assert run(proposing.levels_of) == (10, 50)


def test_a_page_reminds_by_mail_and_on_paper_and_reports_what_failed(
    app: Any, client: Any, run: Any, owed: dict[str, int], box: Box, monkeypatch: pytest.MonkeyPatch
) -> None:
    run(lambda s: None)
    for contact, name in ((owed["anna"], "Anna Ltd"), (owed["otto"], "Otto GmbH")):
        assert f'value="{contact}" aria-label="{name}" checked' in client.get("/contacts/reminders/new").text
    client.post(f"/contacts/reminders/excluded/{owed['otto']}")
    page = client.get("/contacts/reminders/new").text
    assert f'value="{owed["otto"]}"' not in page
    assert "Remind again" in page
    client.post(f"/contacts/reminders/excluded/{owed['otto']}?again=1")
    both = [str(owed["anna"]), str(owed["otto"])]
    answer = client.post("/contacts/reminders/new", data={"way": "mail", "contact": both}, follow_redirects=True)
    assert "2 reminders are made." in answer.text
    assert re.search(r"Otto GmbH.*to print", answer.text, re.S)
    jobs: Jobs = app.extensions["kontor.jobs"]
    jobs.run_waiting()
    (sent,) = box.messages
    assert sent["To"] == "anna@example.com"
    assert "some of what you owe is overdue" in sent.get_body().get_content()  # type: ignore[union-attr]
    made = run(lambda s: [(r.id, r.run_id, r.letter_id) for r in s.scalars(select(Reminder).order_by(Reminder.id))])
    text = _text(next(sent.iter_attachments()).get_content())
    assert "Payment reminder" in text
    assert "Overdue, GBP 200.00" in text
    address = f"/contacts/reminders/{made[0][1]}"
    assert "Otto GmbH" in _text(client.get(f"{address}/pdf").data)
    run(lambda s: setattr(s.get(Letter, made[0][2]), "state", "failed"))
    assert "not sent" in client.get(address).text
    assert "page 1 of 1" in _text(client.get(f"{address}/pdf").data, page=1)  # each letter counts its own
    assert "on paper" in client.get(f"/contacts/{owed['otto']}/timeline").text
    found = client.get("/api/v1/lists/contacts.aged_item?date=2026-06-30").json["rows"]
    assert sorted(str(row["reminded"]) for row in found) == ["1", "1", "1", "None"]


def test_a_letter_that_cannot_be_sent_says_why_and_is_printed(
    run: Any, owed: dict[str, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: Any, **__: Any) -> Any:
        raise Conflict("no server")

    monkeypatch.setattr(running, "send_letter", fail)
    run(lambda s: running.remind(s, SYSTEM, contact_ids=[owed["anna"], owed["otto"]], by_mail=True))
    found = run(lambda s: {r.contact.name: (r.why, r.letter_id) for r in s.scalars(select(Reminder))})
    assert found == {"Anna Ltd": ("no server", None), "Otto GmbH": ("", None)}


def test_who_may_not_remind_is_refused(run: Any, owed: dict[str, int], employ: Any, company: Any) -> None:
    actor = employ("sally", "salesperson")
    with company.database.session(actor, write=True) as session, pytest.raises(Forbidden):
        running.remind(session, actor, contact_ids=[owed["anna"]], by_mail=False)


def _text(pdf: bytes, page: int = 0) -> str:
    return " ".join(pypdfium2.PdfDocument(pdf)[page].get_textpage().get_text_bounded().split())
