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

pytestmark = pytest.mark.one_engine  # pages and their words: no engine decides

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


def discard(client: Any, address: str) -> None:
    assert client.post(f"{address}/discard").status_code == 302


def test_what_was_typed_in_a_discarded_draft_becomes_a_new_one(sign_in: Any, draft: Any, stored: Any) -> None:
    ada, address = sign_in("admin"), draft()
    typed = {**fields_of(ada.get(f"{address}/edit").text), "note": "typed for long", "then": "save"}
    discard(sign_in("maria"), address)
    refused = ada.post(f"{address}/edit", data=typed)
    assert refused.status_code == 404
    assert "somebody has discarded it meanwhile" in shown(refused)
    assert 'action="/trade/sales/new"' in refused.text
    again = fields_of(refused.text)
    assert (again["note"], again["operation"]) == (["typed for long"], typed["operation"])
    for _ in range(2):  # a double click
        saved = ada.post("/trade/sales/new", data={**again, "then": "save"})
        assert saved.status_code == 302
    assert stored(saved.headers["Location"])[::2] == ("draft", "typed for long")
    assert ada.get(f"{address}/edit").status_code == 404


@pytest.mark.parametrize("then", ["correct", "save"])
def test_what_was_typed_in_a_document_that_was_reversed_is_shown_again(
    sign_in: Any, draft: Any, stored: Any, then: str
) -> None:
    ada, address = sign_in("admin"), draft()
    ada.post(f"{address}/post")
    typed = {**fields_of(ada.get(f"{address}/edit").text), "note": "typed for long", "then": then}
    ada.post(f"{address}/reverse")
    refused = ada.post(f"{address}/edit", data=typed)
    assert refused.status_code == 409
    assert "has been reversed meanwhile." in shown(refused)
    assert fields_of(refused.text)["note"] == ["typed for long"]
    assert 'value="correct"' not in refused.text
    assert stored(address) == ("reversed", 1, "")
    assert ada.get(f"{address}/edit").status_code == 409


def test_whoever_may_not_correct_keeps_what_they_typed(
    sign_in: Any, draft: Any, stored: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.web.kit.documents.editing.may_correct", lambda _kind: False)
    sam, address = sign_in("sam"), draft("sam", note="as it was")
    typed = {**fields_of(sam.get(f"{address}/edit").text), "note": "Sam's", "then": "save"}
    sign_in("admin").post(f"{address}/post")
    refused = sam.post(f"{address}/edit", data=typed)
    assert refused.status_code == 409
    assert "has been posted meanwhile, and you may not correct it." in shown(refused)
    assert '<td data-label="Saved by someone else">as it was</td>' in shown(refused)
    assert stored(address) == ("posted", 1, "as it was")


def test_unfinished_work_on_a_draft_that_is_gone_leads_to_a_new_one(sign_in: Any, draft: Any, stored: Any) -> None:
    ada, address = sign_in("admin"), draft()
    typed = {**fields_of(ada.get(f"{address}/edit").text), "note": "kept for long"}
    pairs = json.dumps(
        [(name, value) for name, values in typed.items() for value in ([values] if name == "note" else values)]
    )
    ada.post("/kept", data={"address": f"{address}/edit", "title": "Sale", "fields": pairs})
    discard(sign_in("maria"), address)
    link = f"{address}/edit?kept={typed['operation'][0]}"
    assert f'href="{link}"' in ada.get("/").text
    assert ada.get(f"{address}/edit").headers["Location"] == link
    page = ada.get(link)
    assert page.status_code == 200
    assert "somebody has discarded it meanwhile" in shown(page)
    fields = fields_of(page.text)
    assert fields["note"] == ["kept for long"]
    saved = ada.post(NEW_SALE, data={**fields, "then": "save"})
    assert stored(saved.headers["Location"])[::2] == ("draft", "kept for long")
    assert link not in ada.get("/").text


def test_whoever_discards_a_draft_keeps_nothing_of_its_form(sign_in: Any, draft: Any) -> None:
    ada, address = sign_in("admin"), draft()
    fields = json.dumps([("note", "gone"), ("operation", "act")])
    ada.post("/kept", data={"address": f"{address}/edit?a=1", "title": "Sale", "fields": fields})
    discard(ada, address)
    assert f"{address}/edit" not in ada.get("/").text


def test_of_lines_that_only_one_has_changed_nobody_is_asked(sign_in: Any, draft: Any, stored: Any) -> None:
    ada, address = sign_in("admin"), draft()
    edit = f"{address}/edit"
    first, second = (fields_of(ada.get(edit).text) for _ in range(2))
    row = json.loads(first["lines"][0])[0]
    ada.post(edit, data={**first, "lines": json.dumps([{**row, "quantity": "7"}, row]), "then": "save"})
    refused = ada.post(edit, data={**second, "note": "mine", "then": "save"})
    assert "Taken over from them: Lines." in shown(refused)
    assert 'aria-label="What differs"' not in refused.text
    again = fields_of(refused.text)
    assert [line["quantity"] for line in json.loads(again["lines"][0])] == ["7", "1"]
    assert ada.post(edit, data={**again, "then": "save"}).status_code == 302
    assert stored(address) == ("draft", 3, "mine")
