"""The pages of counts: who counts blindly sees nothing of what is expected, and who posts sees what differs at which cost."""

import html
import json
import re
from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal as D
from functools import partial
from typing import Any

import pytest

from app.clock import wall_clock
from app.documents import post, save
from app.reference import Unit
from app.security import SYSTEM
from modules.warehouse.bins.kinds import BinMoveDraft, BinMoveLineDraft
from modules.warehouse.bins.models import BinMove
from modules.warehouse.bins.operations import create_bins
from modules.warehouse.catch_weight.queries import seconds_at
from modules.warehouse.kinds import MovementDraft, MovementLineDraft
from modules.warehouse.models import Receipt
from modules.warehouse.operations import create_item, create_place

pytestmark = pytest.mark.one_engine  # words on pages and who sees which: no engine decides

HAMMER, SQUARE = 6, 7


@pytest.fixture
def count(sign_in: Any) -> Iterator[int]:
    """Steve begins a count of two tools and types in that there are fewer hammers than by the books."""
    steve = sign_in("steve")
    lines = [{"item_id": HAMMER}, {"item_id": SQUARE}]
    made = steve.post("/warehouse/counts/new", data=form(steve, "/warehouse/counts/new", lines=json.dumps(lines)))
    assert made.status_code == 302, made.get_data(as_text=True)
    number = int(re.findall(r"\d+", made.location)[-1])
    where = f"/warehouse/counts/{number}/typed"
    rows = [{"item_id": HAMMER, "quantity": "1"}]
    assert steve.post(where, data=form(steve, where, lines=json.dumps(rows))).status_code == 302
    yield number
    steve.post(f"/warehouse/counts/{number}/discard")  # an item is counted by one count at a time


def form(browser: Any, address: str, **said: str) -> dict[str, str]:
    """What a browser sends of the form: its fields as they are shown, and what was typed."""
    page = browser.get(address).get_data(as_text=True)
    shown = {}
    for name in ("moment", "moment-offered", "operation", "version", "place_id", "rest"):
        if found := re.search(rf'name="{name}"[^>]*value="([^"]*)"', page):
            shown[name] = found[1]
    if address.endswith("new"):
        shown |= {"place_id": "100", "rest": "left", "is_blind": "y"}
    return {**shown, **said}


def test_who_counts_blindly_sees_what_was_counted_and_nothing_that_is_expected(count: int, sign_in: Any) -> None:
    page = sign_in("steve").get(f"/warehouse/counts/{count}")
    text = page.get_data(as_text=True)
    assert page.status_code == 200
    assert "Claw hammer" in text
    assert "Try square" in text
    assert "Being counted" in text
    for word in ("Expected", "Difference", "Stock differences"):
        assert word not in text
    said = sign_in("steve").get(f"/warehouse/counts/{count}?as=json").get_json()
    assert [line["quantity"] for line in said["lines"]] == ["1", None]
    assert [column["name"] for column in said["columns"]] == ["item", "quantity"]
    found = sign_in("steve").get("/lookup/counted_goods?q=TO-1001").get_json()["rows"][0]
    assert (found["code"], found["note"]) == ("TO-1001", "")


def test_the_sheet_has_an_empty_box_for_each_item(count: int, sign_in: Any) -> None:
    sheet = sign_in("steve").get(f"/warehouse/counts/{count}/sheet")
    assert sheet.status_code == 200
    assert sheet.data.startswith(b"%PDF")


def test_only_who_may_post_sees_what_differs(count: int, sign_in: Any) -> None:
    assert sign_in("steve").get(f"/warehouse/counts/{count}/differences").status_code == 403
    page = sign_in("maria").get(f"/warehouse/counts/{count}/differences").get_data(as_text=True)
    assert "Claw hammer" in page
    assert "Items that nobody has counted: 1." in page
    assert "Try square" not in page


