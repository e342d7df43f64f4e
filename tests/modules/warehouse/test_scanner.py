"""The scanner's page: tasks by right, what it knows, and that a finished task is done once."""

import json
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import select

from app.ledger import now, verify
from app.security import SYSTEM
from modules.warehouse.bins.levels import add_level
from modules.warehouse.bins.operations import create_bins
from modules.warehouse.models import FIRST_WAREHOUSE, Item, Receipt, Transfer
from modules.warehouse.operations import create_item
from modules.warehouse.registers import Stock
from modules.warehouse.warehouses import create_place

PAGE, ACT = "/warehouse/scanner", uuid4().hex


@pytest.fixture
def milk(house: Any) -> int:
    """An item that is tracked by lots."""
    made = house.company.database.run(
        lambda s: create_item(s, SYSTEM, code=f"MILK {uuid4()}", name="Milk", tracking="lot").id, actor=SYSTEM
    )
    return int(made)


def held(company: Any, item: int) -> dict[tuple[int, int], Decimal]:
    def work(session: Any) -> Any:
        figures = now(session, Stock.on_hand, by=("place", "lot"), where={"item": [item]})
        assert list(verify(session)) == []
        return {f.key: f.amounts["quantity"] for f in figures if f.amounts["quantity"]}

    found: dict[tuple[int, int], Decimal] = company.database.run(work, actor=SYSTEM)
    return found


def send(client: Any, act: str, **said: Any) -> dict[str, Any]:
    token = client.get("/acts/token").get_json()
    form = {"csrf_token": token["token"], "user": token["user"], "act": act, "age": "0", "content": json.dumps(said)}
    answer: dict[str, Any] = client.post(f"{PAGE}/done", data=form).get_json()
    return answer


def lines(item: int, *parts: tuple[str, str]) -> list[dict[str, Any]]:
    return [{"line": item, "quantity": quantity, "lots": lot, "expires": "2049-12-31"} for quantity, lot in parts]


def test_what_is_received_twice_is_there_once(house: Any, milk: int, sign_in: Any) -> None:
    steve = sign_in("steve")
    said = {
        "task": "receive",
        "lines": lines(milk, ("3", "L7"), ("2", "L8")),
        "target_id": FIRST_WAREHOUSE,
        "post": True,
    }
    first, again = send(steve, ACT, **said), send(steve, ACT, **said)
    assert (first, again) == ({"state": "done", "number": first["number"], "address": first["address"]},) * 2
    assert first["number"] in steve.get(first["address"]).text
    assert sorted(held(house.company, milk).values()) == [2, 3]
    other = send(steve, ACT, **{**said, "lines": lines(milk, ("9", "L7"))})
    assert other["state"] == "refused"
    assert sorted(held(house.company, milk).values()) == [2, 3]
    where = steve.get(f"{PAGE}/items/{milk}").get_json()["where"]
    assert [(w["quantity"], w["lots"]) for w in where] == [("5 pc", ["L7: 3 · 2049-12-31", "L8: 2 · 2049-12-31"])]


def test_a_draft_moves_nothing_and_what_is_refused_changes_nothing(house: Any, milk: int, sign_in: Any) -> None:
    def made(session: Any) -> list[int]:
        return [len(session.scalars(select(kind.id)).all()) for kind in (Receipt, Transfer)]

    before = house.company.database.run(made, actor=SYSTEM)
    steve = sign_in("steve")
    draft = {"task": "receive", "lines": lines(milk, ("3", "L7")), "target_id": FIRST_WAREHOUSE, "post": False}
    kept = send(steve, uuid4().hex, **draft)
    assert (kept["state"], kept["number"]) == ("done", "")
    assert "draft" in steve.get(kept["address"]).text
    assert held(house.company, milk) == {}
    there = house.company.database.run(
        lambda s: create_place(s, SYSTEM, code=str(uuid4())[:8], name=f"{uuid4()}").id, actor=SYSTEM
    )
    move = {"task": "move", "lines": lines(milk, ("1", "L7")), "source_id": FIRST_WAREHOUSE, "target_id": there}
    refused = send(steve, uuid4().hex, **move, post=True)
    assert refused["state"] == "refused"
    assert held(house.company, milk) == {}

    assert house.company.database.run(made, actor=SYSTEM) == [before[0] + 1, before[1]]


