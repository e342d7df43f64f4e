"""What the line grid says of its lines, and that nothing typed is lost."""

from typing import Any

import pytest
from playwright.sync_api import expect

from tests.browser.lines.conftest import SCREW, paste, scan

pytestmark = pytest.mark.browser

BAD = [("FA-0204", "1e3", ""), ("FA-0108", "1", "0.1234567"), ("Nothing at all", "1", "1"), ("FA-0204", "0", "2")]


def test_a_code_that_nothing_has_is_marked_and_the_server_names_the_line(grid_page: Any) -> None:
    grid_page.locator('[data-column="item"]').first.focus()
    scan(grid_page, "9999999999999")
    grid_page.wait_for_selector('line-grid tr.bad [data-column="item"][aria-invalid="true"]')
    grid_page.fill("#contact_id-text", "bergen")
    grid_page.locator(".offers li").first.click()
    grid_page.click("button[value=save]")
    assert "Line 1" in grid_page.inner_text("[role=alert]")
    assert "9999999999999" in grid_page.inner_text("[role=alert]")


def test_a_line_without_an_item_is_refused_and_nothing_of_it_is_lost(grid_page: Any) -> None:
    page = grid_page
    page.locator('[data-column="item"]').first.focus()
    scan(page, SCREW)
    expect(page.locator("line-grid tbody tr")).to_have_count(2)
    page.locator('[data-column="quantity"]').nth(1).fill("5")
    expect(page.locator("#line-2 .line-words")).to_have_text("Choose an item.")
    page.click("button[value=save]")
    page.locator(".flash-error").get_by_text("Line 2: choose an item.").wait_for()
    expect(page.locator("#line-2 .line-words")).to_have_text("Line 2: choose an item.")
    expect(page.locator('[data-column="quantity"]').nth(1)).to_have_value("5")
    page.locator('[data-column="quantity"]').nth(1).fill("")
    expect(page.locator("#line-2 .line-words")).to_be_hidden()


def test_what_the_server_says_of_a_line_is_said_there_once(grid_page: Any) -> None:
    page = grid_page
    page.goto("/trade/sales/new?contact=1")
    page.locator('[data-column="item"]').first.focus()
    scan(page, SCREW)
    expect(page.locator("line-grid tbody tr")).to_have_count(2)
    page.locator('[data-column="quantity"]').first.fill("0")
    page.click("button[value=save]")
    said = page.locator(".flash-error a").inner_text()
    assert said.startswith("Line 1:")
    expect(page.locator("#line-1 .line-words")).to_have_text(said)
    expect(page.locator('[data-column="quantity"]').first).to_have_attribute("aria-invalid", "true")
    page.locator('[data-column="quantity"]').first.fill("2")
    expect(page.locator("#line-1 .line-words")).to_be_hidden()


def test_every_bad_line_has_its_words_and_the_first_has_the_focus(open_page: Any) -> None:
    page = open_page("maria")
    page.goto("/warehouse/receipts/new")
    paste(page, *(("FA-0204", "1", "1"),) * 40, *BAD)
    expect(page.locator("tr.bad")).to_have_count(4)
    page.click("button[value=post]")
    alert = page.locator("[role=alert]")
    expect(alert.locator("a")).to_have_text(
        [
            "Line 41: “1e3” isn't a number.",
            "Line 42: “0.1234567” has more than 6 digits after the point.",
            "Line 43: there is no “Nothing at all”. Choose from the list.",
        ]
    )
    first = page.locator('#line-41 [data-column="quantity"]')
    expect(first).to_be_focused()
    expect(first).to_be_in_viewport()
    words = [page.locator(f"#line-{n} .line-words").inner_text() for n in range(41, 45)]
    assert words[0] == "Line 41: “1e3” isn't a number."
    assert words[3] == "Quantity: must be above 0."
    assert page.locator(f"#{first.get_attribute('aria-describedby')}").inner_text() == words[0]
    first.fill("1000")
    expect(page.locator("#line-41 .line-words")).to_be_hidden()


def test_a_cost_that_is_missing_is_asked_for_where_it_is_typed(open_page: Any) -> None:
    page = open_page("maria")
    page.goto("/warehouse/receipts/new")
    paste(page, ("FA-0204", "1", "1"), ("FA-0108", "2", ""))
    expect(page.locator("line-grid tbody tr")).to_have_count(3)
    page.click("button[value=post]")
    cost = page.locator('#line-2 [data-column="price"]')
    expect(page.locator("#line-2 .line-words")).to_have_text(
        "Line 2: the cost is missing. Type 0 if the goods were free."
    )
    expect(cost).to_have_attribute("aria-invalid", "true")
    expect(cost).to_be_focused()
    cost.fill("0")
    expect(page.locator("#line-2 .line-words")).to_be_hidden()


def test_a_line_that_is_wrong_as_a_whole_has_the_focus(open_page: Any) -> None:
    page = open_page("maria")
    page.goto("/warehouse/receipts/new")
    paste(page, ("FA-0204", "1", "1"), ("FA-0108", "9000000", "9000000"))
    expect(page.locator("line-grid tbody tr")).to_have_count(3)
    page.click("button[value=post]")
    expect(page.locator("#line-2 .line-words")).to_contain_text("comes to more than can be kept")
    expect(page.locator('#line-2 [data-column="quantity"]')).to_be_focused()


def test_a_part_of_what_is_counted_whole_is_marked_while_one_types(grid_page: Any) -> None:
    page = grid_page
    page.locator('[data-column="item"]').first.focus()
    scan(page, SCREW)
    expect(page.locator("line-grid tbody tr")).to_have_count(2)
    quantity = page.locator('[data-column="quantity"]').first
    expect(quantity).to_have_attribute("inputmode", "numeric")
    quantity.fill("1.5")
    expect(page.locator("#line-1 .line-words")).to_have_text("“1.5” isn't a whole number of box.")
    quantity.fill("2")
    expect(page.locator("#line-1 .line-words")).to_be_hidden()
