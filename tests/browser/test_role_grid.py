"""A role's grid by keyboard, and on a phone."""

from typing import Any

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import violations

pytestmark = pytest.mark.browser


def test_arrows_move_between_the_boxes_and_a_right_brings_the_right_to_see(open_page: Any) -> None:
    page = open_page("admin", size={"width": 390, "height": 844})
    page.goto("/admin/roles")
    page.get_by_role("link", name="storekeeper").click()
    see, draft = (page.locator(f"[name=permission][value='trade.sale.{verb}']") for verb in ("view", "edit"))
    expect(see).not_to_be_checked()
    see.focus()
    page.keyboard.press("ArrowRight")
    expect(draft).to_be_focused()
    page.keyboard.press("Space")
    expect(see).to_be_checked()
    page.keyboard.press("ArrowDown")
    expect(page.locator("[name=permission][value='trade.sales_return.edit']")).to_be_focused()
    see.uncheck()
    expect(draft).not_to_be_checked()
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    assert violations(page) == []
