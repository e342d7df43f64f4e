"""The figures on the home page: what was sold, net, in the organisation's own currency."""

import re
from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from html import unescape
from typing import Any

import pytest

from app.clock import wall_clock
from app.documents import post, save
from app.reference.operations import set_rate
from app.security import SYSTEM
from app.values import ExchangeRate
from modules.contacts.operations import create_contact
from modules.trade.drafts import TradeDraft, TradeLineDraft
from modules.trade.models import Sale, SalesReturn
from modules.warehouse.operations import create_item


@pytest.fixture
def sold(company: Any, employ: Callable[..., Any]) -> None:
    """Today 100 pounds, 200 euros at 0.85 and a return of 100 pounds; 7 pounds in two months; of it Sam's the pounds."""
    sam = employ("sam", "salesperson")

    def work(session: Any) -> None:
        now = wall_clock()
        set_rate(session, SYSTEM, currency="EUR", day=now.date(), rate=ExchangeRate(Decimal("0.85")))
        work_done = create_item(session, SYSTEM, code="CUT", name="Cutting", kind="service").id
        mine = create_contact(session, SYSTEM, kind="legal_entity", name="Mine", responsible_id=sam.user_id).id
        other = create_contact(session, SYSTEM, kind="legal_entity", name="Other").id
        for kind, contact, price, currency, ahead in (
            (Sale, mine, 100, "GBP", 0),
            (Sale, other, 200, "EUR", 0),
            (SalesReturn, mine, 100, "GBP", 0),
            (Sale, mine, 7, "GBP", 60),
        ):
            line = TradeLineDraft(work_done, Decimal(1), Decimal(price))
            moment = now + timedelta(days=ahead)
            draft = TradeDraft(contact, [line], moment=moment, currency=currency, responsible_id=sam.user_id)
            post(session, SYSTEM, [save(session, SYSTEM, kind, draft)])

    company.database.run(work, actor=SYSTEM)


def figures(app: Any, login: str, password: str) -> list[str]:
    browser = app.test_client()
    browser.post("/login", data={"login": login, "password": password})
    return re.findall(r'figure-value">([^<]*)<.*?figure-note">([^<]*)<', browser.get("/").text)


@pytest.mark.usefixtures("sold")
def test_sales_are_counted_in_ours_less_returns_and_not_ahead(app: Any) -> None:
    note = "2 sales, less returns, without tax"
    assert figures(app, "admin", "correct horse") == [("170.00 GBP", note)] * 2


@pytest.mark.usefixtures("sold")
def test_the_figure_leads_to_documents_that_add_up_to_it(app: Any) -> None:
    browser = app.test_client()
    browser.post("/login", data={"login": "admin", "password": "correct horse"})
    found = re.findall(r'href="(/trade/results/documents\?[^"]*)"', browser.get("/").text)
    assert len(found) == 2
    for address in found:
        page = browser.get(f"{unescape(address)}&totals=1").text
        cells = re.sub(r"<[^>]*>|\s+", " ", page).split()
        assert cells[:2] == ["Total", "170.00"]


@pytest.mark.usefixtures("sold")
def test_a_salesperson_sees_what_their_own_contacts_bought(app: Any) -> None:
    assert [value for value, _ in figures(app, "sam", "sam-sample")] == ["0.00 GBP"] * 2
