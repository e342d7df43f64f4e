"""Help beside the page: by mouse and keys, on a desk and on a phone; what is typed stays where it is."""

import re
from typing import Any

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import DESKTOP, PHONE
from tests.browser.test_a_working_day import errors_of

pytestmark = pytest.mark.browser


def begin_a_sale(page: Any) -> None:
    page.goto("/trade/sales/new")
    page.fill("#note", "half typed")
    page.fill('[data-column="quantity"]', "7")


def is_untouched(page: Any) -> None:
    assert page.url.endswith("/trade/sales/new")
    assert page.input_value("#note") == "half typed"
    assert page.input_value('[data-column="quantity"]') == "7"


@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desk", "phone"])
def test_help_opens_beside_a_half_typed_sale(open_page: Any, size: dict[str, int]) -> None:
    page = open_page("sam", size=size)
    begin_a_sale(page)
    page.click("main .help-open")
    panel = page.locator("#help")
    expect(panel.locator("h2")).to_have_text("Sales")
    expect(page.locator("#help-title")).to_be_focused()
    assert errors_of(page) == []
    box = panel.bounding_box()
    if size == DESKTOP:
        assert box["x"] >= page.locator("main").bounding_box()["x"] + page.locator("main").bounding_box()["width"]
    else:
        assert (box["x"], box["width"], box["height"]) == (0, PHONE["width"], PHONE["height"])
    assert page.evaluate("document.documentElement.scrollWidth") <= size["width"]
    panel.get_by_role("link", name="Documents", exact=True).click()
    expect(panel.locator("h2")).to_have_text("Documents")
    page.keyboard.press("Escape")
    expect(panel).to_be_hidden()
    expect(page.locator("main .help-open")).to_be_focused()
    is_untouched(page)


def test_the_keyboard_opens_searches_and_closes(open_page: Any) -> None:
    page = open_page("sam")
    begin_a_sale(page)
    page.focus("#note")
    page.keyboard.type("?")
    assert page.input_value("#note") == "half typed?"
    page.keyboard.press("Backspace")
    page.keyboard.press("F1")
    panel = page.locator("#help")
    expect(page.locator("#help-title")).to_be_focused()
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("Shift+Tab")
    # Half a word may have found the same before, and the whole one replaces it.
    with page.expect_response(re.compile("back(%20|[+])before")):
        page.keyboard.type("back before")
    expect(page.locator(".htmx-request, .htmx-swapping, .htmx-settling")).to_have_count(0)
    expect(panel.locator(".help-found a").first).to_contain_text("Sales returns")
    expect(panel.get_by_role("searchbox")).to_be_focused()
    page.keyboard.press("Control+Enter")  # posts no sale from here
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(panel.locator("h2")).to_have_text("Sales returns")
    page.keyboard.press("Insert")  # nor leaves the sale
    page.keyboard.press("Escape")
    expect(panel).to_be_hidden()
    expect(page.locator("#note")).to_be_focused()
    is_untouched(page)


def test_the_question_mark_is_a_key_where_nobody_types(open_page: Any) -> None:
    page = open_page("sam")
    page.goto("/trade/sales")
    page.locator("main").focus()
    page.keyboard.press("?")
    expect(page.locator("#help h2")).to_have_text("Sales")
    page.click("[data-help-close]")
    expect(page.locator("#help")).to_be_hidden()


def test_a_link_to_a_screen_leads_there_and_its_help_is_a_page_too(open_page: Any) -> None:
    page = open_page("sam")
    page.goto("/trade/results")
    page.click("main .help-open")
    page.locator("#help").get_by_role("link", name="Sales", exact=True).click()
    page.wait_for_url("**/trade/sales")
    page.goto("/help/trade.sale#trade-sale-3")
    expect(page.locator("h1")).to_have_text("Sales")
    assert errors_of(page) == []
    page.fill("main input[type=search]", "price")
    page.keyboard.press("Enter")
    page.wait_for_url("**/help/search?q=price")
    expect(page.locator(".help-found a").first).to_be_visible()


def test_where_the_help_cannot_be_fetched_it_says_so(browser: Any, server: Any) -> None:
    """In a context of its own, as the browser complains of the answer."""
    context = browser.new_context(base_url=server.address)
    page = context.new_page()
    page.goto("/login")
    page.fill("#login", "sam")
    page.fill("#password", "sam-sample")
    page.keyboard.press("Enter")
    page.wait_for_url(f"{server.address}/")
    begin_a_sale(page)
    page.route("**/help/**", lambda route: route.fulfill(status=401, body=""))
    page.click("main .help-open")
    expect(page.locator("#help h2")).to_contain_text("you are signed out")
    page.unroute("**/help/**")
    page.route("**/help/**", lambda route: route.abort())
    page.keyboard.press("Escape")
    page.click("main .help-open")
    expect(page.locator("#help h2")).to_contain_text("there is no connection")
    page.keyboard.press("Escape")
    is_untouched(page)
    context.close()


def test_a_window_that_grows_narrow_keeps_the_help_open(open_page: Any) -> None:
    page = open_page("sam")
    begin_a_sale(page)
    page.focus("#note")
    page.keyboard.press("F1")
    expect(page.locator("#help h2")).to_have_text("Sales")
    page.set_viewport_size(PHONE)
    expect(page.locator("#help")).to_be_visible()
    expect(page.locator("#help:modal")).to_have_count(1)
    page.keyboard.press("Escape")
    expect(page.locator("#help")).to_be_hidden()
    expect(page.locator("#note")).to_be_focused()
    is_untouched(page)
