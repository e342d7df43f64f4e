"""Paying a document and allocating an advance, at a desk and on a phone."""

import re
from decimal import Decimal as D
from typing import Any

import pytest
from playwright.sync_api import expect

from app.documents import post, save
from app.security import SYSTEM
from modules.contacts.operations import create_contact
from modules.trade.drafts import TradeDraft, TradeLineDraft
from modules.trade.models import Sale
from modules.warehouse.operations import create_item

pytestmark = pytest.mark.browser

SIZES = {"desk": {"width": 1366, "height": 768}, "phone": {"width": 390, "height": 844}}


@pytest.mark.parametrize("size", SIZES)
def test_an_accountant_pays_a_document_and_allocates_the_rest(open_page: Any, size: str) -> None:
    page = open_page("anna", size=SIZES[size])

    def fits() -> None:
        page.wait_for_load_state()  # a click may just have led to another page
        assert page.evaluate("document.documentElement.scrollWidth") <= SIZES[size]["width"]

    page.goto("/contacts/open-items?who=them")
    fits()
    link = page.locator("#list tbody tr a[href*='/trade/sales/']").first
    number, sale = link.inner_text(), re.sub(r"\D", "", link.get_attribute("href"))
    page.goto(f"/contacts/payments/new?document={sale}")
    box, amount = page.locator(f"[name=part_{sale}]"), page.locator("#amount")
    expect(box).to_have_value(amount.input_value())
    fits()
    for each in page.locator("[name^=part_]").all():
        each.fill("")  # else the others take what this one leaves
    box.fill("1")
    expect(page.locator("[data-left]")).not_to_have_text("0.00 GBP")
    page.click("button:has-text('Record')")
    page.wait_for_selector(".state-posted")
    expect(page.locator("table.list")).to_contain_text(number)
    fits()
    page.click("text=Allocate")
    fits()
    for each in page.locator("[name^=part_]").all():
        each.fill("")
    page.fill(f"[name=part_{sale}]", "2")
    page.click("button:has-text('Allocate')")
    page.wait_for_selector(".state-posted")
    expect(page.locator("h1")).to_contain_text("AL-")
    fits()
    page.go_back()
    page.go_back()
    page.reload()
    page.get_by_role("button", name="Reverse allocation").wait_for()
    fits()
    page.go_forward()
    page.go_forward()
    page.click(".facts a")
    expect(page.locator(".tabs a[aria-current=page]")).to_have_text("Open items")
    expect(page.locator("#list")).to_contain_text(number)
    fits()


def test_open_documents_come_with_the_contact_and_share_the_amount(open_page: Any) -> None:
    """By keyboard alone: the oldest first, what is typed by hand stays, a number that is named goes first."""
    page = open_page("anna", size=SIZES["desk"])
    page.goto("/contacts/open-items?who=them")
    owner = page.locator("#list tbody tr").first.locator("a[href*='/contacts/']").first.inner_text()
    page.goto("/contacts/payments/new")
    expect(page.locator("open-parts tr[data-open]")).to_have_count(0)
    page.keyboard.type(owner, delay=20)
    page.locator("[role=option][aria-selected=true]", has_text=owner).wait_for()
    page.keyboard.press("Enter")
    rows = page.locator("open-parts tr[data-open]")
    rows.first.wait_for()
    boxes, left = page.locator("open-parts input"), page.locator("[data-left]")
    first, second = (D(rows.nth(n).get_attribute("data-open")) for n in (0, 1))
    page.locator("#amount").focus()
    page.keyboard.type(f"{first + 1}")
    expect(boxes.nth(0)).to_have_value(f"{first:.2f}")
    expect(boxes.nth(1)).to_have_value("1.00")
    expect(left).to_have_text("0.00 GBP")
    boxes.nth(0).focus()
    page.keyboard.press("ArrowDown")
    page.keyboard.press(" ")
    expect(boxes.nth(1)).to_have_value(f"{second:.2f}")
    rest = min(first, max(first + 1 - second, D(0)))
    expect(boxes.nth(0)).to_have_value(f"{rest:.2f}" if rest else "")
    page.fill("#reference", rows.nth(1).get_attribute("data-number"))
    page.fill("#amount", "0.5")
    expect(page.locator(".parts-sum")).to_contain_text("too much by")


def test_a_box_with_just_the_reduced_amount_ticks_the_discount(open_page: Any) -> None:
    """Beside another document that the same payment pays; a tick set by hand stays."""
    page = open_page("anna", size=SIZES["desk"])
    page.goto("/contacts/open-items?who=us")
    purchase = page.locator("#list tbody tr", has_text="Sheffield").last.locator("a[href*='/trade/purchases/']").first
    page.goto("/contacts/payments/new?document=" + re.sub(r"\D", "", purchase.get_attribute("href")))
    tick = page.locator("[data-reduces][data-rest]").first
    box = page.locator(f"[name=part_{tick.get_attribute('value')}]")
    page.fill("#amount", "5000")
    expect(tick).not_to_be_checked()
    box.fill(tick.get_attribute("data-rest"))
    expect(tick).to_be_checked()
    expect(tick.locator("xpath=ancestor::tr").locator("[name=reduced_seen]")).to_be_enabled()
    box.fill("1")
    expect(tick).not_to_be_checked()
    tick.check()
    box.fill("2")
    expect(tick).to_be_checked()


def test_a_part_of_what_may_be_paid_early_stays_with_its_document(open_page: Any, server: Any) -> None:
    """The rest less its discount is proposed; whoever pays less pays of that document all the same, not of the oldest."""

    def sell(session: Any) -> list[int]:
        terms = {"discount_percent": D(2), "discount_days": 10}
        customer = create_contact(session, SYSTEM, kind="legal_entity", name="Early Bird Ltd", **terms)
        item = create_item(session, SYSTEM, code="CUT-E", name="Cutting", kind="service")
        draft = TradeDraft(customer.id, [TradeLineDraft(item.id, D(1), D(100), tax_rate=D(0))])
        sales = [save(session, SYSTEM, Sale, draft) for _ in range(2)]
        post(session, SYSTEM, sales)
        return [int(sale.id) for sale in sales]

    older, newer = server.app.company.database.run(sell, actor=SYSTEM)
    page = open_page("admin")
    page.goto(f"/contacts/payments/new?document={newer}")
    expect(page.locator("[name=amount]")).to_have_value("98.00")
    expect(page.locator(f"[name=part_{newer}]")).to_have_value("98.00")
    page.fill("[name=amount]", "30")
    expect(page.locator(f"[name=part_{newer}]")).to_have_value("30.00")
    expect(page.locator(f"[name=part_{older}]")).to_have_value("")
