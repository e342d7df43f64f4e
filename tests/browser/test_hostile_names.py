"""Names that are markup: shown by scripts as they were typed; and markup that got into a page acts for nobody."""

from typing import Any

import pytest
from playwright.sync_api import expect

from app.security import SYSTEM
from modules.contacts.operations import create_contact
from modules.warehouse.operations import create_item
from tests.browser.lines.conftest import ITEM

pytestmark = pytest.mark.browser

NAME = "<i hx-post=/account/tokens hx-trigger=load>50% off</i>"


def test_offers_show_a_name_as_it_was_typed(open_page: Any, server: Any) -> None:
    def work(session: Any) -> None:
        create_item(session, SYSTEM, code="ZZ-1", name=NAME)
        create_contact(session, SYSTEM, kind="individual", name=NAME)

    server.app.company.database.run(work, actor=SYSTEM)
    page = open_page("maria")
    sent: list[str] = []
    page.on("request", lambda request: sent.append(request.url) if request.method == "POST" else None)
    page.goto("/trade/sales/new")
    page.fill("#contact_id-text", "50% off")
    expect(page.locator(".offers li").first).to_contain_text(NAME)
    page.locator(ITEM).first.fill("ZZ-1")
    expect(page.locator(".offers li").first).to_contain_text(NAME)
    page.goto("/")
    page.keyboard.press("Control+k")
    page.keyboard.type("50% off")
    expect(page.locator("#search-found")).to_contain_text(NAME)
    assert [address for address in sent if "tokens" in address] == []


@pytest.mark.parametrize(
    "markup",
    [
        '<i hx-post="/account/tokens" hx-trigger="load" hx-include="[name=csrf_token]"></i>',
        '<i hx-delete="/account/tokens" hx-trigger="load" hx-include="body"></i>',
        '<form hx-post="/account/tokens" hx-trigger="load" hx-include="[name=csrf_token]"></form>',
        '<form hx-post="/account/tokens" hx-trigger="load delay:200ms">'
        '<div hx-get="/account" hx-trigger="load" hx-select="[name=csrf_token]"></div></form>',
        '<form hx-post="/notifications/../account/tokens" hx-trigger="load" hx-include="[name=csrf_token]"></form>',
        '<form hx-post="/account/tokens" hx-trigger="load" hx-vals=\'{"csrf_token": "guessed"}\'></form>',
    ],
)
def test_markup_that_is_not_ours_changes_nothing(open_page: Any, markup: str) -> None:
    page = open_page("maria")
    sent: list[str] = []
    page.on("request", lambda request: sent.append(request.url) if request.method != "GET" else None)
    page.goto("/account")  # which holds forms of ours, with the token
    page.evaluate(
        "(markup) => { document.querySelector('main').insertAdjacentHTML('beforeend', markup); htmx.process(document.body); }",
        markup,
    )
    page.wait_for_timeout(600)
    assert sent == []
