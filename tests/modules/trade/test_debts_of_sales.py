"""From a sale to its payment, and a customer's limit."""

import re
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest

from app.documents import post, save
from app.security import SYSTEM
from modules.contacts.operations import create_contact, record_payment
from modules.trade.drafts import TradeDraft, TradeLineDraft
from modules.trade.models import Sale
from modules.warehouse.operations import create_item


@pytest.fixture
def sell(company: Any, employ: Callable[..., Any]) -> Callable[..., int]:
    """Sell to a customer of Sam's, whose limit is 100; gives the sale, a draft when asked for."""
    sam = employ("sam", "salesperson")

    def prepare(session: Any) -> None:
        create_item(session, SYSTEM, code="CUT", name="Cutting", kind="service")
        fields = {"responsible_id": sam.user_id, "credit_limit": Decimal(100)}
        create_contact(session, SYSTEM, kind="legal_entity", name="Bergen AS", **fields)

    def work(session: Any, price: int, is_draft: bool) -> int:
        line = TradeLineDraft(1, Decimal(1), Decimal(price))
        sale = save(session, SYSTEM, Sale, TradeDraft(1, [line], responsible_id=sam.user_id))
        if not is_draft:
            post(session, SYSTEM, [sale])
        session.flush()
        return sale.id

    company.database.run(prepare, actor=SYSTEM)
    return lambda price, is_draft=False: company.database.run(lambda s: work(s, price, is_draft), actor=SYSTEM)


def browser_of(app: Any, login: str = "admin", password: str = "correct horse") -> Any:
    browser = app.test_client()
    browser.post("/login", data={"login": login, "password": password})
    return browser


def amount_of_payment(browser: Any, sale: int) -> tuple[str, str]:
    """The amount and currency that the form begins with which the sale leads to."""
    address = re.search(r'href="(/contacts/payments/new[^"]*)"', browser.get(f"/trade/sales/{sale}").text)
    assert address is not None
    page = browser.get(address[1].replace("&amp;", "&")).text
    amount = re.search(r'name="amount"[^>]*value="([^"]*)"', page)
    currency = re.search(r'name="currency".*?<option selected value="(\w+)"', page, re.S)
    assert amount is not None
    assert currency is not None
    return amount[1], currency[1]


def test_a_payment_begins_with_what_is_left_of_the_sale(app: Any, company: Any, sell: Any) -> None:
    browser, first, second = browser_of(app), sell(30), sell(50)
    assert amount_of_payment(browser, first) == ("30.00", "GBP")
    company.database.run(
        lambda s: record_payment(s, SYSTEM, contact_id=1, direction="in", amount=Decimal(60)), actor=SYSTEM
    )
    assert amount_of_payment(browser, second) == ("20.00", "GBP")
    company.database.run(
        lambda s: record_payment(s, SYSTEM, contact_id=1, direction="in", amount=Decimal(20)), actor=SYSTEM
    )
    page = browser.get(f"/trade/sales/{second}").text
    assert "/contacts/payments/new" not in page  # nothing is open of it any more
    settled = page.partition('class="related"')[2].partition("</ul>")[0]
    assert settled.count(">Payment P-0000") == 2  # and both payments that settled it are named
    for nonsense in ("NaN", "Infinity", "x", "1e999", "-5"):
        assert browser.get(f"/contacts/payments/new?contact=1&amount={nonsense}").status_code == 200


def test_a_sale_beyond_the_limit_is_posted_and_reported(app: Any, sell: Any) -> None:
    sell(60)
    within, beyond = sell(40, is_draft=True), sell("0.01", is_draft=True)
    browser = browser_of(app, "sam", "sam-sample")
    notice = "Bergen AS owes 100.01 GBP now; the limit is 100.00."
    assert "the limit is" not in browser.post(f"/trade/sales/{within}/post", follow_redirects=True).text
    page = browser.post(f"/trade/sales/{beyond}/post", follow_redirects=True).text
    assert notice in page
    assert "is posted" in page


def test_a_limit_is_shown_to_nobody_who_may_not_see_it(app: Any, company: Any, sell: Any) -> None:
    from sqlalchemy import select

    from app.security import Role
    from app.security.operations import set_grant

    def close(session: Any) -> None:
        role = session.scalars(select(Role).where(Role.name == "salesperson")).one()
        set_grant(session, SYSTEM, role, "group", "contacts.financial", False)

    company.database.run(close, actor=SYSTEM)
    sale = sell(101, is_draft=True)
    page = browser_of(app, "sam", "sam-sample").post(f"/trade/sales/{sale}/post", follow_redirects=True).text
    assert "is posted" in page
    assert "the limit is" not in page
