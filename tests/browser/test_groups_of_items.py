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
    inner.locator("a[draggable=true]").drag_to(tree.locator(".folder", has_text="Zinc"))
    expect(page.get_by_text("Moved.")).to_be_visible()
    expect(inner.locator(".folder-step")).to_have_count(2)
    inner.locator("a[draggable=true]").press("Enter")
    page.locator("[name=parent_id]").select_option("")
    page.keyboard.press("Control+Enter")
    page.wait_for_url("**/warehouse/groups")
    expect(inner.locator(".folder-step")).to_have_count(1)


def test_ticked_items_are_drawn_onto_a_group_and_moved_back_by_keyboard(open_page: Any) -> None:
    page = open_page("admin")
    page.goto("/warehouse/groups")
    page.get_by_role("link", name="Items: Hand tools").press("Enter")
    items = page.locator(".folder-contact")
    count = items.count()
    for n in (0, 2):
        items.nth(n).locator("input").press("Space")
    items.nth(0).drag_to(page.locator(".folder", has_text="Finishes"))
    expect(page.get_by_text("2 items moved.")).to_be_visible()
    expect(items).to_have_count(count - 2)
    page.get_by_role("link", name="Items: Finishes").press("Enter")
    for code in ("TO-1001", "TO-1007"):
        page.locator(".folder-contact", has_text=code).locator("input").press("Space")
    page.locator("[name=to]:visible").select_option(label="Hand tools")
    page.get_by_role("button", name="Move", exact=True).press("Enter")
    expect(page.get_by_text("2 items moved.")).to_be_visible()
