"""Tabs of a card exchange the main part of the page, by mouse, keyboard and the browser's own buttons; reports fit a phone."""

from typing import Any

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import PHONE
from tests.browser.test_a_working_day import errors_of

pytestmark = pytest.mark.browser

PAGES = (
    "/contacts/1",
    "/trade/contacts/1",
    "/trade/contacts/1/contact-results",
    "/reports",
    "/trade/results?since=2020-01-01",
)


def test_a_tab_exchanges_the_main_part_and_is_an_address(open_page: Any, server: Any) -> None:
    page = open_page("maria")
    page.goto("/contacts/1")
    page.evaluate("window.stayed = true")
    page.click(".tabs a:has-text('Documents')")
    expect(page.locator(".tabs a[aria-current=page]")).to_have_text("Documents")
    expect(page.locator("#list")).to_be_visible()
    assert page.url == f"{server.address}/trade/contacts/1"
    assert page.title().startswith("Documents: ")
    assert page.evaluate("window.stayed")  # nothing but the main part was loaded
    assert page.locator("main").count() == 1
    page.select_option("[name=state]", "posted")  # what came in works
    page.wait_for_url("**/trade/contacts/1?*state=posted*")
    page.locator("#tabs-money").focus()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.locator(".tabs a[aria-current=page]")).to_have_text("Statement")
    expect(page.locator("#tabs-money")).to_have_text("Money: Statement")
    expect(page.locator("#tabs-money")).to_be_focused()
    page.go_back()
    expect(page.locator(".tabs a[aria-current=page]")).to_have_text("Documents")
    page.reload()
    expect(page.locator(".tabs a[aria-current=page]")).to_have_text("Documents")


def test_tabs_and_reports_fit_a_phone_and_pass_the_accessibility_checks(open_page: Any) -> None:
    page = open_page("admin", size=PHONE)
    for address in PAGES:
        page.goto(address)
        assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"], address
        assert errors_of(page) == [], address


def test_a_print_has_no_prices_on_paper(open_page: Any) -> None:
    page = open_page("maria")
    page.goto("/trade/sales")
    page.locator("#list tbody tr:has(.state-posted) a").first.click()
    page.click(".head-actions summary")
    page.click(".head-actions a:has-text('Delivery note')")
    expect(page.locator("h1")).to_contain_text("Delivery note S-")
    page.emulate_media(media="print")
    assert page.locator(".head-actions").is_hidden()
    assert "Price" not in page.locator("main").inner_text()


@pytest.mark.parametrize("language", ["ru", "vi"])
def test_what_state_a_document_is_in_stands_in_one_line(open_page: Any, language: str) -> None:
    page = open_page("maria")
    page.set_extra_http_headers({"Accept-Language": language})
    page.goto("/")
    heights = page.locator("main .state").evaluate_all("(all) => all.map((each) => each.getClientRects()[0].height)")
    assert len(heights) > 5
    assert max(heights) < 25


@pytest.mark.parametrize("width", [820, 1000])
def test_pages_fit_between_a_phone_and_a_desk(open_page: Any, width: int) -> None:
    page = open_page("maria", size={"width": width, "height": 700})
    page.set_extra_http_headers({"Accept-Language": "vi"})
    for path in ("/", "/account", "/warehouse/items/1?place=100", "/contacts/1/statement", "/trade/sales"):
        page.goto(path)
        assert page.evaluate("document.documentElement.scrollWidth") <= width, path
