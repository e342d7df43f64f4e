"""What comes over the wire in Chromium: the first time little, again next to nothing; and parts bring their scripts along."""

from typing import Any

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import DESKTOP
from tests.contract.test_weight import AGAIN, FIRST

pytestmark = pytest.mark.browser


@pytest.fixture
def wire(browser: Any, server: Any) -> Any:
    """A page of a browser that has never been here, and the bytes of each answer that it gets."""
    context = browser.new_context(viewport=DESKTOP, base_url=server.address, locale="en-GB")
    page, weights = context.new_page(), []
    devtools = context.new_cdp_session(page)
    devtools.on("Network.loadingFinished", lambda event: weights.append(event["encodedDataLength"]))
    devtools.send("Network.enable")
    yield page, weights
    context.close()


def test_chromium_loads_little_for_the_first_page_and_next_to_nothing_again(wire: Any, server: Any) -> None:
    page, weights = wire
    page.goto("/login", wait_until="networkidle")
    page.fill("#login", "admin")
    page.fill("#password", "admin-sample")
    page.click("button:has-text('Sign in')")
    page.wait_for_url(f"{server.address}/", wait_until="networkidle")
    assert 20_000 < sum(weights) <= FIRST
    for address in ("/", "/warehouse/items", "/trade/sales"):
        weights.clear()
        page.goto(address, wait_until="networkidle")
        assert 1_000 < sum(weights) <= AGAIN, address


def test_a_part_that_is_exchanged_brings_its_scripts_along_and_each_runs_once(open_page: Any) -> None:
    page = open_page("sam")
    page.goto("/")
    defined = "['line-grid', 'lookup-field', 'kept-form'].map((name) => Boolean(customElements.get(name)))"
    assert page.evaluate(defined) == [False] * 3
    page.evaluate("window.stayed = true")
    for _ in range(2):
        page.evaluate("htmx.ajax('GET', '/trade/sales/new', {target: '#main', select: '#main', swap: 'outerHTML'})")
        expect(page.locator("line-grid table")).to_have_count(1)
        page.locator("line-grid [data-column=item]").fill("FA-0204")
        page.locator(".offers li").first.wait_for()
        page.keyboard.press("Enter")
        expect(page.locator("[data-total=count]")).to_have_text("1")
        page.evaluate("document.querySelector('#main').replaceChildren()")
    assert page.evaluate(defined) == [True] * 3
    assert page.evaluate("window.stayed")
