# ruff: noqa: F811 - fixtures of the mail server are those of notifications
"""Statements and acts to many by a schedule, through a real mail server: once each, in their language, whatever happens."""

import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal as D
from types import SimpleNamespace
from typing import Any

import pytest
from sqlalchemy import func, select, update

from app.audit import AuditLine
from app.clock import wall_clock
from app.company import actor_of
from app.db import utc_now
from app.errors import Conflict, Forbidden, Invalid
from app.jobs.work import Run
from app.notifications import Notification
from app.security import SYSTEM, User
from modules.contacts.letters import sending
from modules.contacts.letters.models import Letter
from modules.contacts.mailings import running
from modules.contacts.mailings.models import Mailing, MailingLetter, MailingRun
from modules.contacts.mailings.recipients import all_of, page_of
from modules.contacts.mailings.rules import codes_in, cron_of, day_and_time, period_before
from modules.contacts.mailings.saving import save_mailing, send_now
from modules.contacts.models import Contact
from modules.contacts.money.adjustments import record_opening_debt
from modules.contacts.operations import create_contact
from tests.at_once import at_once
from tests.modules.notifications.company_with_mail import app, company, jobs  # noqa: F401
from tests.modules.notifications.conftest import Box, Serving, box, mail_server, mailing  # noqa: F401

SAID: dict[str, Any] = {
    "name": "Statements",
    "enclosure": "contacts.statement",
    "formats": "pdf,xlsx",
    "every": "month",
    "day": 1,
    "at": "08:00",
    "whom": "either",
}


def test_a_mailing_is_of_the_last_whole_month_or_quarter() -> None:
    assert period_before("month", date(2026, 3, 1)) == (date(2026, 2, 1), date(2026, 2, 28))
    assert period_before("month", date(2026, 1, 31)) == (date(2025, 12, 1), date(2025, 12, 31))
    assert period_before("quarter", date(2026, 1, 5)) == (date(2025, 10, 1), date(2025, 12, 31))
    assert period_before("quarter", date(2026, 6, 30)) == (date(2026, 1, 1), date(2026, 3, 31))
    assert (cron_of("month", 28, "8:05"), cron_of("quarter", 1, "23:00")) == ("5 8 28 * *", "0 23 1 1,4,7,10 *")
    assert day_and_time("5 8 28 * *") == (28, "08:05")
    assert codes_in(" A, B;A ,") == ["A", "B"]
    for day, at in ((0, "08:00"), (29, "08:00"), (1, "24:00"), (1, "8"), (1, "8:00 x")):
        with pytest.raises(Invalid):
            cron_of("month", day, at)


def do(company: Any, work: Any, actor: Any = SYSTEM) -> Any:
    return company.database.run(work, actor=actor)


@pytest.fixture
def owner(company: Any) -> Any:
    """The administrator, with every right."""
    return do(company, lambda s: actor_of(s, 1, frozenset(m.name for m in company.enabled)))


@pytest.fixture
def clients(company: Any) -> Any:
    """Two who owe since long ago, one without an address who does, one to whom nothing ever happened."""

    def make(session: Any) -> Any:
        people = {
            "Viet": ("VN", "v@example.com"),
            "Rus": ("RU", "r@example.com"),
            "Mute": ("GB", ""),
            "Idle": ("GB", "i@example.com"),
        }
        made = {}
        for name, (country, email) in people.items():
            contact = create_contact(
                session,
                SYSTEM,
                kind="legal_entity",
                name=name,
                code=name,
                country=country,
                email=email,
                responsible_id=1,
            )
            made[name] = contact.id
            if name != "Idle":
                long_ago = wall_clock() - timedelta(days=200)
                record_opening_debt(session, SYSTEM, contact_id=contact.id, side="them", amount=D(100), moment=long_ago)
        return SimpleNamespace(**made)

    return do(company, make)


def saved(company: Any, owner: Any, **said: Any) -> int:
    return int(do(company, lambda s: save_mailing(s, owner, None, **{**SAID, **said}).id, owner))


@pytest.fixture(autouse=True)
def spoken(app: Any) -> Iterator[None]:
    """As within a job, texts are in somebody's language."""
    with app.test_request_context():
        yield


