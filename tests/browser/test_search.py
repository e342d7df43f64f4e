"""The search by keyboard alone: pages and actions, what was used last, and never what was found for another text."""

from typing import Any

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import DESKTOP, PHONE, errors_of

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("size", [DESKTOP, PHONE])
def test_an_action_is_found_and_begun_by_keyboard(open_page: Any, size: dict[str, int]) -> None:
    page = open_page("admin", size=size)
    page.goto("/admin/audit")
    page.keyboard.press("Control+k")
    expect(page.locator(".found-group").first).to_have_text("Actions")
    assert errors_of(page) == []
    page.keyboard.type("goods receipt")
    expect(page.locator(".found-row").first).to_contain_text("New goods receipt")
    assert page.locator("#search-found .found").bounding_box()["width"] <= size["width"]
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    page.wait_for_url("**/warehouse/receipts/new")
    page.goto("/")
    page.keyboard.press("Control+k")
    expect(page.locator(".found-group").first).to_have_text("Used last")
    expect(page.locator(".found-row").first).to_contain_text("New goods receipt")
    page.keyboard.press("Escape")
    expect(page.locator(".found-row")).to_have_count(0)


def test_down_and_enter_wait_for_what_is_found(open_page: Any) -> None:
    page = open_page("admin")
    page.goto("/")
    page.keyboard.press("Control+k")
    page.locator(".found-row").first.wait_for()
    page.keyboard.type("audit")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    page.wait_for_url("**/admin/audit")


def test_enter_leads_on_after_an_answer_that_shows_nothing(open_page: Any) -> None:
    page = open_page("admin")
    page.goto("/")
    page.context.clear_cookies()  # they were signed out meanwhile
    with page.expect_response("**/login?*audit") as answer:  # the empty box has asked before
        page.locator(".search input").focus()
        page.keyboard.type("audit")
        page.keyboard.press("ArrowDown")
    answer.value.finished()
    page.evaluate("() => new Promise(requestAnimationFrame)")  # the page has taken it
    page.keyboard.press("Enter")
    page.wait_for_url("**/login?*")


def test_enter_pressed_on_the_way_down_leads_on_when_the_answer_shows_nothing(open_page: Any) -> None:
    page = open_page("admin")
    page.goto("/")
    page.context.clear_cookies()
    waiting: list[Any] = []
    page.route("**/search?q=audit", lambda route: waiting.append(route) if not waiting else route.continue_())
    page.locator(".search input").focus()
    page.keyboard.type("audit")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    while not waiting:
        page.wait_for_timeout(50)
    waiting[0].continue_()
    page.wait_for_url("**/login?*")


def test_typing_goes_on_from_a_row(open_page: Any) -> None:
    page = open_page("admin")
    page.goto("/")
    page.keyboard.press("Control+k")
    page.keyboard.type("sal")
    page.locator(".found-row").first.wait_for()
    page.keyboard.press("ArrowDown")
    expect(page.locator(".found-row").first).to_be_focused()
    page.keyboard.type("e")
    expect(page.locator(".search input")).to_have_value("sale")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowUp")
    expect(page.locator(".search input")).to_be_focused()


def test_the_foot_of_a_list_is_summed_when_it_is_seen(open_page: Any) -> None:
    page = open_page("admin")
    page.goto("/contacts/balances")
    page.locator(".list tfoot").scroll_into_view_if_needed()
    expect(page.locator(".list tfoot")).to_contain_text("GBP")
    assert errors_of(page) == []


def test_a_scanned_barcode_leads_to_its_item(open_page: Any) -> None:
    page = open_page("steve")
    page.goto("/")
    page.keyboard.press("Control+k")
    page.keyboard.type("2000000001012")  # as a scanner does: at once, with Enter behind
    page.keyboard.press("Enter")
    page.wait_for_url("**/warehouse/items/*")
    expect(page.locator("h1")).to_contain_text("Wood screw")
    page.goto("/")
    page.keyboard.press("Control+k")
    page.keyboard.type("2000000001012")
    page.locator(".found-row").first.wait_for()
    page.keyboard.press("Enter")
    page.wait_for_url("**/warehouse/items/*")
    assert errors_of(page) == []


@pytest.mark.parametrize("text", ["screw", "nothing has this"])
def test_enter_shows_a_page_unless_one_thing_alone_is_found(open_page: Any, text: str) -> None:
    page = open_page("steve")
    page.goto("/")
    page.keyboard.press("Control+k")
    page.keyboard.type(text)
    page.keyboard.press("Enter")
    page.wait_for_url("**/search?q=*")
    expect(page.locator("h1")).to_contain_text(text)
