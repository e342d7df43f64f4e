"""What is typed keeps itself: for its user alone, until it is sent, discarded or old; and nothing secret with it."""

import html
import json
import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import delete, func, select, update

from app.db import utc_now
from app.security import SYSTEM, Role, User
from app.web.edge.kept import MOST_BYTES, MOST_FORMS, KeptForm
from modules.trade.models import Sale
from modules.warehouse.models import Item, Place
from modules.warehouse.operations import create_group
from modules.warehouse.policies import pool_of
from tests.modules.web.browser_forms import fields_of

pytestmark = pytest.mark.one_engine  # pages and their words: no engine decides

NEW_PLACE, NEW_SALE = "/warehouse/places/new", "/trade/sales/new"
PLACE = {"code": "north", "name": "Nørd & “Süd”"}
OFFERED = "Not saved yet: what you typed on"


@pytest.fixture(autouse=True)
def nothing_kept(house: Any) -> None:
    """Each test begins with nothing kept."""
    house.company.database.run(lambda s: s.execute(delete(KeptForm)), actor=SYSTEM)


@pytest.fixture
def kept(ask: Callable[..., Any]) -> Callable[..., dict[str, dict[str, str]]]:
    """What is kept for a user: address → fields."""

    def find(login: str) -> dict[str, dict[str, str]]:
        query = (
            select(KeptForm).join(User, User.id == KeptForm.user_id).where(User.login == login).order_by(KeptForm.id)
        )
        return ask(None, lambda s: {k.address: dict(k.pairs) for k in s.scalars(query)})

    return find


def send(client: Any, address: str, fields: Any, title: str = "A form") -> Any:
    text = fields if isinstance(fields, str) else json.dumps(list(fields.items()))
    return client.post("/kept", data={"address": address, "title": title, "fields": text})


def test_what_is_kept_is_offered_and_restored(sign_in: Any, kept: Any) -> None:
    client = sign_in("admin")
    answer = send(client, NEW_PLACE, PLACE)
    assert answer.status_code == 200
    assert re.fullmatch(r"Saved \d\d:\d\d", answer.json["words"])
    assert kept("admin") == {NEW_PLACE: PLACE}
    offered = client.get(NEW_PLACE).text
    assert OFFERED in offered
    assert f'href="{NEW_PLACE}?kept=1"' in offered
    assert "Nørd" not in offered
    restored = html.unescape(client.get(f"{NEW_PLACE}?kept=1").text)
    assert 'value="north"' in restored
    assert 'value="Nørd & “Süd”"' in restored
    assert ">Restore<" not in restored


def test_the_newest_version_is_the_one_kept(sign_in: Any, kept: Any) -> None:
    for code in ("first", "second"):
        send(sign_in("admin"), NEW_PLACE, {"code": code})
    assert kept("admin") == {NEW_PLACE: {"code": "second"}}


def test_a_document_is_restored_with_its_lines_and_its_number_of_the_act(sign_in: Any, ask: Any) -> None:
    client = sign_in("sam")
    item = ask(None, lambda s: s.scalars(select(Item.id).order_by(Item.id)).first())
    lines = [{"item_id": item, "item": "It", "quantity": "2", "price": "3"}, {"item": "unknown", "quantity": "x"}]
    fields = {"contact_id": "", "contact_id_text": "Somebody", "note": "my note", "operation": "act1"}
    send(client, NEW_SALE, fields | {"version": "", "lines": json.dumps(lines)})
    page = html.unescape(client.get(f"{NEW_SALE}?kept=1").text)
    assert json.dumps(lines) in page
    assert 'value="Somebody"' in page
    assert "my note" in page
    assert 'name="operation" value="act1"' in page


def test_the_query_is_part_of_the_address(sign_in: Any) -> None:
    client = sign_in("sam")
    send(client, f"{NEW_SALE}?contact=1", {"note": "for one"})
    assert OFFERED not in client.get(NEW_SALE).text
    assert f"{NEW_SALE}?contact=1&amp;kept=1" in client.get(f"{NEW_SALE}?contact=1").text
    assert "for one" in client.get(f"{NEW_SALE}?contact=1&kept=1").text


def test_a_form_that_was_taken_is_kept_no_longer(sign_in: Any, kept: Any, ask: Any, house: Any) -> None:
    client = sign_in("admin")
    send(client, NEW_PLACE, PLACE)
    send(client, NEW_SALE, {"note": "stays"})
    assert client.post(f"{NEW_PLACE}?kept=1", data=PLACE).status_code == 302
    assert kept("admin") == {NEW_SALE: {"note": "stays"}}
    assert OFFERED not in client.get(NEW_PLACE).text
    assert ask(None, lambda s: s.scalar(select(func.count()).where(Place.code == "north"))) == 1
    house.company.database.run(lambda s: s.execute(delete(Place).where(Place.code == "north")), actor=SYSTEM)


