"""The menu: by mouse, by keyboard, and by thumb on a phone."""

from typing import Any

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import DESKTOP, PHONE, errors_of

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("login", ["admin", "anna", "maria", "sam", "steve"])
def test_the_menu_fits_a_small_screen(open_page: Any, login: str) -> None:
    page = open_page(login)
    page.goto("/")
    height = page.evaluate("document.querySelector('#side-menu').scrollHeight")
    assert height <= DESKTOP["height"]
    assert errors_of(page) == []


def test_a_group_opens_by_keyboard_and_stays_open(open_page: Any) -> None:
    page = open_page("admin")
    page.goto("/")
    group = page.locator('#side-menu [data-group="Administration"]')
    expect(group.get_by_text("Users")).to_be_hidden()
    with page.expect_response("**/menu/groups"):
        group.locator("summary").press("Enter")
    expect(group.get_by_text("Users")).to_be_visible()
    page.goto("/trade/sales")
    expect(group.get_by_text("Users")).to_be_visible()
    with page.expect_response("**/menu/groups"):
        group.locator("summary").click()
    page.reload()
    expect(group.get_by_text("Users")).to_be_hidden()


def test_a_star_puts_a_filtered_list_first(open_page: Any) -> None:
    page = open_page("admin")
    page.goto("/trade/sales")
    page.select_option("[name=state]", label="Draft")
    page.wait_for_url("**state=draft*")
    star = page.get_by_role("button", name="Favourite")
    star.click()
    favourite = page.locator(".side-favourites a")
    expect(favourite).to_have_text("Sales · Draft")
    expect(star).to_have_attribute("aria-pressed", "true")
    assert errors_of(page) == []
    page.select_option("[name=state]", label="Posted")
    expect(star).to_have_attribute("aria-pressed", "false")
    page.goto("/")
    favourite.click()
    page.wait_for_url("**/trade/sales*state=draft*")
    expect(star).to_have_attribute("aria-pressed", "true")
    star.click()
    expect(favourite).to_have_count(0)


def test_on_a_phone_a_thumb_reaches_the_menu(open_page: Any) -> None:
    page = open_page("admin", size=PHONE)
    page.goto("/trade/sales")
    toggle = page.get_by_role("button", name="Menu")
    box = toggle.bounding_box()
    assert box["y"] + box["height"] <= 48  # in the bar above: it covers no line
    assert min(box["width"], box["height"]) >= 44
    toggle.click()
    expect(page.locator("#side-menu")).to_be_visible()
    lines = page.locator("#side-menu a.side-link:visible, #side-menu summary:visible")
    assert min(line.bounding_box()["height"] for line in lines.all()) >= 44
    assert errors_of(page) == []
    page.keyboard.press("Escape")
    expect(page.locator("#side-menu")).to_be_hidden()
    expect(toggle).to_be_focused()
    toggle.click()
    page.locator('#side-menu [data-group="Administration"] summary').click()
    page.get_by_role("link", name="Users").click()
    page.wait_for_url("**/admin/users")


@pytest.mark.parametrize("language", ["ru", "vi"])
def test_no_word_of_the_menu_is_cut(open_page: Any, language: str) -> None:
    page = open_page("admin")
    page.set_extra_http_headers({"Accept-Language": language})
    page.goto("/warehouse/costing")
    cut = """[...document.querySelectorAll('#side-menu .side-link span')]
        .filter((each) => each.scrollWidth > each.clientWidth || each.scrollHeight > each.clientHeight + 1)
        .map((each) => each.textContent)"""
    assert page.evaluate(cut) == []
