"""The bell: by mouse, by keyboard, on a phone; and nothing about it keeps anybody out."""

from typing import Any

import pytest
from playwright.sync_api import expect
from sqlalchemy import select

from app.notifications import notify_users
from app.notifications.kinds import mentioned
from app.security import SYSTEM, User
from tests.browser.conftest import PHONE, violations

pytestmark = pytest.mark.browser


def notify(server: Any, login: str, *texts: str) -> None:
    def work(session: Any) -> None:
        user = session.scalars(select(User.id).where(User.login == login)).one()
        for text in texts:
            notify_users(session, mentioned, text=text, to=[user], link="/warehouse/items")

    server.app.company.database.run(work, actor=SYSTEM)


def complaints_of_axe(page: Any) -> list[str]:
    found = violations(page, runOnly=["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"])
    return [f"{v['id']}: {[n['target'] for n in v['nodes']]}" for v in found]


def test_the_bell_is_opened_read_and_emptied(open_page: Any, server: Any) -> None:
    notify(server, "anna", "first", "second", "third")
    page = open_page("anna")
    page.goto("/")
    expect(page.locator(".bell-count")).to_have_text("3")
    page.click(".bell > summary")
    rows = page.locator("#bell-panel .notified li")
    expect(rows).to_have_count(3)
    assert rows.first.inner_text().split()[:2] == ["Unread:", "third"]
    assert complaints_of_axe(page) == []
    rows.nth(1).get_by_label("Mark as read").click()
    expect(page.locator(".bell-count")).to_have_text("2")
    expect(page.locator("#bell-panel .unread")).to_have_count(2)
    notify(server, "anna", "came meanwhile")
    page.click("#bell-panel >> text=Mark all as read")
    expect(page.locator(".bell-count")).to_have_text("1")
    page.click("#bell-panel >> text=came meanwhile")
    page.wait_for_url("**/warehouse/items")
    expect(page.locator(".bell-count")).to_have_count(0)


def test_the_keyboard_is_enough(open_page: Any, server: Any) -> None:
    notify(server, "anna", "first")
    page = open_page("anna")
    page.goto("/")
    page.locator(".bell > summary").focus()
    page.keyboard.press("Enter")
    expect(page.locator("#bell-panel .notified li")).to_have_count(1)
    page.keyboard.press("Escape")
    expect(page.locator("details.bell")).not_to_have_attribute("open", "")
    assert page.evaluate("document.activeElement.matches('.bell > summary')")
    with page.expect_response("**/notifications/panel"):  # what comes takes the place of what the focus might be on
        page.keyboard.press("Enter")
    page.wait_for_load_state("networkidle")
    expect(page.locator("#bell-panel .notified li")).to_have_count(1)
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.wait_for_url("**/warehouse/items")


def test_on_a_phone_it_fits(open_page: Any, server: Any) -> None:
    notify(server, "anna", "An_unbroken_name_that_is_much_longer_than_a_phone_is_wide_" * 3, "second")
    page = open_page("anna", size=PHONE)
    page.goto("/")
    page.click(".bell > summary")
    expect(page.locator("#bell-panel .notified li")).to_have_count(2)
    box = page.locator("#bell-panel").bounding_box()
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= PHONE["width"]
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    for button in page.locator("#bell-panel .notified button").all():
        assert button.bounding_box()["height"] >= 40
    page.click("#bell-panel >> text=All notifications")
    page.wait_for_url("**/notifications")
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    assert complaints_of_axe(page) == []


def test_the_choice_and_the_schedules_keep_nobody_out(open_page: Any, server: Any) -> None:
    page = open_page("admin")
    for address in (
        "/account",
        "/notifications",
        "/admin/schedules",
        "/admin/schedules/core.daily_mail",
        "/admin/jobs",
    ):
        page.goto(address)
        assert complaints_of_axe(page) == []
        page.set_viewport_size(PHONE)
        assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"], address
        page.set_viewport_size({"width": 1366, "height": 768})