def go(company: Any, owner: Any, mailing_id: int) -> dict[str, Any]:
    """Write the letters, as the job does."""
    since, until = period_before("month", wall_clock().date())
    run = Run(company, owner, 1, {"mailing": mailing_id, "since": since.isoformat(), "until": until.isoformat()})
    return running._run(run)


def outcomes(company: Any) -> list[tuple[str, Any, str]]:
    query = select(Contact.name, Letter.state, MailingLetter.why).select_from(MailingLetter).join(Contact)
    query = query.outerjoin(Letter, Letter.id == MailingLetter.letter_id).order_by(MailingLetter.id)
    return [tuple(row) for row in do(company, lambda s: s.execute(query).all())]


def bells(company: Any) -> list[Any]:
    return list(do(company, lambda s: s.scalars(select(Notification.kind).order_by(Notification.id)).all()))


def test_each_gets_a_statement_in_their_language_once_though_the_server_stops_in_the_middle(
    company: Any, owner: Any, clients: Any, jobs: Any, box: Box, monkeypatch: pytest.MonkeyPatch
) -> None:
    mailing_id = saved(company, owner)
    since, until = period_before("month", wall_clock().date())
    pages = do(
        company,
        lambda s: [(len(p.recipients), p.left_out) for p in all_of(s, s.get(Mailing, mailing_id), since, until)],
    )
    assert pages == [(3, 1)]

    whole = running._write
    with monkeypatch.context() as patched:  # a contact at a time; the second one's transaction never ends
        patched.setattr(running, "page_of", lambda *a, **more: page_of(*a, **more, size=1))

        def cut_off(session: Any, run: Any, time: Any, to: Any, row: Any) -> None:
            whole(session, run, time, to, row)
            if to.contact.name == "Rus":
                raise SystemError

        patched.setattr(running, "_write", cut_off)
        with pytest.raises(SystemError):
            go(company, owner, mailing_id)
    assert outcomes(company) == [("Viet", "waiting", "")]
    do(company, running.report)
    assert bells(company) == [], "not everything has been asked for"
    assert go(company, owner, mailing_id) == {"letters": 1}
    assert go(company, owner, mailing_id) == {"letters": 0}
    written_in, made = [], sending._message

    def noted(run: Any, session: Any, *rest: Any) -> Any:
        written_in.append(session.info["writes"])
        return made(run, session, *rest)

    monkeypatch.setattr(sending, "_message", noted)
    jobs.run_waiting()
    assert written_in == [False, False], "nobody who writes waits for the files"
    exports = select(func.count()).where(AuditLine.action == "contacts.statement.export")
    assert do(company, lambda s: s.scalar(exports)) == 4
    assert outcomes(company) == [("Viet", "sent", ""), ("Rus", "sent", ""), ("Mute", None, "no e-mail address")]
    assert sorted((m["To"], m["Subject"].split()[0]) for m in box.messages) == [
        ("r@example.com", "Выписка"),
        ("v@example.com", "Sao"),
    ]
    for message in box.messages:
        assert [part.get_filename().rpartition(".")[2] for part in message.iter_attachments()] == ["pdf", "xlsx"]
    with pytest.raises(Conflict):
        do(company, lambda s: send_now(s, owner, s.get(Mailing, mailing_id)))
    do(company, running.report)
    do(company, running.report)
    assert bells(company) == ["contacts.mailing_failed"], "who has no address is reported once"


def test_what_the_mail_server_refuses_is_shown_and_reported_once_and_sent_again(
    company: Any, owner: Any, clients: Any, jobs: Any, box: Box, app: Any
) -> None:
    mailing_id = saved(company, owner, enclosure="contacts.act", excluded="Mute", formats="pdf")
    box.answers["RCPT"] = "550 no such mailbox"
    go(company, owner, mailing_id)
    jobs.run_waiting()
    assert [state for _name, state, _why in outcomes(company)] == ["failed", "failed"]
    do(company, running.report)
    assert bells(company) == ["contacts.mailing_failed"], "and not one for each letter"
    browser = app.test_client()
    browser.post("/login", data={"login": "admin", "password": "correct horse"})
    page = browser.get(f"/contacts/mailings/{mailing_id}").text
    assert page.count("550 no such mailbox") == 2
    assert "Viet" in browser.get(f"/contacts/mailings/{mailing_id}/preview").text
    box.answers.clear()
    run_id = do(company, lambda s: s.scalar(select(MailingRun.id)))
    good = do(company, lambda s: s.scalar(select(Letter.recipients).where(Letter.contact_id == clients.Rus)))

    def spoil(session: Any, address: str) -> None:
        letter = session.scalars(select(Letter).where(Letter.contact_id == clients.Rus)).one()
        letter.recipients, session.get(Contact, clients.Rus).email = address, address

    do(company, lambda s: spoil(s, "nobody"))
    assert browser.post(f"/contacts/mailings/{mailing_id}/resend/{run_id}").status_code == 302
    jobs.run_waiting()
    assert [(state, bool(why)) for _name, state, why in outcomes(company)] == [("sent", False), ("failed", True)]
    do(company, lambda s: spoil(s, good))
    assert browser.post(f"/contacts/mailings/{mailing_id}/resend/{run_id}").status_code == 302
    jobs.run_waiting()
    assert [state for _name, state, _why in outcomes(company)] == ["sent", "sent"]
    assert len(box.messages) == 2
    assert do(company, lambda s: running.resend_failed(s, owner, s.get(MailingRun, run_id)), owner) == 0


