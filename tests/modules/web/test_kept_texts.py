"""Texts that no column, page or file can hold: refused where they are kept, and read where they are already."""

import io
import json
from typing import Any

import pytest
from openpyxl import load_workbook
from sqlalchemy import text

from app.errors import Invalid
from app.security import SYSTEM
from app.texts import kept_text, read_json
from modules.contacts.models import LegalEntity
from modules.contacts.operations import create_contact
from modules.trade.models import Sale
from modules.warehouse.models import Item, Receipt
from modules.warehouse.operations import create_item
from tests.conftest import ADMIN, PASSWORD
from tests.rows import rows_of_all_tables

pytestmark = pytest.mark.one_engine  # pages and their words: no engine decides

UNFIT = ("a\0b", "a\x1b[31m", "a\x7f", "a\x80", "a\ud800", "a\udfff", "a\ufffe", "a\uffff")


@pytest.fixture
def client(app: Any) -> Any:
    browser = app.test_client()
    assert browser.post("/login", data={"login": ADMIN, "password": PASSWORD}).status_code == 302
    return browser


def rows(app: Any) -> dict[str, list[str]]:
    found = app.company.database.run(rows_of_all_tables, actor=SYSTEM, write=False)
    return {name: each for name, each in found.items() if name != "core_login"}


@pytest.mark.parametrize("engine", ["sqlite"], indirect=True)  # no database is asked
@pytest.mark.parametrize("unfit", UNFIT, ids=ascii)
def test_a_character_that_cannot_be_kept_is_refused_in_every_column_of_text(company: Any, unfit: str) -> None:
    del company
    with pytest.raises(Invalid) as refusal:
        kept_text(unfit, None, field="note")
    assert refusal.value.field == "note"
    for model, column in ((Item, "note"), (LegalEntity, "name"), (Receipt, "note"), (Sale, "summary")):
        with pytest.raises(Invalid) as refusal:
            model(**{column: unfit})
        assert refusal.value.field == column


def test_a_name_is_one_line_and_a_note_has_as_many_as_were_typed(company: Any) -> None:
    def work(session: Any) -> tuple[str, str, str]:
        made = create_contact(
            session, SYSTEM, kind="legal_entity", name="Bergen\r\nJoinery", code="B\n1", note="one\r\n\ttwo"
        )
        session.flush()
        session.expire(made)
        return made.name, made.code, made.note

    assert company.database.run(work, actor=SYSTEM) == ("Bergen Joinery", "B 1", "one\r\n\ttwo")


def test_half_a_character_in_json_is_not_json(client: Any, app: Any) -> None:
    for half in (r'"\ud800"', r'["a\uDFFF"]', r'{"\udc00": 1}'):
        with pytest.raises(ValueError):
            read_json(half)
    assert read_json(r'["\ud83e\udde8", "\\ud800"]') == ["🧨", r"\ud800"]
    with pytest.raises(ValueError):
        read_json("[" * 100_000)
    before = rows(app)
    for lines in (r'[{"item_id": "\ud800", "quantity": "1"}]', r'[{"item_id": "1", "quantity": "\udfff"}]'):
        answer = client.post("/warehouse/receipts/new", data={"target_id": "100", "lines": lines, "then": "post"})
        assert answer.status_code == 200
        assert "The lines arrived incomplete" in answer.text
    assert rows(app) == before


@pytest.mark.parametrize("unfit", ["a\x1bb", "a\x7fb"], ids=ascii)
def test_a_form_says_at_its_field_what_cannot_be_kept(client: Any, app: Any, unfit: str) -> None:
    item = {"code": "A", "name": "Anvil", "unit_id": "1", "kind": "goods", "price": "1", "note": unfit}
    made = app.company.database.run(lambda s: create_item(s, SYSTEM, code="B", name="Beam").id, actor=SYSTEM)
    lines = json.dumps([{"item_id": made, "quantity": "1", "price": "1"}])
    before = rows(app)
    for address, form in (
        ("/warehouse/items/new", item),
        ("/warehouse/receipts/new", {"target_id": "100", "note": unfit, "lines": lines, "then": "post"}),
    ):
        answer = client.post(address, data=form)
        assert answer.status_code == 200, address
        assert "holds a character that can" in answer.text, address
    assert rows(app) == before


def test_old_records_with_unfit_texts_are_still_shown_and_exported(client: Any, app: Any) -> None:
    """They were kept before there was a rule."""

    def work(session: Any) -> int:
        contact = create_contact(session, SYSTEM, kind="legal_entity", name="Bergen", code="B-1")
        session.flush()
        old = {"code": "B\r\nX-Injected: yes", "name": "Ber\x01gen\x1b\uffff", "id": contact.id}
        session.connection().execute(text("UPDATE contacts_contact SET code = :code, name = :name WHERE id = :id"), old)
        return contact.id

    number = app.company.database.run(work, actor=SYSTEM)
    files = (f"/contacts/{number}/statement?as=xlsx", "/contacts/companies?as=xlsx")
    for address in (f"/contacts/{number}", f"/contacts/{number}/edit", "/contacts/companies", *files):
        answer = client.get(address)
        assert answer.status_code == 200, address
        assert "X-Injected" not in answer.headers
    for address in files:
        answer = client.get(address)
        assert answer.mimetype.endswith("spreadsheetml.sheet"), address
        sheets = load_workbook(io.BytesIO(answer.data))
        cells = [cell for sheet in sheets for row in sheet.iter_rows(values_only=True) for cell in row]
        assert any("gen" in str(cell) for cell in cells), address
