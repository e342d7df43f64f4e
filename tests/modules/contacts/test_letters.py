# ruff: noqa: F811 - fixtures of the mail server are those of notifications
"""Letters to contacts, sent to a real mail server: what goes out, what becomes of it, and what is refused."""

from dataclasses import replace
from datetime import datetime
from decimal import Decimal as D
from typing import Any

import pypdfium2
import pytest
from sqlalchemy import select

from app.audit import AuditLine
from app.documents import post, save
from app.errors import Conflict, Invalid
from app.jobs import Job
from app.jobs.worker import Jobs
from app.notifications import Notification
from app.security import SYSTEM, User
from modules.contacts.letters import sending
from modules.contacts.letters.models import Letter
from modules.contacts.letters.writing import filled, save_text
from modules.contacts.models import Contact
from modules.contacts.operations import create_contact
from modules.trade.drafts import TradeDraft, TradeLineDraft
from modules.trade.models import Sale
from modules.warehouse.operations import create_item
from tests.modules.notifications.company_with_mail import app, company, jobs  # noqa: F401
from tests.modules.notifications.conftest import Box, Serving, box, mail_server, mailing  # noqa: F401

PERIOD = {"what": "contacts.statement", "since": "2026-01-01", "until": "2026-01-31"}


@pytest.fixture
def sold(company: Any) -> dict[str, int]:
    """A Vietnamese client with a sale that was due long ago, and a draft."""

    def work(session: Any) -> dict[str, int]:
        contact = create_contact(
            session,
            SYSTEM,
            kind="legal_entity",
            name="Đông Á {sender}",
            code="V-1",
            country="VN",
            email="a@example.com",
        )
        item = create_item(session, SYSTEM, code="CUT", name="Cutting", kind="service").id
        made = []
        for _ in range(2):
            draft = TradeDraft(contact.id, [TradeLineDraft(item, D(1), D("100"))], moment=datetime(2026, 1, 10))
            made.append(save(session, SYSTEM, Sale, draft))
        post(session, SYSTEM, made[:1])
        return {"contact": contact.id, "sale": made[0].id, "draft": made[1].id}

    found: dict[str, int] = company.database.run(work, actor=SYSTEM)
    return found


@pytest.fixture
def client(app: Any, company: Any) -> Any:
    """The administrator's browser."""

    def address(session: Any) -> None:
        session.scalars(select(User).where(User.login == "admin")).one().email = "ada@example.com"

    company.database.run(address, actor=SYSTEM)
    made = app.test_client()
    made.post("/login", data={"login": "admin", "password": "correct horse"})
    return made


def letters(company: Any) -> list[Any]:
    rows = select(Letter.state, Letter.why, Letter.title, Letter.language, Letter.recipients).order_by(Letter.id)
    return list(company.database.run(lambda s: s.execute(rows).all(), actor=SYSTEM, write=False))


def test_a_document_goes_out_in_the_contacts_language_and_is_kept_on_both_cards(
    app: Any,
    company: Any,
    client: Any,
    jobs: Jobs,
    sold: Any,
    box: Box,
) -> None:
    tab = f"/documents/{sold['sale']}/letters"
    assert f'href="{tab}"' in client.get(f"/trade/sales/{sold['sale']}").text
    page = client.get(tab).text
    address = f"/contacts/{sold['contact']}/letters/new?what=contacts.document&document={sold['sale']}"
    assert address.replace("&", "&amp;") in page
    form = client.get(address).text
    assert 'value="a@example.com"' in form
    # A name that looks like a place isn't a place.
    assert "Kính gửi Đông Á {sender}" in form
    sent = {"recipients": "a@example.com; b@example.com", "subject": "Đơn", "body": "Kính gửi"}
    assert client.post(address, data=sent).status_code == 302
    jobs.run_waiting()
    (message,) = box.messages
    assert (message["To"], message["Subject"], message["Reply-To"]) == (
        "a@example.com, b@example.com",
        "Đơn",
        "ada@example.com",
    )
    (pdf,) = message.iter_attachments()
    assert pdf.get_content_type() == "application/pdf"
    text = pypdfium2.PdfDocument(pdf.get_content())[0].get_textpage().get_text_bounded()
    assert "Đơn bán" in text
    assert [row.state for row in letters(company)] == ["sent"]
    for shown in (tab, f"/contacts/{sold['contact']}/letters"):
        assert "b@example.com" in client.get(shown).text
    lines = select(AuditLine.summary).where(AuditLine.action == "contacts.letter.send")
    assert company.database.run(lambda s: s.scalars(lines).all(), actor=SYSTEM, write=False) == [
        f"{letters(company)[0].title} → a@example.com, b@example.com"
    ]
    plain = f"/contacts/{sold['contact']}/letters/new"
    assert "letters/enclosure" not in client.get(plain).text
    assert client.post(plain, data=sent).status_code == 302
    jobs.run_waiting()
    assert (box.messages[1].is_multipart(), box.messages[1].get_content().strip()) == (False, "Kính gửi")


