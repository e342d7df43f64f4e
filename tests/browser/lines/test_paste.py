"""Rows of a spreadsheet, pasted into the line grid."""

from typing import Any

import pytest
from playwright.sync_api import expect

from tests.browser.lines.conftest import ITEM, lines, paste

pytestmark = pytest.mark.browser


def test_rows_pasted_from_a_spreadsheet_become_lines(open_page: Any) -> None:
    page = open_page("maria")
    page.goto("/warehouse/receipts/new")
    page.locator('[data-column="item"]').first.focus()
    page.evaluate(
        """() => {
            const data = new DataTransfer();
            data.setData("text/plain", "FA-0204\\t10\\t0.12\\nTI-4001\\t2,5\\t6.40\\n");
            const event = new ClipboardEvent("paste", {clipboardData: data, bubbles: true, cancelable: true});
            document.activeElement.dispatchEvent(event);
        }"""
    )
    page.locator("[data-total=count]", has_text="2").wait_for()
    page.click("button[value=post]")
    page.wait_for_selector(".state-posted")
    assert "17.20" in page.inner_text(".doc-totals")


def test_goods_come_in_at_no_price_that_they_are_sold_at(open_page: Any) -> None:
    page = open_page("admin")
    for address, price in (("/warehouse/receipts/new", ""), ("/trade/purchases/new", ""), ("/trade/sales/new", "0.29")):
        page.goto(address)
        page.locator(ITEM).first.focus()
        paste(page, ("FA-0204", "1"), ("FA-0204", "1"))
        expect(page.locator("[data-total=count]")).to_have_text("2")
        expect(page.locator('[data-column="price"]').first).to_have_value(price)


def test_three_hundred_rows_are_asked_for_in_a_few_questions(open_page: Any) -> None:
    page = open_page("steve")
    page.goto("/warehouse/receipts/new")
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url) if "/lookup/" in request.url else None)
    codes = ["FA-0204", "2000000001012", "fa-0108", "Nothing at all"]
    paste(page, *((codes[n % 4], "1", "2") for n in range(300)))
    expect(page.locator(".grid-note")).to_have_text("225 of 300 found")
    assert len(asked) == 2  # the codes in one, and what has no such code
    expect(page.locator("[data-total=count]")).to_have_text("225")
    expect(page.locator("tr.bad")).to_have_count(75)
    assert "There is no “Nothing at all”" in page.locator("tr.bad").first.inner_text()


def test_more_rows_than_a_document_takes_are_refused_in_words(open_page: Any) -> None:
    page = open_page("steve")
    page.goto("/warehouse/receipts/new")
    paste(page, *(("FA-0204", "1"),) * 2001)
    expect(page.locator(".grid-note")).to_contain_text("2001 rows are too many: a document has at most 2000 lines.")
    expect(page.locator("line-grid tbody tr")).to_have_count(1)


def test_a_form_sent_while_codes_are_looked_up_waits_for_them(open_page: Any) -> None:
    page = open_page("steve")
    page.goto("/warehouse/receipts")
    receipts = page.locator("#list tbody tr").count()
    page.goto("/warehouse/receipts/new")
    page.evaluate(
        """() => {
            const ask = window.fetch;
            window.fetch = async (...all) => { await new Promise((go) => setTimeout(go, 1200)); return ask(...all); };
        }"""
    )
    paste(page, ("FA-0204", "10", "0.12"), ("japanese pull", "2", "7"))
    page.keyboard.press("Control+Enter")
    page.keyboard.press("Control+Enter")
    page.wait_for_selector(".state-posted")
    assert page.locator("table.list tbody tr").count() == 2
    page.goto("/warehouse/receipts")
    assert page.locator("#list tbody tr").count() == receipts + 1


def test_a_row_of_titles_is_left_out_and_blank_rows_too(grid_page: Any) -> None:
    grid_page.locator(ITEM).first.focus()
    paste(
        grid_page, ("Article", "Quantity", "Price"), ("", ""), ("FA-0204", "2,5", "0,19"), ("",), ("FA-0108", "3", "4")
    )
    expect(grid_page.locator(".grid-note")).to_have_text("2 of 2 found. A row of titles was left out.")
    assert lines(grid_page) == [("FA-0204", "2,5"), ("FA-0108", "3")]
    expect(grid_page.locator('[data-total="gross"]')).to_have_text("14.98")  # with the tax that is proposed


@pytest.mark.parametrize("first", [("FA-0204", "lots"), ("FA-0204", "x5"), ("FA-0204", "")])
def test_a_first_row_without_titles_stays_though_it_is_wrong(grid_page: Any, first: tuple[str, ...]) -> None:
    grid_page.locator(ITEM).first.focus()
    paste(grid_page, first, ("FA-0108", "many"))
    expect(grid_page.locator(".grid-note")).to_have_text("2 of 2 found")
    expect(grid_page.locator("line-grid tbody tr")).to_have_count(3)


def test_rows_pasted_where_a_line_stands_leave_it(grid_page: Any) -> None:
    grid_page.locator(ITEM).first.focus()
    paste(grid_page, ("FA-0204", "1"), ("FA-0108", "2"))
    expect(grid_page.locator("[data-total=count]")).to_have_text("2")
    grid_page.locator(ITEM).first.focus()
    paste(grid_page, ("FA-0205", "3"), ("TO-1001", "4"))
    expect(grid_page.locator("[data-total=count]")).to_have_text("4")
    assert [code for code, _quantity in lines(grid_page)] == ["FA-0204", "FA-0108", "FA-0205", "TO-1001"]


def test_one_text_without_a_tab_is_pasted_into_its_cell(grid_page: Any) -> None:
    grid_page.locator(ITEM).first.focus()
    paste(grid_page, ("FA-0204",))
    expect(grid_page.locator("line-grid tbody tr")).to_have_count(1)