def test_it_is_due_once_and_stops_when_its_owner_loses_the_right(company: Any, owner: Any, clients: Any) -> None:
    mailing_id = saved(company, owner)
    asked = lambda: do(company, running.begin_due)  # noqa: E731
    assert asked() == 0
    do(company, lambda s: setattr(s.get(Mailing, mailing_id), "begun_until", utc_now() - timedelta(days=32)))
    assert (asked(), asked()) == (1, 0)

    lesser = replace(owner, permissions=owner.permissions - {"contacts.letter.send"})
    assert go(company, lesser, mailing_id) == {"letters": 0}
    assert bells(company) == ["contacts.mailing_stopped"]
    assert outcomes(company) == []
    with pytest.raises(Forbidden):
        saved(company, lesser)

    def block(session: Any) -> None:
        mailing = session.get(Mailing, mailing_id)
        assert (mailing.is_paused, "no longer" in mailing.stopped) == (True, True)
        mailing.is_paused, mailing.begun_until = False, utc_now() - timedelta(days=32)
        session.get(User, 1).is_active = False

    do(company, block)
    assert asked() == 0
    assert do(company, lambda s: s.get(Mailing, mailing_id).is_paused)


def test_a_quarter_goes_out_though_its_first_month_has(company: Any, owner: Any, clients: Any) -> None:
    mailing_id = saved(company, owner)
    month, quarter = (date(2026, 1, 31), date(2026, 3, 31))
    begun = [
        do(company, lambda s, u=u: running._begin(s, mailing_id, date(2026, 1, 1), u)) for u in (month, quarter, month)
    ]
    assert begun[0] == begun[2] != begun[1]


def test_the_owners_scope_decides_who_is_written_to(company: Any, owner: Any, clients: Any) -> None:
    mailing_id = saved(company, owner)
    do(company, lambda s: setattr(s.get(Contact, clients.Rus), "responsible_id", None))
    narrow = replace(owner, is_system=False, scopes={**owner.scopes, "contacts.contact": "own"})
    assert go(company, narrow, mailing_id) == {"letters": 1}
    assert [name for name, _state, _why in outcomes(company)] == ["Viet", "Mute"]
    with pytest.raises(Invalid, match="Ghost"):
        saved(company, owner, excluded="Viet, Ghost")
    assert do(company, lambda s: s.scalar(select(func.count(Mailing.id)))) == 1


@pytest.mark.parametrize("engine", ["postgresql"], indirect=True)
def test_two_who_send_the_same_again_at_once_send_it_once(
    company: Any, owner: Any, clients: Any, app: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    mailing_id = saved(company, owner, excluded="Mute")
    go(company, owner, mailing_id)
    do(company, lambda s: s.execute(update(Letter).values(state="failed")))
    looked = running._failed

    def slowly(session: Any, run: Any) -> Any:
        found = looked(session, run)
        time.sleep(0.3)  # the other one has looked by now, if it does not wait
        return found

    monkeypatch.setattr(running, "_failed", slowly)

    def again() -> int:
        with app.test_request_context():
            count: int = do(company, lambda s: running.resend_failed(s, owner, s.scalar(select(MailingRun))), owner)
            return count

    assert sorted(at_once(again, again)) == [0, 2]
    assert do(company, lambda s: s.scalar(select(func.count(Letter.id)))) == 4
