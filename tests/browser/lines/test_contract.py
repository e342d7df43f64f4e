"""A new sale to a customer with one contract: it is chosen by itself, and what it says follows; it can be set to none."""

from decimal import Decimal as D
from typing import Any

import pytest
from playwright.sync_api import expect
from sqlalchemy import select

from app.security import SYSTEM
from modules.contacts.contracts import create_contract
from modules.contacts.models import Contact
from modules.trade.pricing.agreeing import agree
from tests.browser.lines.conftest import scan

pytestmark = pytest.mark.browser

BOX = "FA-0112"  # sold at 4.75 GBP


def test_the_only_contract_is_chosen_with_its_terms_and_prices_and_can_be_taken_out(
    grid_page: Any, server: Any
) -> None:
    def work(session: Any) -> None:
        bergen = session.scalars(select(Contact.id).where(Contact.name == "Bergen Joinery AS")).one()
        terms: dict[str, Any] = {"number": "B-1", "payment_terms": "days", "payment_days": 30}
        contract = create_contract(session, SYSTEM, contact_id=bergen, **terms)
        agree(session, SYSTEM, contact_id=bergen, contract_id=contract.id, discount=D(10))

    server.app.company.database.run(work, actor=SYSTEM)
    page = grid_page
    discount, chosen = page.locator('[data-column="discount"]').first, page.locator("#contract_id option:checked")
    said = page.locator("#contract-field")
    page.fill("#moment", "2026-02-10T12:00")
    page.locator('[data-column="item"]').first.focus()
    scan(page, BOX)
    expect(page.locator(".line-says")).to_have_count(1)
    expect(discount).to_have_value("")
    page.fill("#contact_id-text", "bergen")
    page.locator(".offers li", has_text="Bergen").first.click()
    expect(chosen).to_have_text("B-1 (GBP)")
    expect(said).to_contain_text("To be paid by 12 Mar 2026")  # in 30 days
    expect(discount).to_have_value("10")
    page.select_option("#contract_id", "")
    expect(said).to_contain_text("To be paid by 24 Feb 2026")  # in 14, as agreed without a contract
    expect(discount).to_have_value("")
    page.fill("#moment", "2026-02-11T12:00")
    page.locator("#note").focus()
    expect(said).to_contain_text("To be paid by 25 Feb 2026")
    expect(chosen).to_have_text("–")
