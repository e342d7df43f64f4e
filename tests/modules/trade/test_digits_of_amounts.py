"""Pages that offer an amount in a currency that they don't ask for: its box has the digits of that currency."""

from datetime import date
from decimal import Decimal as D
from typing import Any

import pytest

from app.documents import post, save
from app.reference.operations import set_rate
from app.security import SYSTEM
from app.values import ExchangeRate
from modules.contacts.operations import create_contact
from modules.trade.complaints.kinds import ComplaintDraft, ComplaintLineDraft
from modules.trade.complaints.models import Complaint
from modules.trade.drafts import TradeDraft, TradeLineDraft
from modules.trade.models import Sale
from modules.trade.pricing.types import create_type, set_price
from modules.warehouse.operations import create_item
from tests.conftest import ADMIN, PASSWORD
from tests.modules.web.browser_forms import fields_of

pytestmark = pytest.mark.one_engine  # what boxes say: no engine decides


@pytest.fixture
def in_dong(company: Any) -> dict[str, str]:
    """The pages of a company that keeps its books in pounds, with a sale of 1,200,000 dong, 2 % off if it is paid early; all of
    it is complained of; and a price in dong."""

    def work(session: Any) -> dict[str, str]:
        set_rate(session, SYSTEM, day=date(2020, 1, 1), currency="VND", rate=ExchangeRate(D(30000), is_inverse=True))
        item = create_item(session, SYSTEM, code="CUT", name="Cutting", kind="service").id
        terms = {"discount_percent": D(2), "discount_days": 10}
        customer = create_contact(session, SYSTEM, kind="legal_entity", name="Bergen AS", **terms).id
        line = TradeLineDraft(item, D(1), D(1200000), tax_rate=D(0))
        sale = save(session, SYSTEM, Sale, TradeDraft(customer, [line], currency="VND"))
        post(session, SYSTEM, [sale])
        of_sale = ComplaintLineDraft(item, D(1), reason_id=1, origin=(sale.id, 1))
        draft = ComplaintDraft(customer, [of_sale], wish="money", problem="Blunt")
        complaint = save(session, SYSTEM, Complaint, draft)
        post(session, SYSTEM, [complaint])
        kind = create_type(session, SYSTEM, name="Hanoi", formula="typed", direction="nearest", currency="VND")
        price = set_price(session, SYSTEM, kind, item_id=item, price=D(1200000))
        return {
            "discount": f"/trade/early-discounts/of/{sale.id}",
            "credit": f"/trade/complaints/{complaint.id}/credit",
            "price": f"/trade/item-prices/{price.id}",
        }

    pages: dict[str, str] = company.database.run(work, actor=SYSTEM)
    return pages


def test_amounts_in_dong_have_no_digits_after_the_point(app: Any, in_dong: dict[str, str]) -> None:
    browser = app.test_client()
    browser.post("/login", data={"login": ADMIN, "password": PASSWORD})
    assert fields_of(browser.get(in_dong["discount"]).text)["amount"] == ["24000"]
    assert fields_of(browser.get(in_dong["credit"]).text)["amount"] == ["1200000"]
    assert fields_of(browser.get(in_dong["price"]).text)["price"] == ["1200000"]
