# ruff: noqa: F811 - fixtures of the mail server are those of notifications
"""What a client opens by a link or a sign-in of their own: theirs, and nothing else, however it is asked for."""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal as D
from typing import Any

import pypdfium2
import pytest
from sqlalchemy import delete, select, text, update

from app.audit import AuditLine
from app.documents import Document, post, save
from app.errors import Conflict, Forbidden, Invalid
from app.jobs import Job
from app.past_policy import Unheld
from app.reference import CurrencyRate
from app.security import MASKED, SYSTEM, Actor, Role, User
from app.security.models import WrongTries
from app.web.edge.routing import DOOR, PARTNER, PUBLIC
from app.web.pages.guesses import limiter
from modules.contacts.clients.finding import client_by_secret
from modules.contacts.clients.giving import give_access, new_secret, revoke_access
from modules.contacts.clients.models import ClientAccess, ClientLogin
from modules.contacts.letters.models import Letter
from modules.contacts.merging import merge, unmerge
from modules.contacts.models import Contact
from modules.contacts.models import Payment as PaymentModel
from modules.contacts.operations import create_contact, record_payment
from modules.contacts.queries import open_items_of, statement_of
from modules.contacts.work.models import Activity
from modules.trade.drafts import TradeDraft, TradeLineDraft
from modules.trade.models import Sale, TradeDocument
from modules.warehouse.models import Item
from modules.warehouse.operations import create_item
from tests.modules.notifications.company_with_mail import app, company  # noqa: F401
from tests.modules.notifications.conftest import Box, Serving, box, mail_server, mailing  # noqa: F401

NOTHING = "This opens nothing"


@dataclass
class Given:
    """Two clients, and a third that is the first one; the first has a link."""

    first: int
    second: int
    twin: int
    own: int
    draft: int
    twins: int
    others: int
    access: int
    secret: str


@pytest.fixture
def given(company: Any) -> Given:
    def work(session: Any) -> Given:
        company.refresh(session)
        item = create_item(session, SYSTEM, code="CUT", name="Cutting", kind="service").id
        contacts = [
            create_contact(session, SYSTEM, kind="individual", name=name, code=code, email=f"{code}@example.com")
            for name, code in (("Ann Lee", "a"), ("Bob Secret", "b"), ("A. Lee", "c"))
        ]
        session.flush()
        first, second, twin = (each.id for each in contacts)

        def sale(contact: int, price: str, *, is_posted: bool = True) -> int:
            line = TradeLineDraft(item, D(1), D(price))
            made = save(
                session, SYSTEM, Sale, TradeDraft(contact, [line], moment=datetime(2026, 1, 10), note="costs us 3")
            )
            if is_posted:
                post(session, SYSTEM, [made])
            session.flush()
            return int(made.id)

        documents = [sale(first, "100"), sale(first, "55", is_posted=False), sale(twin, "20"), sale(second, "777")]
        paid = record_payment(
            session,
            SYSTEM,
            contact_id=first,
            direction="in",
            method="bank",
            currency="GBP",
            amount=D(30),
            moment=datetime(2026, 1, 11),
        )
        assert paid.id
        access = give_access(session, SYSTEM, contacts[0], kind="link", days=30, **SHOWN)
        secret = new_secret(session, access).rpartition("/")[2]
        return Given(first, second, twin, *documents, access.id, secret)

    found: Given = company.database.run(work, actor=SYSTEM)
    return found


SHOWN: dict[str, Any] = {
    "parts": ["statement", "open_items", "documents"],
    "language": "en",
    "site": "https://kontor.example.com/",
}


def as_client(company: Any, given: Given) -> Actor:
    found = company.database.run(lambda s: client_by_secret(s, given.secret), actor=SYSTEM, write=False)
    actor: Actor = found.actor
    return actor


def do(company: Any, work: Any, actor: Any = SYSTEM) -> Any:
    return company.database.run(work, actor=actor)


