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
from modules.trade.prints import trade_paper
from modules.trade.registers import Sales
from modules.warehouse.operations import create_item


def test_a_draft_says_the_rate_of_its_day_and_how_old_that_is(company: Any) -> None:
    def work(session: Any) -> None:
        hour = create_item(session, SYSTEM, code="HOUR", name="Hour", kind="service").id
        contact = create_contact(session, SYSTEM, kind="legal_entity", name="Bergen AS").id
        set_rate(session, SYSTEM, currency="EUR", day=date(2026, 3, 1), rate=ExchangeRate(D("0.89")))
        draft = TradeDraft(contact, [TradeLineDraft(hour, D(1), D(10))], moment=datetime(2026, 3, 12), currency="EUR")
        sale = save(session, SYSTEM, Sale, draft)
        session.flush()

        def said() -> str:
            return str(next(fact.value for fact in trade_paper(session, sale).facts if fact.name == "rate"))

        assert said().endswith("1 EUR = 0.89 GBP (1 GBP ≈ 1.123596 EUR), of 1 Mar 2026: 11 days old")
        set_rate(session, SYSTEM, currency="EUR", day=date(2026, 3, 10), rate=ExchangeRate(D("0.95")))
        assert said().endswith("), of 10 Mar 2026")
        assert said().startswith("1 EUR = 0.95 GBP")  # by which it is posted, whatever it was saved with
        post(session, SYSTEM, [sale])
        set_rate(session, SYSTEM, currency="EUR", day=date(2026, 3, 11), rate=ExchangeRate(D("0.99")))
        assert said().startswith("1 EUR = 0.95 GBP")
        assert said().endswith(")")

    company.database.run(work, actor=SYSTEM)


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
