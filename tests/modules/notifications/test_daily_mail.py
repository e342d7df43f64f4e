# ruff: noqa: F811 - fixtures are those of a company with mail
"""The daily mail: one for each user and day, in their language, of what they chose; never a second one."""

import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from app.clock import wall_clock
from app.db import utc_now
from app.jobs import Job, enqueue
from app.jobs.worker import Jobs
from app.notifications import DailyMail, Notification, NotificationKind, daily, notify_users
from app.notifications.jobs import begin_daily_mail
from app.reference import organisation
from app.registry.state import bump_generation
from app.security import SYSTEM, User
from app.security.operations import change_user
from app.translation import lazy_gettext as _l
from tests.modules.notifications.company_with_mail import app, company, jobs  # noqa: F401
from tests.modules.notifications.conftest import Box

NEWS = NotificationKind("test.news", "News", default="mail")
SECRET = NotificationKind("test.secret", "Secret", default="mail", needs="core.audit.view")


@pytest.fixture(autouse=True)
def kinds() -> Iterator[None]:
    from app.company import core_files

    file = core_files().files["notifications"]
    file.test_news, file.test_secret = NEWS, SECRET  # type: ignore[attr-defined]
    yield
    del file.test_news, file.test_secret  # type: ignore[attr-defined]


@pytest.fixture
def anna(company: Any, employ: Any) -> int:
    made = employ("anna", "manager").user_id
    do(company, lambda s: change_user(s, SYSTEM, s.get_one(User, made), email="anna@example.com"))
    return int(made)


def do(company: Any, work: Any) -> Any:
    return company.database.run(work, actor=SYSTEM)


def notify(
    company: Any, user_id: int, text: object = "something", kind: NotificationKind = NEWS, link: str = ""
) -> None:
    do(company, lambda s: notify_users(s, kind, text=text, to=[user_id], link=link))


def begin(company: Any, jobs: Jobs) -> None:
    do(company, lambda s: enqueue(s, SYSTEM, begin_daily_mail.name))
    jobs.run_waiting()


def digests(company: Any) -> list[tuple[str, int]]:
    query = select(Job.state, Job.attempt).where(Job.kind == "core.mail_digest").order_by(Job.id)
    return do(company, lambda s: [tuple(row) for row in s.execute(query)])


def mails(company: Any) -> list[tuple[int, date, str]]:
    return do(company, lambda s: [(m.user_id, m.day, m.state) for m in s.scalars(select(DailyMail))])


def belled(company: Any, user_id: int) -> list[tuple[str, bool]]:
    """What the bell shows a user, and whether it is unread."""
    query = select(Notification).where(Notification.user_id == user_id, Notification.is_belled)
    return do(company, lambda s: [(n.parameters["text"], n.read_at is None) for n in s.scalars(query)])


def yesterday(company: Any) -> None:
    """As if the mail had been yesterday's."""
    do(company, lambda s: setattr(s.scalars(select(DailyMail)).one(), "day", wall_clock().date() - timedelta(days=1)))


def try_again(company: Any, jobs: Jobs) -> None:
    """Let the job's pause be over."""
    do(company, lambda s: setattr(s.scalars(select(Job).where(Job.state == "queued")).one(), "not_before", utc_now()))
    jobs.run_waiting()


def test_a_user_gets_one_mail_of_all_in_their_language(company: Any, jobs: Jobs, anna: int, box: Box) -> None:
    do(company, lambda s: setattr(s.get_one(User, anna), "locale", "ru"))
    notify(company, anna, _l("“%(title)s” failed: %(why)s", title=_l("Import"), why="нет места"), link="/jobs/7")
    notify(company, anna, "second")
    begin(company, jobs)
    (mail,) = box.messages
    assert (mail["To"], mail["From"]) == ("anna@example.com", "Kontor <kontor@example.com>")
    assert mail["Subject"].startswith("Testing Ltd: что произошло к ")
    text = mail.get_content()
    assert "• «Импорт» не выполнено: нет места\n  https://kontor.example.com/jobs/7\n• second\n" in text
    assert text.startswith("Здравствуйте, Anna!")
    assert mails(company) == [(anna, wall_clock().date(), "sent")]
    found = do(company, lambda s: s.scalars(select(Notification)).all())
    assert all(n.mailed_at and n.read_at for n in found)