def test_the_policy_shows_a_client_their_own_rows_and_no_other_on_both_engines(company: Any, given: Given) -> None:
    client = as_client(company, given)

    def look(session: Any) -> None:
        assert list(session.scalars(select(Contact.id))) == [given.first]
        assert session.get(Contact, given.second) is None
        assert session.get(Contact, given.first).note is MASKED
        # No draft, no other client's; what the company wrote for itself isn't read.
        kinds = {d.id: d.kind for d in session.scalars(select(Document))}
        assert {given.own} < kinds.keys()
        assert not {given.draft, given.others, given.twins} & kinds.keys()
        assert session.get(Document, given.own).note is MASKED
        assert [s.id for s in session.scalars(select(Sale))] == [given.own]
        assert [d.id for d in session.scalars(select(TradeDocument))] == [given.own]
        assert len(session.scalars(select(PaymentModel)).all()) == 1
        # What nobody has given to clients is closed, whatever it is.
        for model in (Activity, Letter, ClientAccess, AuditLine):
            assert session.scalars(select(model)).all() == []
        assert statement_of(session, given.first)["GBP"].closing["amount"] == D(70)
        assert [d.open for d in open_items_of(session, given.first)] == [D(70)]
        for bare in (select(Contact.__table__), text("SELECT * FROM contacts_contact")):
            with pytest.raises((Unheld, Forbidden)):
                session.execute(bare)
        for model in (User, Role, Item, CurrencyRate):  # without scopes, so that nothing narrows them
            with pytest.raises(Unheld):
                session.scalars(select(model)).all()
        found_by_note = select(Document.id).where(Document.note != "")
        for telling in (select(Document.note), found_by_note, select(Document.id).order_by(Document.note)):
            with pytest.raises(Forbidden):
                session.execute(telling)

    company.database.run(look, actor=client, write=False)
    # A merged contact's documents are the head's client's, too; the merged one's own link opens nothing.
    twins = do(
        company,
        lambda s: new_secret(s, give_access(s, SYSTEM, s.get(Contact, given.twin), kind="link", days=7, **SHOWN)),
    )
    do(company, lambda s: merge(s, SYSTEM, s.get(Contact, given.first), s.get(Contact, given.twin)))
    found = do(company, lambda s: [client_by_secret(s, each) for each in (given.secret, twins.rpartition("/")[2])])
    assert found[1] is None
    assert found[0].actor.partner.ids == (given.first, given.twin)
    shown = company.database.run(lambda s: set(s.scalars(select(Sale.id))), actor=found[0].actor, write=False)
    assert shown == {given.own, given.twins}
    do(company, lambda s: unmerge(s, SYSTEM, given.twin))
    assert do(company, lambda s: client_by_secret(s, twins.rpartition("/")[2])) is not None
    # Revoked, and expired, opens nothing.
    do(company, lambda s: revoke_access(s, SYSTEM, s.get(ClientAccess, given.access)))
    assert do(company, lambda s: client_by_secret(s, given.secret)) is None


@pytest.mark.one_engine
def test_a_link_is_given_by_whom_all_of_it_is_open_to_and_its_secret_is_kept_nowhere(
    company: Any, given: Given, refused: Any
) -> None:
    def give(session: Any, **other: Any) -> Any:
        asked = {"kind": "link", "days": 30, **SHOWN} | other
        return give_access(session, session.info["actor"], session.get(Contact, given.first), **asked)

    refused(lambda s: give(s, parts=[]), Invalid, field="parts")
    refused(lambda s: give(s, days=5000), Invalid)
    refused(lambda s: give(s, kind="sign_in", email="nobody"), Invalid, field="email")
    own = {"contacts.contact.view", "contacts.client.edit", "contacts.client.view", "contacts.statement.view"}
    groups = frozenset({"contacts.private", "contacts.financial"})
    clerk = Actor(1, "clerk", frozenset({*own, "trade.sale.view"}), groups=groups)
    # They may not see payments, so they give none away; and without the right nobody does.
    for actor in (clerk, Actor(1, "clerk", frozenset(own - {"contacts.client.edit"}), groups=groups)):
        with pytest.raises(Forbidden):
            do(company, give, actor)
    do(company, lambda s: merge(s, SYSTEM, s.get(Contact, given.second), s.get(Contact, given.first)))
    refused(give, Conflict)
    # 256 random bits; nothing in the database has them.
    assert len(given.secret) == 43
    with company.database.session(SYSTEM) as session:
        rows = [
            r
            for t in ("contacts_client_access", "core_audit", "core_job")
            for r in session.connection().exec_driver_sql(f"SELECT * FROM {t}")
        ]
    assert given.secret not in repr(rows)


@pytest.fixture
def client(app: Any, given: Given) -> Any:
    """The browser of the first client, who has opened the link."""
    made = app.test_client()
    answer = made.get(f"/client/open/{given.secret}")
    assert (answer.status_code, answer.headers["Location"]) == (302, "/client/")
    return made