def test_it_is_counted_once_more_and_posted_with_what_it_cost(count: int, sign_in: Any) -> None:
    steve, maria, where = sign_in("steve"), sign_in("maria"), f"/warehouse/counts/{count}"
    assert maria.post(f"{where}/differences", data={"then": "recount", "item": f"{HAMMER}-0"}).status_code == 302
    assert "to be counted once more" in steve.get(where).get_data(as_text=True)
    rows = [{"item_id": HAMMER, "quantity": "30"}]
    assert steve.post(f"{where}/typed", data=form(steve, f"{where}/typed", lines=json.dumps(rows))).status_code == 302
    assert steve.post(f"{where}/post").status_code == 403
    assert maria.post(f"{where}/differences", data={"then": "post", "rest": "left"}).status_code == 302
    posted = maria.get(f"{where}?as=json").get_json()
    assert posted["number"] == "SC-000001"
    line = posted["lines"][0]
    short = int(line["expected"]) - 30
    assert (line["quantity"], line["difference"]) == ("30", str(-short))
    assert float(line["value"]) < 0
    unpriced = steve.get(f"{where}?as=json").get_json()
    assert "value" not in [column["name"] for column in unpriced["columns"]]
    assert unpriced["lines"][0]["difference"] == str(-short)


def test_a_refusal_is_shown_where_it_was_typed(count: int, sign_in: Any) -> None:
    steve, where = sign_in("steve"), f"/warehouse/counts/{count}/typed"
    rows = [{"item_id": 1, "quantity": "1"}]
    answer = steve.post(where, data=form(steve, where, lines=json.dumps(rows)))
    assert answer.status_code == 200
    assert "on the list of this count" in answer.get_data(as_text=True)
    rows = [{"item_id": HAMMER, "quantity": ""}]
    assert "Type 0 if it really is zero" in steve.post(where, data=form(steve, where, lines=json.dumps(rows))).get_data(
        as_text=True
    )
    assert (
        sign_in("maria").post(f"/warehouse/counts/{count}/differences", data={"then": "post", "rest": "?"}).status_code
        == 302
    )
    assert "Being counted" in steve.get(f"/warehouse/counts/{count}").get_data(as_text=True)


def test_a_browser_sends_what_was_scanned_as_of_when_it_was(count: int, sign_in: Any) -> None:
    """The same act sent twice counts once; what the browser has kept too long isn't counted, nor what says no age."""
    steve, where = sign_in("steve"), f"/warehouse/counts/{count}"
    user = steve.get("/acts/token").get_json()["user"]

    def send(act: str, age: Any, path: str = "tallies", **content: Any) -> tuple[int, Any]:
        sent = {"act": act, "user": user, "age": age, "content": json.dumps(content)}
        answer = steve.post(f"{where}/{path}", data=sent)
        return answer.status_code, answer.get_json()["state"]

    def so_far() -> str:
        return str(steve.get(f"{where}?as=json").get_json()["lines"][1]["quantity"])

    for _ in range(2):
        assert send("square-one", 1500, item=SQUARE, quantity="2") == (200, "done")
    assert so_far() == "2"
    week = 7 * 24 * 3600 * 1000
    assert send("square-two", week + 1000, item=SQUARE, quantity="2") == (422, "refused")
    assert send("square-six", "", item=SQUARE, quantity="2") == (422, "refused")
    assert send("hammers-1", 0, item=1, quantity="2") == (422, "refused")
    assert so_far() == "2"
    for _ in range(2):
        assert send("undo-one1", 0, "undone", undo="square-one") == (200, "done")
    assert so_far() == "None"
    assert send("square-one", 1500, item=SQUARE, quantity="2") == (200, "done")
    assert so_far() == "None"
    page = steve.get(f"{where}/scanning").get_data(as_text=True)
    assert "undone" in page
    goods = steve.get(f"{where}/goods").get_json()["goods"]
    assert [row[1] for row in goods] == ["TO-1001", "TO-1002"]
    assert all(row[4] == "" for row in goods)  # no price
    assert sign_in("sofia").get(f"{where}/scanning").status_code == 403


