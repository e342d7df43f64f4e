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
from modules.trade.models import Purchase, Sale, SupplierDiscount
from modules.warehouse.operations import create_item
from tests.rows import rows_of_all_tables


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


@pytest.fixture
def bought(company: Any, sell: Any) -> int:
    """Ten bolts were bought for 100.00, two per cent off within ten days; four were sold since."""

    def work(session: Any) -> int:
        bolt = create_item(session, SYSTEM, code="BOLT", name="Bolt").id
        line, now = TradeLineDraft(bolt, D(10), D(10), tax_rate=D(0)), datetime.now()
        purchase = save(session, SYSTEM, Purchase, TradeDraft(1, [line], moment=now - timedelta(days=3)))
        sold = [TradeLineDraft(bolt, D(4), D(30), tax_rate=D(0))]
        sale = save(session, SYSTEM, Sale, TradeDraft(1, sold, moment=now - timedelta(days=2)))
        for document in (purchase, sale):
            post(session, SYSTEM, [document])
        return int(purchase.id)

    return int(company.database.run(work, actor=SYSTEM))


def unseen_rows(company: Any) -> Any:
    """Of all tables, except for when somebody was last seen, and what they saw."""
    rows = company.database.run(rows_of_all_tables, actor=SYSTEM, write=False)
    return {name: found for name, found in rows.items() if name not in ("core_login", "core_look", "core_user")}


@pytest.mark.parametrize("way", ["by hand", "with the payment"])
def test_a_suppliers_discount_shows_what_goods_cost_by_it_before_it_is_given(
    app: Any, company: Any, bought: int, way: str
) -> None:
    browser = browser_of(app)
    address, said = f"/trade/supplier-discounts/of/{bought}", {"amount": "2", "operation": "once"}
    if way == "with the payment":
        address = "/contacts/payments/new"
        said |= {"contact_id": "1", "direction": "out", "amount": "98", "currency": "GBP", "method": "bank"}
        said |= {f"part_{bought}": "98", "reduced": str(bought)}
    before = unseen_rows(company)
    shown = browser.post(address, data=said)
    assert shown.status_code == 200
    for title in ("What sales earn", "What other documents cost", "What goods are worth"):
        assert title in shown.text
    assert 'name="seen" value="1"' in shown.text
    assert f'name="amount" value="{said["amount"]}"' in shown.text
    back = browser.post(address, data={**said, "then": "change"})
    assert f'value="{said["amount"]}"' in back.text
    assert "What sales earn" not in back.text
    assert unseen_rows(company) == before
    assert browser.post(address, data={**said, "then": "post", "seen": "1"}).status_code == 302
    discounts = company.database.run(
        lambda s: s.query(SupplierDiscount).filter_by(discounted_id=bought).count(), actor=SYSTEM
    )
    assert discounts == 1
    refused = browser.post(address, data={**said, "operation": "twice"})
    assert "What sales earn" not in refused.text
