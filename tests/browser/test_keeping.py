"""Forms that keep themselves: a closed tab, leaving and coming back lose nothing, and nothing is posted twice."""

import re
import threading
from typing import Any

import pytest
from playwright.sync_api import expect
from sqlalchemy import func, select

from app.documents import discard
from app.security import SYSTEM
from app.web.edge.kept import KeptForm
from modules.trade.models import Sale
from tests.browser.conftest import errors_of
from tests.browser.lines.conftest import ITEM, paste

pytestmark = pytest.mark.browser

NEW_SALE, NEW_PLACE = "/trade/sales/new?contact=1", "/warehouse/places/new"
SAVED = re.compile(r"Saved \d\d:\d\d")


def kept(server: Any) -> list[str]:
    """What is kept, of everybody."""
    query = select(KeptForm.fields)
    return list(server.app.company.database.run(lambda s: s.scalars(query).all(), actor=SYSTEM, write=False))


def sales(server: Any) -> int:
    query = select(func.count()).select_from(Sale)
    return server.app.company.database.run(lambda s: s.scalar(query), actor=SYSTEM, write=False)


def type_a_sale(page: Any, note: str) -> None:
    page.goto(NEW_SALE)
    page.fill("#note", note)
    page.locator(ITEM).first.focus()
    paste(page, ("FA-0204", "1"), ("FA-0108", "2"))
    expect(page.locator("[data-total=count]")).to_have_text("2")


def test_a_sale_outlives_its_tab_and_is_posted_once(open_page: Any, server: Any) -> None:
    page = open_page("sam")
    before = sales(server)
    type_a_sale(page, "outlives the tab")
    expect(page.locator("kept-form")).to_have_text(SAVED)
    other = page.context.new_page()
    page.close()
    other.goto("/")
    other.get_by_text("Unfinished work").wait_for()
    assert errors_of(other) == []
    other.goto(NEW_SALE)
    expect(other.locator("[data-kept=offered]")).to_contain_text("Not saved yet: what you typed on")
    assert errors_of(other) == []
    other.click("text=Restore")
    expect(other.locator("#note")).to_have_value("outlives the tab")
    expect(other.locator("[data-total=count]")).to_have_text("2")
    other.click("button[value=post]")
    other.wait_for_selector(".state-posted")
    assert kept(server) == []
    other.go_back()
    expect(other.locator("#note")).to_be_visible()
    expect(other.locator("[data-kept]")).to_have_count(0)
    assert kept(server) == []
    assert sales(server) == before + 1


def test_leaving_asks_nothing_and_back_shows_what_was_typed(open_page: Any) -> None:
    page = open_page("sam")
    asked: list[str] = []
    page.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.accept()))
    type_a_sale(page, "left at once")
    page.click("a.brand")
    page.wait_for_url(re.compile(r"/$"))
    page.go_back()
    expect(page.locator("[data-kept=restored]")).to_be_visible()
    expect(page.locator("#note")).to_have_value("left at once")
    expect(page.locator("[data-total=count]")).to_have_text("2")
    assert asked == []


def test_back_waits_for_what_was_sent_on_leaving(open_page: Any, server: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    keep, arrived = server.app.view_functions["core.kept_new"], threading.Event()

    def late() -> Any:
        arrived.wait(10)
        return keep()

    monkeypatch.setitem(server.app.view_functions, "core.kept_new", late)
    page = open_page("sam")
    type_a_sale(page, "slow to arrive")
    page.click("a.brand")
    page.wait_for_url(re.compile(r"/$"))
    page.go_back()
    expect(page.locator("#note")).to_have_value("")
    page.wait_for_timeout(400)
    expect(page.locator("[data-kept]")).to_have_count(0)
    arrived.set()
    expect(page.locator("[data-kept=restored]")).to_be_visible()
    expect(page.locator("#note")).to_have_value("slow to arrive")


def test_what_is_typed_in_an_allocation_outlives_its_tab(open_page: Any) -> None:
    page = open_page("anna")
    page.goto("/contacts/open-items?who=them")
    link = page.locator("#list tbody tr a[href*='/trade/sales/']").first
    address = "/contacts/allocations/new?document=" + re.sub(r"\D", "", str(link.get_attribute("href")))
    page.goto(address)
    page.fill("#note", "for March")
    expect(page.locator("kept-form")).to_have_text(SAVED)
    other = page.context.new_page()
    page.close()
    other.goto(address)
    other.click("text=Restore")
    expect(other.locator("#note")).to_have_value("for March")


def test_an_offered_version_stays_until_it_is_discarded(open_page: Any, server: Any) -> None:
    page = open_page("admin")
    asked: list[str] = []
    page.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.accept()))
    page.goto(NEW_PLACE)
    page.fill("#name", "the older one")
    expect(page.locator("kept-form")).to_have_text(SAVED)
    page.goto(NEW_PLACE)
    page.fill("#name", "the newer one")
    expect(page.locator("kept-form")).to_contain_text("Restore or discard first")
    assert "the older one" in kept(server)[0]
    page.click("text=Discard")
    expect(page.locator("[data-kept]")).to_have_count(0)
    expect(page.locator("kept-form")).to_have_text(SAVED)
    expect(page.locator("#name")).to_have_value("the newer one")
    assert ["the newer one" in fields for fields in kept(server)] == [True]
    assert asked == ["confirm"]


