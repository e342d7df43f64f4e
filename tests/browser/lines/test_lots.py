"""Lots in the line grid: two cells more where an item has them, and serial numbers scanned one after another."""

from typing import Any

from playwright.sync_api import expect

from app.security import SYSTEM
from modules.warehouse.operations import create_item

ITEM = 'line-grid [data-column="item"]'


def test_a_receipt_says_lots_and_an_issue_shows_which_they_were(open_page: Any, server: Any) -> None:
    def begin(session: Any) -> None:
        create_item(session, SYSTEM, code="MILK-L", name="Milk in lots", tracking="lot")
        create_item(session, SYSTEM, code="SAW-S", name="Saw with a number", tracking="serial")

    server.app.company.database.run(begin, actor=SYSTEM)
    page = open_page("admin")
    page.goto("/warehouse/receipts/new")
    page.locator(ITEM).first.fill("FA-0204")
    page.keyboard.press("Enter")
    expect(page.locator("[data-column=quantity]").first).to_have_value("1")
    assert not page.locator("[data-column=lots]").first.is_visible()
    page.locator(ITEM).last.fill("MILK-L")
    page.keyboard.press("Enter")
    first, milk = page.locator("line-grid tbody tr").nth(0), page.locator("line-grid tbody tr").nth(1)
    expect(milk.locator("[data-column=lots]")).to_be_visible()
    assert first.locator("[data-column=lots]").is_disabled()
    milk.locator("[data-column=quantity]").fill("5")
    milk.locator("[data-column=lots]").fill("A17: 2; B2")
    milk.locator("[data-column=expires]").fill("2099-12-31")
    page.locator(ITEM).last.fill("SAW-S")
    page.keyboard.press("Enter")
    saw = page.locator("line-grid tbody tr").nth(2)
    saw.locator("[data-column=quantity]").fill("2")
    expect(saw.locator("[data-column=lots]")).to_be_enabled()  # once the item is found
    saw.locator("[data-column=lots]").focus()
    page.keyboard.type("S1")
    page.keyboard.press("Enter")
    page.keyboard.type("S2")
    assert saw.locator("[data-column=lots]").input_value() == "S1, S2"
    for line in (first, milk, saw):
        line.locator("[data-column=price]").fill("1")
    page.keyboard.press("Control+Enter")
    page.wait_for_selector(".state-posted")
    shown = page.inner_text("table.list")
    assert "Lots: A17: 2, use by 31 Dec 2099; B2: 3, use by 31 Dec 2099" in shown
    assert "Lots: S1: 1; S2: 1" in shown
