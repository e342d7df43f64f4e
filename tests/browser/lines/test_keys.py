"""The keys of the line grid and of the offers below its cells."""

from typing import Any

import pytest
from playwright.sync_api import expect

from tests.browser.lines.conftest import ITEM, lines, paste

pytestmark = pytest.mark.browser


@pytest.mark.parametrize(
    ("login", "address", "start"),
    [
        ("sam", "/trade/sales/new", "#contact_id-text"),
        ("sam", "/trade/sales/new?contact=1", ITEM),
        ("steve", "/warehouse/receipts/new", ITEM),
        ("steve", "/warehouse/transfers/new", "#target_id"),
    ],
)
def test_the_focus_is_where_work_starts(open_page: Any, login: str, address: str, start: str) -> None:
    page = open_page(login)
    page.goto(address)
    expect(page.locator(start).first).to_be_focused()


def test_insert_goes_to_the_last_line_from_wherever_one_is(open_page: Any) -> None:
    page = open_page("steve")
    page.goto("/warehouse/receipts/new")
    paste(page, ("FA-0204", "1"), ("FA-0108", "2"))
    expect(page.locator("[data-total=count]")).to_have_text("2")
    page.locator("#note").focus()
    page.keyboard.press("Insert")
    expect(page.locator(f"tbody tr:last-child {ITEM}")).to_be_focused()


@pytest.mark.parametrize("key", ["Enter", "Tab"])
def test_the_offer_that_is_marked_is_taken(grid_page: Any, key: str) -> None:
    item = grid_page.locator('[data-column="item"]').first
    item.focus()
    grid_page.keyboard.type("hex", delay=30)
    offers = grid_page.locator(".offers li")
    expect(offers).not_to_have_count(1)
    grid_page.wait_for_load_state("networkidle")  # the answer to the last letter begins the list again
    second = offers.nth(1).locator("span").inner_text()
    grid_page.keyboard.press("ArrowDown")
    grid_page.keyboard.press(key)
    expect(item).to_have_value(second)
    expect(grid_page.locator('[data-column="quantity"]').first).to_be_focused()
    expect(offers).to_have_count(0)


def test_enter_never_takes_an_offer_that_answers_older_words(grid_page: Any) -> None:
    item = grid_page.locator('[data-column="item"]').first
    item.focus()
    grid_page.keyboard.type("fa", delay=60)
    grid_page.locator(".offers li").first.wait_for()
    grid_page.keyboard.type("-0205", delay=50)
    grid_page.keyboard.press("Enter")
    expect(grid_page.locator('[data-column="quantity"]').first).to_be_focused()
    assert lines(grid_page) == [("FA-0205", "1")]


def cell(page: Any, line: int, column: str) -> Any:
    return page.locator(f'#line-{line} [data-column="{column}"]')


def test_enter_goes_from_cell_to_cell_and_on_to_the_next_line(grid_page: Any) -> None:
    cell(grid_page, 1, "item").focus()
    paste(grid_page, ("FA-0204", "1"), ("FA-0108", "2"))
    expect(grid_page.locator("[data-total=count]")).to_have_text("2")
    cell(grid_page, 1, "item").focus()
    for column in ("quantity", "price", "discount", "tax_rate", "tax_code_id"):
        grid_page.keyboard.press("Enter")
        expect(cell(grid_page, 1, column)).to_be_focused()
    grid_page.keyboard.press("Enter")
    expect(cell(grid_page, 2, "item")).to_be_focused()
    grid_page.keyboard.press("Tab")
    expect(cell(grid_page, 2, "quantity")).to_be_focused()
    grid_page.keyboard.press("Shift+Tab")
    expect(cell(grid_page, 2, "item")).to_be_focused()


def test_arrows_go_up_and_down_in_their_column_and_stay_at_the_ends(grid_page: Any) -> None:
    cell(grid_page, 1, "item").focus()
    paste(grid_page, ("FA-0204", "1"), ("FA-0108", "2"))
    expect(grid_page.locator("[data-total=count]")).to_have_text("2")
    cell(grid_page, 1, "price").focus()
    for key, line in (("ArrowUp", 1), ("ArrowDown", 2), ("ArrowDown", 3), ("ArrowDown", 3), ("ArrowUp", 2)):
        grid_page.keyboard.press(key)
        expect(cell(grid_page, line, "price")).to_be_focused()


def test_escape_closes_the_offers_and_leaves_what_was_typed(grid_page: Any) -> None:
    item = cell(grid_page, 1, "item")
    item.focus()
    grid_page.keyboard.type("hex", delay=30)
    grid_page.locator(".offers li").first.wait_for()
    grid_page.keyboard.press("Escape")
    expect(grid_page.locator(".offers")).to_have_count(0)
    expect(item).to_have_value("hex")
    expect(item).to_be_focused()
    grid_page.keyboard.press("ArrowDown")
    grid_page.locator(".offers li").first.wait_for()


def test_ctrl_delete_removes_the_line_and_what_it_came_to(grid_page: Any) -> None:
    cell(grid_page, 1, "item").focus()
    paste(grid_page, ("FA-0204", "1", "2.5"), ("FA-0108", "1", "4"), ("FA-0205", "1", "1"))
    expect(grid_page.locator("[data-total=count]")).to_have_text("3")
    expect(grid_page.locator('[data-total="net"]')).to_have_text("7.50")
    cell(grid_page, 2, "price").focus()
    grid_page.keyboard.press("Control+Delete")
    expect(grid_page.locator('[data-total="net"]')).to_have_text("3.50")
    assert lines(grid_page) == [("FA-0204", "1"), ("FA-0205", "1")]
    expect(grid_page.locator(".row-number")).to_have_text(["1", "2", "3"])
    expect(cell(grid_page, 2, "item")).to_be_focused()
    for _ in range(4):
        grid_page.keyboard.press("Control+Delete")
    expect(grid_page.locator("line-grid tbody tr")).to_have_count(1)  # there is always one to type in


def test_delete_alone_removes_no_line(grid_page: Any) -> None:
    cell(grid_page, 1, "item").focus()
    paste(grid_page, ("FA-0204", "1"), ("FA-0108", "2"))
    expect(grid_page.locator("[data-total=count]")).to_have_text("2")
    cell(grid_page, 1, "quantity").focus()
    grid_page.keyboard.press("Delete")
    expect(cell(grid_page, 1, "quantity")).to_have_value("")
    expect(grid_page.locator("line-grid tbody tr")).to_have_count(3)
