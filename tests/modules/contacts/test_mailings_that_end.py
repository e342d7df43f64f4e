# ruff: noqa: F811 - fixtures of the mail server are those of notifications
"""However the jobs of a mailing end, its letters have an end, its owner hears of it once, and what is missing can be sent."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import select, update

from app.db import utc_now
from app.errors import Conflict, Forbidden
from app.jobs import Job, cancel
from app.jobs.work import Run
from app.jobs.worker import CUT_OFFS
from app.notifications import Notification
from app.security import User
from modules.contacts.folders import add_folder
from modules.contacts.letters.models import Letter
from modules.contacts.mailings import running
from modules.contacts.mailings.again import left_out, resend_failed, send_to_left_out
from modules.contacts.mailings.models import Mailing, MailingRun
from modules.contacts.mailings.recipients import page_of
from modules.contacts.mailings.reporting import break_off, report
from modules.contacts.mailings.saving import go_on, send_now
from modules.contacts.models import Contact
from tests.modules.contacts.mailing_clients import bells, clients, do, emails, go, outcomes, owner, saved, spoken  # noqa: F401
from tests.modules.notifications.company_with_mail import app, company, jobs  # noqa: F401
from tests.modules.notifications.conftest import Box, Serving, box, mail_server, mailing  # noqa: F401

REPORTED = "contacts.mailing_failed"


def the_run(company: Any) -> Any:
    return do(company, lambda s: s.scalars(select(MailingRun)).one())


def job_of(session: Any, letter: Letter) -> Job:
    jobs = session.scalars(select(Job).where(Job.kind == "contacts.quiet_letter").order_by(Job.id)).all()
    return next(job for job in jobs if job.arguments == {"letter": letter.id})


def cut_off_for_good(job: Job) -> None:
    job.state, job.worker, job.attempt = "running", "elsewhere:1:abc", CUT_OFFS
    job.beat_at = utc_now() - timedelta(hours=1)


def test_letters_whose_jobs_end_in_any_way_have_an_end_and_are_reported_once(
    company: Any, owner: Any, clients: Any, jobs: Any, employ: Any
) -> None:
    mailing_id = saved(company, owner, whom="all", excluded="Mute", formats="pdf")
    go(company, owner, mailing_id)
    maria = employ("maria", "manager")
    nobody = replace(
        maria, permissions=frozenset({"core.job.cancel"}), scopes={"contacts.contact": "own"}, groups=frozenset()
    )

    def end(session: Any) -> None:
        letters = {row.contact_id: row for row in session.scalars(select(Letter))}
        letters[clients.Rus].state = "sending"
        for client in (clients.Rus, clients.Idle):
            cut_off_for_good(job_of(session, letters[client]))

    do(company, end)
    do(company, lambda s: cancel(s, nobody, s.scalars(select(Job).where(Job.state == "queued")).one()), nobody)
    jobs.recover()
    assert outcomes(company) == [("Viet", "failed", ""), ("Rus", "unknown", ""), ("Idle", "failed", "")]
    whys = do(company, lambda s: s.scalars(select(Letter.why).order_by(Letter.id)).all())
    assert whys == ["cancelled", "", "cut off by a restart"]
    assert [do(company, report), do(company, report)] == [1, 0]
    assert bells(company) == [REPORTED]

    # What may have gone out isn't sent again. Its owner may not sign in by then, so somebody else is to hear of it.
    assert do(company, lambda s: resend_failed(s, owner, s.scalar(select(MailingRun))), owner) == 2
    do(company, lambda s: setattr(s.get(User, 1), "is_active", False))
    jobs.run_waiting()
    assert [state for _name, state, _why in outcomes(company)] == ["failed", "unknown", "failed"]
    assert do(company, report) == 1
    bell = do(company, lambda s: s.execute(select(Notification.user_id, Notification.kind)).all())
    assert [row for row in bell if row.kind == REPORTED] == [(1, REPORTED), (maria.user_id, REPORTED)]


def test_a_mailing_that_breaks_off_is_reported_once_and_goes_on_where_it_was(
    company: Any, owner: Any, clients: Any, jobs: Any, box: Box, app: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.jobs.endings.LONG", timedelta(0))  # whatever ends took long
    mailing_id = saved(company, owner, formats="pdf")
    ask = lambda: do(company, lambda s: send_now(s, owner, s.get(Mailing, mailing_id)), owner)  # noqa: E731
    ask()
    ask()  # twice by a slip
    do(company, lambda s: cancel(s, owner, s.scalars(select(Job).where(Job.state == "queued")).one()), owner)
    assert (the_run(company).broken_off, outcomes(company)) == ("cancelled", [])

    whole = running.write
    with monkeypatch.context() as patched:  # a contact at a time; there is no going on behind the first
        patched.setattr(running, "page_of", lambda *a, **more: page_of(*a, **more, size=1))

        def fail(session: Any, *rest: Any) -> None:
            if rest[3].contact.name == "Rus":
                raise Conflict("the books are closed.")
            whole(session, *rest)

        patched.setattr(running, "write", fail)
        ask()
        jobs.run_waiting()
    assert (the_run(company).broken_off, the_run(company).is_whole) == ("the books are closed.", False)
    assert outcomes(company) == [("Viet", "sent", "")]
    assert [do(company, report), do(company, report)] == [1, 0]
    assert bells(company) == [REPORTED], "neither each letter nor the job is reported besides"

    browser = app.test_client()
    browser.post("/login", data={"login": "admin", "password": "correct horse"})
    page = f"/contacts/mailings/{mailing_id}"
    assert "It broke off: the books are closed. Not" in browser.get(page).text
    run_id = the_run(company).id
    assert browser.post(f"{page}/go-on/{run_id}").status_code == 302
    jobs.run_waiting()
    assert outcomes(company) == [("Viet", "sent", ""), ("Rus", "sent", ""), ("Mute", None, "no e-mail address")]
    assert (the_run(company).broken_off, the_run(company).is_whole) == ("", True)
    assert do(company, report) == 1
    with pytest.raises(Conflict, match="didn't break off"):
        do(company, lambda s: go_on(s, owner, s.get(MailingRun, run_id)), owner)

    # Who was left out is written to once they can be, and reported as the others were.
    assert "Send to those left out" not in browser.get(page).text
    assert browser.post(f"{page}/left-out/{run_id}").status_code == 302
    assert do(company, report) == 0, "nothing was sent, nothing is reported"
    do(company, lambda s: emails(s, clients.Mute, "m@example.com"))
    assert "1 who was left out has an e-mail address now." in browser.get(page).text
    assert browser.post(f"{page}/left-out/{run_id}").status_code == 302
    assert browser.post(f"{page}/left-out/{run_id}").status_code == 302
    jobs.run_waiting()
    assert [message["To"] for message in box.messages] == ["v@example.com", "r@example.com", "m@example.com"]
    assert outcomes(company)[2] == ("Mute", "sent", "")
    assert do(company, report) == 1
    assert bells(company) == [REPORTED] * 2, "when all went out, nobody is notified"


def test_who_was_left_out_is_written_to_by_those_who_may_and_if_the_mailing_still_names_them(
    company: Any, owner: Any, clients: Any
) -> None:
    mailing_id = saved(company, owner)
    go(company, owner, mailing_id)
    do(company, lambda s: emails(s, clients.Mute, "m@example.com"))
    asked = lambda actor: do(  # noqa: E731
        company, lambda s: send_to_left_out(s, company, actor, s.scalar(select(MailingRun))), actor
    )
    found = lambda: do(company, lambda s: len(left_out(s, s.scalar(select(MailingRun)))), owner)  # noqa: E731
    for lesser in (
        replace(owner, is_system=False, permissions=owner.permissions - {"contacts.statement.view"}),
        replace(owner, is_system=False, groups=owner.groups - {"contacts.financial"}),
    ):
        with pytest.raises(Forbidden):
            asked(lesser)
    narrow = replace(owner, is_system=False, scopes={**owner.scopes, "contacts.contact": "own"})
    do(company, lambda s: setattr(s.get(Contact, clients.Mute), "responsible_id", None))
    assert asked(narrow) == 0
    assert found() == 1
    do(company, lambda s: s.execute(update(Mailing).values(excluded="Mute")))
    assert (found(), asked(owner)) == (0, 0)
    folder = do(company, lambda s: add_folder(s, owner, name="Big").id, owner)
    do(company, lambda s: s.execute(update(Mailing).values(excluded="", folder_id=folder)))
    assert found() == 0
    do(company, lambda s: s.execute(update(Mailing).values(folder_id=None)))
    do(company, lambda s: setattr(s.get(Contact, clients.Mute), "is_active", False))
    assert found() == 0
    assert outcomes(company)[2] == ("Mute", None, "no e-mail address")


@pytest.mark.one_engine
def test_a_mailing_that_stops_in_the_middle_has_broken_off_and_one_that_stops_before_has_not_begun(
    company: Any, owner: Any, clients: Any
) -> None:
    mailing_id = saved(company, owner)
    period = {"since": "2026-01-01", "until": "2026-01-31"}
    lesser = replace(owner, permissions=owner.permissions - {"contacts.letter.send"})

    def stop_and_end(session: Any) -> None:
        job = Job(kind="contacts.mailing", state="done", message="", arguments={"mailing": mailing_id, **period})
        break_off(session, job)

    running._run(Run(company, lesser, 1, {"mailing": mailing_id, **period}))
    do(company, stop_and_end)
    assert do(company, lambda s: s.scalars(select(MailingRun)).all()) == []
    do(company, lambda s: running._begin(s, mailing_id, date(2026, 1, 1), date(2026, 1, 31)), owner)
    do(company, stop_and_end)
    assert the_run(company).broken_off == "its owner may no longer send statements"
