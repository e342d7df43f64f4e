"""A day of selling and one of buying by keyboard alone, each by whoever does the work, counted in keys.

A text counts each of its letters. The bounds are what the days took when they were written; whoever makes one longer says why.
"""

from typing import Any

import pytest
from playwright.sync_api import expect

from tests.browser.keyboard import Keyboard

pytestmark = pytest.mark.browser


@pytest.fixture
def at_work(open_page: Any) -> Any:
    """Somebody's keyboard, at their home page."""

    def begin(login: str) -> Keyboard:
        page = open_page(login)
        page.goto("/")
        return Keyboard(page)

    return begin


def chosen(me: Keyboard, words: str) -> None:
    """What is offered first for the words."""
    me.type(words, pause=40)
    me.until(".offers li:visible")
    me.press("Enter")


def line(me: Keyboard, code: str, quantity: str) -> None:
    """The line where the focus is."""
    me.until('[data-column="item"]:focus')
    chosen(me, code)
    me.until('[data-column="quantity"]:focus')
    me.type(quantity)


def next_one(me: Keyboard, words: str, button: str, title: str) -> str:
    """What is left of the document on the page, made into the next one; gives its number."""
    me.go(words, button, f"h1:has-text('{title}')")
    return done(me)


def done(me: Keyboard) -> str:
    """Post what is on the page; gives its number."""
    me.press("Control+Enter")
    me.until(".state-posted")
    return str(me.page.inner_text("h1")).split()[-1]


def test_a_day_of_selling(at_work: Any) -> None:
    """Request → quote → order → invoice → payment in advance → shipping → one comes back."""
    sofia, anna, steve = (at_work(login) for login in ("sofia", "anna", "steve"))
    sofia.go("customer requests", "Customer requests", "h1:has-text('Customer requests')")
    sofia.press("Insert")
    sofia.until("#contact_id-text:focus")
    chosen(sofia, "clockwork")
    sofia.press("Insert")
    line(sofia, "FA-0108", "5")
    request = done(sofia)
    sofia.did("request")

    sofia.go("to do", "To do", "h1:has-text('To do')")
    sofia.press("Alt+ArrowDown", "Enter")
    sofia.until(f"h1:has-text('{request}')")
    quote = next_one(sofia, "quote", "Quote", "New quote")
    sofia.did("quote")
    order = next_one(sofia, "sales order", "Sales order", "New sales order")
    sofia.did("order")
    invoice = next_one(sofia, "invoice", "Invoice for payment", "New invoice for payment")
    sofia.did("invoice")

    anna.go(invoice, invoice, f"h1:has-text('{invoice}')")
    anna.go("payment", "Record a payment", "h1:has-text('Record a payment')")
    expect(anna.page.locator("#contact_id-text")).to_have_value("Clockwork Cycles LLP")
    anna.press("Control+Enter")
    anna.until(".flash-success")
    anna.did("payment in advance")

    steve.go("ship", "Ship and receive", "h1:has-text('Ship and receive')")
    steve.press("Alt+ArrowDown", "ArrowDown", "ArrowDown", "ArrowDown", "Enter")  # what is due first stands first
    steve.until(f"h1:has-text('{order}')")
    steve.press("Control+Enter")
    steve.until(".flash-success:has-text('is posted')")
    steve.did("shipping")

    sofia.go(order, order, f"h1:has-text('{order}')")
    for said in ("Shipped", "Invoiced", "Paid"):
        expect(sofia.page.locator(f".share:has-text('{said}')")).to_contain_text("100 %")
    for number in (request, quote, invoice):
        expect(sofia.page.locator(".chain")).to_contain_text(number)
    sofia.did("look at the order")
    assert [me.counts for me in (sofia, anna, steve)] == [
        {"request": 42, "quote": 19, "order": 15, "invoice": 11, "look at the order": 12},
        {"payment in advance": 23},
        {"shipping": 13},
    ]


def test_a_day_of_buying(at_work: Any) -> None:
    """Request to two suppliers → their answers → order of the best → received → invoice → paid."""
    bella = at_work("bella")
    bella.go("requests to suppliers", "Requests to suppliers", "h1:has-text('Requests to suppliers')")
    bella.press("Insert")
    line(bella, "FA-0108", "50")
    request = done(bella)
    bella.go("answers", "Suppliers and answers", "h1:has-text('Answers')")
    offers = []
    for supplier in ("sheffield", "bergen"):
        bella.until("#contact_id-text:focus")
        chosen(bella, supplier)
        bella.press("Control+Enter")
        bella.until(f".flash-success:has-text('RQ-00000{len(offers) + 1}')")
        offers.append(f"RQ-00000{len(offers) + 1}")
    bella.did("request")

    for offer, price in zip(offers, ("1.90", "1.70"), strict=True):
        bella.go(offer, offer, f"h1:has-text('{offer}')")
        bella.go("correct", "Correct", '[data-column="price"]')
        bella.page.locator('[data-column="price"]').first.focus()
        bella.type(price)
        bella.press("Control+Enter")
        bella.until(".flash-success")
    bella.did("answers")
    bella.go(request, request, f"h1:has-text('{request}')")
    bella.go("answers", "Suppliers and answers", "h1:has-text('Answers')")
    bella.go("order the best", "Order the best of each line", ".flash-success")
    order = done(bella)
    bella.did("order")
    expect(bella.page.locator("main")).to_contain_text("Bergen Joinery AS")

    steve = at_work("steve")
    steve.go("ship", "Ship and receive", "h1:has-text('Ship and receive')")
    steve.press("Alt+ArrowDown", *["ArrowDown"] * 4, "Enter")  # below what is to be shipped
    steve.until(f"h1:has-text('{order}')")
    steve.press("Control+Enter")
    steve.until(".flash-success:has-text('is posted')")
    steve.did("receiving")

    anna = at_work("anna")
    anna.go("order receipts", "Order receipts", "h1:has-text('Order receipts')")
    anna.press("Alt+ArrowDown", "Enter")
    anna.until("h1:has-text('OR-')")
    anna.go("supplier invoice", "Supplier invoice", "#supplier_number")
    anna.page.locator("#supplier_number").focus()
    anna.type("B-77")
    invoice = done(anna)
    anna.did("invoice")
    anna.go("payment", "Record a payment", "h1:has-text('Record a payment')")
    expect(anna.page.locator("#amount")).to_have_value("85.00")
    anna.press("Control+Enter")
    anna.until(".flash-success")
    anna.go(invoice, invoice, f"h1:has-text('{invoice}')")
    expect(anna.page.locator(".share:has-text('Paid')")).to_contain_text("100 %")
    anna.did("payment")
    assert [me.counts for me in (bella, steve, anna)] == [
        {"request": 65, "answers": 54, "order": 40},
        {"receiving": 14},
        {"invoice": 43, "payment": 23},
    ]
