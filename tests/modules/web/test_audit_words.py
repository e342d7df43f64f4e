"""The audit speaks in words, in the reader's language, whatever was done."""

import re
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from app.audit import AuditLine
from app.security import SYSTEM, User
from app.web.admin.recorded import action_word, details_word, noun_word

pytestmark = pytest.mark.one_engine  # pages and their words: no engine decides

ROOT = Path(__file__).parents[3]
#: an action as it is recorded, as a text of the program
_ACTION = re.compile(r'record\(\s*[\w.]+,\s*"([a-z_]+(?:\.[a-z_]+)+)"')


def actions() -> set[str]:
    """Every action that the program records by its name."""
    files = (*ROOT.glob("app/**/*.py"), *ROOT.glob("modules/**/*.py"))
    return {action for file in files for action in _ACTION.findall(file.read_text("utf-8"))}


@pytest.mark.parametrize("house_url", ["sqlite"], indirect=True)
@pytest.mark.parametrize("locale", ["en", "ru", "vi"])
def test_every_action_has_a_name(house: Any, locale: str) -> None:
    assert len(actions()) > 25
    done = house.company.database.run(
        lambda s: set(s.scalars(select(AuditLine.action).distinct())), actor=SYSTEM, write=False
    )
    assert len(done) > 8
    with house.test_request_context(headers={"Accept-Language": locale}):
        words = {action: action_word(action) for action in actions() | done}
    assert not {action: word for action, word in words.items() if re.search(r"[a-z]+\.[a-z]+|: [a-z_]+_", word)}
    if locale != "en":
        assert not {action: word for action, word in words.items() if locale == "ru" and re.search("[a-z]{3}", word)}


def test_pages_and_files_say_the_name_and_the_api_the_code(house: Any, sign_in: Any) -> None:
    admin = sign_in("admin")
    admin.get("/contacts/1")
    page = admin.get("/admin/audit").text
    assert "Contact: looked at" in page
    assert not re.search(r">[a-z_]+\.[a-z_]+\.[a-z_]+<", page)
    rows = admin.get("/api/v1/lists/core.audit?limit=500").json["rows"]
    assert "contacts.contact.view" in {row["action"] for row in rows}
    sale = next(row["subject_id"] for row in rows if row["action"] == "trade.sale.post")
    assert "Sale: posted" in admin.get(f"/core/documents/{sale}/history").text


def test_the_audit_is_asked_by_person_and_subject_and_says_what_a_file_was_narrowed_by(
    house: Any, sign_in: Any, ask: Any
) -> None:
    sign_in("anna").get("/contacts/companies?as=xlsx&q=secret-word&active=no")
    admin = sign_in("admin")
    anna = ask(None, lambda s: s.scalar(select(User.id).where(User.login == "anna")))

    def rows(asked: str) -> Any:
        return admin.get(f"/api/v1/lists/core.audit?limit=500&{asked}").json["rows"]

    assert {row["actor"] for row in rows(f"person={anna}")} == {"Anna Berg"}
    assert {row["subject"] for row in rows("subject=contacts.legal_entity")} == {"contacts.legal_entity"}
    assert rows("person=0%27%20or%201") == []
    (last, *_rest) = rows(f"person={anna}&subject=contacts.legal_entity&action=core.list.export")
    assert last["summary"] == "0 rows; by q, active=no"
    assert "secret-word" not in str(rows(""))


def test_what_nobody_has_named_stays_as_it_is(house: Any) -> None:
    with house.test_request_context():
        assert noun_word("stranger.thing") == "stranger.thing"
        assert action_word("stranger.thing.bend") == "stranger.thing: bend"


@pytest.mark.parametrize(
    ("summary", "english", "russian"),
    [
        ("contacts.balance: 14 rows, page", "Balances: 14 rows, on the page", "Взаиморасчёты: 14 строк, на странице"),
        (
            "contacts.legal_entity: 1 rows, search ×3",
            "Legal entities: 1 row, in the search ×3",
            "Юридические лица: 1 строка, в поиске ×3",
        ),
        ("API, 22 rows", "API, 22 rows", "API, 22 строки"),
        (
            "60 rows; by q, active=no",
            "60 rows; filtered by the search, active=no",
            "60 строк; отбор: поиск, active=no",
        ),
        (
            "codes of contacts are unique for everyone",
            "codes of contacts are unique for everyone",
            "коды контактов уникальны для всех",
        ),
        ("S-000131", "S-000131", "S-000131"),
        ("14 rows, %(n)s <b>", "14 rows, %(n)s <b>", "14 rows, %(n)s <b>"),
    ],
)
def test_what_was_seen_is_said_in_words(house: Any, summary: str, english: str, russian: str) -> None:
    for language, words in (("en", english), ("ru", russian)):
        with house.test_request_context(headers={"Accept-Language": language}):
            assert details_word(summary) == words


def test_why_a_scope_was_left_is_said_in_every_language(house: Any) -> None:
    files = (*ROOT.glob("app/**/*.py"), *ROOT.glob("modules/**/*.py"))
    reasons = {
        why for file in files for why in re.findall(r'unrestricted\(\s*\w+,\s*"([^"]+)"', file.read_text("utf-8"))
    }
    assert len(reasons) >= 7
    for language in ("ru", "vi"):
        with house.test_request_context(headers={"Accept-Language": language}):
            assert not {why for why in reasons if details_word(why) == why}
