"""The sample company is worth looking at whichever day it is made, and what is made in it next is as what it has."""

from collections.abc import Callable
from datetime import datetime, timedelta
from decimal import Decimal as D
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select

from app.clock import wall_clock
from app.company import Company
from app.config import Config
from app.demo import fill
from app.ledger import verify
from app.reference import CurrencyRate
from app.security import SYSTEM
from app.setup import create_company
from app.values import ExchangeRate, round_money
from modules.contacts.advances import advances_for
from modules.contacts.contract_models import Contract
from modules.contacts.models import Contact, Payment
from modules.contacts.money.models import MoneyAccount
from modules.contacts.queries import unpaid_documents
from modules.contacts.registers import ExchangeResults
from modules.trade.models import Invoice, Purchase, Sale, SalesOrder, TradeDocument, TradeLine
from modules.trade.proposals import Asked, AskedLine
from modules.trade.proposing import propose
from modules.trade.repeating.models import Repetition
from modules.trade.till.models import Till
from modules.trade.till.prices import tax_rates
from modules.warehouse.models import Item
from tests.conftest import ADMIN, PASSWORD, close


@pytest.mark.parametrize("day", [23, 24, 26], ids=lambda day: f"{datetime(2026, 6, day):%A}")
@pytest.mark.parametrize("engine", ["sqlite"])  # the figures are chosen in Python
def test_goods_come_in_weekly_and_are_sold_whichever_weekday_it_is_made_on(
    company: Any, monkeypatch: pytest.MonkeyPatch, day: int
) -> None:
    samples = ("contacts.sample", "trade.sample", "trade.sample_orders", "warehouse.sample")
    for user in (*samples, "trade.repeating.operations"):
        monkeypatch.setattr(f"modules.{user}.wall_clock", lambda: datetime(2026, 6, day, 12))
    fill(company, trades_abroad=True)

    def count(session: Any) -> list[Any]:
        return [session.scalar(select(func.count()).select_from(kind)) for kind in (Purchase, Sale)]

    purchases, sales = company.database.run(count, actor=SYSTEM, write=False)
    assert purchases in (13, 14)  # one of them in euros
    assert sales > 60


@pytest.mark.one_engine
@pytest.mark.parametrize(
    ("country", "currency", "traded"), [("DE", "EUR", ["EUR", "GBP"]), ("VN", "VND", ["VND"]), ("US", "USD", ["USD"])]
)
def test_companies_of_other_countries_are_filled_too(
    tmp_path: Path, country: str, currency: str, traded: list[str]
) -> None:
    company = Company(Config(tmp_path, f"sqlite:///{tmp_path / 'kontor.db'}", "tests"))
    of: dict[str, Any] = {"organisation": "Own Ltd", "edition": "trade", "login": ADMIN, "password": PASSWORD}
    create_company(company, country=country, currency=currency, **of)
    fill(company, trades_abroad=True)

    def look(session: Any) -> Any:
        taxed = select(TradeLine.tax_code_id.is_not(None)).distinct()
        found = session.scalars(select(TradeDocument.currency).distinct().order_by(TradeDocument.currency)).all()
        return list(found), list(session.scalars(taxed)), list(verify(session))

    assert company.database.run(look, actor=SYSTEM, write=False) == (traded, [country != "US"], [])
    close(company)


@pytest.mark.one_engine
def test_ones_own_company_is_filled_without_invented_rates(company: Any) -> None:
    fill(company)

    def look(session: Any) -> Any:
        used = [session.scalars(select(of.currency).distinct()).all() for of in (TradeDocument, Payment, MoneyAccount)]
        return used, session.scalar(select(func.count()).select_from(CurrencyRate))

    assert company.database.run(look, actor=SYSTEM, write=False) == ([["GBP"]] * 3, 0)


@pytest.fixture
def look(house: Any) -> Callable[[Callable[[Any], Any]], Any]:
    """Ask something of the sample company."""
    return lambda work: house.company.database.run(work, actor=SYSTEM, write=False)


@pytest.mark.one_engine
@pytest.mark.parametrize(
    ("noun", "code", "rate"),
    [("sale", "C-1002", 20), ("quote", "C-1002", 20), ("purchase", "S-2001", 20), ("sale", "C-1001", 0)],
)
def test_new_documents_propose_the_tax_of_the_country(look: Any, noun: str, code: str, rate: int) -> None:
    def work(session: Any) -> Any:
        contact = session.scalars(select(Contact.id).where(Contact.code == code)).one()
        asked = Asked(noun, "GBP", wall_clock().date(), [_line(session)], contact)
        return propose(session, SYSTEM, asked).lines[0].cells.get("tax_rate")

    assert look(work) == rate


