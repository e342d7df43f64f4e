"""A group of companies: seen and settled together, while what each member owes stays exact."""

from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal as D
from types import SimpleNamespace
from typing import Any

import pytest
from sqlalchemy import select

from app import ledger
from app.errors import Conflict, Forbidden, Invalid, NotFound
from app.security import SYSTEM, Actor
from app.web.kit.tables import Query, fetch
from modules.contacts.ageing import ageing_at
from modules.contacts.groups import group_of, groups_offered, turnovers_by_member
from modules.contacts.merging import merge
from modules.contacts.models import Contact, Payment
from modules.contacts.money.adjustments import record_opening_debt, reverse_adjustment
from modules.contacts.operations import create_contact, record_payment, reverse_payment
from modules.contacts.queries import balances_of, open_of, statement_of, statements_of
from modules.contacts.relations import add_relation
from tests.statements import counted

NOON, LATER = datetime(2026, 2, 10, 12), datetime(2026, 3, 10, 12)
DAYS = date(2026, 1, 1), date(2026, 12, 31)
NOUNS = "contacts.contact.view", "contacts.payment.post", "contacts.payment.view", "contacts.statement.view"
#: sees and pays everything of own contacts, and nothing of others
SELLER = Actor(
    1,
    "sam",
    frozenset({*NOUNS, "contacts.adjustment.view"}),
    groups=frozenset({"contacts.financial"}),
    scopes={"contacts.contact": "own"},
)


def debt(session: Any, contact: int, amount: str = "100", moment: datetime = NOON) -> int:
    """What a contact owes, as a document of its own."""
    made = record_opening_debt(session, SYSTEM, contact_id=contact, side="them", amount=D(amount), moment=moment)
    return int(made.id)


def left(company: Any, *documents: int) -> list[D]:
    found = do(company, lambda s: open_of(s, documents))
    return [found[document] for document in documents]


@pytest.fixture
def group(company: Any) -> Any:
    """A head, two members below it, one below the first of these, and somebody who doesn't belong to it; a bill for each."""

    def make(session: Any) -> Any:
        names = ("Head", "North", "South", "Inner", "Other")
        own = {"Head": 1, "North": 1}
        made = {
            n: create_contact(session, SYSTEM, kind="legal_entity", name=n, responsible_id=own.get(n)) for n in names
        }
        for first, other in (("North", "Head"), ("South", "Head"), ("Inner", "North")):
            add_relation(session, SYSTEM, made[first], what="group", other_id=made[other].id)
        ids = {name: contact.id for name, contact in made.items()}
        return SimpleNamespace(**ids, bills={name: debt(session, ids[name]) for name in names})

    return company.database.run(make, actor=SYSTEM)


def do(company: Any, work: Any, actor: Any = SYSTEM) -> Any:
    return company.database.run(work, actor=actor)


def pay(session: Any, group: Any, amount: str, actor: Any = SYSTEM, payer: str = "Head", **more: Any) -> int:
    made = record_payment(
        session,
        actor,
        contact_id=getattr(group, payer),
        direction="in",
        amount=D(amount),
        group_of=group.Head,
        **{"moment": LATER, **more},
    )
    return int(made.id)


def test_one_payment_settles_documents_of_several_members_and_goes_back_whole(company: Any, group: Any) -> None:
    bills = group.bills

    def owed(session: Any) -> list[Any]:
        return [
            balances_of(session, getattr(group, n)).get("GBP") for n in ("Head", "North", "South", "Inner", "Other")
        ]

    pays = [(bills["North"], D(100)), (bills["South"], D(60)), (bills["Inner"], D(100))]
    payment = do(company, lambda s: pay(s, group, "300", pays=pays))
    assert do(company, owed) == [60, 0, 40, 0, 100], "the rest is the payer's advance"
    (line,) = do(company, lambda s: statement_of(s, group.South, *DAYS))["GBP"].lines[1:]
    assert (line.document_id, line.amounts["amount"]) == (payment, -60)
    assert do(company, lambda s: list(ledger.verify(s))) == []

    # What was paid of a reversed bill is the payer's again.
    do(company, lambda s: reverse_adjustment(s, SYSTEM, bills["Inner"]))
    assert do(company, owed) == [-40, 0, 40, 0, 100]
    do(company, lambda s: reverse_payment(s, SYSTEM, payment))
    assert do(company, owed) == [100, 100, 100, 0, 100]
    assert do(company, lambda s: list(ledger.verify(s))) == []


def test_without_a_choice_the_oldest_of_all_members_are_paid(company: Any, group: Any) -> None:
    older = do(company, lambda s: debt(s, group.South, "50", LATER.replace(month=1)))
    later = do(company, lambda s: debt(s, group.Head, "50", LATER.replace(month=5)))
    do(company, lambda s: pay(s, group, "120", payer="North"))
    bills = older, group.bills["Head"], group.bills["North"], later
    assert left(company, *bills) == [0, 30, 100, 50], "the document of May is later than the payment"


