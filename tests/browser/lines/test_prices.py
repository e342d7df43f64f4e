"""Prices in a document of another currency: usual ones are converted, and whoever changes the currency is asked."""

from datetime import date
from decimal import Decimal as D
from typing import Any

import pytest
from playwright.sync_api import expect

from app.reference.operations import set_rate
from app.security import SYSTEM
from app.values import ExchangeRate
from modules.trade.pricing.policy import create_rule
from tests.browser.conftest import PHONE, errors_of
from tests.browser.lines.conftest import SCREW, scan

PRICE = '[data-column="price"]'
BOX = "FA-0112"  # sold at 4.75 GBP


@pytest.fixture
def priced_page(open_page: Any, server: Any) -> Any:
    """A new sale of a company that knows rates of dollars and dong, quoted in either direction."""

    def work(session: Any) -> None:
        set_rate(session, SYSTEM, currency="USD", day=date(2020, 1, 1), rate=ExchangeRate(D("0.80")))
        set_rate(
            session, SYSTEM, currency="VND", day=date(2020, 1, 1), rate=ExchangeRate(D("30012.5"), is_inverse=True)
        )

    server.app.company.database.run(work, actor=SYSTEM)
    page = open_page("sam")
    page.server = server
    page.goto("/trade/sales/new")
    page.wait_for_selector("line-grid table")
    return page


def add(page: Any, code: str) -> None:
    page.locator('[data-column="item"]').last.focus()
    scan(page, code)
    expect(page.locator(".line-says")).to_have_count(1)  # the server has answered, with a price or without


def ask(page: Any, currency: str, answer: str) -> None:
    page.select_option("#currency", currency)
    page.get_by_role("button", name=answer).click()


@pytest.mark.parametrize(("currency", "price"), [("USD", "5.94"), ("VND", "142559"), ("GBP", "4.75")])
def test_the_usual_price_is_in_the_currency_of_the_document(priced_page: Any, currency: str, price: str) -> None:
    # 4.75 ÷ 0.80 = 5.9375; 4.75 × 30,012.5 = 142,559.375
    priced_page.select_option("#currency", currency)
    add(priced_page, BOX)
    expect(priced_page.locator(PRICE).first).to_have_value(price)


def test_without_a_rate_no_price_is_filled_in_and_that_is_said(priced_page: Any) -> None:
    priced_page.select_option("#currency", "KWD")
    add(priced_page, BOX)
    expect(priced_page.locator(".line-says")).to_contain_text("no exchange rate")
    assert priced_page.input_value(f"{PRICE} >> nth=0") == ""


def test_prices_are_converted_kept_or_the_currency_left(priced_page: Any) -> None:
    add(priced_page, BOX)
    first = priced_page.locator(PRICE).first
    ask(priced_page, "USD", "Don't change the currency")
    expect(priced_page.locator("#currency")).to_have_value("GBP")
    expect(first).to_have_value("4.75")
    ask(priced_page, "USD", "Convert the prices")
    expect(first).to_have_value("5.94")
    expect(priced_page.locator('[data-total="net"]')).to_have_text("5.94")
    # A price that nobody typed is proposed again: 4.75 × 30,012.5 = 142,559.4
    ask(priced_page, "VND", "Convert the prices")
    expect(first).to_have_value("142559")
    ask(priced_page, "GBP", "Keep the figures")
    expect(first).to_have_value("142559")
    # One that was kept is theirs, and is converted from one foreign currency to another: 142,559 × 0.80 × 30,012.5
    ask(priced_page, "USD", "Keep the figures")
    ask(priced_page, "VND", "Convert the prices")
    expect(first).to_have_value("3422841590")
    ask(priced_page, "GBP", "Keep the figures")
    expect(priced_page.locator("#currency")).to_have_value("GBP")


def test_a_price_finer_than_its_currency_stays_as_fine(priced_page: Any) -> None:
    add(priced_page, SCREW)
    priced_page.locator(PRICE).first.fill("0.0125")
    ask(priced_page, "USD", "Convert the prices")
    expect(priced_page.locator(PRICE).first).to_have_value("0.0156")  # 0.0125 ÷ 0.80 = 0.015625


def test_what_cannot_be_converted_is_not_offered(priced_page: Any) -> None:
    add(priced_page, BOX)
    priced_page.select_option("#currency", "KWD")
    expect(priced_page.get_by_role("button", name="Convert the prices")).to_be_disabled()
    expect(priced_page.get_by_role("dialog")).to_contain_text("there is no exchange rate")
    priced_page.keyboard.press("Escape")
    expect(priced_page.locator("#currency")).to_have_value("GBP")


def test_without_prices_nobody_is_asked(priced_page: Any) -> None:
    priced_page.select_option("#currency", "USD")
    expect(priced_page.get_by_role("dialog")).to_have_count(0)


def test_the_question_fits_a_phone_and_can_be_heard(priced_page: Any) -> None:
    add(priced_page, BOX)
    priced_page.set_viewport_size(PHONE)
    priced_page.select_option("#currency", "USD")
    box = priced_page.get_by_role("dialog").bounding_box()
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= PHONE["width"]
    assert errors_of(priced_page) == []


def test_a_typed_price_stays_and_an_emptied_one_is_proposed_again(priced_page: Any) -> None:
    def work(session: Any) -> None:
        create_rule(session, SYSTEM, name="ten and more", percent=D(5), from_quantity=D(10))

    priced_page.server.app.company.database.run(work, actor=SYSTEM)
    add(priced_page, BOX)
    cells = {name: priced_page.locator(f'[data-column="{name}"]').first for name in ("quantity", "price", "discount")}
    cells["quantity"].fill("10")
    cells["quantity"].press("Enter")
    expect(cells["discount"]).to_have_value("5")
    expect(priced_page.locator(".line-says").first).to_have_text("Sales price 4.75 − 5 % ten and more")
    cells["price"].fill("4")
    cells["price"].press("Enter")
    expect(cells["discount"]).to_have_value("")
    cells["quantity"].fill("12")
    cells["quantity"].press("Enter")
    expect(priced_page.locator('[data-total="net"]')).to_have_text("48.00")
    cells["price"].fill("")
    cells["price"].press("Enter")
    expect(cells["price"]).to_have_value("4.75")
    expect(cells["discount"]).to_have_value("5")
