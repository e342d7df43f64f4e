"""A customer, item or contract that isn't there yet is made in a dialog where it is missed, by keys alone."""

import re
from typing import Any

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import PHONE
from tests.browser.lines.conftest import lines

pytestmark = pytest.mark.browser

NEW = "dialog.making"


def miss(page: Any, box: Any, text: str) -> None:
    """Type what nobody is called, and choose the first form that makes it."""
    box.press_sequentially(text)
    box.press("ArrowDown")  # asks at once
    page.locator(".offers .creation").first.wait_for()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    page.locator(f"{NEW} form").wait_for()


def test_a_customer_is_made_in_a_dialog_and_nothing_below_it_is_lost(open_page: Any) -> None:
    page = open_page("maria")
    page.goto("/trade/sales/new")
    page.fill("#note", "call before noon")
    contact, name = page.locator("#contact_id-text"), page.locator(f'{NEW} [name="name"]')
    miss(page, contact, "Nobody Ltd")
    expect(name).to_be_focused()
    expect(name).to_have_value("Nobody Ltd")
    page.keyboard.press("Escape")
    expect(page.locator(NEW)).to_have_count(0)
    expect(contact).to_be_focused()
    expect(contact).to_have_value("Nobody Ltd")
    miss(page, contact, "")
    page.fill(f'{NEW} [name="email"]', "nobody")
    page.keyboard.press("Enter")
    expect(page.locator(f'{NEW} [name="email"]')).to_have_attribute("aria-invalid", "true")
    expect(page.locator(f'{NEW} [name="email"]')).to_be_focused()
    page.fill(f'{NEW} [name="email"]', "post@nobody.example")
    page.keyboard.press("Enter")
    expect(contact).to_have_value("Nobody Ltd")
    expect(contact).to_be_focused()
    expect(page.locator('input[name="contact_id"]')).to_have_value(re.compile(r"\d+"))
    assert page.input_value("#note") == "call before noon"
    page.locator("create-link a").click()
    expect(page.locator(f"{NEW} lookup-field input:not([type=hidden])")).to_have_value("Nobody Ltd")
    page.fill(f'{NEW} [name="number"]', "K-1")
    page.keyboard.press("Control+Enter")
    expect(page.locator("#contract_id option:checked")).to_contain_text("K-1")


def test_one_that_is_there_already_is_chosen_instead_of_made_again(open_page: Any) -> None:
    page = open_page("maria", size=PHONE)
    page.goto("/trade/sales/new")
    miss(page, page.locator("#contact_id-text"), "Bergen Joinry")
    page.locator(f"{NEW} [data-there]").click()
    expect(page.locator(NEW)).to_have_count(0)
    expect(page.locator("#contact_id-text")).to_have_value("Bergen Joinery AS")


def test_an_item_is_made_where_it_was_missed_and_stands_on_the_line(open_page: Any) -> None:
    page = open_page("maria")
    page.goto("/trade/sales/new")
    item = page.locator('[data-column="item"]').first
    miss(page, item, "Hinge made of brass")
    page.fill(f'{NEW} [name="code"]', "HI-77")
    page.keyboard.press("Control+Enter")
    expect(item).to_have_value("HI-77 Hinge made of brass")
    assert lines(page) == [("HI-77", "1")]


def test_the_same_form_in_a_tab_of_its_own_says_what_it_has_made(open_page: Any) -> None:
    page = open_page("maria")
    page.goto("/trade/sales/new")
    miss(page, page.locator("#contact_id-text"), "Somebody Ltd")
    with page.context.expect_page() as opened:
        page.locator(f"{NEW} [data-tab]").click()
    tab = opened.value
    tab.wait_for_load_state()  # keys are heard from then on
    expect(tab.locator("#name")).to_have_value("Somebody Ltd")
    tab.keyboard.press("Control+Enter")
    expect(page.locator(NEW)).to_have_count(0)
    expect(page.locator("#contact_id-text")).to_have_value("Somebody Ltd")


def test_whoever_may_make_none_is_offered_none(open_page: Any) -> None:
    page = open_page("sam")
    page.goto("/trade/sales/new")
    page.locator('[data-column="item"]').first.press_sequentially("Hinge of gold")
    page.locator(".offers .none").wait_for()
    expect(page.locator(".offers .creation")).to_have_count(0)
