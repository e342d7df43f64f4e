"""A field of the company's own in a browser: declared while people work, filled in, found by its filter, kept with the form."""

import re
from typing import Any

import pytest
from playwright.sync_api import expect

from tests.browser.test_a_working_day import type_line
from tests.browser.test_keeping import SAVED

pytestmark = pytest.mark.browser


def declare(page: Any, subject: str, title: str, type_: str, *, choices: str = "", is_required: bool = False) -> None:
    page.goto("/admin/fields")
    page.keyboard.press("Insert")
    page.select_option("#subject", subject)
    page.fill("#title", title)
    page.select_option("#type", type_)
    page.fill("#choices", choices)
    page.set_checked("#is_required", is_required)
    page.keyboard.press("Control+Enter")
    page.wait_for_url(re.compile("/admin/fields$"))
    expect(page.locator("#list tbody")).to_contain_text(title)


def test_a_field_declared_while_people_work_is_filled_in_and_found(open_page: Any) -> None:
    seller, admin = open_page("sam"), open_page("admin")
    seller.goto("/trade/sales")
    declare(admin, "trade.sale", "Delivery by", "choice", choices="Courier\nCollected", is_required=True)
    declare(admin, "trade.sale", "Parcels", "number")
    for carrier, parcels in (("Courier", "2.5"), ("Collected", "")):
        seller.goto("/trade/sales/new")
        seller.fill("#contact_id-text", "bergen")
        seller.locator(".offers li").first.click()
        type_line(seller, 0, "FA-0108", "1", "4.20")
        seller.fill("#custom_parcels", parcels)
        seller.click("button[value=post]")
        expect(seller.locator("#custom_delivery_by-error")).to_have_text("Please fill this in. ")
        assert seller.input_value("#custom_parcels") == parcels
        seller.select_option("#custom_delivery_by", carrier)
        seller.click("button[value=post]")
        seller.wait_for_selector(".state-posted")
        assert carrier in seller.inner_text(".facts")
    seller.goto("/trade/sales")
    count = seller.locator("#list tbody tr")
    seller.select_option("[name=custom_delivery_by]", "Courier")
    expect(count).to_have_count(1)
    seller.select_option("[name=custom_delivery_by]", "")
    seller.fill("[name='custom_parcels.from']", "2.5")
    seller.keyboard.press("Tab")
    expect(count).to_have_count(1)
    seller.fill("[name='custom_parcels.from']", "2.6")
    seller.keyboard.press("Tab")
    expect(seller.locator("#list .empty")).to_be_visible()


def test_what_is_typed_in_one_outlives_a_closed_tab(open_page: Any) -> None:
    admin = open_page("admin")
    declare(admin, "warehouse.item", "Shelf", "text")
    page = open_page("steve")
    page.goto("/warehouse/items/new")
    page.fill("#code", "X-1")
    page.fill("#custom_shelf", "B-12")
    expect(page.locator("kept-form")).to_have_text(SAVED)
    other = page.context.new_page()
    page.close()
    other.goto("/warehouse/items/new")
    other.click(".kept-offer a")
    expect(other.locator("#custom_shelf")).to_have_value("B-12")