def test_a_document_is_sent_from_its_page_and_nothing_of_the_company_s_own_goes_with_it(
    company: Any, client: Any, jobs: Jobs, sold: Any, box: Box
) -> None:
    def prepare(session: Any) -> None:
        session.get_one(Sale, sold["sale"]).note = "They haggle"
        save_text(session, SYSTEM, "contacts.document", "vi", subject="{number}, {amount}", body="{date}: {due} {what}")

    company.database.run(prepare, actor=SYSTEM)
    send = f"/documents/{sold['sale']}/send"
    assert send in client.get(f"/trade/sales/{sold['sale']}").text
    assert "/send" not in client.get(f"/trade/sales/{sold['draft']}").text
    page = client.get(send, follow_redirects=True)
    assert 'value="S-000001, 100,00 GBP"' in page.text
    assert ": – Hóa đơn S-000001</textarea>" in page.text
    assert 'data-text="a@example.com"' in page.text
    assert "sheet=trade.delivery_note" in page.text
    page = client.get(page.request.path, query_string={"what": "contacts.document", "document": sold["sale"]})
    sent = {"recipients": "a@example.com", "subject": "S", "body": "B"}
    answer = client.post(f"{page.request.path}?{page.request.query_string.decode()}", data=sent)
    assert answer.location == f"/documents/{sold['sale']}/letters"
    jobs.run_waiting()
    (pdf,) = box.messages[0].iter_attachments()
    text = pypdfium2.PdfDocument(pdf.get_content())[0].get_textpage().get_text_bounded()
    assert "S-000001" in text
    assert "haggle" not in text


def test_what_cannot_be_sent_is_refused_and_nothing_waits(company: Any, client: Any, sold: Any, refused: Any) -> None:
    contact = sold["contact"]
    base = f"/contacts/{contact}/letters/new"
    assert client.get(f"{base}?what=contacts.document&document={sold['draft']}").status_code == 422
    assert client.get(f"{base}?what=contacts.document&document=99999").status_code == 404
    assert client.get(f"{base}?what=no.such").status_code == 404
    assert client.get(f"{base}?what=contacts.statement&since=x&until=2026-01-01").status_code == 422
    assert client.get(base, query_string={**PERIOD, "language": "xx"}).status_code == 404
    for recipients in ("", "no address", ", ".join(f"a{i}@example.com" for i in range(21))):
        answer = client.post(base, query_string=PERIOD, data={"recipients": recipients, "subject": "S", "body": "B"})
        assert answer.status_code in (200, 422)
        assert "is-invalid" in answer.text
    assert letters(company) == []
    link = f"{base}?what=contacts.statement"
    statement = f"/contacts/{contact}/statement"
    assert link in client.get(statement).text
    assert link not in client.get(f"{statement}?contract=0").text, "a letter encloses what is under all contracts"

    def send(session: Any, **other: Any) -> Any:
        given = {"enclosure": "contacts.statement", "arguments": PERIOD, "title": "T", "language": "en"}
        given |= {"recipients": "a@example.com", "subject": "S", "body": "B"} | other
        return sending.send_letter(session, SYSTEM, session.get(Contact, contact), **given)

    refused(lambda s: send(s, subject=" "), Invalid, field="subject")
    refused(lambda s: send(s, language="de"), Invalid)
    company.database.known = company.database.known | {"has_mail": False}
    refused(send, Conflict)


def test_a_letter_that_may_have_gone_out_is_not_sent_again(
    company: Any,
    client: Any,
    jobs: Jobs,
    sold: Any,
    box: Box,
) -> None:
    box.answers["DATA"] = "break"
    address = f"/contacts/{sold['contact']}/letters/new"
    said = {"recipients": "a@example.com", "subject": "S", "body": "B"}
    client.post(address, query_string=PERIOD, data=said)
    jobs.run_waiting()
    assert [row.state for row in letters(company)] == ["unknown"]
    jobs.run_waiting()
    assert len(box.messages) == 1
    # One that a server refuses for good says why, and whoever asked hears the bell.
    box.answers = {"RCPT": "550 no such user"}
    client.post(address, query_string=PERIOD, data=said)
    jobs.run_waiting()
    last = letters(company)[-1]
    assert last.state == "failed"
    assert "550" in last.why
    notified = select(Notification.id).where(Notification.kind == "core.job_failed")
    assert len(company.database.run(lambda s: s.scalars(notified).all(), actor=SYSTEM, write=False)) == 2
    # One that a server takes later waits for that, and one that was being sent when the program ended is left alone.
    box.answers = {"MAIL": "421 busy"}
    client.post(address, query_string=PERIOD, data=said)
    jobs.run_waiting()
    assert [row.state for row in letters(company)][2:] == ["waiting"]

    def cut_off(session: Any) -> None:
        letter = session.scalars(select(Letter).order_by(Letter.id.desc())).first()
        letter.state = "sending"
        session.scalars(select(Job).where(Job.state == "queued")).one().not_before = None

    company.database.run(cut_off, actor=SYSTEM)
    box.answers = {}
    jobs.run_waiting()
    assert [row.state for row in letters(company)][2:] == ["unknown"]
    assert len(box.messages) == 1


