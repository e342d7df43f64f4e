"""The pages of boxes and pallets, and what one scan of them gives where goods are scanned."""

import io
from decimal import Decimal as D
from typing import Any
from uuid import uuid4

import pytest
from pypdf import PdfReader

from app.documents import post, save
from app.errors import Invalid
from app.security import SYSTEM
from modules.warehouse.drafts import MovementDraft, MovementLineDraft
from modules.warehouse.labels.bars import gs1_bars
from modules.warehouse.logistic_units.kinds import RepackingDraft, RepackingLineDraft
from modules.warehouse.logistic_units.labels import label_of_unit, unit_label_pdf
from modules.warehouse.logistic_units.models import Repacking
from modules.warehouse.logistic_units.operations import create_units, unit_by_id
from modules.warehouse.models import Receipt
from modules.warehouse.operations import create_item
from modules.warehouse.warehouses import create_place

pytestmark = pytest.mark.one_engine
ROOT = "/warehouse/logistic-units"


@pytest.fixture(scope="module")
def filled(house: Any) -> dict[str, Any]:
    """A supplier's box with three of one lot in a warehouse of its own."""

    def work(session: Any) -> dict[str, Any]:
        place = create_place(session, SYSTEM, code=f"{uuid4()}"[:8], name=f"Hall {uuid4()}").id
        item = create_item(session, SYSTEM, code=f"{uuid4()}", name="Milk in boxes", tracking="lot").id
        (unit,) = create_units(session, SYSTEM, place_id=place, kind="box", code="006141411234567890")
        came = MovementDraft([MovementLineDraft(item, D(5), D(1), lots="L1")], target_id=place)
        lines = [RepackingLineDraft(item, D(3), lots="L1")]
        packed = RepackingDraft(place_id=place, lines=lines, to_unit=unit.code)
        for kind, draft in ((Receipt, came), (Repacking, packed)):
            post(session, SYSTEM, [save(session, SYSTEM, kind, draft)])
        return {"place": place, "item": item, "unit": unit.id, "code": unit.code}

    made: dict[str, Any] = house.company.database.run(work, actor=SYSTEM)
    return made


def token_of(client: Any, address: str) -> str:
    return str(client.get(address).text.split('name="csrf_token" value="')[1].split('"')[0])


@pytest.mark.parametrize("text", ["{}", "(00){}", "]C100{}"])
def test_a_scan_in_a_line_gives_everything_in_it(filled: Any, sign_in: Any, text: str) -> None:
    scanned = text.format(filled["code"])
    (row,) = sign_in("steve").get("/lookup/all_goods", query_string={"q": scanned}).get_json()["rows"]
    assert (row["code"], row["barcode"], row["note"]) == (filled["code"], scanned, "1 line")
    (line,) = row["together"]
    assert (line["id"], line["logistic_unit"]) == (filled["item"], filled["code"])
    assert (line["scanned"]["quantity"], line["scanned"]["lots"]) == ("3", "L1")


def test_whoever_may_not_see_boxes_finds_items_alone(filled: Any, sign_in: Any) -> None:
    assert sign_in("sofia").get("/lookup/items", query_string={"q": filled["code"]}).get_json()["rows"] == []


def test_the_scanner_and_a_count_get_its_contents(filled: Any, sign_in: Any) -> None:
    answer = sign_in("steve").get("/warehouse/scanner/goods", query_string={"q": filled["code"]}).get_json()
    (part,) = answer["together"]["parts"]
    assert [row[0] for row in answer["goods"]] == [filled["item"]]
    assert (part["item"], part["quantity"], part["lots"]) == (filled["item"], "3", "L1")
    assert part["unit"] == filled["code"]


def test_its_page_says_what_is_in_it_and_search_finds_it(filled: Any, sign_in: Any) -> None:
    steve = sign_in("steve")
    page = steve.get(f"{ROOT}/{filled['unit']}").text
    assert "Milk in boxes" in page
    assert "RP-" in page
    assert filled["code"] in steve.get(ROOT, query_string={"q": filled["code"], "state": "packed"}).text
    assert filled["code"] in steve.get(f"/warehouse/repackings/new?unit={filled['unit']}").text
    assert steve.get(f"{ROOT}/0").status_code == 404
    assert steve.get(f"{ROOT}/numbers").status_code == 403  # whoever may change warehouses numbers


def test_boxes_are_added_on_a_page_and_put_on_a_pallet(filled: Any, sign_in: Any) -> None:
    steve = sign_in("steve")
    said = {"csrf_token": token_of(steve, f"{ROOT}/new"), "place_id": filled["place"], "kind": "pallet", "count": "1"}
    answer = steve.post(f"{ROOT}/new", data=said)
    pallet = steve.get(answer.location).text.split("<title>")[1].split()[0]
    refused = steve.post(f"{ROOT}/new", data={**said, "kind": "box", "parent": "LU-9"})
    assert (answer.status_code, refused.status_code) == (302, 200)
    assert "Add it first" in refused.text
    address = f"{ROOT}/{filled['unit']}/change"
    version = steve.get(address).text.split('name="version"')[1].split('value="')[1].split('"')[0]
    on = steve.post(address, data={**said, "kind": "box", "parent": pallet.lower(), "version": version})
    assert on.status_code == 302
    assert pallet in steve.get(on.location).text
    assert steve.post(address, data={**said, "kind": "box", "parent": "", "version": version}).status_code in (200, 409)


def test_its_label_says_its_code_in_bars_and_digits(house: Any, filled: Any) -> None:
    def work(session: Any) -> tuple[bytes, dict[str, Any]]:
        unit = unit_by_id(session, filled["unit"])
        with pytest.raises(Invalid):
            unit_label_pdf(session, SYSTEM, unit, size="30x20")
        return unit_label_pdf(session, SYSTEM, unit, size="a6"), label_of_unit(session, unit)

    with house.test_request_context():
        pdf, label = house.company.database.run(work, actor=SYSTEM, write=False)
    (page,) = PdfReader(io.BytesIO(pdf)).pages
    assert f"(00) {filled['code']}" in page.extract_text()
    assert "Milk in boxes" in page.extract_text()
    assert label["picture"] == gs1_bars(f"00{filled['code']}")
