"""What becomes of a form whose document somebody else posts, reverses or discards meanwhile: nothing happens unasked, and what
was typed is not lost."""

import html
import json
import re
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import select

from modules.trade.models import Sale
from modules.warehouse.models import SERVICE, Item
from tests.modules.web.browser_forms import fields_of

NEW_SALE = "/trade/sales/new"
Fields = dict[str, Any]


@pytest.fixture
def draft(sign_in: Any, ask: Any) -> Callable[..., str]:
    """Makes a draft of a sale; gives its address."""

    def make(login: str = "admin", **fields: str) -> str:
        item, old = ask(
            None,
            lambda s: (s.scalar(select(Item.id).where(Item.kind == SERVICE).limit(1)), s.scalars(select(Sale)).first()),
        )
        lines = json.dumps([{"item_id": item, "quantity": "1", "price": "3"}])
        sale = {"contact_id": old.contact_id, "place_id": old.place_id, "currency": old.currency, "lines": lines}
        answer = sign_in(login).post(NEW_SALE, data={**sale, "moment": "2026-03-01T10:00", "then": "save", **fields})
        assert answer.status_code == 302, answer.text
        return str(answer.headers["Location"])

    return make


@pytest.fixture
def stored(ask: Any) -> Callable[[str], tuple[str, int, str]]:
    """What the sale of an address says: state, version, note."""

    def find(address: str) -> tuple[str, int, str]:
        number = int(re.findall(r"\d+", address)[0])

        def read(session: Any) -> tuple[str, int, str]:
            sale = session.get(Sale, number)
            return sale.state, sale.version, sale.note

        return ask(None, read)  # type: ignore[no-any-return]

    return find


def shown(answer: Any) -> str:
    return html.unescape(answer.text)


@pytest.mark.parametrize("then", ["save", "post"])
def test_a_drafts_form_corrects_nothing_that_was_posted_meanwhile(
    sign_in: Any, draft: Any, stored: Any, then: str
) -> None:
    ada, address = sign_in("admin"), draft(note="as it was")
    typed = {**fields_of(ada.get(f"{address}/edit").text), "note": "as Ada typed it"}
    assert ada.post(f"{address}/post").status_code == 302
    refused = ada.post(f"{address}/edit", data={**typed, "then": then})
    assert refused.status_code == 200
    assert "has been posted meanwhile. Nothing of yours is saved yet" in shown(refused)
    assert "as Ada typed it" in shown(refused)
    assert '<td data-label="Saved by someone else">as it was</td>' in shown(refused)
    assert stored(address) == ("posted", 1, "as it was")
    assert 'value="correct"' in refused.text
    assert 'value="save"' not in refused.text
    again = {**fields_of(refused.text), "then": "correct"}
    assert ada.post(f"{address}/edit", data=again).status_code == 302
    assert stored(address) == ("posted", 2, "as Ada typed it")


def test_posting_twice_by_a_double_click_refuses_nothing(sign_in: Any, draft: Any, stored: Any) -> None:
    ada, address = sign_in("admin"), draft()
    typed = {**fields_of(ada.get(f"{address}/edit").text), "note": "once", "then": "post"}
    for _ in range(2):
        assert ada.post(f"{address}/edit", data=typed).status_code == 302
    state, _version, note = stored(address)
    assert (state, note) == ("posted", "once")
