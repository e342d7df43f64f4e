# ruff: noqa: F811 - fixtures are those of a company with mail
"""Whoever takes an account over by its address can't keep it to themselves: the address until then gets a mail at once."""

from typing import Any

import pytest
from sqlalchemy import select

from app.db import utc_now
from app.errors import Invalid
from app.jobs import Job
from app.jobs.worker import Jobs
from app.security import SYSTEM, Actor, User
from app.security.operations import change_own, change_user
from tests.modules.notifications.company_with_mail import app, company, jobs  # noqa: F401
from tests.modules.notifications.conftest import Box

pytestmark = pytest.mark.one_engine  # pages and their words: no engine decides

OLD, NEW = "anna@example.com", "else@example.org"


@pytest.fixture
def anna(company: Any, employ: Any) -> Any:
    made = employ("anna", "manager")
    company.database.run(lambda s: change_user(s, SYSTEM, s.get_one(User, made.user_id), email=OLD), actor=SYSTEM)
    return made


def change(company: Any, actor: Actor, user_id: int, **values: Any) -> None:
    company.database.run(lambda s: change_user(s, actor, s.get_one(User, user_id), **values), actor=actor)


def change_own_address(company: Any, actor: Actor, email: str, locale: str = "en") -> None:
    def work(session: Any) -> None:
        change_own(session, actor, locale=locale, email=email, is_present=True)

    company.database.run(work, actor=actor)


def mails_asked(company: Any) -> list[tuple[str, dict[str, Any]]]:
    query = select(Job.state, Job.arguments).where(Job.kind == "core.mail_old_address")
    rows = company.database.run(lambda s: s.execute(query).all(), actor=SYSTEM, write=False)
    return [tuple(row) for row in rows]


@pytest.mark.parametrize("email", [NEW, ""], ids=["another", "none"])
def test_the_address_until_then_gets_a_mail_of_its_own(
    company: Any, jobs: Jobs, anna: Any, employ: Any, box: Box, email: str
) -> None:
    max_ = employ("max", "administrator")
    change(company, max_, anna.user_id, email=email)
    assert box.messages == [], "the change waits for no mail server"
    jobs.run_waiting()
    (mail,) = box.messages
    assert (mail["To"], mail["From"]) == (OLD, "Kontor <kontor@example.com>")
    assert mail["Subject"] == "Testing Ltd: your address of e-mail was changed"
    text = mail.get_content()
    assert text.startswith("Hello Anna,\r\n\r\nMax changed your address of e-mail.")
    assert NEW not in text
    assert mails_asked(company) == [("done", {"user_id": anna.user_id, "who": "Max"})]


def test_who_changes_it_in_ones_own_name_is_reported_too(company: Any, jobs: Jobs, anna: Any, box: Box) -> None:
    change_own_address(company, anna, NEW)
    jobs.run_waiting()
    assert [mail["To"] for mail in box.messages] == [OLD]
    assert "Anna changed your address" in box.messages[0].get_content()


def test_it_is_in_the_users_language(company: Any, jobs: Jobs, anna: Any, box: Box) -> None:
    change_own_address(company, anna, NEW, "ru")
    jobs.run_waiting()
    assert box.messages[0].get_content().startswith("Здравствуйте, Anna!")


@pytest.mark.parametrize("email", [OLD, None])
def test_where_the_address_stays_there_is_no_mail(company: Any, anna: Any, employ: Any, email: str | None) -> None:
    change(company, employ("max", "administrator"), anna.user_id, name="Anne", email=email)
    assert mails_asked(company) == []


def test_who_had_no_address_gets_no_mail(company: Any, employ: Any) -> None:
    ben = employ("ben", "manager")
    change(company, employ("max", "administrator"), ben.user_id, email=NEW)
    assert mails_asked(company) == []


def test_the_program_itself_changes_it_without_a_mail(company: Any, anna: Any) -> None:
    change(company, SYSTEM, anna.user_id, email=NEW)
    assert mails_asked(company) == []


def test_a_mail_server_that_is_down_holds_no_change_up(company: Any, jobs: Jobs, anna: Any, box: Box) -> None:
    box.answers["RCPT"] = "451 later"
    change_own_address(company, anna, NEW)
    jobs.run_waiting()
    email = company.database.run(lambda s: s.get_one(User, anna.user_id).email, actor=SYSTEM, write=False)
    assert email == NEW
    assert mails_asked(company) == [("queued", {"user_id": anna.user_id, "address": OLD, "who": "Anna"})]
    box.answers.clear()

    def let_the_pause_be_over(session: Any) -> None:
        session.scalars(select(Job).where(Job.state == "queued")).one().not_before = utc_now()

    company.database.run(let_the_pause_be_over, actor=SYSTEM)
    jobs.run_waiting()
    assert [mail["To"] for mail in box.messages] == [OLD]


def test_without_a_mail_server_there_is_no_job(company: Any, anna: Any) -> None:
    company.database.known = company.database.known | {"has_mail": False}
    change_own_address(company, anna, NEW)
    assert mails_asked(company) == []


def test_a_change_that_is_refused_mails_nobody(company: Any, anna: Any) -> None:
    with pytest.raises(Invalid):
        change_own_address(company, anna, "no address")
    assert mails_asked(company) == []