def test_a_company_words_its_letters_itself(company: Any, client: Any, sold: Any, refused: Any) -> None:
    page = "/contacts/letter-texts/contacts.statement/vi"
    assert client.post(page, data={"subject": "Sao {what}", "body": "{contact}!"}).status_code == 302
    form = client.get(f"/contacts/{sold['contact']}/letters/new", query_string=PERIOD).text
    assert 'value="Sao Sao kê công nợ 2026-01-01 – 2026-01-31"' in form
    assert "Đông Á {sender}!" in form
    said = refused(
        lambda s: save_text(s, SYSTEM, "contacts.statement", "en", subject="{nobody}", body="B"),
        Invalid,
        field="subject",
    )
    assert "{nobody}" in said
    assert client.post(page, data={"subject": "", "body": "", "version": "1"}).status_code == 302
    assert "Kính gửi" in client.get(f"/contacts/{sold['contact']}/letters/new", query_string=PERIOD).text


def test_places_are_filled_once_and_everything_else_stays() -> None:
    assert filled("{a} {b} {c} %(a)s {0}", {"a": "{b}", "b": "x"}) == "{b} x {c} %(a)s {0}"


def test_who_may_not_see_addresses_sends_no_letters(app: Any, company: Any, employ: Any, sold: Any) -> None:
    employ("steve", "storekeeper")
    client = app.test_client()
    client.post("/login", data={"login": "steve", "password": "steve-sample"})
    for page in ("letters", "letters/new", "letters/enclosure"):
        assert client.get(f"/contacts/{sold['contact']}/{page}", query_string=PERIOD).status_code == 403


@pytest.mark.usefixtures("cheap_passphrases")
def test_an_administrator_sets_the_mail_server_and_its_password_is_in_no_row(
    app: Any,
    company: Any,
    client: Any,
    monkeypatch: pytest.MonkeyPatch,
    box: Box,
    mail_server: Serving,
) -> None:
    """The file's settings come first; without them those of the page are used at once."""
    page = "/admin/mail/server"
    assert client.get(page).status_code == 409
    monkeypatch.setattr(company, "config", replace(company.config, mail=None))
    given = {
        "host": "127.0.0.1",
        "port": str(mail_server.settings.port),
        "security": "none",
        "user": "",
        "sender": "Kontor <kontor@example.com>",
        "password": "",
    }
    assert "Type the password" in client.post(page, data={**given, "user": "kontor"}).text
    assert (
        "unencrypted"
        in client.post(page, data={**given, "host": "mail.example.com", "password": "x", "user": "k"}).text
    )
    assert company.mail is None
    assert client.post(page, data={**given, "password": "very s3cret"}).status_code == 302
    assert "127.0.0.1" in client.get("/admin/mail").text
    assert company.mail == replace(mail_server.settings, password="very s3cret")
    kept = company.mail_kept
    assert "very s3cret" not in str(tuple(kept))
    # An empty password leaves the saved one; another server does not get it.
    assert client.post(page, data={**given, "version": "1", "sender": "K <k@example.com>"}).status_code == 302
    client.get("/admin/mail")
    assert company.mail.password == "very s3cret"
    assert client.post(page, data={**given, "version": "2", "host": "localhost"}).status_code == 302
    client.get("/admin/mail")
    assert company.mail.password == ""
    assert "took the test mail" in client.post("/admin/mail/test", follow_redirects=True).text
    assert [message["To"] for message in box.messages] == ["ada@example.com"]
    # Another server's key opens nothing.
    assert client.post(page, data={**given, "version": "3", "password": "p"}).status_code == 302
    client.get("/admin/mail")
    monkeypatch.setattr(company, "config", replace(company.config, secret_key="another"))
    with pytest.raises(Invalid, match="another server"):
        _ = company.mail
