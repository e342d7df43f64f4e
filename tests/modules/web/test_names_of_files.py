"""Names of files that people fetch: safe whatever a code holds, as old records may have kept what is refused now."""

import io
from typing import Any
from urllib.parse import quote

import pytest
from openpyxl import load_workbook
from sqlalchemy import text

from app.clock import wall_clock
from app.security import SYSTEM
from modules.contacts.models import LegalEntity
from modules.contacts.operations import create_contact
from tests.conftest import ADMIN, PASSWORD

pytestmark = pytest.mark.one_engine  # pages and their words: no engine decides


@pytest.fixture
def client(app: Any) -> Any:
    browser = app.test_client()
    assert browser.post("/login", data={"login": ADMIN, "password": PASSWORD}).status_code == 302
    return browser


def test_a_code_that_is_typed_in_two_lines_becomes_one(client: Any, app: Any) -> None:
    form = {"name": "Evil\r\nName", "code": "EV\r\nIL", "country": "GB", "is_active": "y", "note": "one\r\ntwo"}
    answer = client.post("/contacts/new/legal_entity", data=form)
    assert answer.status_code == 302, answer.text
    number = int(answer.headers["Location"].rsplit("/", 1)[1])

    def work(session: Any) -> tuple[str, str]:
        made = session.get(LegalEntity, number)
        return made.code, made.name

    assert app.company.database.run(work, actor=SYSTEM, write=False) == ("EV IL", "Evil Name")
    answer = client.get(f"/contacts/{number}/statement?as=xlsx")
    assert answer.status_code == 200
    assert "Statement EV IL 2" in answer.headers["Content-Disposition"]


def test_a_control_character_is_refused_at_its_field(client: Any, app: Any) -> None:
    def contacts() -> int:
        count = text("SELECT count(*) FROM contacts_contact")
        return int(app.company.database.run(lambda s: s.connection().execute(count).scalar_one(), actor=SYSTEM))

    before = contacts()
    form = {"name": "Bergen", "code": "B\x07", "country": "GB", "is_active": "y"}
    answer = client.post("/contacts/new/legal_entity", data=form)
    assert answer.status_code == 200
    assert "holds a character that can" in answer.text
    assert contacts() == before


def test_a_list_is_called_by_its_words_and_its_days(client: Any) -> None:
    day = wall_clock().date()

    def name(address: str, language: str = "en") -> str:
        answer = client.get(address, headers={"Accept-Language": language})
        assert answer.status_code == 200, address
        return str(answer.headers["Content-Disposition"])

    assert name("/trade/sales?as=xlsx") == f'attachment; filename="Sales {day}.xlsx"'
    plain, full = f"filename=file {day}.xlsx", quote(f"Продажи {day}.xlsx")
    said = name("/trade/sales?as=xlsx", "ru").replace('"', "")
    assert sorted(said.split("; ")) == sorted(("attachment", plain, f"filename*=UTF-8''{full}"))
    said = name("/trade/sales?as=xlsx", "vi")
    assert f'filename="Ban hang {day}.xlsx"' in said


@pytest.mark.parametrize(
    "code", ["B\r\nX-Injected: yes", "B\x07\x85\u2028/../C", "Ж\u202e\n", "Ж／．．／＂x"], ids=ascii
)
def test_an_old_code_in_two_lines_is_still_exported(client: Any, app: Any, code: str) -> None:
    def work(session: Any) -> int:
        contact = create_contact(session, SYSTEM, kind="legal_entity", name="Bergen", code="B-1")
        session.flush()
        old = {"code": code, "id": contact.id}
        session.connection().execute(text("UPDATE contacts_contact SET code = :code WHERE id = :id"), old)
        return contact.id

    number = app.company.database.run(work, actor=SYSTEM)
    for address in (f"/contacts/{number}/statement?as=xlsx", "/contacts/companies?as=xlsx"):
        answer = client.get(address)
        assert answer.status_code == 200, address
        assert "X-Injected" not in answer.headers
        plain = answer.headers["Content-Disposition"].partition("filename*=")[0]
        assert "/" not in plain
        assert plain.count('"') in (0, 2), "the marks around the name, and none in it"
        assert load_workbook(io.BytesIO(answer.data)).sheetnames, address
