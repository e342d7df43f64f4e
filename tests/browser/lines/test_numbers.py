"""Numbers in the line grid: it reads, computes and rounds as the server does."""

import random
from decimal import Decimal as D
from typing import Any

import pytest
from playwright.sync_api import expect

from app.web.kit.lines.numerals import read_decimal
from modules.trade.rules import line_totals, taxed_by_rate
from tests.browser.lines.conftest import BOLT, paste, scan

pytestmark = pytest.mark.browser


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
        const made = KontorExact.totals([[KontorExact.line({ ...c, ...big }), big.rate]], { ...c, perLine: true });
        return [made.net, made.tax, made.gross].map(String);
    })"""
    assert grid_page.evaluate(script, cases) == [_coins(case) for case in cases]


def test_the_browser_adds_up_lines_as_the_server_does(grid_page: Any) -> None:
    chance = random.Random(9)
    documents = [
        {
            "lines": [
                [chance.randrange(0, 10 ** chance.randint(1, 7)), chance.choice([0, 5_500_000, 20_000_000, 23_000_000])]
                for _ in range(chance.randint(1, 12))
            ],
            "included": chance.random() < 0.5,
        }
        for _ in range(1000)
    ]
    script = """(documents) => documents.map(({ lines, included }) => {
        const made = KontorExact.totals(lines.map((line) => line.map(BigInt)), { included, perLine: false });
        return [made.net, made.tax, made.gross].map(String);
    })"""
    assert grid_page.evaluate(script, documents) == [_sums(**document) for document in documents]


def _sums(lines: list[list[int]], included: bool) -> list[str]:
    amounts = [(D(coins).scaleb(-2), D(rate).scaleb(-6)) for coins, rate in lines]
    made = list(taxed_by_rate(amounts, tax_included=included, digits=2))
    return [str(int(sum(getattr(line, name) for line in made).scaleb(2))) for name in ("net", "tax", "gross")]


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


def test_the_totals_follow_the_currency_that_is_chosen(grid_page: Any) -> None:
    grid_page.locator('[data-column="item"]').first.focus()
    scan(grid_page, BOLT)
    expect(grid_page.locator("[data-total=count]")).to_have_text("1")
    grid_page.locator('[data-column="price"]').first.fill("2.5")
    grid_page.select_option("#currency", "VND")
    grid_page.get_by_role("button", name="Keep the figures").click()
    expect(grid_page.locator('[data-total="net"]')).to_have_text("3")
    grid_page.select_option("#currency", "KWD")
    grid_page.get_by_role("button", name="Keep the figures").click()
    assert grid_page.inner_text('[data-total="net"]') == "2.500"


def test_a_draft_with_thousands_survives_being_opened_and_saved(open_page: Any) -> None:
    page = open_page("maria")
    page.goto("/warehouse/receipts/new")
    page.locator('[data-column="item"]').first.fill("FA-0204")
    page.locator(".offers li").first.wait_for()
    page.keyboard.press("Enter")
    page.locator('[data-column="quantity"]').first.fill("1,250")
    page.locator('[data-column="price"]').first.fill("0.115")
    assert page.input_value('[data-column="quantity"] >> nth=0') == "1250"
    page.click("button[value=save]")
    for _ in range(2):
        page.click("main >> text=Change")
        assert page.input_value('[data-column="quantity"] >> nth=0').replace(",", "") == "1250"
        page.click("button[value=save]")
    assert "1,250 pc" in page.inner_text("table.list")


def test_a_tax_code_that_is_chosen_brings_its_rate_of_the_documents_day(open_page: Any) -> None:
    anna = open_page("anna")
    anna.goto("/trade/tax-codes")
    anna.locator("main button", has_text="Take the tax codes").click()
    expect(anna.locator("main table")).to_contain_text("VAT zero-rated")
    page = open_page("sam")
    page.goto("/trade/sales/new")
    page.wait_for_selector("line-grid table")
    rate, code = (page.locator(f'[data-column="{name}"]').first for name in ("tax_rate", "tax_code_id"))
    page.locator('[data-column="item"]').first.focus()
    paste(page, ("FA-0204", "1", "100"))
    expect(rate).to_have_value("20")  # proposed
    code.select_option(label="VAT reduced")
    expect(rate).to_have_value("5")
    expect(page.locator('[data-total="tax"]')).to_have_text("5.00")
    page.locator("#moment").fill("2009-05-01T10:00")
    code.select_option(label="VAT")
    expect(rate).to_have_value("15")
    code.select_option(label="VAT exempt")
    expect(rate).to_have_value("0")
    expect(page.locator('[data-total="tax"]')).to_have_text("0.00")
