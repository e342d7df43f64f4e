"""Credit limits and late payments: who may still be sold to, and who may know why; ageing of what is owed."""

from datetime import date, datetime, timedelta
from decimal import Decimal as D
from typing import Any

import pytest
from sqlalchemy import select

from app import ledger
from app.audit.models import AuditLine
from app.clock import wall_clock
from app.documents import correct, post, save
from app.errors import Conflict, Invalid
from app.security import SYSTEM, Actor
from modules.contacts.ageing import aged_items_at, ageing_at, bounds_of
from modules.contacts.conditions import due_by
from modules.contacts.contract_reminders import remind_of_contracts
from modules.contacts.credit import change_rule
from modules.contacts.operations import change_contact, record_payment
from modules.contacts.parties import contact_by_id
from modules.trade.drafts import TradeDraft, TradeLineDraft
from modules.trade.models import Sale
from tests.modules.contacts import test_contracts as contracts
from tests.modules.contacts.test_contracts import agreed, do, sale

contact, service = contracts.contact, contracts.service

NOW = datetime(2026, 2, 10, 12)
RIGHTS = frozenset(
    {f"trade.sale.{verb}" for verb in ("view", "edit", "post", "reverse")}
    | {"contacts.contact.view", "contacts.statement.view", "contacts.contract.view", "warehouse.item.view"}
)
SCOPES = {"contacts.contact": "all", "trade.sale": "all"}


def seller(*more: str, groups: tuple[str, ...] = ("contacts.financial",)) -> Actor:
    return Actor(1, "sam", RIGHTS | set(more), SCOPES, frozenset(groups))


def sell(company: Any, actor: Actor, contact: int, service: int, amount: str, **more: Any) -> int:
    def work(session: Any) -> int:
        draft = TradeDraft(contact, [TradeLineDraft(service, D(1), D(amount))], **more)
        document = save(session, actor, Sale, draft)
        post(session, actor, [document])
        return int(document.id)

    return int(do(company, work, actor))


def set_contact(company: Any, contact: int, **fields: Any) -> None:
    do(company, lambda s: change_contact(s, SYSTEM, contact_by_id(s, contact), **fields))


def test_nothing_is_posted_beyond_a_limit_that_blocks(company: Any, contact: int, service: int) -> None:
    set_contact(company, contact, credit_limit=D(100), over_limit="block")
    first = sell(company, seller(), contact, service, "100")
    with pytest.raises(Conflict) as error:
        sell(company, seller(), contact, service, "0.01")
    assert "100" in str(error.value)
    with pytest.raises(Conflict) as error:  # whoever may not know what is owed learns nothing of it
        sell(company, seller(groups=()), contact, service, "0.01")
    assert "100" not in str(error.value)
    assert do(company, lambda s: s.query(Sale).count()) == 1

    def corrected(amount: str) -> None:
        draft = TradeDraft(contact, [TradeLineDraft(service, D(1), D(amount))])
        do(company, lambda s: correct(s, seller(), s.get(Sale, first), draft), seller())

    with pytest.raises(Conflict):
        corrected("101")
    set_contact(company, contact, credit_limit=D(10))
    corrected("90")  # it is beyond the limit still, and lessens what is owed
    set_contact(company, contact, credit_limit=D(100), over_limit="warn")
    sell(company, seller(), contact, service, "500")
    set_contact(company, contact, over_limit="block")
    sell(company, seller("contacts.limit.override"), contact, service, "7")
    said = do(
        company,
        lambda s: s.scalars(select(AuditLine.summary).where(AuditLine.action == "contacts.limit.override")).all(),
    )
    assert len(said) == 1
    assert "597" in said[0]
    assert do(company, lambda s: list(ledger.verify(s))) == []


def test_the_contracts_limit_and_prepayment_are_its_own(company: Any, contact: int, service: int) -> None:
    mine = agreed(company, contact, credit_limit=D(50), over_limit="block")
    sell(company, seller(), contact, service, "1000")
    sell(company, seller(), contact, service, "50", contract_id=mine)
    with pytest.raises(Conflict):
        sell(company, seller(), contact, service, "1", contract_id=mine)
    paid = agreed(company, contact, prepayment=D(30), over_limit="block")
    with pytest.raises(Conflict):
        sell(company, seller(), contact, service, "100", contract_id=paid)
    do(
        company,
        lambda s: record_payment(
            s, SYSTEM, contact_id=contact, direction="in", amount=D(30), contract_id=paid, pays=[]
        ),
    )
    sell(company, seller(), contact, service, "100", contract_id=paid)
    with pytest.raises(Conflict):  # the sale before has taken what was prepaid
        sell(company, seller(), contact, service, "1", contract_id=paid)
    assert do(company, lambda s: list(ledger.verify(s))) == []


