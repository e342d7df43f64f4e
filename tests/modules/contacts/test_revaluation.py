"""Revaluation at a period's end: what the day's rates make of debts and balances, until when, and what is refused."""

from datetime import date, datetime
from decimal import Decimal as D
from typing import Any

import pytest
from sqlalchemy import select

from app import ledger
from app.clock import wall_clock
from app.errors import Conflict, Forbidden, Invalid
from app.reference.operations import set_rate
from app.security import SYSTEM, Actor
from app.values import ExchangeRate
from modules.contacts.kinds import REVALUATION
from modules.contacts.money.accounts import opening_item, save_account
from modules.contacts.money.adjustments import record_opening_debt, reverse_adjustment
from modules.contacts.money.models import MoneyAccount
from modules.contacts.money.queries import movements_of
from modules.contacts.money.recording import record_other_payment
from modules.contacts.money.registers import AccountResults, Cash
from modules.contacts.money.revaluation import revalue, reverse_revaluation
from modules.contacts.operations import create_contact, record_payment
from modules.contacts.registers import ExchangeResults, Settlements

MARCH = date(2026, 3, 31)


def test_a_revaluation_holds_at_the_periods_end_and_for_accounts_ever_after(company: Any) -> None:
    def do(work: Any, actor: Any = SYSTEM) -> Any:
        return company.database.run(work, actor=actor)

    def begin(session: Any) -> tuple[int, int, int]:
        for day, rate in ((date(2026, 3, 1), "0.80"), (MARCH, "0.90"), (date(2026, 4, 10), "0.95")):
            set_rate(session, SYSTEM, currency="EUR", day=day, rate=ExchangeRate(D(rate)))
        account = save_account(session, SYSTEM, kind="bank", name="Euros", currency="EUR").id
        item = opening_item(session).id
        said = {"direction": "in", "amount": D(200), "moment": datetime(2026, 3, 2)}
        record_other_payment(session, SYSTEM, account_id=account, expense_item_id=item, **said)
        contact = create_contact(session, SYSTEM, kind="legal_entity", name="Anna", responsible_id=None).id
        debt = {"side": "them", "amount": D(100), "currency": "EUR", "moment": datetime(2026, 3, 5)}
        return account, contact, record_opening_debt(session, SYSTEM, contact_id=contact, **debt).id

    def base(totals: Any, day: date | None) -> D:
        read = (lambda s: ledger.at(s, totals, day, by=())) if day else (lambda s: ledger.now(s, totals, by=()))
        found = do(read)
        return D(found[0].amounts["base"]) if found else D(0)

    def standing(day: date | None) -> list[D]:
        totals = (Settlements.balance, ExchangeResults.results, Cash.balance, AccountResults.results)
        return [base(t, day) for t in totals]

    account, contact, debt = do(begin)
    assert standing(MARCH) == [80, 0, 160, 0]
    made = do(lambda s: revalue(s, SYSTEM, day=MARCH).id)
    assert do(lambda s: s.get(REVALUATION.model, made).result) == 30
    assert standing(MARCH) == [90, 10, 180, 20]
    assert standing(date(2026, 4, 1)) == standing(None) == [80, 0, 180, 20]
    assert do(lambda s: list(ledger.verify(s))) == []
    with pytest.raises(Conflict, match="nothing to revalue"):
        do(lambda s: revalue(s, SYSTEM, day=MARCH))
    shown = do(lambda s: REVALUATION.paper(s, s.get(REVALUATION.model, made)).lines)
    assert shown == [
        {"name": "Anna", "currency": "EUR", "result": 10},
        {"name": "Euros", "currency": "EUR", "result": 20},
    ]
    # Rates alone move no money.
    lines = do(lambda s: movements_of(s, s.get(MoneyAccount, account), date(2026, 3, 31), MARCH).lines)
    assert lines == []
    # Once it is paid, the whole difference to the rate of its own day is a result.
    paid = {"direction": "in", "amount": D(100), "currency": "EUR", "moment": datetime(2026, 4, 15)}
    do(lambda s: record_payment(s, SYSTEM, contact_id=contact, **paid))
    assert standing(None) == [0, 15, 275, 20]
    assert do(lambda s: list(ledger.verify(s))) == []
    do(lambda s: reverse_revaluation(s, SYSTEM, made))
    assert standing(MARCH) == [80, 0, 160, 0]
    assert standing(None) == [0, 15, 255, 0]
    do(lambda s: reverse_adjustment(s, SYSTEM, debt))
    assert do(lambda s: list(ledger.verify(s))) == []


def test_a_revaluation_is_refused_before_the_day_has_ended_and_to_whoever_sees_but_a_part(company: Any) -> None:
    rights = frozenset({"contacts.revaluation.post"})
    groups = frozenset({"contacts.cash", "contacts.financial"})
    for actor, day, error, words in (
        (SYSTEM, wall_clock().date(), Invalid, "has ended"),
        (SYSTEM, MARCH, Conflict, "nothing to revalue"),
        (Actor(None, "a", rights), MARCH, Forbidden, "contacts.financial"),
        (Actor(None, "a", rights, {"contacts.contact": "own"}, groups), MARCH, Invalid, "all contacts"),
        (Actor(None, "a", frozenset(), {}, groups), MARCH, Forbidden, "contacts.revaluation.post"),
    ):
        with pytest.raises(error, match=words):
            company.database.run(lambda s, a=actor, d=day: revalue(s, a, day=d), actor=actor)
    assert company.database.run(lambda s: s.scalars(select(REVALUATION.model)).all(), actor=SYSTEM) == []
