"""A draft in a foreign currency is posted at the rate that its day has by then."""

from datetime import date, datetime
from decimal import Decimal as D
from typing import Any

from app import ledger
from app.documents import post, save
from app.reference.operations import set_rate
from app.security import SYSTEM
from app.values import ExchangeRate
from modules.contacts.operations import create_contact
from modules.trade.drafts import TradeDraft, TradeLineDraft
from modules.trade.models import Sale
from modules.trade.registers import Sales
from modules.warehouse.operations import create_item


def test_a_rate_that_was_corrected_after_the_draft_counts(company: Any) -> None:
    def work(session: Any) -> None:
        hour = create_item(session, SYSTEM, code="HOUR", name="Hour", kind="service").id
        contact = create_contact(session, SYSTEM, kind="legal_entity", name="Bergen AS").id
        set_rate(session, SYSTEM, currency="EUR", day=date(2026, 3, 1), rate=ExchangeRate(D("0.89")))
        draft = TradeDraft(contact, [TradeLineDraft(hour, D(1), D(10))], moment=datetime(2026, 3, 2), currency="EUR")
        sale = save(session, SYSTEM, Sale, draft)
        session.flush()
        set_rate(session, SYSTEM, currency="EUR", day=date(2026, 3, 2), rate=ExchangeRate(D("0.95")))
        post(session, SYSTEM, [sale])
        session.refresh(sale)
        assert sale.rate == ExchangeRate(D("0.95"))
        (figure,) = ledger.now(session, Sales.results, by=())
        assert figure.amounts["revenue"] == D("9.50")

    company.database.run(work, actor=SYSTEM)
