"""The line grid: it reads, computes and rounds as the server does, and keeps up with a scanner."""

import json
import random
from decimal import Decimal as D
from typing import Any

import pytest
from playwright.sync_api import expect

from app.web.kit.lines.numerals import read_decimal
from modules.trade.rules import line_totals

pytestmark = pytest.mark.browser

SCREW, BOLT = "2000000001012", "2000000001036"


@pytest.fixture
def grid_page(open_page: Any) -> Any:
    """A new sale."""
    page = open_page("sam")
    page.goto("/trade/sales/new")
    page.wait_for_selector("line-grid table")
    return page


def scan(page: Any, code: str) -> None:
    """As a scanner does: every key at once, then Enter."""
    page.keyboard.type(code)
    page.keyboard.press("Enter")


def lines(page: Any) -> list[tuple[str, str]]:
    """Item and quantity of each line that has an item."""
    rows = json.loads(page.input_value('line-grid input[type="hidden"]'))
    return [(row["item"].split()[0], row["quantity"]) for row in rows if row.get("item_id")]


def test_the_browser_reads_numbers_as_the_server_does(grid_page: Any) -> None:
    chance = random.Random(7)
    texts = [
        "".join(chance.choices("0123456789,. '-", [3] * 10 + [4, 4, 1, 1, 1], k=chance.randint(0, 9)))
        for _ in range(4000)
    ]
    script = """([texts, group]) => texts.map((text) => {
        const read = KontorExact.read(text, group);
        return read == null ? null : String(read);
    })"""
    for group in (",", ".", "\u00a0"):
        found = grid_page.evaluate(script, [texts, group])
        assert [_units(text, group) for text in texts] == found


def _units(text: str, group: str) -> str | None:
    try:
        value = read_decimal(text, group=group)
    except ValueError:
        return None
    return str(int(value.scaleb(6))) if value == round(value, 6) else None


def test_the_browser_computes_lines_as_the_server_does(grid_page: Any) -> None:
    chance = random.Random(8)
    cases = [
        {
            "quantity": chance.randrange(1, 10 ** chance.randint(1, 10)),
            "price": chance.randrange(0, 10 ** chance.randint(1, 11)),
            "discount": chance.choice([0, 0, 12_500_000, 33_333_300, 100_000_000]),
            "rate": chance.choice([0, 5_500_000, 10_000_000, 20_000_000, 21_000_000]),
            "included": chance.random() < 0.5,
            "digits": chance.choice([0, 2, 2, 3]),
        }
        for _ in range(4000)
    ]
    script = """(cases) => cases.map((c) => {
        const big = Object.fromEntries(["quantity", "price", "discount", "rate"].map((n) => [n, BigInt(c[n])]));
        const made = KontorExact.line({ ...c, ...big });
        return [made.net, made.tax, made.gross].map(String);
    })"""
    assert grid_page.evaluate(script, cases) == [_coins(case) for case in cases]


def _coins(case: dict[str, Any]) -> list[str]:
    millionths = {n: D(case[n]).scaleb(-6) for n in ("quantity", "price", "discount", "rate")}
    made = line_totals(
        millionths["quantity"],
        millionths["price"],
        discount=millionths["discount"],
        tax_rate=millionths["rate"],
        tax_included=case["included"],
        digits=case["digits"],
    )
    return [str(int(amount.scaleb(case["digits"]))) for amount in made]


def test_a_scanner_that_does_not_wait_makes_the_lines_that_it_scanned(grid_page: Any) -> None:
    grid_page.locator('[data-column="item"]').first.focus()
    for code in (BOLT, SCREW, BOLT, BOLT, SCREW):
        scan(grid_page, code)
    expect(grid_page.locator("line-grid tbody tr")).to_have_count(3)  # two goods, and the empty line for the next
    assert sorted(lines(grid_page)) == [("FA-0108", "2"), ("FA-0204", "3")]
    scan(grid_page, BOLT)
    expect(grid_page.locator('[data-column="quantity"]').first).to_have_value("4")
    assert sorted(lines(grid_page)) == [("FA-0108", "2"), ("FA-0204", "4")]


@pytest.mark.parametrize("key", ["Enter", "Tab"])
def test_the_offer_that_is_marked_is_taken(grid_page: Any, key: str) -> None:
    item = grid_page.locator('[data-column="item"]').first
    item.focus()
    grid_page.keyboard.type("hex", delay=30)
    offers = grid_page.locator(".offers li")
    expect(offers).not_to_have_count(1)
    grid_page.wait_for_load_state("networkidle")  # the answer to the last letter begins the list again
    second = offers.nth(1).locator("span").inner_text()
    grid_page.keyboard.press("ArrowDown")
    grid_page.keyboard.press(key)
    expect(item).to_have_value(second)
    expect(grid_page.locator('[data-column="quantity"]').first).to_be_focused()
    expect(offers).to_have_count(0)