@pytest.mark.parametrize(
    "said",
    [
        {"task": "steal", "lines": []},
        {"task": "receive", "lines": "?"},
        {"task": "receive", "lines": [{"line": 1, "quantity": "1", "expires": "soon"}], "target_id": FIRST_WAREHOUSE},
        {"task": "receive", "lines": [{"line": 1, "quantity": 1}], "target_id": FIRST_WAREHOUSE},
        {"task": ["receive"], "lines": []},
    ],
)
def test_what_isnt_a_task_is_refused(house: Any, sign_in: Any, said: dict[str, Any]) -> None:
    assert send(sign_in("steve"), uuid4().hex, **said)["state"] == "refused"


def test_each_task_needs_its_right(house: Any, milk: int, sign_in: Any) -> None:
    sofia = sign_in("sofia")
    page = sofia.get(PAGE).get_data(as_text=True)
    assert 'data-task="find"' in page
    assert 'data-task="receive"' not in page
    assert 'data-task="picked"' not in page
    said = {"task": "receive", "lines": lines(milk, ("3", "L7")), "target_id": FIRST_WAREHOUSE, "post": True}
    assert send(sofia, uuid4().hex, **said)["state"] == "refused"
    assert held(house.company, milk) == {}
    assert sofia.get(f"{PAGE}/lists/picked").status_code == 404


def test_the_page_says_no_price_and_can_be_installed(house: Any, sign_in: Any) -> None:
    maria = sign_in("maria")  # who sees prices elsewhere
    goods = maria.get(f"{PAGE}/goods").get_json()["goods"]
    assert {row[4] for row in goods} == {""}
    item = maria.get(
        f"{PAGE}/items/{house.company.database.run(lambda s: s.scalar(select(Item.id)), actor=SYSTEM)}"
    ).get_json()
    assert set(item) == {"title", "where"}
    app = maria.get(f"{PAGE}/app.webmanifest")
    assert app.content_type == "application/manifest+json"
    assert (app.get_json()["scope"], app.get_json()["display"]) == (PAGE, "standalone")
    worker = maria.get(f"{PAGE}/worker.js")
    assert (worker.mimetype, worker.headers["Service-Worker-Allowed"]) == ("text/javascript", PAGE)


def test_a_label_that_nobody_knows_is_said(house: Any, sign_in: Any) -> None:
    answer = sign_in("steve").get(f"{PAGE}/goods", query_string={"q": "(01)00000096385074(10)L"}).get_json()
    assert answer["goods"] == []
    assert "No item has the barcode" in answer["says"]


def test_what_has_come_is_put_away_once(house: Any, milk: int, sign_in: Any) -> None:
    def begin(session: Any) -> int:
        place = create_place(session, SYSTEM, code=str(uuid4())[:8], name=f"{uuid4()}").id
        create_bins(session, SYSTEM, place_id=place, codes="S-1..S-3")
        return place

    place, steve = house.company.database.run(begin, actor=SYSTEM), sign_in("steve")
    assert 'data-task="put"' in steve.get(PAGE).get_data(as_text=True)
    send(steve, uuid4().hex, task="receive", lines=lines(milk, ("3", "L7")), target_id=place, post=True)
    asked = steve.get(f"{PAGE}/bins/{place}").get_json()
    assert (asked["bins"], asked["left"]) == (
        ["S-1", "S-2", "S-3"],
        [{"item": milk, "wanted": "3", "lots": "L7", "from": "", "bin": ""}],
    )
    said = {"task": "put", "source_id": place, "post": True}
    said["lines"] = [{"line": milk, "quantity": "2", "lots": "L7", "to_bin": "S-1"}]
    act = uuid4().hex
    assert send(steve, act, **said) == send(steve, act, **said)
    assert steve.get(f"{PAGE}/bins/{place}").get_json()["left"] == [
        {"item": milk, "wanted": "1", "lots": "L7", "from": "", "bin": "S-1"}
    ]
    said["lines"] = [{"line": milk, "quantity": "2", "lots": "L7", "from_bin": "S-1", "to_bin": "S-9"}]
    level = {"item_id": milk, "place_id": place, "bin": "S-2", "minimum": Decimal(1), "maximum": Decimal(3)}
    house.company.database.run(lambda s: add_level(s, SYSTEM, **level).id, actor=SYSTEM)
    assert steve.get(f"{PAGE}/bins/{place}").get_json()["left"] == [
        {"item": milk, "wanted": "1", "lots": "L7", "from": "", "bin": "S-2"},
        {"item": milk, "wanted": "2", "lots": "L7", "from": "S-1", "bin": "S-2"},
    ]
    refused = send(steve, uuid4().hex, **said)
    assert (refused["state"], "no bin “S-9”" in refused["message"]) == ("refused", True)
    assert sign_in("sofia").get(f"{PAGE}/bins/{place}").status_code == 403
