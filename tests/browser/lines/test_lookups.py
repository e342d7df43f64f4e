"""Records chosen by typing, in a field of their own and in the grid: what is offered, and which answer counts."""

from typing import Any

import pytest
from playwright.sync_api import TimeoutError as PlaywrightTimeout
from playwright.sync_api import expect

from tests.browser.lines.conftest import ITEM, lines, paste

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("key", ["Enter", "Tab"])
def test_a_single_match_is_taken_by_a_key_too(grid_page: Any, key: str) -> None:
    contact = grid_page.locator("#contact_id-text")
    contact.focus()
    grid_page.keyboard.type("bergen", delay=30)
    expect(grid_page.locator(".offers li:not(.creation)")).to_have_count(1)
    grid_page.keyboard.press(key)
    expect(contact).to_have_value("Bergen Joinery AS")
    expect(grid_page.locator(".offers")).to_have_count(0)
    grid_page.wait_for_timeout(300)
    expect(grid_page.locator(".offers")).to_have_count(0)


def test_a_name_typed_and_left_at_once_is_still_found(grid_page: Any) -> None:
    grid_page.locator("#contact_id-text").focus()
    grid_page.keyboard.type("bergen joinery")
    grid_page.keyboard.press("Tab")
    expect(grid_page.locator("#contact_id-text")).to_have_value("Bergen Joinery AS")
    assert grid_page.input_value("[name=contact_id]")


def test_words_that_replace_a_chosen_contact_never_stand_beside_its_id(grid_page: Any) -> None:
    grid_page.goto("/trade/sales/new?contact=1")
    assert grid_page.input_value("[name=contact_id]") == "1"
    grid_page.locator("#contact_id-text").focus()
    grid_page.keyboard.type("Some")
    assert grid_page.input_value("[name=contact_id]") == ""
    grid_page.keyboard.press("Tab")
    expect(grid_page.locator("#contact_id-text")).to_have_attribute("aria-invalid", "true")
    assert grid_page.input_value("#contact_id-text") == "Some"
    assert grid_page.input_value("[name=contact_id]") == ""
    assert "There is no contact “Some”" in grid_page.inner_text("lookup-field")


def test_a_customer_who_does_not_exist_stays_typed(open_page: Any) -> None:
    page = open_page("sam")
    page.goto("/trade/sales/new")
    page.locator("#contact_id-text").fill("Nobody Ltd")
    page.keyboard.press("Control+Enter")
    expect(page.locator(".field-error:visible")).to_have_text(
        "There is no contact “Nobody Ltd”. Choose from the list. "
    )
    assert page.input_value("#contact_id-text") == "Nobody Ltd"
    expect(page.locator("#contact_id-text")).to_be_focused()
    page.locator("#contact_id-text").fill("bergen")
    page.locator(".offers li").first.click()
    expect(page.locator("lookup-field .field-error:visible")).to_have_count(0)


def test_offers_of_older_words_cannot_be_chosen(grid_page: Any) -> None:
    grid_page.locator("#contact_id-text").press_sequentially("bergen")
    expect(grid_page.locator(".offers li").first).to_contain_text("Bergen")
    grid_page.evaluate("() => { window.fetch = () => new Promise(() => {}); }")
    grid_page.locator("#contact_id-text").fill("riga")
    with pytest.raises(PlaywrightTimeout):
        grid_page.locator(".offers li").first.click(timeout=500)
    assert grid_page.input_value("[name=contact_id]") == ""


def test_lookups_say_that_nothing_could_be_asked(open_page: Any) -> None:
    page = open_page("sam")
    page.goto("/trade/sales/new")
    page.evaluate(
        "() => { window.fetched = window.fetch; window.fetch = () => Promise.reject(new TypeError('Failed to fetch')); }"
    )
    page.keyboard.type("bergen")
    expect(page.locator(".offers .none")).to_contain_text("there is no connection")
    page.keyboard.press("Tab")
    page.locator(ITEM).first.focus()
    page.keyboard.type("FA-0204")
    page.keyboard.press("Enter")
    expect(page.locator(".grid-note")).to_contain_text("there is no connection")
    paste(page, ("FA-0204", "1"), ("FA-0108", "1"))
    page.wait_for_timeout(200)
    page.evaluate("() => { window.fetch = window.fetched; }")
    page.context.clear_cookies()
    page.locator("#contact_id-text").focus()
    page.keyboard.type("riga")
    expect(page.locator(".offers .none")).to_contain_text("you are signed out")


@pytest.mark.parametrize("text", ["FA-0204", "fa-0204", "2000000001036", "hex bolt", "bolt m8"])
def test_goods_are_offered_by_code_barcode_and_name(grid_page: Any, text: str) -> None:
    item = grid_page.locator(ITEM).first
    item.focus()
    grid_page.keyboard.type(text, delay=20)
    expect(grid_page.locator(".offers li").first).to_contain_text("FA-0204 Hex bolt")
    grid_page.locator(".offers li").first.click()
    assert lines(grid_page) == [("FA-0204", "1")]


#: every answer about `slow` comes after a second, all others at once
LATE = """(slow) => {
    const ask = window.fetch;
    window.fetch = async (address, ...all) => {
        const answer = await ask(address, ...all);
        if (new URL(address, location).searchParams.get("q") === slow) await new Promise((go) => setTimeout(go, 1000));
        return answer;
    };
}"""


def test_an_answer_to_older_words_never_replaces_the_newer_one(grid_page: Any) -> None:
    grid_page.evaluate(LATE, "oak")
    item = grid_page.locator(ITEM).first
    item.focus()
    grid_page.keyboard.type("oak")
    grid_page.wait_for_timeout(200)  # asked for by now
    item.fill("hex")
    expect(grid_page.locator(".offers li").first).to_contain_text("Hex")
    offered = grid_page.locator(".offers li").all_inner_texts()
    grid_page.wait_for_timeout(1200)
    assert grid_page.locator(".offers li").all_inner_texts() == offered


def test_a_code_that_is_found_late_never_replaces_what_was_typed_meanwhile(grid_page: Any) -> None:
    grid_page.evaluate(LATE, "FA-0204")
    item = grid_page.locator(ITEM).first
    item.focus()
    grid_page.keyboard.type("FA-0204")
    grid_page.keyboard.press("Enter")
    item.fill("FA-0108")
    grid_page.keyboard.press("Enter")
    expect(item).to_have_value("FA-0108 Wood screw 4 × 40, box of 200")
    grid_page.wait_for_timeout(1200)
    assert lines(grid_page) == [("FA-0108", "1")]


def test_a_contact_that_is_found_late_never_replaces_the_one_chosen_meanwhile(grid_page: Any) -> None:
    grid_page.evaluate(LATE, "fenland")
    contact = grid_page.locator("#contact_id-text")
    contact.focus()
    grid_page.keyboard.type("fenland")
    grid_page.keyboard.press("Tab")  # asks what the words name
    contact.fill("bergen")
    grid_page.locator(".offers li").first.click()
    grid_page.wait_for_timeout(1200)
    expect(contact).to_have_value("Bergen Joinery AS")
    assert grid_page.input_value("[name=contact_id]") == "1"
