"""A customer or item that isn't there yet is made from where it is missed, by keys alone."""

import re
from typing import Any

import pytest
from playwright.sync_api import expect

from tests.browser.lines.conftest import lines

pytestmark = pytest.mark.browser


def test_a_customer_is_made_in_a_new_tab_and_chosen_where_it_was_missed(open_page: Any) -> None:
    page = open_page("maria")
    page.goto("/trade/sales/new")
    page.locator("#contact_id-text").press_sequentially("Nobody Ltd")
    expect(page.locator(".offers .creation")).to_have_text(
        ["+ New legal entity", "+ New sole proprietor", "+ New individual"]
    )
    with page.context.expect_page() as opened:
        page.keyboard.press("ArrowDown")
        page.keyboard.press("Enter")
    tab = opened.value
    tab.wait_for_load_state()
    expect(tab.locator("#name")).to_have_value("Nobody Ltd")
    tab.keyboard.press("Control+Enter")
    expect(page.locator("#contact_id-text")).to_have_value("Nobody Ltd")
    expect(page.locator('input[name="contact_id"]')).to_have_value(re.compile(r"\d+"))


def test_an_item_is_made_where_it_was_missed_and_stands_on_the_line(open_page: Any) -> None:
    page = open_page("maria")
    page.goto("/trade/sales/new")
    item = page.locator('[data-column="item"]').first
    item.press_sequentially("Hinge made of brass")
    page.locator(".offers .creation").wait_for()
    with page.context.expect_page() as opened:
        page.keyboard.press("ArrowDown")
        page.keyboard.press("Enter")
    tab = opened.value
    tab.wait_for_load_state()
    tab.fill("#code", "HI-77")
    tab.keyboard.press("Control+Enter")
    expect(item).to_have_value("HI-77 Hinge made of brass")
    assert lines(page) == [("HI-77", "1")]


def test_whoever_may_make_none_is_offered_none(open_page: Any) -> None:
    page = open_page("sam")
    page.goto("/trade/sales/new")
    page.locator('[data-column="item"]').first.press_sequentially("Hinge of gold")
    page.locator(".offers .none").wait_for()
    expect(page.locator(".offers .creation")).to_have_count(0)