@pytest.mark.parametrize("key", ["Enter", "Tab"])
def test_a_single_match_is_taken_by_a_key_too(grid_page: Any, key: str) -> None:
    contact = grid_page.locator("#contact_id-text")
    contact.focus()
    grid_page.keyboard.type("bergen", delay=30)
    expect(grid_page.locator(".offers li")).to_have_count(1)
    grid_page.keyboard.press(key)
    expect(contact).to_have_value("Bergen Joinery AS")
    expect(grid_page.locator(".offers")).to_have_count(0)
    grid_page.wait_for_timeout(300)
    expect(grid_page.locator(".offers")).to_have_count(0)


def test_enter_never_takes_an_offer_that_answers_older_words(grid_page: Any) -> None:
    item = grid_page.locator('[data-column="item"]').first
    item.focus()
    grid_page.keyboard.type("fa", delay=60)
    grid_page.locator(".offers li").first.wait_for()
    grid_page.keyboard.type("-0205", delay=50)
    grid_page.keyboard.press("Enter")
    expect(grid_page.locator('[data-column="quantity"]').first).to_be_focused()
    assert lines(grid_page) == [("FA-0205", "1")]


def test_a_draft_with_thousands_survives_being_opened_and_saved(open_page: Any) -> None:
    page = open_page("steve")
    page.goto("/warehouse/receipts/new")
    page.locator('[data-column="item"]').first.fill("FA-0204")
    page.locator(".offers li").first.wait_for()
    page.keyboard.press("Enter")
    page.locator('[data-column="quantity"]').first.fill("1,250")
    page.locator('[data-column="price"]').first.fill("0.115")
    assert page.input_value('[data-column="quantity"] >> nth=0') == "1250"
    page.click("button[value=save]")
    for _ in range(2):
        page.click("text=Change")
        assert page.input_value('[data-column="quantity"] >> nth=0').replace(",", "") == "1250"
        page.click("button[value=save]")
    assert "1,250 pc" in page.inner_text("table.list")


def test_a_code_that_nothing_has_is_marked_and_the_server_names_the_line(grid_page: Any) -> None:
    grid_page.locator('[data-column="item"]').first.focus()
    scan(grid_page, "9999999999999")
    grid_page.wait_for_selector('line-grid tr.bad [data-column="item"][aria-invalid="true"]')
    grid_page.fill("#contact_id-text", "bergen")
    grid_page.locator(".offers li").first.click()
    grid_page.click("button[value=save]")
    assert "Line 1" in grid_page.inner_text("[role=alert]")
    assert "9999999999999" in grid_page.inner_text("[role=alert]")


def test_a_line_without_an_item_is_refused_and_nothing_of_it_is_lost(grid_page: Any) -> None:
    page = grid_page
    page.locator('[data-column="item"]').first.focus()
    scan(page, SCREW)
    expect(page.locator("line-grid tbody tr")).to_have_count(2)
    page.locator('[data-column="quantity"]').nth(1).fill("5")
    expect(page.locator("#line-2 .line-words")).to_have_text("Choose an item.")
    page.click("button[value=save]")
    page.locator(".flash-error").get_by_text("Line 2: choose an item.").wait_for()
    expect(page.locator("#line-2 .line-words")).to_have_text("Line 2: choose an item.")
    expect(page.locator('[data-column="quantity"]').nth(1)).to_have_value("5")
    page.locator('[data-column="quantity"]').nth(1).fill("")
    expect(page.locator("#line-2 .line-words")).to_be_hidden()


def test_what_the_server_says_of_a_line_is_said_there_once(grid_page: Any) -> None:
    page = grid_page
    page.goto("/trade/sales/new?contact=1")
    page.locator('[data-column="item"]').first.focus()
    scan(page, SCREW)
    expect(page.locator("line-grid tbody tr")).to_have_count(2)
    page.locator('[data-column="quantity"]').first.fill("0")
    page.click("button[value=save]")
    said = page.locator(".flash-error a").inner_text()
    assert said.startswith("Line 1:")
    expect(page.locator("#line-1 .line-words")).to_have_text(said)
    expect(page.locator('[data-column="quantity"]').first).to_have_attribute("aria-invalid", "true")
    page.locator('[data-column="quantity"]').first.fill("2")
    expect(page.locator("#line-1 .line-words")).to_be_hidden()


def test_the_totals_follow_the_currency_that_is_chosen(grid_page: Any) -> None:
    grid_page.locator('[data-column="item"]').first.focus()
    scan(grid_page, BOLT)
    expect(grid_page.locator("[data-total=count]")).to_have_text("1")
    grid_page.locator('[data-column="price"]').first.fill("2.5")
    grid_page.select_option("#currency", "VND")
    assert grid_page.inner_text('[data-total="gross"]') == "3"
    grid_page.select_option("#currency", "KWD")
    assert grid_page.inner_text('[data-total="gross"]') == "2.500"


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
