"""Choosing a contact by its phone number, and making one where there is none, by keyboard alone."""

from typing import Any

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import DESKTOP, PHONE, errors_of

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("size", [DESKTOP, PHONE])
def test_a_customer_is_chosen_by_a_part_of_the_phone_number(open_page: Any, size: dict[str, int]) -> None:
    page = open_page("sam", size=size)
    page.goto("/trade/sales/new")
    page.locator("#contact_id-text").click()
    page.keyboard.type("1273 555")
    offer = page.locator(".offers li").first
    expect(offer).to_contain_text("Brightwater Builders Ltd")
    expect(offer).to_contain_text("Phone: +44 1273 555010")
    expect(offer.locator("mark")).to_have_text("1273 555")
    assert errors_of(page) == []
    page.keyboard.press("Enter")
    expect(page.locator("#contact_id-text")).to_have_value("Brightwater Builders Ltd")
    assert page.locator("#contact_id").input_value()


def test_whom_nobody_has_yet_is_made_from_the_field(open_page: Any) -> None:
    page = open_page("sam")
    page.goto("/trade/sales/new")
    page.locator("#contact_id-text").click()
    page.keyboard.type("0700 000 000")
    expect(page.locator(".offers li").first).to_have_attribute("aria-disabled", "true")
    page.locator(".offers li", has_text="New individual").click()
    making = page.locator("dialog.making")
    expect(making.locator("[name=name]")).to_be_visible()
    assert "0700 000 000" in [box.input_value() for box in making.locator("input:visible").all()]


def test_the_search_over_everything_marks_what_was_typed(open_page: Any) -> None:
    page = open_page("sam")
    page.goto("/")
    page.keyboard.press("Control+k")
    page.keyboard.type("c-1002@")
    row = page.locator(".found-row", has_text="Brightwater Builders Ltd").first
    expect(row.locator("small")).to_have_text("E-mail: c-1002@example.com")
    expect(row.locator("mark")).to_have_text("c-1002@")
    assert errors_of(page) == []
