"""A form is sent once, and by its key. The lines of a document have tests of their own in `lines/`."""

import re
from typing import Any

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import PHONE
from tests.browser.lines.conftest import ITEM, paste

pytestmark = pytest.mark.browser


def test_a_payment_sent_twice_is_one_and_back_again_can_be_sent(open_page: Any) -> None:
    page = open_page("anna")
    page.goto("/contacts/payments/new?contact=3")
    page.fill("#amount", "1e3")
    # its field called method once hid the form's own from the guard
    page.evaluate(
        "document.querySelector('form[data-guard]').addEventListener('submit', (event) => event.preventDefault())"
    )
    button = page.locator("button:has-text('Record')")
    button.click()
    expect(button).to_be_disabled()
    page.evaluate("window.dispatchEvent(new PageTransitionEvent('pageshow', {persisted: true}))")
    expect(button).to_be_enabled()
    assert page.locator("form[data-sent]").count() == 0


def test_ctrl_enter_saves_where_nothing_is_posted(open_page: Any) -> None:
    page = open_page("admin")
    page.goto("/admin/modules/production/enable")
    page.click("button:has-text('Switch on')")
    page.wait_for_selector(".flash-success")
    page.goto("/production/boms/new")
    expect(page.locator("#item_id-text")).to_be_focused()
    page.fill("#item_id-text", "FA-0204")
    page.locator(".offers li").first.wait_for()
    page.keyboard.press("Enter")
    page.locator(ITEM).first.focus()
    paste(page, ("FA-0205", "2"), ("FI-6005", "0.001"))
    page.keyboard.press("Control+Enter")
    page.wait_for_url(re.compile(r"/production/boms/\d+$"))
    page.goto("/account")
    page.select_option("#locale", "vi")
    page.keyboard.press("Control+Enter")
    page.wait_for_selector("html[lang=vi]")


def test_a_long_note_is_read_in_long_lines(open_page: Any) -> None:
    page = open_page("steve")
    page.goto("/warehouse/write-offs/new")
    page.wait_for_selector("line-grid table")
    page.locator(ITEM).first.focus()
    paste(page, ("FA-0204", "1"))
    page.fill("[name=note]", "fell from the shelf, " * 30)
    page.click("button[value=post]")
    page.wait_for_selector(".state-posted")
    note = page.locator(".fact", has_text="Note")
    assert note.bounding_box()["width"] > 450
    assert note.bounding_box()["height"] < 250
    page.set_viewport_size(PHONE)
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