@pytest.fixture
def staff(app: Any) -> Any:
    made = app.test_client()
    made.post("/login", data={"login": "admin", "password": "correct horse"})
    return made


def text_of(pdf: bytes) -> str:
    return "".join(page.get_textpage().get_text_bounded() for page in pypdfium2.PdfDocument(pdf))


@pytest.mark.one_engine
def test_a_client_reads_what_was_given_and_nothing_leaves_with_it(
    app: Any, client: Any, given: Given, staff: Any
) -> None:
    statement = client.get("/client/statement?since=2026-01-01")
    assert "Ann Lee" in statement.text
    assert "70" in statement.text
    assert "Bob" not in statement.text
    for header, said in (
        ("Referrer-Policy", "no-referrer"),
        ("Cache-Control", "no-store"),
        ("X-Robots-Tag", "noindex, nofollow"),
    ):
        assert statement.headers[header] == said
    assert not re.findall(r'(?:src|href|action)="(?:https?:)?//', statement.text)  # nothing of anybody else's
    assert "100" in client.get("/client/open-items").text
    documents = client.get("/client/documents").text
    assert f"/client/documents/{given.own}" in documents
    assert "777" not in documents
    assert "55" not in documents
    paper = text_of(client.get(f"/client/documents/{given.own}").data)
    assert "Ann Lee" in paper
    assert "100" in paper
    assert "costs us" not in paper
    assert "•••" not in paper
    assert text_of(client.get("/client/statement?as=pdf&since=2026-01-01").data)
    for shown in re.findall(r"/client/documents/\d+(?:\?sheet=[\w.]+)?", documents):
        assert text_of(client.get(shown).data), shown
    note = text_of(client.get(f"/client/documents/{given.own}?sheet=trade.delivery_note").data)
    assert "Ann Lee" in note
    assert "•••" not in note
    cookie = app.test_client().get(f"/client/open/{given.secret}").headers["Set-Cookie"]
    assert cookie.startswith("client=")
    assert "Path=/client" in cookie
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie
    secure = app.test_client().get(f"/client/open/{given.secret}", base_url="https://localhost").headers["Set-Cookie"]
    assert secure.startswith("__Secure-client=")
    assert "Secure;" in secure
    # Staff see that it was opened, and the audit says so.
    tab = staff.get(f"/contacts/{given.first}/client-access").text
    assert "never" not in tab
    assert "Revoke" in tab
    asked = select(AuditLine.actor, AuditLine.subject_id).where(AuditLine.action == "contacts.client.open")
    assert (f"client {given.first}", given.first) in do(app.company, lambda s: [tuple(row) for row in s.execute(asked)])


@pytest.mark.one_engine
def test_whatever_an_attacker_asks_for_with_a_link_is_answered_as_if_it_were_not_there(
    app: Any, company: Any, client: Any, given: Given, staff: Any, capsys: Any
) -> None:
    # Other clients' documents, drafts, documents that aren't there, other kinds of numbers.
    for number in (given.others, given.draft, given.twins, 999999, 2**62):
        assert client.get(f"/client/documents/{number}").status_code == 404
        assert client.get(f"/client/documents?before={number}").status_code == 404
    for asked in ("sheet=../../x", "sheet=contacts.cash_voucher", "sheet=trade.sale"):
        assert client.get(f"/client/documents/{given.own}?{asked}").status_code == 404
    for asked in ("before=x", "before=-1", "before=1%20or%201=1"):
        assert client.get(f"/client/documents?{asked}").status_code == 404
    for asked in ("since=x", "since=2026-13-01", "since=2026-02-01&until=2026-01-01"):
        answer = client.get(f"/client/statement?{asked}")
        assert answer.status_code == 422
        assert "Bob" not in answer.text
    # The contact of the address, the query and the body is never asked for.
    for asked in (f"contact_id={given.second}", f"contact={given.second}", f"id={given.second}"):
        assert "Bob" not in client.get(f"/client/statement?since=2026-01-01&{asked}").text
    for path in (
        "/client/statement/../../contacts",
        "/client/%2e%2e/contacts",
        "/client//documents",
        "/client/documents/1/../2",
    ):
        assert client.get(path).status_code in (302, 308, 404)
    # Other methods, and what only reads answers HEAD with nothing.
    for path in ("/client/statement", "/client/documents", f"/client/documents/{given.own}"):
        assert client.post(path).status_code == 405
        assert client.delete(path).status_code == 405
        assert client.head(path).data == b""
    # Whoever holds nothing, something wrong, or the wrong thing, reads one and the same page.
    pages = set()
    for secret in ("x", given.secret[:-1], given.secret + "x", given.secret.swapcase(), "%00", "é" * 40):
        answer = app.test_client().get(f"/client/open/{secret}")
        pages.add((answer.status_code, answer.text))
    do(company, lambda s: s.execute(update(ClientAccess).values(expires_at=datetime(2020, 1, 1))))
    pages |= {(a.status_code, a.text) for a in [app.test_client().get(f"/client/open/{given.secret}")]}
    pages |= {(a.status_code, a.text) for a in [client.get("/client/statement"), client.get("/client/")]}
    far = datetime.now() + timedelta(days=9)
    do(company, lambda s: s.execute(update(ClientAccess).values(expires_at=far, revoked_at=far)))
    pages |= {
        (a.status_code, a.text)
        for a in [app.test_client().get(f"/client/open/{given.secret}"), client.get("/client/statement")]
    }
    # Staff's sign-in is nobody here, however much it may elsewhere.
    pages |= {
        (a.status_code, a.text) for a in [staff.get("/client/statement"), staff.get(f"/client/documents/{given.own}")]
    }
    assert len(pages) == 1
    assert pages.pop()[0] == 404
    assert NOTHING in app.test_client().get("/client/").text
    assert given.secret not in capsys.readouterr().err
    # Whoever tries secrets waits, and then the right one helps no more than the others.
    do(company, lambda s: s.execute(update(ClientAccess).values(revoked_at=None)))
    assert app.test_client().get(f"/client/open/{given.secret}").status_code == 302
    for _ in range(10):
        app.test_client().get("/client/open/wrong")
    assert app.test_client().get(f"/client/open/{given.secret}").status_code == 429