def test_serial_numbers_are_typed_from_a_sheet_and_named_where_they_differ(house: Any, sign_in: Any) -> None:
    steve, maria = sign_in("steve"), sign_in("maria")
    work = partial(create_item, actor=SYSTEM, code="SN", name="Numbered", tracking="serial")
    item = house.company.database.run(lambda s: work(s).id, actor=SYSTEM)
    lines = json.dumps([{"item_id": item}])
    made = steve.post("/warehouse/counts/new", data=form(steve, "/warehouse/counts/new", lines=lines))
    number = int(re.findall(r"\d+", made.location)[-1])
    where = f"/warehouse/counts/{number}"
    rows: list[dict[str, Any]] = [{"item_id": item, "quantity": "2"}]
    refused = steve.post(f"{where}/typed", data=form(steve, f"{where}/typed", lines=json.dumps(rows)))
    assert "has serial numbers: scan or type that of each piece" in refused.get_data(as_text=True)
    rows[0]["lots"] = "N1, N2"
    assert steve.post(f"{where}/typed", data=form(steve, f"{where}/typed", lines=json.dumps(rows))).status_code == 302
    assert "Counted: N1; N2" in steve.get(where).get_data(as_text=True)
    assert "Found: N1; N2" in maria.get(f"{where}/differences").get_data(as_text=True)
    assert steve.get(f"{where}/goods?q=N1").get_json()["goods"] == []  # nobody has received it
    assert maria.post(f"{where}/differences", data={"then": "post", "rest": "left"}).status_code == 302
    found = steve.get(f"{where}/goods?q=N1").get_json()["goods"]
    assert [(row[0], row[-1]) for row in found] == [(item, "N1")]
    assert maria.get(f"{where}/sheet").data.startswith(b"%PDF")


def test_a_count_by_bins_is_begun_typed_counted_once_more_and_posted(house: Any, sign_in: Any) -> None:
    def begin(session: Any) -> tuple[int, int, dict[str, int]]:
        place = create_place(session, SYSTEM, code="bin-pages", name="Bin pages").id
        bins = create_bins(session, SYSTEM, place_id=place, codes="P-1, P-2", zone="P")
        item = create_item(session, SYSTEM, code="BIN-PAGE", name="Paged nails").id
        before = wall_clock() - timedelta(hours=1)
        came = MovementDraft([MovementLineDraft(item, D(6), D(1))], target_id=place, moment=before)
        put = BinMoveDraft(place_id=place, lines=[BinMoveLineDraft(item, D(6), to_bin="P-1")], moment=before)
        for kind, draft in ((Receipt, came), (BinMove, put)):
            post(session, SYSTEM, [save(session, SYSTEM, kind, draft)])
        return place, item, {each.code: each.id for each in bins}

    place, item, bins = house.company.database.run(begin, actor=SYSTEM)
    steve, maria = sign_in("steve"), sign_in("maria")
    said = {"place_id": str(place), "is_by_bin": "y", "zone": "Q", "lines": "[]"}
    refused = steve.post("/warehouse/counts/new", data=form(steve, "/warehouse/counts/new", **said))
    assert "This warehouse has no open bin in zone “Q”." in refused.text
    made = steve.post("/warehouse/counts/new", data=form(steve, "/warehouse/counts/new", **{**said, "zone": "P"}))
    where = made.location
    assert "zone P" in steve.get(where).text
    assert steve.get(f"{where}/sheet").data.startswith(b"%PDF")

    def typed(*rows: tuple[str, str], **more: str) -> Any:
        lines = [{"item_id": item, "quantity": quantity, "bin": code} for code, quantity in rows]
        address = f"{where}/typed"
        return steve.post(address, data=form(steve, address, lines=json.dumps(lines), **more))

    assert "Line 1: bin “X” isn&#39;t counted in this count." in typed(("x", "1")).text
    assert "Line 2: say the bin" in typed(("P-2", "1"), ("", "1")).text
    assert typed(("p-2", "4")).status_code == 302
    user = steve.get("/acts/token").get_json()["user"]
    content = json.dumps({"bin": bins["P-1"]})
    sent = {"act": "p1-is-done", "user": user, "age": 0, "content": content}
    assert steve.post(f"{where}/whole-bins", data=sent).get_json()["state"] == "done"
    blind = steve.get(where).text
    assert "P-2" in blind
    assert "P-1" not in blind  # nobody saw it there, and who counts doesn't know that it was expected
    page = maria.get(f"{where}/differences").text
    assert [re.search(rf'value="{item}-{bins[code]}"', page) is not None for code in bins] == [True, True]
    assert "Bins that nobody has counted" not in page
    again = {"then": "recount", "item": [f"{item}-{bins['P-2']}", "x", "1-2-3"]}
    assert maria.post(f"{where}/differences", data=again).status_code == 302
    assert "P-2: BIN-PAGE Paged nails" in steve.get(f"{where}/scanning").text
    assert typed(("P-2", "5"), is_whole="y").status_code == 302
    assert maria.post(f"{where}/differences", data={"then": "post", "rest": "left"}).status_code == 302
    line = maria.get(f"{where}?as=json").get_json()["lines"][0]
    assert (line["expected"], line["quantity"]) == ("6", "5")
    assert "Bins: P-1 −6; P-2 +5" in maria.get(where).text


