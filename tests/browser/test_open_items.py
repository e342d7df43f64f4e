"""Paying a document and allocating an advance, at a desk and on a phone."""

import re
from typing import Any

import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.browser

SIZES = {"desk": {"width": 1366, "height": 768}, "phone": {"width": 390, "height": 844}}


@pytest.mark.parametrize("size", SIZES)
def test_an_accountant_pays_a_document_and_allocates_the_rest(open_page: Any, size: str) -> None:
    page = open_page("anna", size=SIZES[size])

    def fits() -> None:
        assert page.evaluate("document.documentElement.scrollWidth") <= SIZES[size]["width"]

    page.goto("/contacts/open-items?who=them")
    fits()
    link = page.locator("#list tbody tr a[href*='/trade/sales/']").first
    number, sale = link.inner_text(), re.sub(r"\D", "", link.get_attribute("href"))
    page.goto(f"/contacts/payments/new?document={sale}")
    box, amount = page.locator(f"[name=part_{sale}]"), page.locator("#amount")
    expect(box).to_have_value(amount.input_value())
    fits()
    box.fill("1")
    page.click("button:has-text('Show open documents')")
    expect(page.locator(f"[name=part_{sale}]")).to_have_value("1")
    page.click("button:has-text('Record')")
    page.wait_for_selector(".state-posted")
    expect(page.locator("table.list")).to_contain_text(number)
    fits()
    page.click("text=Allocate")
    fits()
    page.fill(f"[name=part_{sale}]", "2")
    page.click("button:has-text('Allocate')")
    page.wait_for_selector(".state-posted")
    expect(page.locator("h1")).to_contain_text("AL-")
    fits()
    page.go_back()
    page.go_back()
    page.reload()
    page.get_by_role("button", name="Reverse allocation").wait_for()
    fits()
    page.go_forward()
    page.go_forward()
    page.click(".facts a")
    expect(page.locator(".tabs a[aria-current=page]")).to_have_text("Open items")
    expect(page.locator("#list")).to_contain_text(number)
    fits()
