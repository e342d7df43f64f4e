# ruff: noqa: F811 - fixtures of the mail server are those of notifications
"""Statements and acts to many by a schedule, through a real mail server: once each, in their language, whatever happens."""

import time
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import func, select, update

from app.audit import AuditLine
from app.clock import wall_clock
from app.db import utc_now
from app.errors import Conflict, Forbidden, Invalid
from app.security import User
from modules.contacts.letters import sending
from modules.contacts.letters.models import Letter
from modules.contacts.mailings import again, reporting, running
from modules.contacts.mailings.models import Mailing, MailingRun
from modules.contacts.mailings.recipients import all_of, page_of
from modules.contacts.mailings.rules import codes_in, cron_of, day_and_time, period_before
from modules.contacts.mailings.saving import send_now
from modules.contacts.models import Contact
from tests.at_once import at_once
from tests.modules.contacts.mailing_clients import bells, clients, do, emails, go, outcomes, owner, saved, spoken  # noqa: F401
from tests.modules.notifications.company_with_mail import app, company, jobs  # noqa: F401
from tests.modules.notifications.conftest import Box, Serving, box, mail_server, mailing  # noqa: F401


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

    whole = running.write
    with monkeypatch.context() as patched:  # a contact at a time; the second one's transaction never ends
        patched.setattr(running, "page_of", lambda *a, **more: page_of(*a, **more, size=1))

        def cut_off(session: Any, *rest: Any) -> None:
            whole(session, *rest)
            to = rest[3]
            if to.contact.name == "Rus":
                raise SystemError

        patched.setattr(running, "write", cut_off)
        with pytest.raises(SystemError):
            go(company, owner, mailing_id)
    assert outcomes(company) == [("Viet", "waiting", "")]
    do(company, reporting.report)
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
    do(company, reporting.report)
    do(company, reporting.report)
    assert bells(company) == ["contacts.mailing_failed"], "who has no address is reported once"


def test_what_the_mail_server_refuses_is_shown_and_reported_once_and_sent_again(
    company: Any, owner: Any, clients: Any, jobs: Any, box: Box, app: Any
) -> None:
    mailing_id = saved(company, owner, enclosure="contacts.act", excluded="Mute", formats="pdf")
    box.answers["RCPT"] = "550 no such mailbox"
    go(company, owner, mailing_id)
    jobs.run_waiting()
    assert [state for _name, state, _why in outcomes(company)] == ["failed", "failed"]
    do(company, reporting.report)
    assert bells(company) == ["contacts.mailing_failed"], "and not one for each letter"
    browser = app.test_client()
    browser.post("/login", data={"login": "admin", "password": "correct horse"})
    page = browser.get(f"/contacts/mailings/{mailing_id}").text
    assert page.count("550 no such mailbox") == 2
    assert "Viet" in browser.get(f"/contacts/mailings/{mailing_id}/preview").text
    box.answers.clear()
    run_id = do(company, lambda s: s.scalar(select(MailingRun.id)))
    do(company, lambda s: emails(s, clients.Rus))
    assert browser.post(f"/contacts/mailings/{mailing_id}/resend/{run_id}").status_code == 302
    jobs.run_waiting()
    assert [row[1:] for row in outcomes(company)] == [("sent", ""), ("failed", "no e-mail address")]
    do(company, lambda s: emails(s, clients.Rus, "second@example.com", "main@example.com"))
    assert browser.post(f"/contacts/mailings/{mailing_id}/resend/{run_id}").status_code == 302
    jobs.run_waiting()
    assert [state for _name, state, _why in outcomes(company)] == ["sent", "sent"]
    assert [message["To"] for message in box.messages] == ["v@example.com", "main@example.com"]
    assert do(company, lambda s: again.resend_failed(s, owner, s.get(MailingRun, run_id)), owner) == 0


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
    looked = again._failed

    def slowly(session: Any, run: Any) -> Any:
        found = looked(session, run)
        time.sleep(0.3)  # the other one has looked by now, if it does not wait
        return found

    monkeypatch.setattr(again, "_failed", slowly)

    def resend() -> int:
        with app.test_request_context():
            count: int = do(company, lambda s: again.resend_failed(s, owner, s.scalar(select(MailingRun))), owner)
            return count

    assert sorted(at_once(resend, resend)) == [0, 2]
    assert do(company, lambda s: s.scalar(select(func.count(Letter.id)))) == 4