def test_no_second_one_goes_out_that_day(company: Any, jobs: Jobs, anna: int, box: Box) -> None:
    for text in ("first", "second"):
        notify(company, anna, text)
        begin(company, jobs)
    assert [mail.get_content().count("•") for mail in box.messages] == [1]
    yesterday(company)
    begin(company, jobs)
    assert "second" in box.messages[1].get_content()
    assert "first" not in box.messages[1].get_content()


def test_two_workers_send_one(app: Any, company: Any, jobs: Jobs, anna: int, box: Box) -> None:
    notify(company, anna)
    day = wall_clock().date().isoformat()
    for _ in range(4):
        do(company, lambda s: enqueue(s, SYSTEM, "core.mail_digest", {"user_id": anna, "day": day}))
    workers = [jobs, *(Jobs(app, company) for _ in range(3))]
    threads = [threading.Thread(target=worker.run_waiting) for worker in workers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(box.messages) == 1
    assert [state for state, _attempt in digests(company)] == ["done"] * 4


def test_with_nothing_to_say_there_is_no_mail(company: Any, jobs: Jobs, anna: int, box: Box) -> None:
    begin(company, jobs)
    assert box.messages == []
    assert mails(company) == []


def test_a_busy_server_is_asked_again_later(company: Any, jobs: Jobs, anna: int, box: Box) -> None:
    notify(company, anna)
    box.answers["RCPT"] = "451 greylisted"
    begin(company, jobs)
    assert digests(company) == [("queued", 1)]
    assert mails(company) == [(anna, wall_clock().date(), "refused")]
    box.answers.clear()
    try_again(company, jobs)
    assert digests(company) == [("done", 2)]
    assert len(box.messages) == 1


def test_one_bad_address_holds_nobody_up(company: Any, jobs: Jobs, anna: int, box: Box) -> None:
    do(company, lambda s: change_user(s, SYSTEM, s.get_one(User, 1), email="gone@example.com"))
    for user_id in (1, anna):
        notify(company, user_id)

    async def only_anna(server: Any, session: Any, envelope: Any, address: str, options: Any) -> str:
        envelope.rcpt_tos.append(address)
        return "250 OK" if address == "anna@example.com" else "550 no such user"

    box.handle_RCPT = only_anna  # type: ignore[method-assign]
    begin(company, jobs)
    assert [mail["To"] for mail in box.messages] == ["anna@example.com"]
    assert digests(company) == [("failed", 1), ("done", 1)]
    bell = do(company, lambda s: s.scalars(select(Notification).where(Notification.is_belled)).all())
    assert [(n.user_id, n.kind) for n in bell] == [(1, "core.schedule_failed")]


def test_what_may_have_gone_out_is_not_sent_again_that_day(company: Any, jobs: Jobs, anna: int, box: Box) -> None:
    notify(company, anna)
    box.answers["DATA"] = "break"
    begin(company, jobs)
    box.answers.clear()
    begin(company, jobs)
    assert len(box.messages) == 1
    assert mails(company) == [(anna, wall_clock().date(), "unknown")]


@pytest.mark.parametrize("accident", ["break", "cut off", "error"])
def test_what_may_have_gone_out_goes_into_no_other_mail_and_is_under_the_bell(
    company: Any, jobs: Jobs, anna: int, box: Box, accident: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    notify(company, anna)
    if accident == "break":
        box.answers["DATA"] = "break"
        begin(company, jobs)
    elif accident == "error":
        monkeypatch.setattr("app.notifications.jobs.send", _break_down)
        begin(company, jobs)
        try_again(company, jobs)
    else:
        day = wall_clock().date()
        do(company, lambda s: enqueue(s, SYSTEM, "core.mail_digest", {"user_id": anna, "day": day.isoformat()}))
        do(company, lambda s: (daily.begin_mail(s, anna, day), setattr(s.get_one(Job, 1), "attempt", 1)))
        jobs.run_waiting()
    monkeypatch.undo()
    box.answers.clear()
    assert [state for state, _attempt in digests(company)] == ["failed"]
    before = len(box.messages)
    yesterday(company)
    begin(company, jobs)
    assert len(box.messages) == before
    assert belled(company, anna) == [("something", True)]


def test_one_that_nobody_ended_is_ended_the_next_day(company: Any, jobs: Jobs, anna: int, box: Box) -> None:
    notify(company, anna)
    do(company, lambda s: daily.begin_mail(s, anna, wall_clock().date()))
    yesterday(company)
    notify(company, anna, "since then")
    begin(company, jobs)
    (mail,) = box.messages
    assert "something" not in mail.get_content()
    assert "since then" in mail.get_content()
    assert belled(company, anna) == [("something", True)]


def _break_down(_settings: Any, _message: Any) -> None:
    raise ZeroDivisionError


def test_a_password_that_cannot_be_sent_fails_and_loses_nothing(
    company: Any, jobs: Jobs, anna: int, box: Box, monkeypatch: pytest.MonkeyPatch
) -> None:
    notify(company, anna)
    monkeypatch.setattr("smtplib.SMTP.login", lambda *_given: "schlüssel".encode("ascii"))
    settings = replace(company.config.mail, user="kontor", password="schlüssel")
    monkeypatch.setattr(company, "config", replace(company.config, mail=settings))
    begin(company, jobs)
    assert digests(company) == [("failed", 1)]
    assert mails(company) == [(anna, wall_clock().date(), "refused")]
    monkeypatch.undo()
    begin(company, jobs)
    assert len(box.messages) == 1


def test_what_a_mail_has_no_room_for_is_unread_under_the_bell(
    company: Any, jobs: Jobs, anna: int, box: Box, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(daily, "MOST", 2)
    for text in ("first", "second", "third"):
        notify(company, anna, text)
    begin(company, jobs)
    (mail,) = box.messages
    assert "third" not in mail.get_content()
    assert "… and 1 more, in the program." in mail.get_content()
    assert belled(company, anna) == [("third", True)]
    yesterday(company)
    begin(company, jobs)
    assert len(box.messages) == 1


def test_one_cut_off_while_it_was_sent_is_not_sent_again_that_day(
    company: Any, jobs: Jobs, anna: int, box: Box
) -> None:
    notify(company, anna)
    do(company, lambda s: s.add(DailyMail(user_id=anna, day=wall_clock().date(), state="sending")))
    begin(company, jobs)
    assert box.messages == []


def test_what_is_no_longer_open_goes_into_no_mail(company: Any, jobs: Jobs, anna: int, box: Box) -> None:
    notify(company, anna, "the secret", SECRET)
    do(company, lambda s: change_user(s, SYSTEM, s.get_one(User, anna), roles=["storekeeper"]))
    begin(company, jobs)
    assert box.messages == []
    notify(company, anna, "no secret")
    do(company, lambda s: s.delete(s.scalars(select(DailyMail)).one()))
    begin(company, jobs)
    (mail,) = box.messages
    assert "the secret" not in mail.get_content()


def test_who_has_lost_their_address_finds_it_under_the_bell(company: Any, jobs: Jobs, anna: int, box: Box) -> None:
    notify(company, anna)
    do(company, lambda s: change_user(s, SYSTEM, s.get_one(User, anna), email=""))
    begin(company, jobs)
    assert box.messages == []
    assert do(company, lambda s: s.scalars(select(Notification.is_belled)).all()) == [True]


def test_a_name_with_a_line_break_makes_no_header(company: Any, jobs: Jobs, anna: int, box: Box) -> None:
    do(company, lambda s: (setattr(organisation(s), "name", "Testing\nBcc: everyone@example.com"), bump_generation(s)))
    notify(company, anna, "one\nBcc: two@example.com")
    begin(company, jobs)
    (mail,) = box.messages
    assert mail["Bcc"] is None
    assert str(mail["Subject"]).startswith("Testing Bcc: everyone@example.com")
