"""Quantities in packings: chosen, typed behind the number, pasted, scanned; by keyboard alone."""

import json
from fractions import Fraction
from typing import Any

import pytest
from playwright.sync_api import expect
from sqlalchemy import select

from app.security import SYSTEM
from modules.warehouse.models import Item, Packing
from modules.warehouse.packing.operations import add_packing
from tests.browser.lines.conftest import ITEM, SCREW, paste, scan

pytestmark = pytest.mark.browser
QUANTITY, BOX = '[data-column="quantity"]', "10012345000017"


@pytest.fixture
def receipt(server: Any, open_page: Any) -> Any:
    """A new receipt, and a box of twelve of what is counted whole."""

    def work(session: Any) -> None:
        screw = session.scalars(select(Item).where(Item.barcode == SCREW)).one()
        if session.scalar(select(Packing.id).where(Packing.item_id == screw.id)) is None:
            add_packing(session, SYSTEM, screw, name="Carton", contains=Fraction(12), barcodes=BOX)

    server.app.company.database.run(work, actor=SYSTEM)
    page = open_page("steve")
    page.goto("/warehouse/receipts/new")
    page.wait_for_selector("line-grid table")
    return page


def rows(page: Any) -> list[tuple[str, bool]]:
    """Quantity of each line, and whether it is in a packing."""
    kept = json.loads(page.input_value('line-grid input[type="hidden"]'))
    return [(row["quantity"], bool(row.get("packing_id"))) for row in kept if row.get("item_id")]


def test_a_scanned_box_is_a_line_of_its_own_and_counts_up(receipt: Any) -> None:
    for code, expected in (
        (BOX, [("1", True)]),
        (SCREW, [("1", True), ("1", False)]),
        (BOX, [("2", True), ("1", False)]),
        (f"0{SCREW}", [("2", True), ("2", False)]),
    ):
        receipt.locator(ITEM).last.focus()
        scan(receipt, code)
        receipt.wait_for_function(
            f"() => document.querySelectorAll('.lines-grid tbody tr').length === {len(expected) + 1}"
        )
        expect(receipt.locator(QUANTITY).nth(0)).to_have_value(expected[0][0])
        if len(expected) > 1:
            expect(receipt.locator(QUANTITY).nth(1)).to_have_value(expected[1][0])
        assert rows(receipt) == expected
    expect(receipt.locator(".in-base").first).to_have_text("24 box")


def test_the_unit_is_typed_behind_the_number_or_chosen_beside_it(receipt: Any) -> None:
    receipt.locator(ITEM).first.focus()
    scan(receipt, SCREW)
    quantity = receipt.locator(QUANTITY).first
    expect(quantity).to_have_value("1")
    quantity.focus()
    receipt.keyboard.type("3 car")
    receipt.keyboard.press("Enter")
    expect(quantity).to_have_value("3")
    expect(receipt.locator(".in-base").first).to_have_text("36 box")
    quantity.focus()
    receipt.keyboard.press("Tab")
    receipt.keyboard.press("ArrowUp")
    assert rows(receipt) == [("3", False)]
    receipt.keyboard.press("ArrowDown")
    assert rows(receipt) == [("3", True)]
    quantity.fill("0.3")
    expect(receipt.locator(".line-words")).to_contain_text("“0.3 Carton” isn't a whole number")
    quantity.fill("0.5")
    expect(receipt.locator(".line-words")).to_be_hidden()
    receipt.keyboard.press("Control+Enter")
    expect(receipt.locator("table.list").first).to_contain_text("0.5 Carton (6 box)")


def test_pasted_rows_keep_their_unit(receipt: Any) -> None:
    receipt.locator(ITEM).first.focus()
    paste(receipt, (SCREW, "3 carton"), (BOX, "2"), (SCREW, "5"))
    expect(receipt.locator(".grid-note")).to_contain_text("3 of 3")
    assert rows(receipt) == [("3", True), ("2", True), ("5", False)]