def test_goods_that_are_weighed_are_typed_scanned_and_posted_in_both_quantities(house: Any, sign_in: Any) -> None:
    def prepare(session: Any) -> int:
        kilogram = session.query(Unit).filter_by(code="KGM").one().id
        cheese = create_item(
            session, SYSTEM, code="BRIE", name="Brie", second_unit_id=kilogram, barcode="4006381333931"
        )
        lines = [MovementLineDraft(cheese.id, D(20), D(5), second=D("163.45"))]
        came = MovementDraft(lines, target_id=100, moment=wall_clock() - timedelta(hours=1))
        post(session, SYSTEM, [save(session, SYSTEM, Receipt, came)])
        return int(cheese.id)

    item = house.company.database.run(prepare, actor=SYSTEM)
    steve, maria = sign_in("steve"), sign_in("maria")
    lines = json.dumps([{"item_id": item}])
    made = steve.post("/warehouse/counts/new", data=form(steve, "/warehouse/counts/new", lines=lines))
    where = made.location
    kept = steve.get(f"{where}/goods").get_json()["goods"][0]
    assert kept[-1] == {"unit": "kg", "digits": 3, "is_weight": True}
    rows = [{"item_id": item, "quantity": "12", "second": "97.0005"}]
    refused = steve.post(f"{where}/typed", data=form(steve, f"{where}/typed", lines=json.dumps(rows))).text
    assert "at most 3 digits after the point" in refused
    rows[0]["second"] = "97"
    assert steve.post(f"{where}/typed", data=form(steve, f"{where}/typed", lines=json.dumps(rows))).status_code == 302
    user = steve.get("/acts/token").get_json()["user"]
    for act, content in (
        ("brie-one1", {"item": item, "quantity": "7", "second": "57.95"}),
        ("brie-two2", {"item": item, "quantity": "1", "second": "x"}),
    ):
        sent = {"act": act, "user": user, "age": 0, "content": json.dumps(content)}
        steve.post(f"{where}/tallies", data=sent)
    page = steve.get(where).text
    assert "154.95 kg" in page
    assert "163.45" not in page  # who counts blind
    assert "Counted 154.95 kg, expected 163.45 kg" in maria.get(f"{where}/differences").text
    assert "57.95" in steve.get(f"{where}/scanning").text
    assert maria.post(f"{where}/differences", data={"then": "post", "rest": "left"}).status_code == 302
    assert "Counted 154.95 kg, expected 163.45 kg" in steve.get(where).text
    assert house.company.database.run(lambda s: seconds_at(s, [item]), actor=SYSTEM) == {(item, 100): D("154.95")}


def test_bins_that_are_empty_as_the_books_say_are_posted(house: Any, sign_in: Any) -> None:
    house.company.database.run(
        lambda s: create_bins(s, SYSTEM, place_id=100, codes="Z-1", zone="Z") and None, actor=SYSTEM
    )
    steve, maria = sign_in("steve"), sign_in("maria")
    said = form(steve, "/warehouse/counts/new", lines="[]", is_by_bin="y", zone="Z")
    where = steve.post("/warehouse/counts/new", data=said).location
    bin_id = json.loads(html.unescape(re.search(r'data-count="([^"]*)"', steve.get(f"{where}/scanning").text)[1]))[
        "bins"
    ][0][0]
    user = steve.get("/acts/token").get_json()["user"]
    sent = {"act": "empty-z-1", "user": user, "age": 0, "content": json.dumps({"bin": bin_id})}
    assert steve.post(f"{where}/whole-bins", data=sent).get_json()["state"] == "done"
    answer = maria.post(f"{where}/differences", data={"then": "post", "rest": "left"}, follow_redirects=True).text
    assert "is posted" in answer
    assert "Nothing differs." in answer