def test_strangers_and_members_out_of_sight_are_refused(company: Any, group: Any) -> None:
    def refused(error: type[Exception], actor: Any = SYSTEM, **more: Any) -> None:
        with pytest.raises(error):
            do(company, lambda s: pay(s, group, "10", actor, **more), actor)
        assert do(company, lambda s: s.scalars(select(Payment)).all()) == []

    refused(Invalid, pays=[(group.bills["Other"], D(10))])
    refused(Invalid, payer="Other")
    seen = do(company, lambda s: group_of(s, group.Head), SELLER)
    assert [c.name for c in seen.members.values()] == ["Head", "North"]
    refused(Invalid, SELLER, pays=[(group.bills["South"], D(10))])
    rows = do(company, lambda s: turnovers_by_member(s, group_of(s, group.Head), *DAYS), SELLER)
    assert [(r.member.id, r.closing) for r in rows] == [(group.Head, 100), (group.North, 100)]
    with pytest.raises(NotFound):
        do(company, lambda s: group_of(s, group.South), SELLER)
    blind = replace(SELLER, permissions=SELLER.permissions - {"contacts.statement.view"})
    refused(Forbidden, blind)


def test_a_group_has_one_statement_one_ageing_and_one_balance(company: Any, group: Any) -> None:
    def twin(session: Any) -> None:
        same = create_contact(session, SYSTEM, kind="legal_entity", name="North Ltd", responsible_id=None)
        debt(session, same.id, "7")
        merge(session, SYSTEM, session.get(Contact, group.North), same)

    do(company, twin)
    do(company, lambda s: pay(s, group, "30", pays=[(group.bills["North"], D(10)), (group.bills["South"], D(20))]))

    def seen(session: Any) -> Any:
        found = group_of(session, group.Head)
        whole = statements_of(session, found.member_of, *DAYS)["GBP"]
        aged = fetch(session, ageing_at(session, DAYS[1], among=found.member_of), Query()).rows
        return (
            [(line.key[0], line.amounts["amount"]) for line in whole.lines],
            whole.closing["amount"],
            [
                (r.member.name, r.opening, r.debit, r.credit, r.closing)
                for r in turnovers_by_member(session, found, *DAYS)
            ],
            {row.name: row.total for row in aged},
            groups_offered(session),
        )

    lines, closing, members, aged, offered = do(company, seen)
    assert sorted(lines, key=str) == sorted(
        [
            *((getattr(group, n), 100) for n in ("Head", "North", "South", "Inner")),
            (group.North, 7),
            (group.North, -10),
            (group.South, -20),
        ],
        key=str,
    )
    assert closing == 377
    assert members == [
        ("Head", 0, 100, 0, 100),
        ("Inner", 0, 100, 0, 100),
        ("North", 0, 107, 10, 97),
        ("South", 0, 100, 20, 80),
    ]
    assert aged == {"Head": 100, "Inner": 100, "North": 97, "South": 80}
    assert offered == [(str(group.Head), "Head"), (str(group.North), "North")]


def test_a_payment_asks_as_much_however_many_documents_it_settles(company: Any, group: Any) -> None:
    def asked(many: int) -> int:
        def work(session: Any) -> int:
            whose = [group.Head, group.North, group.South, group.Inner]
            bills = [debt(session, whose[n % 4], "10") for n in range(many)]
            with counted(session) as statements:
                pay(session, group, str(10 * many), pays=[(i, D(10)) for i in bills])
            return len(statements)

        return int(do(company, work))

    few, many = asked(4), asked(60)
    assert many <= few
    with pytest.raises(Conflict):
        do(company, lambda s: pay(s, group, "10", pays=[(group.bills["Head"], D(11))]))


@pytest.mark.one_engine  # a page and its words: no engine decides
def test_the_page_of_a_group_leads_to_one_payment_for_all(app: Any, company: Any, group: Any) -> None:
    browser = app.test_client()
    browser.post("/login", data={"login": "admin", "password": "correct horse"})
    own = f"/contacts/{group.Head}"
    assert f'href="{own}/group"' in browser.get(own).text
    assert f'/{group.South}/group"' not in browser.get(f"/contacts/{group.South}").text
    page = browser.get(f"{own}/group?since=2026-01-01&until=2026-12-31").text
    assert "Group member" in page
    assert "400.00" in page
    assert browser.get(f"{own}/group?as=xlsx").mimetype.endswith("sheet")
    assert browser.get(f"{own}/group?as=pdf").data.startswith(b"%PDF")
    assert "Other" not in browser.get(f"/contacts/open-items?group={group.Head}").text.split("<tbody>")[1]
    assert browser.get("/contacts/ageing?group=x").status_code == 422
    form = browser.get(f"{own}/group/payment").text
    assert all(f'name="part_{group.bills[n]}"' in form for n in ("Head", "North", "South", "Inner"))
    assert f"part_{group.bills['Other']}" not in form
    sent = {"contact_id": group.South, "direction": "in", "currency": "GBP", "amount": "150", "method": "bank"}
    sent |= {"moment": "2026-04-01T12:00", "operation": "one", f"part_{group.bills['Inner']}": "100"}
    wrong = browser.post(f"{own}/group/payment", data={**sent, f"part_{group.bills['North']}": "51"}).text
    assert "The amounts add up to" in wrong
    assert 'value="51"' in wrong
    answer = browser.post(f"{own}/group/payment", data={**sent, f"part_{group.bills['North']}": "50"})
    assert answer.status_code == 302
    assert left(company, group.bills["Inner"], group.bills["North"], group.bills["South"]) == [0, 50, 100]