def test_a_refused_form_stays_kept(sign_in: Any, kept: Any) -> None:
    client = sign_in("admin")
    send(client, NEW_PLACE, {"code": "", "name": "x"})
    refused = client.post(NEW_PLACE, data={"code": "", "name": "x"})
    assert refused.status_code == 200
    assert OFFERED not in refused.text  # the page shows it all
    assert kept("admin") == {NEW_PLACE: {"code": "", "name": "x"}}


def test_another_tabs_document_stays_kept_when_this_ones_is_saved(sign_in: Any, kept: Any, ask: Any) -> None:
    client = sign_in("sam")
    item, old = ask("sam", lambda s: (s.scalars(select(Item.id)).first(), s.scalars(select(Sale)).first()))
    lines = json.dumps([{"item_id": item, "quantity": "1", "price": "3"}])
    sale = {"contact_id": old.contact_id, "place_id": old.place_id, "currency": old.currency}
    sale |= {"moment": "2026-03-01T10:00", "lines": lines, "then": "save"}
    send(client, NEW_SALE, {"note": "theirs", "operation": "other"})
    saved = client.post(NEW_SALE, data={**sale, "operation": "mine"})
    assert saved.status_code == 302
    assert set(kept("sam")) == {NEW_SALE}
    again = client.post(NEW_SALE, data={**sale, "operation": "other"})
    assert again.status_code == 302
    assert kept("sam") == {}


def test_two_half_typed_sales_are_both_kept_and_each_is_offered(sign_in: Any, kept: Any) -> None:
    client = sign_in("sam")
    for act in ("first", "second"):
        send(client, NEW_SALE, {"note": f"the {act} one", "operation": act}, title="New sale")
    send(client, NEW_SALE, {"note": "the first one", "operation": "first", "contact_id": ""}, title="New sale")
    links = [f"{NEW_SALE}?kept={act}" for act in ("first", "second")]
    home, page = client.get("/").text, client.get(NEW_SALE).text
    assert all(f'href="{link}"' in text for link in links for text in (home, page))
    assert "Also started:" in page
    for link, act in zip(links, ("first", "second"), strict=True):
        restored = fields_of(client.get(link).text)
        assert (restored["note"], restored["operation"]) == ([f"the {act} one"], [act])
    client.post("/kept/discard", data={"address": NEW_SALE, "operation": "first"})
    assert kept("sam") == {NEW_SALE: {"note": "the second one", "operation": "second"}}
    assert links[0] not in client.get("/").text
    assert "the first one" not in client.get(links[0]).text


def test_a_document_that_was_saved_meanwhile_shows_both_versions(sign_in: Any, kept: Any, ask: Any) -> None:
    client = sign_in("sam")
    item, old = ask("sam", lambda s: (s.scalars(select(Item.id)).first(), s.scalars(select(Sale)).first()))
    lines = json.dumps([{"item_id": item, "quantity": "1", "price": "3"}])
    sale = {"contact_id": str(old.contact_id), "place_id": str(old.place_id), "currency": old.currency}
    sale |= {"moment": "2026-03-01T10:00", "lines": lines, "note": "at first"}
    edit = client.post(NEW_SALE, data={**sale, "then": "save"}).headers["Location"] + "/edit"
    version = re.search(r'name="version"[^>]*value="(\d+)"', client.get(edit).text)
    assert version
    mine = sale | {"version": version[1], "note": "as I typed it"}
    send(client, edit, mine)
    theirs = {**sale, "version": version[1], "operation": "other", "note": "as they saved it", "then": "save"}
    assert client.post(edit, data=theirs).status_code == 302
    send(client, edit, mine)  # the tab is open still
    page = client.get(f"{edit}?kept=1").text
    assert "as I typed it" in page
    assert re.search(rf'name="version"[^>]*value="{version[1]}"', page)
    refused = client.post(f"{edit}?kept=1", data={**mine, "then": "save"})
    assert refused.status_code == 200
    assert "Saved by someone else" in refused.text
    assert set(kept("sam")) == {edit}


@pytest.mark.parametrize(("then", "to"), [("open", NEW_PLACE), ("", "/")])
def test_it_can_be_discarded(sign_in: Any, kept: Any, then: str, to: str) -> None:
    client = sign_in("admin")
    send(client, NEW_PLACE, PLACE)
    answer = client.post("/kept/discard", data={"address": NEW_PLACE, "then": then})
    assert (answer.status_code, answer.headers["Location"]) == (302, to)
    assert kept("admin") == {}