@pytest.mark.one_engine
def test_a_link_shows_only_what_was_chosen(app: Any, company: Any, given: Given) -> None:
    def work(session: Any) -> str:
        asked = {**SHOWN, "parts": ["open_items"], "language": "ru"}
        access = give_access(session, SYSTEM, session.get(Contact, given.first), kind="link", days=7, **asked)
        return new_secret(session, access).rpartition("/")[2]

    browser = app.test_client()
    browser.get(f"/client/open/{do(company, work)}")
    assert browser.get("/client/").headers["Location"] == "/client/open-items"
    page = browser.get("/client/open-items").text
    assert 'lang="ru"' in page
    assert "/client/statement" not in page
    assert "/client/documents" not in page
    for path in ("statement", "statement?as=pdf", "documents", f"documents/{given.own}"):
        assert browser.get(f"/client/{path}").status_code == 404


@pytest.mark.one_engine
def test_no_other_route_of_the_program_takes_a_clients_cookie(app: Any, client: Any, given: Given) -> None:
    """Also where the cookie is sent on purpose to addresses to which browsers don't send it, as a session or as a token."""
    forged = app.test_client()
    for name in ("client", "__Secure-client", "session", "__Host-session", "known"):
        forged.set_cookie(name, given.secret, path="/")
    forged_headers = {"Authorization": f"Bearer {given.secret}"}
    opened = []
    for rule in app.url_map.iter_rules():
        if app.needs[rule.endpoint] in (PUBLIC, PARTNER, DOOR):
            continue
        values = {name: converter_value(rule, name, given) for name in rule.arguments}
        address = app.url_map.bind("localhost").build(
            rule.endpoint, values, method=sorted(rule.methods - {"OPTIONS", "HEAD"})[0]
        )
        for method in rule.methods & {"GET", "POST"}:
            answer = forged.open(address, method=method, headers=forged_headers if address.startswith("/api") else {})
            is_closed = answer.status_code in (401, 404) or (
                answer.status_code == 302 and answer.headers["Location"].startswith("/login")
            )
            if not is_closed:
                opened.append((method, address, answer.status_code))
    assert opened == []


def converter_value(rule: Any, name: str, given: Given) -> Any:
    return given.first if type(rule._converters[name]).__name__ == "RowNumber" else "contacts"


