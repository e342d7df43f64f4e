"""The till: by keyboard alone, with the network gone in the middle, an answer that is lost, and a sale that is refused."""

import re
from collections.abc import Iterator
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from playwright.sync_api import expect
from sqlalchemy import func, select

from app.ledger import verify
from app.security import SYSTEM
from modules.contacts.models import Payment
from modules.trade.models import Sale
from modules.trade.till.models import SALE, Shift, ShiftDocument
from modules.trade.till.shifts import expected_now
from modules.warehouse.models import Item
from modules.warehouse.packing.operations import add_packing
from tests.browser.conftest import DESKTOP, PATIENCE, PHONE, errors_of, lose_answers

pytestmark = pytest.mark.browser

BOOKED, QUEUE, PAID = re.compile(r"^S-\d{6}$"), ".queue-state", "[data-part=last] [data-note]"


@pytest.fixture
def till(browser: Any, server: Any) -> Iterator[Any]:
    """Sofia's browser; a lost network may be complained of in its console, an error of a script may not."""
    context = browser.new_context(base_url=server.address, locale="en-GB", viewport=DESKTOP)
    context.set_default_timeout(PATIENCE)
    wrong: list[str] = []
    context.on("weberror", lambda error: wrong.append(str(error.error)))
    server.sign_in(context, "sofia")
    yield context
    context.close()
    assert wrong == []


def at_till(context: Any, counted: str = "") -> Any:
    """A page of the till that is ready, once the cash is counted with which the shift begins."""
    page = context.new_page()
    page.goto("/trade/till")
    if counted:
        expect(page.locator("[name=counted]")).to_be_focused()
        page.keyboard.type(counted)
        page.keyboard.press("Enter")
        expect(page.get_by_role("alert")).to_contain_text("by the books")  # the sample has more at its cash desk
        page.keyboard.press("Enter")
    expect(page.locator("[data-part=scan]")).to_be_focused()
    return page


def sell(page: Any, *items: str, money: str = "") -> None:
    """Scan, and take the money: what the keys are, without any click."""
    for item in items:
        page.keyboard.type(item)
        page.keyboard.press("Enter")
        expect(page.locator("[data-part=scan]")).to_have_value("")
    expect(page.locator("tr[data-at]").nth(len({item.partition("*")[2] or item for item in items}) - 1)).to_be_visible()
    page.keyboard.press("F9")
    page.keyboard.type(money)
    page.keyboard.press("Enter")
    expect(page.locator("tr[data-at]")).to_have_count(0)


def looked_up(server: Any) -> tuple[int, Decimal, Decimal]:
    """How many sales the shift has, what they come to, and the cash that should be there."""

    def work(session: Any) -> tuple[int, Decimal, Decimal]:
        own = select(ShiftDocument.document_id).where(ShiftDocument.role == SALE)
        sales = session.execute(select(func.count(), func.sum(Sale.amount)).where(Sale.id.in_(own))).one()
        return sales[0], sales[1] or Decimal(0), expected_now(session, session.get(Shift, 1))

    return server.app.company.database.run(work, actor=SYSTEM, write=False)


def test_a_lost_network_neither_loses_nor_doubles_a_sale(till: Any, server: Any) -> None:
    page = at_till(till, "100")
    sell(page, "TO-1001", "3*TO-1002", money="50")
    expect(page.locator("[data-part=last] [data-amount]")).to_have_text("2.65")
    expect(page.locator(PAID)).to_have_text(BOOKED)
    assert errors_of(page) == []

    till.set_offline(True)
    for _ in range(3):
        sell(page, "FI-6005")
    expect(page.locator(QUEUE)).to_contain_text("3 waiting")
    assert looked_up(server)[0] == 1
    page.close()  # the browser is closed with three sales in it
    till.set_offline(False)

    lost = lose_answers(till, "**/trade/till/1/sales")
    page = at_till(till)
    expect(page.locator(QUEUE)).to_be_visible()
    expect(page.locator(QUEUE)).to_be_hidden()
    assert lost == [200, 200]
    assert looked_up(server) == (4, Decimal("67.75"), Decimal("167.75"))

    # what isn't there is refused, said, mended and sold
    sell(page, "999*TO-1001")
    expect(page.locator(PAID)).to_contain_text("Not enough in stock")
    expect(page.locator(QUEUE)).to_contain_text("1 refused")
    page.keyboard.press("Alt+m")
    expect(page.locator(".till-quantity span")).to_have_text("999")
    page.keyboard.press("F2")
    page.keyboard.type("2")
    page.keyboard.press("Enter")
    page.keyboard.press("F9")
    page.keyboard.press("Enter")
    expect(page.locator(PAID)).to_have_text(BOOKED)
    expect(page.locator(QUEUE)).to_be_hidden()
    assert looked_up(server) == (5, Decimal("96.75"), Decimal("196.75"))

    def proven(session: Any) -> tuple[int, list[str]]:
        acts = select(func.count()).select_from(Payment).where(Payment.operation_id.like("act:%"))
        return session.scalar(acts), list(verify(session))

    assert server.app.company.database.run(proven, actor=SYSTEM) == (5, [])


def test_a_sale_is_held_and_returned_by_its_receipt_on_a_phone(till: Any, server: Any) -> None:
    page = at_till(till, "10")
    page.set_viewport_size(PHONE)
    scan = page.locator("[data-part=scan]")
    page.keyboard.type("claw")
    page.locator("#till-offers li").first.click()
    page.locator("[data-do=hold]").click()
    expect(page.locator("tr[data-at]")).to_have_count(0)
    page.locator("[data-do=hold]").click()
    page.locator(".till-held").click()
    page.locator(".till-quantity button", has_text="+").click()
    page.locator(".till-pay:visible").click()
    page.locator("[data-part=pay] [data-rest=card]").click()
    page.locator("[data-part=pay] [type=submit]").click()
    expect(page.locator(PAID)).to_have_text(BOOKED)
    scan.fill(page.locator(PAID).inner_text())
    scan.press("Enter")
    expect(page.locator(".till-quantity span")).to_have_text("0 / 2")
    page.locator(".till-quantity button", has_text="+").click()
    page.locator(".till-pay:visible").click()
    page.locator("[data-part=refund] [data-way=card]").click()
    expect(page.locator(PAID)).to_have_text(re.compile(r"^SR-\d{6}$"))
    assert errors_of(page) == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert looked_up(server) == (1, Decimal(29), Decimal(10))


def test_the_barcode_of_a_box_rings_up_what_it_contains(till: Any, server: Any) -> None:
    def work(session: Any) -> None:
        screw = session.scalars(select(Item).where(Item.code == "FA-0108")).one()
        add_packing(session, SYSTEM, screw, name="Carton", contains=Fraction(12), barcodes="10012345000017")

    server.app.company.database.run(work, actor=SYSTEM)
    page = at_till(till, "100")
    page.keyboard.type("10012345000017")
    page.keyboard.press("Enter")
    expect(page.locator("tr[data-at]")).to_contain_text("12")
    page.keyboard.type("2*10012345000017")
    page.keyboard.press("Enter")
    expect(page.locator("tr[data-at]")).to_contain_text("36")
