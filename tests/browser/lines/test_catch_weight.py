"""Second quantities in the line grid: a cell where the item has one, sums by it while typing, weights scanned from labels."""

import json
import re
from decimal import Decimal
from typing import Any

import pytest
from playwright.sync_api import expect
from sqlalchemy import select

from app.reference import Unit
from app.security import SYSTEM
from modules.warehouse.models import Item
from modules.warehouse.operations import create_item
from tests.browser.lines.conftest import ITEM, SCREW, scan

pytestmark = pytest.mark.browser
GTIN, SECOND = "04012345000009", '[data-column="second"]'


@pytest.fixture
def receipt(server: Any, open_page: Any) -> Any:
    """A new receipt, and wheels of cheese at a price per kilogram."""

    def work(session: Any) -> None:
        if session.scalar(select(Item.id).where(Item.code == "CHEESE")) is None:
            kilogram = session.scalars(select(Unit.id).where(Unit.code == "KGM")).one()
            said = {"second_unit_id": kilogram, "is_priced_by_second": True, "second_per_unit": Decimal("8.2")}
            create_item(session, SYSTEM, code="CHEESE", name="Gouda", barcode=GTIN[1:], **said)

    server.app.company.database.run(work, actor=SYSTEM)
    page = open_page("maria")
    page.goto("/warehouse/receipts/new")
    page.wait_for_selector("line-grid table")
    return page


def test_wheels_are_weighed_on_their_line_and_priced_by_the_kilogram(receipt: Any) -> None:
    receipt.locator(ITEM).last.focus()
    scan(receipt, SCREW)
    receipt.wait_for_function("() => document.querySelectorAll('.lines-grid tbody tr').length === 2")
    expect(receipt.locator(SECOND).first).to_be_hidden()
    for weight in ("008060", "008150"):  # grams, from two labels
        receipt.locator(ITEM).last.focus()
        scan(receipt, f"01{GTIN}3103{weight}")
        receipt.wait_for_function("() => document.querySelectorAll('.lines-grid tbody tr').length === 3")
        receipt.wait_for_timeout(300)
    second = receipt.locator(SECOND).nth(1)
    expect(second).to_have_value("16.21")
    expect(second).to_have_attribute("placeholder", "kg")
    expect(receipt.locator('[data-column="quantity"]').nth(1)).to_have_value("2")
    expect(receipt.locator(SECOND).first).to_be_disabled()  # screws have none

    receipt.locator('[data-column="price"]').nth(0).fill("0")
    receipt.locator('[data-column="price"]').nth(1).fill("7.35")
    expect(receipt.locator(".sum").nth(1)).to_have_text("119.14")  # 16.21 × 7.35
    second.fill("")
    expect(receipt.locator(".sum").nth(1)).to_have_text("120.54")  # 2 × 8.2 as usual
    second.fill("16.4005")
    receipt.locator(".main-button, button[name='post'], button[value='post']").first.click()
    expect(receipt.get_by_text("kg have at most 3 digits after the point").first).to_be_visible()
    receipt.locator(SECOND).nth(1).fill("16.4")
    receipt.keyboard.press("Control+Enter")
    expect(receipt.get_by_text(re.compile("16.4 kg")).first).to_be_visible()
    assert json.dumps(receipt.title())