def test_home_lists_unfinished_work(sign_in: Any) -> None:
    client = sign_in("admin")
    assert "Unfinished work" not in client.get("/").text
    send(client, NEW_PLACE, PLACE, title="New <b>warehouse</b>")
    page = client.get("/").text
    assert "Unfinished work" in page
    assert f'href="{NEW_PLACE}?kept=1">New &lt;b&gt;warehouse&lt;/b&gt;</a>' in page


def test_it_is_its_users_alone(sign_in: Any, kept: Any) -> None:
    send(sign_in("admin"), NEW_SALE, {"note": "mine alone"})
    other = sign_in("sam")
    for address in ("/", NEW_SALE, f"{NEW_SALE}?kept=1"):
        page = other.get(address).text
        assert "mine alone" not in page
        assert OFFERED not in page
        assert "Unfinished work" not in page
    other.post("/kept/discard", data={"address": NEW_SALE})
    send(other, NEW_SALE, {"note": "sam's"})
    assert kept("admin") == {NEW_SALE: {"note": "mine alone"}}
    assert kept("sam") == {NEW_SALE: {"note": "sam's"}}


def test_it_is_there_after_signing_out_and_in(house: Any) -> None:
    client = house.test_client()
    for _ in range(2):
        client.post("/login", data={"login": "sam", "password": "sam-sample"})
        send(client, NEW_SALE, {"note": "still here"})
        client.post("/logout")
        assert send(client, NEW_SALE, {"note": "nobody's"}).status_code in (302, 401)
        client.post("/login", data={"login": "sam", "password": "sam-sample"})
        assert "still here" in client.get(f"{NEW_SALE}?kept=1").text


def test_nothing_secret_is_kept(sign_in: Any, kept: Any) -> None:
    client = sign_in("admin")
    fields = {"login": "new", "password": "secret", "New_Password": "s", "csrf_token": "t", "current": "c"}
    assert send(client, "/admin/users/new", fields).status_code == 200
    assert kept("admin") == {"/admin/users/new": {"login": "new"}}
    page = client.get("/admin/users/new?kept=1").text
    assert 'value="new"' in page
    assert "secret" not in page


@pytest.mark.parametrize(
    "address",
    [
        *("", "x", "/", "/login", "/trade/sales", "/nothing", "/api/v1/lists/trade.sale", "/kept", "/logout"),
        *("//evil.example/", "https://evil.example/", "/\\evil.example", "javascript:alert(1)", f"{NEW_SALE}?a=\0"),
        *(f"{NEW_SALE}/", f"{NEW_SALE}?{'a' * 500}", f"{NEW_SALE}?a=\r\nSet-Cookie: b", "/warehouse/items/0x1/edit"),
    ],
)
def test_only_the_addresses_of_our_forms_are_kept(sign_in: Any, kept: Any, address: str) -> None:
    client = sign_in("admin")
    assert send(client, address, PLACE).status_code == 422
    assert kept("admin") == {}
    answer = client.post("/kept/discard", data={"address": address, "then": "open"})
    assert (answer.status_code, answer.headers["Location"]) == (302, "/")


def test_a_form_that_is_closed_to_the_user_is_not_kept(sign_in: Any, kept: Any) -> None:
    assert send(sign_in("sam"), "/admin/users/new", {"name": "x"}).status_code == 422
    assert kept("sam") == {}


@pytest.mark.parametrize(
    "text", ["", "[", "1", "null", "[1]", '[["a"]]', '[["a", 1]]', '[["a", "b", "c"]]', "[" * 9999]
)
def test_fields_that_are_not_whole_are_refused(sign_in: Any, kept: Any, text: str) -> None:
    assert send(sign_in("admin"), NEW_PLACE, text).status_code == 422
    assert kept("admin") == {}


@pytest.mark.parametrize(
    "fields",
    [
        *({"code": "\0\ud800<script>", "name": "\0"}, {"lines": "{"}, {"lines": "[1]"}, {"contact_id": "x" * 99}, {}),
        *({"moment": "never", "version": "-", "currency": "???"}, {"contact_id": "9" * 40}, {"operation": "\0" * 99}),
        {"lines": '[{"item_id": "99999999999999999999", "quantity": "NaN", "origin": "x"}]'},
    ],
)
@pytest.mark.parametrize("address", [NEW_PLACE, NEW_SALE, "/contacts/payments/new", "/warehouse/receipts/new"])
def test_hostile_fields_break_no_page(sign_in: Any, address: str, fields: dict[str, str]) -> None:
    client = sign_in("admin")
    assert send(client, address, fields, title="\0").status_code == 200
    for page in (address, f"{address}?kept=1", "/"):
        answer = client.get(page)
        allowed = (200, 422) if "9" * 40 in fields.values() else (200,)  # a number that no row can have
        assert answer.status_code in allowed, page
        assert '<script>"' not in answer.text


