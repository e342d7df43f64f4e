"""The sample company is worth looking at whichever day it is made, and what is made in it next is as what it has."""

from collections.abc import Callable
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import func, select

from app.clock import wall_clock
from app.demo import fill
from app.security import SYSTEM
from modules.contacts.models import Contact
from modules.contacts.queries import unpaid_documents
from modules.trade.models import Purchase, Sale, TradeDocument, TradeLine
from modules.trade.proposals import Asked, AskedLine
from modules.trade.proposing import propose
from modules.trade.till.models import Till
from modules.trade.till.prices import tax_rates
from modules.warehouse.models import Item


@pytest.mark.parametrize("day", [23, 24, 26], ids=lambda day: f"{datetime(2026, 6, day):%A}")
@pytest.mark.parametrize("engine", ["sqlite"])  # the figures are chosen in Python
def test_goods_come_in_weekly_and_are_sold_whichever_weekday_it_is_made_on(
    company: Any, monkeypatch: pytest.MonkeyPatch, day: int
) -> None:
    for user in ("modules.trade.sample", "modules.warehouse.sample"):
        monkeypatch.setattr(f"{user}.wall_clock", lambda: datetime(2026, 6, day, 12))
    fill(company)

    def count(session: Any) -> list[Any]:
        return [session.scalar(select(func.count()).select_from(kind)) for kind in (Purchase, Sale)]

    purchases, sales = company.database.run(count, actor=SYSTEM, write=False)
    assert purchases in (12, 13)
    assert sales > 60


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
    return AskedLine(session.scalars(select(Item.id).where(Item.code == "TO-1001")).one(), Decimal(1))


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
