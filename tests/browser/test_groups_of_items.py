"""Groups of items are moved by drawing one into another, and by keyboard in the form of the group."""

from typing import Any

import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.browser


def test_a_group_is_drawn_into_another_and_chosen_back_by_keyboard(open_page: Any) -> None:
    page = open_page("admin")
    for name in ("Zinc", "Zirconium"):
        page.goto("/warehouse/groups/new")
        page.fill("[name=name]", name)
        page.keyboard.press("Control+Enter")
        page.wait_for_url("**/warehouse/groups")
    tree = page.locator("drop-tree")
    inner = tree.locator(".folder", has_text="Zirconium")
    inner.locator("a").drag_to(tree.locator(".folder", has_text="Zinc"))
    expect(page.get_by_text("Moved.")).to_be_visible()
    expect(inner.locator(".folder-step")).to_have_count(2)
    inner.locator("a").press("Enter")
    page.locator("[name=parent_id]").select_option("")
    page.keyboard.press("Control+Enter")
    page.wait_for_url("**/warehouse/groups")
    expect(inner.locator(".folder-step")).to_have_count(1)
