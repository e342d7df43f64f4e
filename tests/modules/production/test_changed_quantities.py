"""A work order whose quantity changes after its components were filled in: they follow, and a difference is said."""

import html
import json
import re
from datetime import datetime
from decimal import Decimal as D
from typing import Any

import pytest

from app.documents import kind_of, post, save
from app.security import SYSTEM
from modules.production.kinds import WorkOrderDraft
from modules.production.models import Bom, WorkOrder
from modules.production.operations import BomDraft, rescaled, save_bom
from modules.production.rules import ComponentDraft, Typed
from modules.warehouse.kinds import MovementDraft, MovementLineDraft
from modules.warehouse.models import Opening
from modules.warehouse.operations import create_item

pytestmark = pytest.mark.enterprise
DAY = datetime(2026, 1, 5)


@pytest.fixture
def bill(company: Any) -> dict[str, int]:
    """Three tables take a board of wood, half a kilogram of glue and twelve screws; a hundred of each are there."""

    def work(session: Any) -> dict[str, int]:
        made = (("W", "Wood", "C62"), ("G", "Glue", "KGM"), ("S", "Screw", "C62"), ("T", "Table", "C62"))
        ids = {c: create_item(session, SYSTEM, code=c, name=n, unit=u).id for c, n, u in made}
        lines = [MovementLineDraft(ids[c], D(100), D(1)) for c in "WGS"]
        opening = save(session, SYSTEM, Opening, MovementDraft(lines, target_id=100, moment=DAY))
        post(session, SYSTEM, [opening])
        takes = [ComponentDraft(ids[c], D(q)) for c, q in (("W", "1"), ("G", "0.5"), ("S", "12"))]
        bom = save_bom(session, SYSTEM, BomDraft(ids["T"], takes, output=D(3)))
        return ids | {"bom": bom.id}

    return company.database.run(work, actor=SYSTEM)


def followed(company: Any, bill: dict[str, int], used: dict[str, str], before: str, after: str) -> dict[str, D]:
    def work(session: Any) -> dict[str, D]:
        lines = [Typed(bill[c], D(q), D(before)) for c, q in used.items()]
        found = rescaled(session, session.get(Bom, bill["bom"]), lines, after=D(after))
        return dict(zip(used, (line.quantity for line in found), strict=True))

    return company.database.run(work, actor=SYSTEM, write=False)


def test_what_is_as_the_bill_says_follows_the_bill(company: Any, bill: dict[str, int]) -> None:
    # for one: a whole board and 0.167 kg, as finely as they are counted; for ten not ten times as much, but four boards
    found = followed(company, bill, {"W": "1", "G": "0.167", "S": "4"}, "1", "10")
    assert found == {"W": D(4), "G": D("1.667"), "S": D(40)}


def test_what_was_changed_by_hand_keeps_its_proportion(company: Any, bill: dict[str, int]) -> None:
    found = followed(company, bill, {"W": "0", "G": "0.2", "S": "5", "T": "1"}, "1", "10")
    assert found == {"W": D(0), "G": D(2), "S": D(50), "T": D(10)}


@pytest.fixture
def client(app: Any) -> Any:
    client = app.test_client()
    client.post("/login", data={"login": "admin", "password": "correct horse"})
    return client


def fields(bill: dict[str, int], quantity: str, filled: str, *used: str) -> dict[str, Any]:
    rows = [{"item_id": bill[c], "item": c, "quantity": q} for c, q in zip("WGS", used, strict=True)]
    known = {"bom_id": bill["bom"], "place_id": 100, "moment": "2026-01-06T10:00", "lines": json.dumps(rows)}
    return known | {"quantity": quantity, "filled": filled, "then": "post"}


def orders(company: Any) -> list[Any]:
    def work(session: Any) -> list[Any]:
        found = session.query(WorkOrder).order_by(WorkOrder.id)
        return [(o.state, o.quantity, [line.quantity for line in o.lines]) for o in found]

    return company.database.run(work, actor=SYSTEM, write=False)


def test_an_order_filled_for_one_and_sent_for_ten_is_shown_again_before_it_is_posted(
    company: Any, client: Any, bill: dict[str, int]
) -> None:
    page = client.get(f"/production/work-orders/new?bom={bill['bom']}").text
    assert 'name="filled" value="1"' in page
    answer = client.post("/production/work-orders/new", data=fields(bill, "10", "1", "1", "0.167", "4"))
    assert answer.status_code == 200
    assert "The quantity was changed from 1 to 10" in answer.text
    assert 'name="filled" value="10"' in answer.text
    assert orders(company) == []
    answer = client.post("/production/work-orders/new", data=fields(bill, "10", "10", "4", "1.667", "40"))
    assert answer.status_code == 302
    assert orders(company) == [("posted", D(10), [D(4), D("1.667"), D(40)])]
    assert "The bill says otherwise" not in client.get(answer.location).text