def test_a_form_that_is_too_long_is_refused_and_the_older_one_stays(sign_in: Any, kept: Any) -> None:
    client = sign_in("admin")
    send(client, NEW_PLACE, PLACE)
    assert send(client, NEW_PLACE, {"name": "ä" * (MOST_BYTES // 2)}).status_code == 413
    assert send(client, NEW_PLACE, {"name": "x" * 3 * MOST_BYTES}).status_code == 413
    assert kept("admin") == {NEW_PLACE: PLACE}


def test_the_oldest_goes_when_there_are_too_many(sign_in: Any, kept: Any) -> None:
    client = sign_in("admin")
    for n in range(MOST_FORMS + 2):
        send(client, f"{NEW_PLACE}?n={n}", PLACE)
    assert set(kept("admin")) == {f"{NEW_PLACE}?n={n}" for n in range(2, MOST_FORMS + 2)}


def test_what_nobody_came_back_to_in_thirty_days_goes(house: Any, sign_in: Any, kept: Any) -> None:
    for days, address in ((31, NEW_PLACE), (29, "/warehouse/items/new")):
        send(sign_in("admin"), address, PLACE)
        aged = update(KeptForm).where(KeptForm.address == address).values(saved_at=utc_now() - timedelta(days=days))
        house.company.database.run(lambda s, aged=aged: s.execute(aged), actor=SYSTEM)
    send(sign_in("sam"), NEW_SALE, {"note": "x"})
    assert set(kept("admin")) == {"/warehouse/items/new"}


@pytest.mark.parametrize("engine", ["sqlite"], indirect=True)
def test_a_token_of_the_form_is_needed(config: Any) -> None:
    from app import create_app

    made = create_app(config)
    made.config["RATELIMIT_ENABLED"] = False
    client = made.test_client()
    token = re.search(r'name="csrf_token"[^>]*value="([^"]*)"', client.get("/login").text)
    assert token
    client.post("/login", data={"login": "admin", "password": "correct horse", "csrf_token": token[1]})
    for address in ("/kept", "/kept/discard"):
        assert client.post(address, data={"address": NEW_PLACE, "fields": "[]"}).status_code == 400
    made.company.database.dispose()


def test_a_roles_form_is_kept_with_what_is_ticked_and_what_is_not(sign_in: Any, ask: Any) -> None:
    client = sign_in("admin")
    role = ask(None, lambda s: s.scalar(select(Role.id).where(Role.name == "salesperson")))
    address = f"/admin/roles/{role}"
    typed = fields_of(client.get(address).text)
    typed["permission"] = ["core.audit.view", *typed["permission"][1:]]
    typed["scope:contacts.contact"] = ["team"]
    pairs = json.dumps([(name, value) for name, values in typed.items() for value in values])
    assert send(client, address, pairs).status_code == 200
    assert OFFERED in client.get(address).text
    restored = fields_of(client.get(f"{address}?kept=1").text)
    assert {n: sorted(v) for n, v in restored.items()} == {n: sorted(v) for n, v in typed.items()}


def test_the_costing_form_is_kept(sign_in: Any, house: Any) -> None:
    client = sign_in("admin")
    group = house.company.database.run(lambda s: create_group(s, SYSTEM, name="Kept").id, actor=SYSTEM)
    typed = {"version": "0", "pool": "company", f"group-{group}": "fifo"}
    assert send(client, "/warehouse/costing", typed).status_code == 200
    assert OFFERED in client.get("/warehouse/costing").text
    restored = fields_of(client.get("/warehouse/costing?kept=1").text)
    assert {name: restored[name] for name in typed} == {name: [value] for name, value in typed.items()}


def test_a_refused_costing_form_shows_what_was_typed(sign_in: Any, ask: Any) -> None:
    client = sign_in("admin")
    assert ask(None, pool_of) == "warehouse"
    seen = fields_of(client.get("/warehouse/costing").text)
    refused = client.post("/warehouse/costing", data={**seen, "pool": "company"})
    assert refused.status_code == 200
    assert "Goods have moved already" in html.unescape(refused.text)
    assert fields_of(refused.text)["pool"] == ["company"]
    assert ask(None, pool_of) == "warehouse", "and nothing changed"
