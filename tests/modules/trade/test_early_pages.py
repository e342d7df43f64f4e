"""The pages of early-payment discounts: offered with payments and on the sale, listed, reversed; closed to storekeepers."""

import re
from collections.abc import Callable
from datetime import datetime, timedelta
from decimal import Decimal as D
from typing import Any

import pytest

from app.documents import post, save
from app.security import SYSTEM
from modules.contacts.operations import create_contact
from modules.contacts.queries import open_of
from modules.trade.drafts import TradeDraft, TradeLineDraft
from modules.trade.models import Sale
from modules.warehouse.operations import create_item


@pytest.fixture
def sell(company: Any) -> Callable[..., int]:
    def prepare(session: Any) -> None:
        create_item(session, SYSTEM, code="CUT", name="Cutting", kind="service")
        terms = {"discount_percent": D(2), "discount_days": 10}
        create_contact(session, SYSTEM, kind="legal_entity", name="Bergen AS", **terms)

    def work(session: Any, **said: Any) -> int:
        sale = save(session, SYSTEM, Sale, TradeDraft(1, [TradeLineDraft(1, D(1), D(1000), tax_rate=D(0))], **said))
        post(session, SYSTEM, [sale])
        return int(sale.id)

    company.database.run(prepare, actor=SYSTEM)
    return lambda **said: int(company.database.run(lambda s: work(s, **said), actor=SYSTEM))


def browser_of(app: Any, login: str = "admin", password: str = "correct horse") -> Any:
    browser = app.test_client()
    browser.post("/login", data={"login": login, "password": password})
    return browser


def left(company: Any, sale: int) -> D:
    return D(company.database.run(lambda s: open_of(s, [sale]), actor=SYSTEM)[sale])


def test_from_the_sales_button_the_reduced_amount_is_paid_in_one_act(app: Any, company: Any, sell: Any) -> None:
    browser, sale = browser_of(app), sell()
    page = browser.get(f"/trade/sales/{sale}").text
    assert "Pay 980.00 by" in page
    form = browser.get(f"/contacts/payments/new?document={sale}").text
    assert re.search(r'name="amount"[^>]*value="980', form)
    assert re.search(r'name="reduced" value="\d+"[^>]* checked', form)
    said = {
        "contact_id": 1,
        "direction": "in",
        "amount": "980",
        "currency": "GBP",
        "method": "bank",
        f"part_{sale}": "980",
    }
    assert browser.post("/contacts/payments/new", data={**said, "reduced": str(sale)}).status_code == 302
    assert left(company, sale) == 0
    rows = browser.get("/api/v1/lists/trade.early_discount").json["rows"]
    assert [(row["amount"], row["state"]) for row in rows] == [("20", "posted")]
    one = f"/trade/early-discounts/{rows[0]['id']}"
    assert "Discount on" in browser.get(one).text
    assert browser.get(one + "?as=pdf").status_code == 200
    browser.post(one + "/reverse")
    assert left(company, sale) == D(20)


def test_an_amount_that_is_just_the_reduced_one_is_asked_about_once(app: Any, company: Any, sell: Any) -> None:
    browser, sale = browser_of(app), sell()
    said = {"contact_id": 1, "direction": "in", "amount": "980", "currency": "GBP", "method": "bank"}
    asked = browser.post("/contacts/payments/new", data=said)
    assert "the discount of 20.00 is ticked below" in asked.text
    assert left(company, sale) == D(1000)
    unticked = {**said, f"part_{sale}": "980", "reduced_seen": str(sale)}
    assert browser.post("/contacts/payments/new", data=unticked).status_code == 302
    assert left(company, sale) == D(20)
    page = browser.get(f"/trade/sales/{sale}").text
    assert "Only the discount is left: 20.00 (2 %), by" in page
    assert "Pay 0.00" not in page


def test_a_discount_whose_day_has_passed_is_said_to_be_past(app: Any, company: Any, sell: Any) -> None:
    """It may still be ticked for a payment of an earlier day, and is offered no sooner than that."""
    browser, now = browser_of(app), datetime.now()
    for days, is_past in ((12, True), (3, False)):
        sale = sell(moment=now - timedelta(days=days))
        page = browser.get(f"/contacts/payments/new?document={sale}").text
        offer = page.partition(f'data-reduces="{sale}"')[2].partition("</tr>")[0]
        assert ("That day has passed" in offer, "data-rest" in offer, "checked" in offer) == (
            is_past,
            not is_past,
            not is_past,
        )


def test_by_hand_from_the_sale_and_not_for_storekeepers(app: Any, company: Any, sell: Any, employ: Any) -> None:
    browser, sale = browser_of(app), sell()
    employ("steve", "storekeeper")
    address = f"/trade/early-discounts/of/{sale}"
    assert address in browser.get(f"/trade/sales/{sale}").text
    assert 'value="20' in browser.get(address).text
    assert "At most 1,000.00 GBP is open" in browser.post(address, data={"amount": "1001"}).text
    assert browser.post(address, data={"amount": "20"}).status_code == 302
    assert left(company, sale) == D(980)
    assert "is the discount on it already" in browser.post(address, data={"amount": "1"}).text
    assert browser_of(app, "steve", "steve-sample").get(address).status_code in (403, 404)
