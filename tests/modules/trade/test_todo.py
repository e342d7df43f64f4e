"""What waits for a salesperson: their own, the most urgent first, in a bounded number of statements."""

from datetime import timedelta
from decimal import Decimal as D
from typing import Any

import pytest
from flask import g

from app.clock import wall_clock
from app.documents import post, save
from app.security import SYSTEM
from app.web.kit.tables import Query, fetch
from modules.contacts.hooks import home_attention
from modules.contacts.operations import create_contact, record_payment
from modules.contacts.tables import open_items
from modules.trade.drafts import QuoteDraft, SalesOrderDraft, TradeDraft, TradeLineDraft
from modules.trade.kinds import KINDS
from modules.trade.models import CustomerRequest, Quote, Sale, SalesOrder
from modules.trade.requests.kind import RequestDraft, quote_of
from modules.trade.todo.queries import count, parts
from modules.warehouse.operations import create_item
from tests.statements import counted

NOW = wall_clock()


@pytest.fixture
def sofia(company: Any, employ: Any) -> Any:
    """A salesperson with a contact of their own and one of somebody else's; a service to sell."""
    found = employ("sofia", "salesperson")

    def work(session: Any) -> None:
        create_contact(session, SYSTEM, kind="legal_entity", name="Mine", responsible_id=found.user_id)
        create_contact(session, SYSTEM, kind="legal_entity", name="Other")
        create_item(session, SYSTEM, code="CUT", name="Cutting", kind="service")

    company.database.run(work, actor=SYSTEM)
    return found


def ago(days: int) -> Any:
    return NOW - timedelta(days=days)


def fill(session: Any, contact: int, user_id: int | None) -> None:
    line, said = TradeLineDraft(1, D(1), D(100)), {"responsible_id": user_id}

    def made(model: Any, draft: Any) -> Any:
        document = save(session, SYSTEM, model, draft)
        post(session, SYSTEM, [document])
        return document

    def asked(days: int | None) -> Any:
        by = None if days is None else ago(days).date()
        return made(
            CustomerRequest,
            RequestDraft(contact_id=contact, lines=[], asked="?", moment=ago(9), answer_by=by, **said),
        )

    asked(None)
    asked(2)
    answered = asked(5)
    until = ago(-3).date()
    made(Quote, QuoteDraft(contact, [line], request_id=answered.id, moment=ago(4), valid_until=until, **said))
    ordered = made(Quote, QuoteDraft(contact, [line], moment=ago(4), **said))
    draft = KINDS["quote"].makes[0].draft(session, ordered)
    save(session, SYSTEM, SalesOrder, draft)
    made(SalesOrder, SalesOrderDraft(contact, [line], moment=ago(9), delivery=ago(1).date(), **said))
    made(Sale, TradeDraft(contact, [line], moment=ago(9), due=ago(3).date(), **said))
    made(Sale, TradeDraft(contact, [line], moment=ago(9), due=ago(-3).date(), **said))
    assert quote_of(session, answered).request_id == answered.id


def test_a_salesperson_sees_what_waits_for_them_and_nobody_elses(app: Any, company: Any, sofia: Any) -> None:
    asked: list[int] = []

    def seen(*, is_all: bool = False, actor: Any = sofia) -> dict[str, list[tuple[str, bool]]]:
        def look(session: Any) -> Any:
            with counted(session) as statements:
                found = {p.title: [(t.says, t.is_late) for t in p.tasks] for p in parts(session, actor, is_all=is_all)}
            asked.append(len(statements))
            return found

        with app.test_request_context():
            g.actor = actor
            return company.database.run(look, actor=actor, write=False)  # type: ignore[no-any-return]

    company.database.run(lambda s: fill(s, 1, sofia.user_id), actor=SYSTEM)
    own = seen()
    company.database.run(lambda s: [fill(s, 2, None), fill(s, 1, sofia.user_id)], actor=SYSTEM)
    twice = seen()
    assert asked[0] == asked[1] <= 12
    assert [len(rows) for rows in own.values()] == [2, 2, 1, 1, 1]  # a draft of an order is none yet
    assert [len(rows) for rows in twice.values()] == [4, 4, 2, 2, 2]
    assert own["To answer"][0] == ("2 days late", True)
    assert own["Quotes without an order"][0][0].startswith("valid until")
    assert own["Orders to ship"][0] == ("1 day late, can be shipped in full", True)
    assert own["Payments overdue"][0] == ("100.00 GBP, 3 days late", True)
    assert seen(is_all=True) == twice  # their scope is their own
    assert [len(rows) for rows in seen(is_all=True, actor=SYSTEM).values()] == [6, 6, 3, 3, 3]
    with app.test_request_context():
        assert company.database.run(lambda s: count(s, sofia), actor=sofia, write=False) == (14, True)
    old = QuoteDraft(1, [TradeLineDraft(1, D(1), D(5))], moment=ago(500), responsible_id=sofia.user_id)
    company.database.run(lambda s: post(s, SYSTEM, [save(s, SYSTEM, Quote, old)]), actor=SYSTEM)
    assert len(seen()["Quotes without an order"]) == 4  # what is older than a year waits no more


def test_payments_overdue_are_those_that_home_counts(app: Any, company: Any, sofia: Any) -> None:
    """What says no day is due on its own, and each part of a debt is counted by itself; what was paid ahead, by us
    or to us, is due on no day."""

    def owe(session: Any) -> None:
        for due in (ago(3).date(), ago(0).date(), None):
            draft = TradeDraft(
                1, [TradeLineDraft(1, D(1), D(100))], moment=ago(9), due=due, responsible_id=sofia.user_id
            )
            post(session, SYSTEM, [save(session, SYSTEM, Sale, draft)])
        record_payment(session, SYSTEM, contact_id=1, direction="out", amount=D(5), moment=ago(2))
        payer = create_contact(session, SYSTEM, kind="legal_entity", name="Ahead", responsible_id=sofia.user_id).id
        record_payment(session, SYSTEM, contact_id=payer, direction="in", amount=D(7), moment=ago(2))

    def look(session: Any) -> tuple[list[str], dict[str, int], list[int], int]:
        (overdue,) = (p.tasks for p in parts(session, sofia, is_all=False) if p.title == "Payments overdue")
        of_home = {a.title: a.count for a in home_attention(session, sofia)}
        day = ago(1).date().isoformat()
        asked = [{"who": who, **due} for who in ("them", "us") for due in ({}, {"due": day})]
        listed = [len(fetch(session, open_items, Query(filters=said)).rows) for said in asked]
        return [t.says for t in overdue], of_home, listed, count(session, sofia)[0]

    company.database.run(owe, actor=SYSTEM)
    with app.test_request_context():
        g.actor = sofia
        says, at_home, listed, waits = company.database.run(look, actor=sofia, write=False)
    assert says == ["100.00 GBP, 9 days late", "100.00 GBP, 3 days late"]
    assert (at_home["Overdue: customers owe us"], at_home["Due within a week: we owe"], waits) == (2, 0, 2)
    assert listed == [4, 2, 1, 0]