@pytest.mark.one_engine
def test_its_till_sells_with_tax(look: Any) -> None:
    def work(session: Any) -> Any:
        till = session.scalars(select(Till)).one()
        return till.tax_rate, tax_rates(session, SYSTEM, till, None, [_line(session)])

    assert look(work) == (20, [20])


def _line(session: Any) -> AskedLine:
    return AskedLine(session.scalars(select(Item.id).where(Item.code == "TO-1001")).one(), D(1))


@pytest.mark.one_engine
def test_every_line_has_the_tax_of_whom_it_is_sold_to_or_bought_from(look: Any) -> None:
    query = (
        select(Contact.country == "GB", TradeLine.tax_category, TradeLine.tax_rate, TradeLine.tax_code_id.is_(None))
        .join(TradeDocument, TradeDocument.id == TradeLine.document_id)
        .join(Contact, Contact.id == TradeDocument.contact_id)
    )
    found = {tuple(row) for row in look(lambda s: s.execute(query.distinct()).all())}
    assert found == {(True, "S", 20, False), (False, "G", 0, False), (False, "O", 0, False)}


@pytest.mark.one_engine
def test_suppliers_are_paid_in_time_except_one_or_two_of_these_days(look: Any) -> None:
    def work(session: Any) -> list[Any]:
        query = select(Purchase).where(Purchase.id.in_(unpaid_documents(session)))
        return [(purchase.moment.date(), purchase.due) for purchase in session.scalars(query)]

    found, today = look(work), wall_clock().date()
    assert {due - day for day, due in found} == {timedelta(days=30)}
    late = [today - due for _day, due in found if due < today]
    assert len(late) in (1, 2)
    assert max(late) < timedelta(days=10)


@pytest.mark.one_engine
def test_a_purchase_in_euros_was_paid_at_another_rate(look: Any) -> None:
    def work(session: Any) -> Any:
        bought = session.scalars(select(Purchase).where(Purchase.currency == "EUR")).one()
        paid = session.scalars(select(Payment).where(Payment.currency == "EUR")).one()
        lost = session.connection().scalars(select(ExchangeResults.entries.c.base)).all()
        return bought.amount, paid.amount, bought.rate, paid.rate, lost

    # 627.60 ÷ 1.16 = 541.03, and ÷ 1.148 = 546.69
    assert look(work) == (
        D("627.6"),
        D("627.6"),
        *(ExchangeRate(D(number), is_inverse=True) for number in ("1.16", "1.148")),
        [D("-5.66")],
    )


@pytest.mark.one_engine
def test_an_invoice_is_half_paid_in_advance_and_an_order_is_late(look: Any) -> None:
    def work(session: Any) -> Any:
        invoice = session.scalars(select(Invoice)).one()
        paid = [session.get(Payment, number).amount for number in advances_for(session, [invoice.id])]
        days = select(SalesOrder.delivery).where(SalesOrder.state == "posted").order_by(SalesOrder.delivery)
        return invoice.amount, paid, session.scalars(days).first()

    amount, paid, first = look(work)
    assert paid == [round_money(amount / 2, 2)]
    assert first < wall_clock().date()


@pytest.mark.one_engine
def test_contract_and_price_type_say_what_new_sales_cost(look: Any) -> None:
    def work(session: Any) -> Any:
        contract = session.scalars(select(Contract)).one()
        sold = session.scalars(select(Sale).where(Sale.contract_id == contract.id)).one()
        wholesale = session.scalars(select(Contact.id).where(Contact.code == "C-1005")).one()

        def asked(contact_id: int, contract_id: int | None) -> Any:
            said = {"contact_id": contact_id, "contract_id": contract_id}
            document = Asked("sale", "GBP", wall_clock().date(), [_line(session)], **said)
            cells = propose(session, SYSTEM, document).lines[0].cells
            return cells["price"], cells["discount"]

        return {line.discount for line in sold.lines}, asked(contract.contact_id, contract.id), asked(wholesale, None)

    assert look(work) == ({D(5)}, (D("14.50"), D(5)), (D("13.05"), D(0)))


@pytest.mark.one_engine
def test_rent_comes_again(look: Any) -> None:
    def work(session: Any) -> Any:
        rent = session.scalars(select(Repetition)).one()
        return rent.state, rent.due, rent.source.state

    state, due, source = look(work)
    assert (state, source) == ("active", "posted")
    assert due > wall_clock().date()