def test_two_sales_in_two_tabs_are_both_kept(open_page: Any, server: Any) -> None:
    page = open_page("sam")
    type_a_sale(page, "of the first tab")
    expect(page.locator("kept-form")).to_have_text(SAVED)
    other = page.context.new_page()
    type_a_sale(other, "of the second tab")
    expect(other.locator("kept-form")).to_have_text(SAVED)
    assert errors_of(other) == []
    assert sorted(note in fields for fields in kept(server) for note in ("the first tab", "the second tab")) == [
        *(False, False, True, True)
    ]
    for tab, note in ((page, "of the first tab"), (other, "of the second tab")):
        tab.click("a.brand")
        tab.wait_for_url(re.compile(r"/$"))
        expect(tab.locator(".unfinished tbody tr")).to_have_count(2)
        tab.go_back()
        expect(tab.locator("[data-kept=restored]")).to_be_visible()
        expect(tab.locator("#note")).to_have_value(note)
    page.goto(NEW_SALE)
    expect(page.locator("[data-kept=offered]")).to_contain_text("Also started:")
    assert errors_of(page) == []
    page.locator(".kept-others a").click()
    expect(page.locator("#note")).to_have_value("of the first tab")
    page.click("button[value=post]")
    page.wait_for_selector(".state-posted")
    assert ["of the second tab" in fields for fields in kept(server)] == [True]


def test_what_can_not_be_kept_is_guarded_by_a_question(open_page: Any) -> None:
    page = open_page("admin")
    asked: list[str] = []
    page.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.accept()))
    page.goto("/warehouse/places/new")
    page.evaluate("() => { window.fetch = async () => { throw new TypeError('no connection'); }; }")
    page.fill("#name", "North")
    expect(page.locator("kept-form")).to_have_text("What you type is not saved at the moment.")
    page.goto("/")
    assert asked == ["beforeunload"]


def test_a_password_is_not_kept(open_page: Any, server: Any) -> None:
    page = open_page("admin")
    page.goto("/admin/users/new")
    page.fill("#password", "very secret")
    page.fill("#name", "Somebody New")
    expect(page.locator("kept-form")).to_have_text(SAVED)
    assert "Somebody New" in kept(server)[0]
    assert "secret" not in kept(server)[0]


def test_what_is_ticked_in_a_roles_form_is_kept(open_page: Any, server: Any) -> None:
    page = open_page("admin")
    page.goto("/admin/roles")
    page.click("text=salesperson")
    box, scope = page.locator('[value="core.audit.view"]'), page.locator('[name="scope:contacts.contact"]')
    box.check()
    scope.select_option("team")
    expect(page.locator("kept-form")).to_have_text(SAVED)
    page.reload()
    expect(box).not_to_be_checked()
    assert errors_of(page) == []
    page.click("text=Restore")
    expect(box).to_be_checked()
    expect(scope).to_have_value("team")
    page.click("main button.btn-primary")
    page.get_by_text("2 rights changed.").wait_for()
    assert kept(server) == []


def test_what_was_typed_in_a_draft_that_is_discarded_meanwhile_becomes_a_new_one(open_page: Any, server: Any) -> None:
    page = open_page("sam")
    type_a_sale(page, "of long work")
    page.click("button[value=save]")
    page.wait_for_selector(".state-draft")
    page.goto(f"{page.url}/edit")
    page.fill("#note", "of longer work")
    expect(page.locator("kept-form")).to_have_text(SAVED)
    other = page.context.new_page()
    other.on("dialog", lambda dialog: dialog.accept())
    other.goto(page.url.removesuffix("/edit"))
    before = sales(server)
    server.app.company.database.run(
        lambda s: discard(s, SYSTEM, s.get(Sale, int(re.findall(r"\d+", other.url)[-1]))), actor=SYSTEM
    )
    other.goto("/")
    other.locator(".unfinished a").first.click()
    expect(other.locator("[role=alert]")).to_contain_text("somebody has discarded it meanwhile")
    expect(other.locator("#note")).to_have_value("of longer work")
    assert errors_of(other) == []
    other.click("button[value=save]")
    other.wait_for_selector(".state-draft")
    assert sales(server) == before
    assert kept(server) == []
