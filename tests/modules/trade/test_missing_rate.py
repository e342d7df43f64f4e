"""A document whose currency has no rate on its day: who may enters one from there, others read whom to ask."""

from datetime import datetime
from decimal import Decimal as D
from html import unescape
from typing import Any

from app.clock import wall_clock
from app.documents import Document, save
from app.reference.models import CurrencyRate
from app.reference.operations import set_rate
from app.security import SYSTEM, User
from app.values import ExchangeRate
from modules.contacts.operations import create_contact
from modules.trade.drafts import TradeDraft, TradeLineDraft
from modules.trade.models import Sale
from modules.warehouse.operations import create_item
from tests.modules.web.browser_forms import fields_of

REFUSED = "There is no exchange rate of USD for 31 Dec 2019."


def test_a_missing_rate_is_entered_from_where_it_is_missed(app: Any, company: Any, employ: Any) -> None:
    for login, role in (("maria", "manager"), ("sofia", "salesperson")):
        employ(login, role)

    def work(session: Any) -> int:
        create_contact(session, SYSTEM, kind="legal_entity", name="Bergen AS", responsible_id=sofia_id(session))
        create_item(session, SYSTEM, code="ANVIL", name="Anvil", kind="service")
        set_rate(session, SYSTEM, currency="USD", day=datetime(2020, 1, 1).date(), rate=ExchangeRate(D(2)))
        session.flush()
        draft = TradeDraft(1, [TradeLineDraft(1, D(1), D(5))], currency="USD", responsible_id=sofia_id(session))
        made = save(session, SYSTEM, Sale, draft)
        session.flush()
        return int(made.id)

    sale = company.database.run(work, actor=SYSTEM)

    def refusal(login: str) -> str:
        """What the form and then the page of the document say."""
        client = app.test_client()
        client.post("/login", data={"login": login, "password": f"{login}-sample"})
        address = f"/trade/sales/{sale}"
        form = {**fields_of(client.get(f"{address}/edit").text), "moment": ["2019-12-31T10:00"]}
        answer = client.post(f"{address}/edit", data=form)
        assert REFUSED in answer.text, "and nothing changed"
        company.database.run(lose_the_rate, actor=SYSTEM)
        posted = client.post(f"{address}/post", follow_redirects=True).text
        company.database.run(enter_it_again, actor=SYSTEM)
        assert company.database.run(lambda s: s.get(Document, sale).state, actor=SYSTEM) == "draft"
        return unescape(answer.text + posted)

    may = refusal("maria")
    assert '<a href="/admin/rates/new?currency=USD&day=2019-12-31" target="_blank">Enter the rate</a>' in may
    assert may.count(">Enter the rate</a>") == 2
    assert "Ask an accountant" not in may
    may_not = refusal("sofia")
    assert may_not.count("Ask an accountant or a manager to enter it.") == 2
    assert "/admin/rates/new" not in may_not
    maria = app.test_client()
    maria.post("/login", data={"login": "maria", "password": "maria-sample"})
    offered = fields_of(maria.get("/admin/rates/new?currency=USD&day=2019-12-31").text)
    assert (offered["currency"], offered["day"]) == (["USD"], ["2019-12-31"])
    assert maria.get("/admin/rates/new?currency=%22&day=x").status_code == 200


def sofia_id(session: Any) -> int:
    return int(session.query(User.id).filter_by(login="sofia").scalar())


def lose_the_rate(session: Any) -> None:
    rate = session.query(CurrencyRate).one()
    rate.day = wall_clock().date().replace(year=wall_clock().year + 1)


def enter_it_again(session: Any) -> None:
    session.query(CurrencyRate).one().day = datetime(2020, 1, 1).date()
