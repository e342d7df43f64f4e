"""A label's GS1 code names an item in every look-up, and fills in what else it says."""

from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from sqlalchemy import select

from app.errors import Invalid
from app.reference import Unit
from app.security import SYSTEM
from modules.warehouse.lookups import items_by_code
from modules.warehouse.models import Item
from modules.warehouse.operations import create_item
from modules.warehouse.packing.operations import add_packing
from modules.warehouse.tables import find_items

GS = "\x1d"
MILK, BOX, SAW, CHEESE = "04012345001235", "10012345000017", "02000000001012", "02000000001036"


def run(company: Any, work: Any) -> Any:
    return company.database.run(work, actor=SYSTEM)


@pytest.fixture
def labelled(company: Any) -> Any:
    def make(session: Any) -> None:
        milk = create_item(session, SYSTEM, code="MILK", name="Milk", barcode=MILK[1:], tracking="lot")
        add_packing(session, SYSTEM, milk, name="Box", contains=Fraction(12), barcodes=BOX)
        create_item(session, SYSTEM, code="SAW", name="Saw", barcode=SAW[1:], tracking="serial")
        kilogram = session.scalar(select(Unit.id).where(Unit.code == "KGM"))
        create_item(session, SYSTEM, code="CHEESE", name="Cheese", barcode=CHEESE[1:], unit_id=kilogram)

    run(company, make)
    return company


def scanned(company: Any, text: str) -> tuple[str, Any, dict[str, Any]]:
    row = run(company, lambda s: find_items(s, text, 12))[0]
    assert row["barcode"] == text
    return row["code"], row.get("packing_id"), row["scanned"]


def test_lot_day_and_quantity_come_with_the_item(labelled: Any) -> None:
    assert scanned(labelled, f"]C101{MILK}10L7{GS}17491231") == (
        "MILK",
        None,
        {"quantity": "1", "lots": "L7", "expires": "2049-12-31"},
    )
    code, packing, said = scanned(labelled, f"(01){BOX}(10)L7(30)3")
    assert (code, said["quantity"]) == ("MILK", "3")
    assert packing == run(labelled, lambda s: s.scalar(select(Item).where(Item.code == "MILK")).packings[0].id)
    assert scanned(labelled, f"01{SAW}21S1{GS}10L") == ("SAW", None, {"quantity": "1", "lots": "S1", "expires": ""})


def test_a_net_weight_is_the_quantity_of_what_is_counted_in_kilograms(labelled: Any) -> None:
    assert scanned(labelled, f"01{CHEESE}3103001750") == ("CHEESE", None, {"quantity": "1.75"})
    assert scanned(labelled, f"01{MILK}3103001750")[2]["quantity"] == "1"


def test_a_lot_that_may_have_swallowed_a_day_is_said(labelled: Any) -> None:
    said = scanned(labelled, f"01{MILK}10L7171231")[2]
    assert "says" not in said
    assert "Your scanner sent no GS" in scanned(labelled, f"01{MILK}10L717491231")[2]["says"]


def test_an_unknown_item_is_refused_with_what_its_label_says(labelled: Any) -> None:
    with pytest.raises(Invalid, match=r"No item has the barcode of this label: 09501101530003, L7, 2049-12-31\."):
        run(labelled, lambda s: find_items(s, f"01095011015300031749123110L7{GS}", 12))
    with pytest.raises(Invalid, match="Set your scanner to send GS"):
        run(labelled, lambda s: find_items(s, f"01{MILK}17495031", 12))


def test_an_items_own_code_is_found_though_it_looks_like_a_label(labelled: Any) -> None:
    run(labelled, lambda s: create_item(s, SYSTEM, code="(10)X", name="Odd"))
    assert [row["code"] for row in run(labelled, lambda s: find_items(s, "(10)X", 12))] == ["(10)X"]


def test_many_labels_are_one_question(labelled: Any) -> None:
    labels = [f"01{MILK}10{lot}" for lot in ("A", "B")]
    rows = run(labelled, lambda s: items_by_code(s, [*labels, f"01{BOX}", "SAW", "(01)7"]))
    found = {row["barcode"]: row.get("scanned", {}).get("lots") for row in rows}
    assert {text: found[text] for text in labels} == {labels[0]: "A", labels[1]: "B"}
    assert [row["code"] for row in rows].count("MILK") == 3
    assert [row.get("scanned") for row in rows if row["code"] == "SAW"] == [None]


def test_a_label_scanned_into_an_items_barcode_keeps_the_number(labelled: Any) -> None:
    made = run(
        labelled, lambda s: create_item(s, SYSTEM, code="N", name="N", barcode="(01)09501101530003(10)L").barcode
    )
    assert made == "9501101530003"


def test_the_page_says_what_is_wrong_with_a_label(labelled: Any, sign_in: Any) -> None:
    answer = sign_in("admin").get("/lookup/goods", query_string={"q": "]C1019"})
    assert answer.status_code == 200
    assert answer.get_json()["rows"] == []
    assert "Set your scanner" in answer.get_json()["says"]


def test_a_count_takes_labels(labelled: Any) -> None:
    rows = run(labelled, lambda s: find_items(s, f"01{MILK}3024", 12, goods_only=True, with_held=False))
    assert Decimal(rows[0]["scanned"]["quantity"]) == 24
