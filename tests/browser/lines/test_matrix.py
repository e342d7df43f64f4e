"""A grid of sizes and colours, typed into the lines of a document."""

from decimal import Decimal as D
from typing import Any

import pytest
from playwright.sync_api import expect
from sqlalchemy import select

from app.reference import Unit
from app.security import SYSTEM
from modules.trade.models import SalesOrder
from modules.warehouse.models import Item
from modules.warehouse.operations import change_item
from modules.warehouse.variants.operations import create_model, grid_of, make_variants
from tests.browser.lines.conftest import ITEM, lines

pytestmark = pytest.mark.browser


@pytest.fixture
def shirts(server: Any) -> None:
    """A model in two sizes and two colours; there is no M in blue."""

    def make(session: Any) -> None:
        unit = session.scalar(select(Unit.id).where(Unit.code == "C62"))
        axes = {"first_title": "Size", "first_values": "S\nM", "second_title": "Colour", "second_values": "red\nblue"}
        model = create_model(session, SYSTEM, code="TS", name="Shirt", unit_id=unit, price=D(5), **axes)
        make_variants(session, SYSTEM, model, set(grid_of(model)[:3]))

    server.app.company.database.run(make, actor=SYSTEM)


def test_a_grid_is_typed_into_an_order(open_page: Any, shirts: None) -> None:
    page = open_page("sam")
    page.goto("/trade/sales-orders/new")
    page.fill("#contact_id-text", "brightwater")
    page.locator(".offers li").first.click()
    page.locator(ITEM).first.focus()
    page.keyboard.type("TS")
    page.locator(".offers li", has_text="× 3").wait_for()
    page.keyboard.press("Enter")  # the model, ahead of what is named so in part
    page.locator(".axis-grid input").first.wait_for()
    assert page.locator(".axis-grid td").all_inner_texts() == ["0", "0", "0", "–"]
    page.keyboard.type("2")
    page.keyboard.press("Enter")
    page.keyboard.type("x")
    page.keyboard.press("Control+Enter")
    expect(page.locator("dialog .hint[role=status]")).to_have_text("“x” isn't a number.")
    page.keyboard.type("3")
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("ArrowDown")
    page.keyboard.type("4")
    expect(page.locator("dialog .hint[role=status]")).to_contain_text("Total: 9 pc")
    page.keyboard.press("Control+Enter")
    expect(page.locator("dialog.making")).to_have_count(0)
    assert lines(page) == [("TS-S-RED", "2"), ("TS-S-BLUE", "3"), ("TS-M-RED", "4")]


def test_what_a_grid_has_filled_is_posted_with_the_prices_of_its_items(
    open_page: Any, server: Any, shirts: None
) -> None:
    server.app.company.database.run(_dearer, actor=SYSTEM)
    page = open_page("maria")
    page.goto("/trade/sales-orders/new")
    page.fill("#contact_id-text", "brightwater")
    page.locator(".offers li").first.click()
    page.locator(ITEM).first.focus()
    page.keyboard.type("S-BLUE", delay=60)  # not as fast as a scanner
    page.locator(".offers li", has_text="TS-S-BLUE").wait_for()
    page.keyboard.press("Enter")
    page.locator('[data-column="quantity"]:focus').wait_for()
    page.keyboard.type("7")
    page.keyboard.press("Alt+V")  # the model of the line's item, which shows what the line has
    page.locator(".axis-grid input").first.wait_for()
    assert [cell.input_value() for cell in page.locator(".axis-grid input").all()] == ["", "7", ""]
    page.keyboard.type("2")
    page.keyboard.press("ArrowRight")
    page.keyboard.type("3")
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("ArrowDown")
    page.keyboard.type("4")
    page.keyboard.press("Control+Enter")
    expect(page.locator("dialog.making")).to_have_count(0)
    page.keyboard.press("Control+Enter")
    page.locator(".state-posted").wait_for()
    found = server.app.company.database.run(_newest_lines, actor=SYSTEM)
    assert found == [("TS-S-BLUE", D(3), D(5)), ("TS-S-RED", D(2), D(5)), ("TS-M-RED", D(4), D("6.5"))]


def _dearer(session: Any) -> None:
    item = session.scalar(select(Item).where(Item.code == "TS-M-RED"))
    change_item(session, SYSTEM, item, price=D("6.5"))


def _newest_lines(session: Any) -> list[tuple[str, D, D]]:
    order = session.scalar(select(SalesOrder).order_by(SalesOrder.id.desc()).limit(1))
    return [(line.item.code, line.quantity, line.price) for line in order.lines]


def test_a_grid_is_typed_on_a_phone_and_left_without_a_change(open_page: Any, shirts: None) -> None:
    page = open_page("steve", size={"width": 390, "height": 844})
    page.goto("/warehouse/receipts/new")
    page.get_by_role("button", name="Variants…").click()
    page.locator(".offers li", has_text="TS Shirt").click()
    page.locator(".axis-grid input").first.fill("5")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    page.keyboard.press("Escape")
    expect(page.locator("dialog.making")).to_have_count(0)
    assert lines(page) == []