@pytest.mark.one_engine
def test_a_client_signs_in_by_a_link_that_is_mailed_and_taken_once(
    app: Any, company: Any, given: Given, staff: Any, box: Box
) -> None:
    asked = {"kind": "sign_in", "days": "30", "language": "en", "email": "Ann@Example.com", "statement": "y"}
    assert staff.post(f"/contacts/{given.first}/client-access/give", data=asked).status_code == 302
    jobs = app.extensions["kontor.jobs"]
    browser = app.test_client()
    answers = {
        browser.post("/client/sign-in", data={"email": email}).text
        for email in ("ann@example.com", "no@example.com", "x")
    }
    assert len(answers) == 1  # whoever asks learns nothing
    jobs.run_waiting()
    (message,) = box.messages
    assert message["To"] == "ann@example.com"
    # The address is the one that staff had before them, never the one that whoever asks names.
    address = re.search(r"https://kontor\.example\.com(/client/enter/(\S+))", message.get_content())
    assert address is not None
    path, secret = address.groups()
    stored = do(
        company, lambda s: repr([s.scalars(select(ClientLogin.digest)).all(), s.scalars(select(Job.arguments)).all()])
    )
    assert secret not in stored
    # What looks at mails takes nothing; what is sent takes it, once.
    assert browser.get(path).status_code == 200
    assert browser.head(path).status_code == 200
    assert browser.get("/client/statement").status_code == 404
    # It is neither a link nor a browser.
    assert app.test_client().get(f"/client/open/{secret}").status_code == 404
    stolen = app.test_client()
    stolen.set_cookie("client", secret, path="/client")
    assert stolen.get("/client/statement").status_code == 404
    assert browser.post(path).status_code == 302
    assert "Ann Lee" in browser.get("/client/statement").text
    assert browser.get("/client/documents").status_code == 404  # it wasn't given
    assert NOTHING in app.test_client().post(path).text

    # Five in an hour at most are mailed, whoever asks.
    def ask() -> int:
        asked = {"data": {"email": "ann@example.com"}, "headers": {"Host": "evil.example"}}
        return app.test_client().post("/client/sign-in", **asked).status_code

    assert [ask() for _ in range(4)] == [200, 200, 200, 429]
    limiter.reset()  # hours later
    app.company.database.run(lambda s: s.execute(delete(WrongTries)), actor=SYSTEM)
    assert {ask() for _ in range(4)} == {200}
    jobs.run_waiting()
    assert len(box.messages) == 6
    assert not any("evil" in m.get_content() for m in box.messages)
    # One that is too old isn't taken.
    do(
        company,
        lambda s: s.execute(
            update(ClientLogin).where(ClientLogin.kind == "code").values(expires_at=datetime(2020, 1, 1))
        ),
    )
    late = re.search(r"/client/enter/\S+", box.messages[-1].get_content())
    assert late is not None
    assert app.test_client().post(late[0]).status_code == 404
    copied = browser.get_cookie("client", path="/client").value
    assert browser.post("/client/sign-out").status_code == 302
    browser.set_cookie("client", copied, path="/client")
    assert browser.get("/client/statement").status_code == 404


@pytest.mark.one_engine
def test_a_link_goes_out_in_a_letter_that_does_not_keep_it(
    app: Any, company: Any, given: Given, staff: Any, box: Box
) -> None:
    asked = {"kind": "link", "days": "7", "language": "en", "statement": "y"}
    shown = staff.post(f"/contacts/{given.first}/client-access/give", data=asked)
    assert shown.status_code == 200
    link = re.search(r'value="https://kontor\.example\.com(/client/open/[^"]+)"', shown.text)
    assert link is not None
    assert app.test_client().get(link[1]).status_code == 302
    answer = staff.post(f"/contacts/{given.first}/client-access/give", data={**asked, "then": "letter"})
    letter = answer.headers["Location"]
    form = staff.get(letter).text
    assert "{link}" in form
    sent = {"recipients": "a@example.com", "subject": "Yours", "body": "Here: {link}"}
    assert staff.post(letter, data=sent).status_code == 302
    app.extensions["kontor.jobs"].run_waiting()
    (message,) = box.messages
    found = re.search(r"Here: https://kontor\.example\.com(/client/open/(\S+))", message.get_content())
    assert found is not None
    assert found[2] not in do(company, lambda s: s.scalars(select(Letter.body)).one())
    browser = app.test_client()
    assert browser.get(found[1]).status_code == 302
    assert "Ann Lee" in browser.get("/client/statement").text
    # Another contact's letter takes no link of this one.
    other = letter.replace(f"/contacts/{given.first}/", f"/contacts/{given.second}/")
    assert staff.get(other).status_code == 404
    accesses = do(company, lambda s: list(s.scalars(select(ClientAccess.id))))
    for access_id in accesses:
        assert staff.post(f"/contacts/client-access/{access_id}/revoke").status_code == 302
    assert browser.get("/client/statement").status_code == 404