def test_nothing_is_sold_to_whoever_is_late_where_that_is_said(company: Any, contact: int, service: int) -> None:
    today = wall_clock()
    do(
        company,
        lambda s: sale(s, contact, service, "10", today - timedelta(days=9), due=(today - timedelta(days=4)).date()),
    )
    sell(company, seller(), contact, service, "1")
    manager = seller("contacts.limit.edit")
    with pytest.raises(Invalid):
        do(company, lambda s: change_rule(s, manager, over_limit="warn", overdue="shout", overdue_days=0), manager)
    do(company, lambda s: change_rule(s, manager, over_limit="warn", overdue="block", overdue_days=4), manager)
    sell(company, seller(), contact, service, "1")
    do(company, lambda s: change_rule(s, manager, over_limit="warn", overdue="block", overdue_days=3), manager)
    with pytest.raises(Conflict):
        sell(company, seller(), contact, service, "1")
    set_contact(company, contact, overdue="nothing")
    sell(company, seller(), contact, service, "1")


def rows(company: Any, make: Any) -> list[tuple[Any, ...]]:
    """The rows of a list, as the system sees them, without what is hidden."""

    def work(session: Any) -> list[tuple[Any, ...]]:
        table = make(session)
        columns = [c for c in table.columns if not c.hidden and c.name not in ("name", "code", "kind")]
        query = table.source(session).add_columns(*(c.expression.label(c.name) for c in columns))
        return [tuple(row) for row in session.execute(query.order_by(table.key))]

    return list(do(company, work))


def test_ageing_tells_of_any_day_what_was_open_then(company: Any, contact: int, service: int) -> None:
    def history(s: Any) -> None:
        sale(s, contact, service, "100", datetime(2026, 1, 1, 12), due=date(2026, 1, 31))
        sale(s, contact, service, "20", datetime(2026, 1, 10, 12), due=date(2026, 3, 1))
        record_payment(s, SYSTEM, contact_id=contact, direction="in", amount=D(60), moment=datetime(2026, 2, 15, 12))
        record_payment(s, SYSTEM, contact_id=contact, direction="in", amount=D(75), moment=datetime(2026, 5, 1, 12))

    do(company, history)

    def aged(day: date, **more: Any) -> list[tuple[Any, ...]]:
        return rows(company, lambda s: ageing_at(s, day, **more))

    # not due, 1–30, 31–60, 61–90, over 90, in all, in base
    assert aged(date(2025, 12, 31)) == []
    assert aged(date(2026, 1, 31)) == [(120, 0, 0, 0, 0, 120, 120, "GBP")]
    assert aged(date(2026, 2, 1)) == [(20, 100, 0, 0, 0, 120, 120, "GBP")]
    assert aged(date(2026, 2, 15)) == [(20, 40, 0, 0, 0, 60, 60, "GBP")]
    assert aged(date(2026, 3, 2)) == [(0, 60, 0, 0, 0, 60, 60, "GBP")]
    assert aged(date(2026, 3, 3)) == [(0, 20, 40, 0, 0, 60, 60, "GBP")]
    assert aged(date(2026, 5, 1)) == []
    assert aged(date(2026, 5, 1), who="us") == [(15, 0, 0, 0, 0, 15, 15, "GBP")]
    assert aged(date(2026, 2, 15), bounds=(7, 14), in_base=True) == [(20, 0, 0, 40, 60)]
    items = rows(company, lambda s: aged_items_at(s, date(2026, 3, 3), {"late_from": 31, "contact": contact}))
    assert [(open_, base) for *_, open_, base, _currency in items] == [(40, 40)]


def test_bounds_of_buckets_rise() -> None:
    assert bounds_of("10; 20,30") == (10, 20, 30)
    for text in ("", "30,30", "60,30", "0,10", "a", "1,2,3,4,5,6,7"):
        with pytest.raises(Invalid):
            bounds_of(text)


def test_terms_count_from_the_document_or_the_end_of_its_month() -> None:
    assert due_by("days", 14, date(2026, 3, 3)) == date(2026, 3, 17)
    assert due_by("month_end", 10, date(2026, 2, 28)) == date(2026, 3, 10)
    assert due_by("month_end", 0, date(2028, 2, 1)) == date(2028, 2, 29)
    assert due_by("", 14, date(2026, 3, 3)) is None


def test_a_contract_that_ends_is_reminded_of_once(company: Any, contact: int) -> None:
    today = wall_clock().date()
    agreed(company, contact, until=today + timedelta(days=10), remind_days=10)
    agreed(company, contact, until=today + timedelta(days=11), remind_days=10)
    agreed(company, contact, until=today + timedelta(days=1), remind_days=0)
    agreed(company, contact, until=today + timedelta(days=1), state="closed")
    assert do(company, remind_of_contracts) == 1
    assert do(company, remind_of_contracts) == 0
