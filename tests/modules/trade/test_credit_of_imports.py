# ruff: noqa: F401, F811 - fixtures of the import are those of its own tests
"""Sales that an import brings beyond what customers may owe: refused by the row, before anything is written."""

from dataclasses import replace
from datetime import datetime
from decimal import Decimal as D
from typing import Any

import pytest
from sqlalchemy import select

from app.company import actor_of
from app.security import SYSTEM, Actor, User
from modules.contacts.credit import change_rule
from modules.contacts.models import Contact
from modules.contacts.operations import change_contact
from modules.trade.models import Sale
from tests.modules.trade.test_sales_import import Bring, bring, count, failures, look, row

pytestmark = pytest.mark.one_engine  # what is refused: no engine decides

ROWS = [
    row(1, quantity=10, price=4),
    row(2, quantity=10, price=7),
    row(3, quantity=10, price=5),
    row(4, quantity=10, price=9, customer=99),
    row("C5", quantity=-10, price=4, moment=datetime(2010, 12, 2)),
    row(6, quantity=1, price=1, moment=datetime(2010, 12, 3)),
]


@pytest.fixture
def clerk(company: Any) -> Actor:
    """Somebody with all rights, except to go beyond limits."""

    def work(session: Any) -> Actor:
        user = session.scalars(select(User.id).order_by(User.id)).first()
        actor = actor_of(session, user, frozenset(m.name for m in company.enabled))
        return replace(actor, permissions=actor.permissions - {"contacts.limit.override"})

    made: Actor = company.database.run(work, actor=SYSTEM)
    return made


def test_sales_beyond_a_limit_are_errors_of_their_rows(company: Any, clerk: Actor, bring: Bring, look: Any) -> None:
    def limited(session: Any) -> None:
        change_rule(session, SYSTEM, over_limit="block", overdue="nothing", overdue_days=0)
        contact = session.scalars(select(Contact).where(Contact.code == "17850")).one()
        change_contact(session, SYSTEM, contact, credit_limit=D(100))

    bring([row(0, quantity=1, price=2)])  # it makes the customer, who owes 2 from then on
    company.database.run(limited, actor=SYSTEM)
    tried = bring(ROWS, actor=clerk, dry_run=True)
    assert failures(tried) == [(3, "CustomerID")]  # 42 and 92 fit, 112 doesn't; another customer has no limit
    assert "owes 112.00 GBP now; the limit is 100.00" in str(tried.errors[0].message)
    done = bring(ROWS, actor=clerk, skip_errors=True)
    assert failures(done) == failures(tried)
    assert look(count(Sale)) == 6  # with the return, which stands in the same table
    assert (
        failures(bring([row(7, quantity=10, price=70)], dry_run=True)) == []
    )  # the system's own imports aren't held back


def test_a_file_that_makes_a_customer_late_is_refused_from_there_on(
    company: Any,
    clerk: Actor,
    bring: Bring,
    look: Any,
) -> None:
    bring([row(0, quantity=1, price=0.01), row("C0", quantity=-1, price=0.01)])
    rule = {"over_limit": "nothing", "overdue": "block", "overdue_days": 0}
    company.database.run(lambda s: change_rule(s, SYSTEM, **rule), actor=SYSTEM)
    before = look(count(Sale))
    report = bring([row(1), row(2), row(3, customer=99)], actor=clerk)
    assert [line for line, _ in failures(report)] == [2, 3]  # something of the file before is late already
    assert look(count(Sale)) == before
