"""The page of mail says whether it is set up, never its password, and sends a test to whoever asks."""

from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import select

from app.audit.models import AuditLine
from app.mail import MailSettings, NotSent
from app.security import SYSTEM, User
from app.web.admin import mail

pytestmark = pytest.mark.one_engine  # pages and their words: no engine decides

SET = MailSettings("mail.example.com", 587, "starttls", "Kontor <kontor@example.com>", "kontor", "very secret")


@pytest.fixture
def mailing(house: Any, monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Any]]:
    """Mail is set up, and nothing goes out: what would have is kept here."""
    sent: list[dict[str, Any]] = []
    monkeypatch.setattr(house.company, "config", replace(house.company.config, mail=SET))
    monkeypatch.setattr(mail, "send_test", lambda settings, **about: sent.append(about))
    return sent


def address(house: Any, email: str) -> None:
    def work(session: Any) -> None:
        session.scalars(select(User).where(User.login == "admin")).one().email = email

    house.company.database.run(work, actor=SYSTEM)


def test_without_a_server_it_says_how_one_is_set(sign_in: Any) -> None:
    page = sign_in("admin").get("/admin/mail").text
    assert "not set up" in page
    assert "kontor.toml" in page
    assert "Send a test mail" not in page
    assert sign_in("admin").post("/admin/mail/test").status_code == 422


def test_it_shows_the_server_and_never_the_password(sign_in: Any, house: Any, mailing: Any) -> None:
    address(house, "ada@example.com")
    page = sign_in("admin").get("/admin/mail").text
    assert "mail.example.com" in page
    assert "Kontor &lt;kontor@example.com&gt;" in page
    assert "very secret" not in page


def test_a_test_goes_to_whoever_asks_and_leaves_a_line(sign_in: Any, house: Any, mailing: Any) -> None:
    address(house, "ada@example.com")
    answer = sign_in("admin").post("/admin/mail/test", follow_redirects=True)
    assert "took the test mail to ada@example.com" in answer.text
    assert [about["to"] for about in mailing] == ["ada@example.com"]
    with house.company.database.session(SYSTEM) as session:
        assert session.scalars(select(AuditLine.id).where(AuditLine.action == "core.mail.test")).first()


def test_without_an_address_nothing_is_sent(sign_in: Any, house: Any, mailing: Any) -> None:
    address(house, "")
    answer = sign_in("admin").post("/admin/mail/test", follow_redirects=True)
    assert '<a href="/account">My account</a>' in answer.text.partition("flash-error")[2].partition("</div>")[0]
    assert mailing == []


def test_a_server_that_fails_is_reported(sign_in: Any, house: Any, mailing: Any, monkeypatch: Any) -> None:
    def fails(*_settings: Any, **_about: Any) -> None:
        raise NotSent("ConnectionRefusedError")

    address(house, "ada@example.com")
    monkeypatch.setattr(mail, "send_test", fails)
    answer = sign_in("admin").post("/admin/mail/test", follow_redirects=True)
    assert "be reached, or is too busy: ConnectionRefusedError" in answer.text


def test_others_see_nothing_of_it(sign_in: Any) -> None:
    assert sign_in("sam").get("/admin/mail").status_code == 403
    assert sign_in("sam").post("/admin/mail/test").status_code == 403
