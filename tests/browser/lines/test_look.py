"""How the line grid looks: on a phone, scrolled, and to a screen reader."""

from typing import Any

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import DESKTOP, PHONE, errors_of
from tests.browser.lines.conftest import ITEM, paste

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("size", [None, PHONE], ids=["desktop", "phone"])
def test_the_acts_stay_in_sight_and_cover_no_line(open_page: Any, size: Any) -> None:
    page = open_page("steve", **({"size": size} if size else {}))
    page.goto("/warehouse/receipts/new")
    paste(page, *(("FA-0204", "1", "1"),) * 40)
    expect(page.locator("[data-total=count]")).to_have_text("40")
    for n in (1, 41, 20, 1):
        page.locator(f"#line-{n} {ITEM}").focus()
        expect(page.locator("button[value=post]")).to_be_in_viewport(ratio=1)
        assert page.evaluate(
            """() => {
                const box = document.activeElement.getBoundingClientRect();
                return document.elementFromPoint(box.left + 20, box.top + 3) === document.activeElement
                    && document.elementFromPoint(box.left + 20, box.bottom - 3) === document.activeElement;
            }"""
        ), n


def test_offers_go_when_the_page_is_scrolled_and_a_moved_grid_stays_one(open_page: Any) -> None:
    page = open_page("maria", size={"width": 1000, "height": 280})
    page.goto("/warehouse/receipts/new")
    page.keyboard.type("hex")
    expect(page.locator(".offers li").first).to_be_visible()
    page.evaluate("window.scrollBy(0, 40)")
    expect(page.locator(".offers")).to_have_count(0)
    page.evaluate("const grid = document.querySelector('line-grid'); grid.parentElement.append(grid)")
    expect(page.locator("line-grid table")).to_have_count(1)
    page.locator(ITEM).first.fill("FA-0204")
    page.locator(".offers li").first.wait_for()
    page.keyboard.press("Enter")
    page.locator('[data-column="price"]').first.fill("0.12")
    page.keyboard.press("Control+Enter")
    page.wait_for_selector(".state-posted")


@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_lines_fit_the_screen_and_say_what_they_are(open_page: Any, size: Any) -> None:
    page = open_page("sam", size=size)
    page.goto("/trade/sales/new")
    page.locator(ITEM).first.focus()
    paste(page, ("FA-0204", "1", "2.5"), ("Nothing at all", "1"), ("FA-0108", "0"))
    expect(page.locator("tr.bad")).to_have_count(2)
    assert page.evaluate("document.documentElement.scrollWidth") <= size["width"]
    assert errors_of(page) == []
    page.locator(ITEM).last.focus()
    page.keyboard.type("hex")
    page.locator(".offers li").first.wait_for()
    assert errors_of(page) == []
    box = page.locator(".offers").bounding_box()
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= size["width"]
