"""Items in the browser's words: what is refused at which field, and how one is made where it is missed."""

from typing import Any

import pytest
from sqlalchemy import select

from app.security import SYSTEM
from modules.warehouse.models import Item
from modules.warehouse.operations import create_item
from tests.modules.web.browser_forms import fields_of

pytestmark = pytest.mark.one_engine  # pages and their words: no engine decides


@pytest.fixture
def client(app: Any, company: Any) -> Any:
    company.database.run(
        lambda s: create_item(s, SYSTEM, code="A", name="Anvil", barcode="4012345001235"), actor=SYSTEM
    )
    client = app.test_client()
    client.post("/login", data={"login": "admin", "password": "correct horse"})
    return client


def new(client: Any, query: str = "", **fields: Any) -> Any:
    known = {"code": "B", "name": "Bolt", "kind": "goods", "unit_id": 1, "is_active": "y"}
    return client.post(f"/warehouse/items/new{query}", data=known | fields)


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("barcode", "4012345001235", "Another item or packing has the barcode “4012345001235”."),
        ("code", "A", "The code “A” is taken."),
        ("price", "-1", "A price is not below zero and has at most six digits after the point."),
    ],
)
def test_a_refusal_stands_at_its_own_field(company: Any, client: Any, field: str, value: str, words: str) -> None:
    page = new(client, **{field: value})
    assert page.status_code == 200
    assert f'id="{field}-error">{words}' in page.text
    assert page.text.count('class="field-error"') == 1
    codes = company.database.run(lambda s: s.scalars(select(Item.code)).all(), actor=SYSTEM, write=False)
    assert codes == ["A"]


def test_a_form_that_was_opened_from_a_look_up_leads_back_to_it(client: Any) -> None:
    assert 'value="Hinge"' in client.get("/warehouse/items/new?made=token&name=Hinge").text
    answer = new(client, "?made=token&name=Hinge", name="Hinge")
    assert answer.location.startswith("/made?token=token&id=2&title=B+Hinge&text=B")
    page = client.get(answer.location).text
    assert 'data-token="token" data-id="2" data-title="B Hinge" data-text="B"' in page
    assert "js/record-made.js" in page
    assert "<b>" not in client.get("/made?title=<b>").text


def test_a_form_that_was_opened_from_its_list_leads_to_the_card(client: Any) -> None:
    assert new(client).location == "/warehouse/items/2"


@pytest.mark.parametrize(("typed", "shown"), [("14.5", "14.50"), ("14", "14.00"), ("0.0335", "0.0335")])
def test_a_price_is_shown_with_the_digits_of_its_currency_or_more(
    company: Any, client: Any, typed: str, shown: str
) -> None:
    made = company.database.run(lambda s: create_item(s, SYSTEM, code="PRICED", name="Priced").id, actor=SYSTEM)
    form = fields_of(client.get(f"/warehouse/items/{made}/edit").text)
    assert client.post(f"/warehouse/items/{made}/edit", data={**form, "price": typed}).status_code == 302
    assert fields_of(client.get(f"/warehouse/items/{made}/edit").text)["price"] == [shown]