def test_a_difference_from_the_bill_is_said_when_an_order_is_posted(
    company: Any, client: Any, bill: dict[str, int]
) -> None:
    answer = client.post("/production/work-orders/new", data=fields(bill, "10", "10", "1", "1.667", "4"))
    assert answer.status_code == 302
    words = "Wood: 1 instead of 4; Screw: 4 instead of 40. Is that what was used?"
    assert words in client.get(answer.location).text
    assert [state for state, *_ in orders(company)] == ["posted"]


def test_a_component_that_was_left_out_or_put_in_is_a_difference(company: Any, bill: dict[str, int]) -> None:
    def work(session: Any) -> list[str]:
        lines = [ComponentDraft(bill["W"], D(1)), ComponentDraft(bill["S"], D(6)), ComponentDraft(bill["S"], D(6))]
        order = save(session, SYSTEM, WorkOrder, WorkOrderDraft(bill["bom"], D(3), lines, moment=DAY))
        post(session, SYSTEM, [order])
        return [str(words) for words in kind_of(order).warnings(session, SYSTEM, order)]

    (words,) = company.database.run(work, actor=SYSTEM)
    assert "Glue: 0 instead of 0.5" in words
    assert "Screw" not in words  # two lines that come to twelve


def test_the_form_asks_how_much_a_quantity_takes(client: Any, bill: dict[str, int]) -> None:
    lines = [f"{bill['W']}:1", f"{bill['S']}:5"]
    asked = {"bom": bill["bom"], "before": "1", "after": "10", "line": lines}
    assert client.get("/production/work-orders/scaled", query_string=asked).json == {"quantities": ["4", "50"]}
    for wrong in ({"after": "0"}, {"before": "x"}, {"line": ["x:1"]}, {"line": [f"{bill['W']}:1e99"]}):
        answer = client.get("/production/work-orders/scaled", query_string=asked | wrong)
        assert answer.status_code == 422, wrong
    assert client.get("/production/work-orders/scaled", query_string=asked | {"bom": 9}).status_code == 404


def scaled_by(client: Any, bill: dict[str, int], before: str, after: str, *lines: str) -> Any:
    asked = {"bom": bill["bom"], "before": before, "after": after, "line": [f"{bill['S']}:{line}" for line in lines]}
    return client.get("/production/work-orders/scaled", query_string=asked)


def test_a_quantity_typed_by_hand_comes_back_with_the_orders_quantity(client: Any, bill: dict[str, int]) -> None:
    assert scaled_by(client, bill, "10", "1", "5").json == {"quantities": ["1"]}
    assert scaled_by(client, bill, "1", "10", "5:10").json == {"quantities": ["5"]}
    assert scaled_by(client, bill, "1", "4", "5:10", "4").json == {"quantities": ["2", "16"]}


def test_quantities_that_no_line_can_say_are_refused(client: Any, bill: dict[str, int]) -> None:
    for before, after, line in (
        ("1", "2", "-5"),
        ("1", "2", "1000000000"),
        ("0.000001", "999999999", "999999999"),  # what it would come to
        ("1", "2", "5:0"),
        ("1", "2", "5:-1"),
        ("1", "2", "5:x"),
        ("1", "2", "5:1:1"),
    ):
        answer = scaled_by(client, bill, before, after, line)
        assert answer.status_code == 422, line


def test_the_form_comes_back_to_what_was_typed_by_hand(company: Any, client: Any, bill: dict[str, int]) -> None:
    def shown(answer: Any) -> list[dict[str, Any]]:
        (value,) = re.findall(r'<input[^>]*name="lines"[^>]*value="([^"]*)"', answer.text)
        return list(json.loads(html.unescape(value)))

    first = fields(bill, "1", "10", "4", "1.667", "5")
    rows = shown(client.post("/production/work-orders/new", data=first))
    assert [row["quantity"] for row in rows] == ["1", "0.167", "1"]
    again = first | {"quantity": "10", "filled": "1", "lines": json.dumps(rows)}
    back = shown(client.post("/production/work-orders/new", data=again))
    assert [row["quantity"] for row in back] == ["4", "1.667", "5"]
    rows[2]["quantity"] = "2"  # typed by hand at one
    more = shown(client.post("/production/work-orders/new", data=again | {"lines": json.dumps(rows)}))
    assert [row["quantity"] for row in more] == ["4", "1.667", "20"]
    assert orders(company) == []
