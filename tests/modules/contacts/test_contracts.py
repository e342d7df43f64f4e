"""Contracts: what is right of them, which documents are under them, by when these are paid, and statements of each."""

from datetime import date, datetime
from decimal import Decimal as D
from typing import Any

import pytest

from app import ledger
from app.api.documents import Document
from app.documents import correct, post, save
from app.errors import Changed, Conflict, Forbidden, Invalid, NotFound
from app.security import SYSTEM, Actor
from modules.contacts.contracts import change_contract, contract_by_id, contracts_of, create_contract, due_for
from modules.contacts.models import OpenItem
from modules.contacts.operations import change_contact, create_contact, record_payment
from modules.contacts.parties import contact_by_id
from modules.contacts.queries import statement_of, turnovers_by_contract, turnovers_of
from modules.trade.drafts import TradeDraft, TradeLineDraft
from modules.trade.models import Sale
from modules.warehouse.api import create_items

NOON = datetime(2026, 2, 10, 12)
LATER = datetime(2026, 3, 10, 12)


def do(company: Any, work: Any, actor: Any = SYSTEM) -> Any:
    return company.database.run(work, actor=actor)


@pytest.fixture
def contact(company: Any) -> int:
    return int(
        do(company, lambda s: create_contact(s, SYSTEM, kind="legal_entity", name="Anna", responsible_id=None).id)
    )


@pytest.fixture
def service(company: Any) -> int:
    rows = [{"kind": "service", "name": "Advice", "code": "ADV", "unit_id": 1}]
    return int(do(company, lambda s: create_items(s, SYSTEM, rows)[0].id))


def agreed(company: Any, contact: int, **fields: Any) -> int:
    return int(do(company, lambda s: create_contract(s, SYSTEM, contact_id=contact, **fields).id))


def sale(session: Any, contact: int, service: int, amount: str, moment: datetime = NOON, **more: Any) -> Sale:
    """A posted sale of a service."""
    draft = TradeDraft(contact, [TradeLineDraft(service, D(1), D(amount))], moment=moment, **more)
    document = save(session, SYSTEM, Sale, draft)
    post(session, SYSTEM, [document])
    return document


def test_what_is_refused_of_a_contract_leaves_nothing(company: Any, contact: int) -> None:
    refused: list[tuple[dict[str, Any], str]] = [
        ({"currency": "XXX"}, "currency"),
        ({"payment_terms": "weeks"}, "payment_terms"),
        ({"payment_terms": "days", "payment_days": -1}, "payment_days"),
        ({"over_limit": "shout"}, "over_limit"),
        ({"credit_limit": D("-1")}, "credit_limit"),
        ({"credit_limit": D("0.001")}, "credit_limit"),
        ({"prepayment": D("100.5")}, "prepayment"),
        ({"state": "lost"}, "state"),
        ({"since": date(2026, 2, 2), "until": date(2026, 2, 1)}, "until"),
        ({"remind_days": -1}, "remind_days"),
        ({"colour": "red"}, "colour"),
    ]
    for fields, field in refused:
        with pytest.raises(Invalid) as error:
            agreed(company, contact, **fields)
        assert error.value.field == field
    assert do(company, lambda s: contracts_of(s, contact)) == []
    first = agreed(company, contact, number="7/26")
    with pytest.raises(Conflict):
        agreed(company, contact, number="7/26")
    assert do(company, lambda s: [(c.id, c.number, c.currency) for c in contracts_of(s, contact)]) == [
        (first, "7/26", "GBP")
    ]


def test_a_contract_goes_with_its_contact(company: Any, contact: int) -> None:
    """Whoever may not see the contact finds none, and whoever may not see what is owed can't set a limit."""
    mine = agreed(company, contact, credit_limit=D(100))
    stranger = Actor(
        7, "sam", frozenset({"contacts.contract.edit", "contacts.contact.view"}), {"contacts.contact": "own"}
    )
    with pytest.raises(NotFound):
        do(company, lambda s: contract_by_id(s, mine), stranger)
    seller = Actor(
        7, "sam", frozenset({"contacts.contract.edit", "contacts.contact.view"}), {"contacts.contact": "all"}
    )
    with pytest.raises(Forbidden):
        do(company, lambda s: change_contract(s, seller, contract_by_id(s, mine), credit_limit=D(9)), seller)
    do(company, lambda s: change_contract(s, seller, contract_by_id(s, mine), title="Wood", credit_limit=None), seller)
    assert do(company, lambda s: contract_by_id(s, mine).credit_limit) == 100
    with pytest.raises(Changed):
        do(company, lambda s: change_contract(s, SYSTEM, contract_by_id(s, mine), version=1, title="Iron"))


def test_documents_are_under_a_contract_of_their_contact_and_currency(company: Any, contact: int, service: int) -> None:
    mine = agreed(company, contact, since=date(2026, 2, 1), until=date(2026, 2, 28))
    euros = agreed(company, contact, currency="EUR")
    other = do(company, lambda s: create_contact(s, SYSTEM, kind="individual", name="Boris").id)
    for document in ({"contract_id": euros}, {"contract_id": mine, "contact": other}):
        asked = {"contact": contact, **document}
        with pytest.raises(Invalid) as error:
            do(company, lambda s, a=asked: sale(s, a["contact"], service, "10", contract_id=a["contract_id"]))
        assert error.value.field == "contract_id"
        with pytest.raises(Invalid):
            do(
                company,
                lambda s, a=asked: record_payment(
                    s, SYSTEM, contact_id=a["contact"], direction="in", amount=D(1), contract_id=a["contract_id"]
                ),
            )
    with pytest.raises(Invalid):  # it has ended
        do(company, lambda s: sale(s, contact, service, "10", LATER, contract_id=mine))
    assert do(company, lambda s: s.query(Document).count()) == 0

    sold = do(company, lambda s: sale(s, contact, service, "10", contract_id=mine).id)
    with pytest.raises(Conflict):  # documents are under it
        do(company, lambda s: change_contract(s, SYSTEM, contract_by_id(s, mine), currency="EUR"))
    do(company, lambda s: change_contract(s, SYSTEM, contract_by_id(s, mine), state="closed"))
    with pytest.raises(Invalid):
        do(company, lambda s: sale(s, contact, service, "10", contract_id=mine))

    def again(s: Any) -> None:  # what is under it already may stay, and be corrected
        document = s.get(Sale, sold)
        draft = TradeDraft(contact, [TradeLineDraft(service, D(2), D(10))], moment=NOON, contract_id=mine)
        correct(s, SYSTEM, document, draft)

    do(company, again)
    do(
        company,
        lambda s: record_payment(
            s, SYSTEM, contact_id=contact, direction="in", amount=D(20), contract_id=mine, moment=LATER
        ),
    )
    assert do(company, lambda s: list(ledger.verify(s))) == []


def test_terms_say_when_a_document_is_due(company: Any, contact: int, service: int) -> None:
    """The contract's before the contact's; what is typed by hand before both; and none where nothing is agreed."""

    def dues(**more: Any) -> Any:
        return do(company, lambda s: (d := sale(s, contact, service, "10", **more)).due or d.due)

    assert dues() is None
    do(
        company,
        lambda s: change_contact(
            s, SYSTEM, contact_by_id(s, contact), payment_terms="days", payment_days=14, version=None
        ),
    )
    mine = agreed(company, contact, payment_terms="month_end", payment_days=10)
    silent = agreed(company, contact)
    assert dues() == date(2026, 2, 24)
    assert dues(contract_id=silent) == date(2026, 2, 24)
    assert dues(contract_id=mine) == date(2026, 3, 10)
    assert dues(contract_id=mine, due=date(2026, 2, 12)) == date(2026, 2, 12)
    assert do(company, lambda s: sorted(i.due for i in s.query(OpenItem) if i.due)) == [
        date(2026, 2, 12),
        date(2026, 2, 24),
        date(2026, 2, 24),
        date(2026, 3, 10),
    ]
    assert do(company, lambda s: due_for(s, contact, mine, date(2026, 1, 31))) == date(2026, 2, 10)


def test_a_statement_of_each_contract_adds_up_to_the_whole(company: Any, contact: int, service: int) -> None:
    """A payment under a contract pays its oldest; one under none pays the oldest of all, each part under what it paid."""
    one, two = agreed(company, contact, number="A"), agreed(company, contact, number="B")

    def history(s: Any) -> None:
        sale(s, contact, service, "100", datetime(2026, 1, 5, 12), contract_id=one)
        sale(s, contact, service, "70", datetime(2026, 1, 6, 12), contract_id=two)
        sale(s, contact, service, "30", datetime(2026, 1, 7, 12))
        pay = {"contact_id": contact, "direction": "in"}
        record_payment(s, SYSTEM, **pay, amount=D(90), moment=NOON, contract_id=two)
        record_payment(s, SYSTEM, **pay, amount=D(110), moment=LATER)

    do(company, history)

    def closing(contract: int | None, since: date | None = None, until: date | None = None) -> Any:
        (found,) = do(company, lambda s: statement_of(s, contact, since, until, contract=contract)).values()
        return found.opening["amount"], *turnovers_of(found), found.closing["amount"]

    assert closing(one) == (0, 100, 100, 0)
    assert closing(two) == (0, 70, 90, -20)  # 20 stay as its advance
    assert closing(0) == (0, 30, 10, 20)
    assert closing(None) == (0, 200, 200, 0)
    february = (date(2026, 2, 1), date(2026, 2, 28))
    assert closing(two, *february) == (70, 0, 90, -20)
    rows = do(company, lambda s: turnovers_by_contract(s, contact, *february))
    assert [(r.contract, r.opening, r.debit, r.credit, r.closing) for r in rows] == [
        (0, 30, 0, 0, 30),
        (one, 100, 0, 0, 100),
        (two, 70, 0, 90, -20),
    ]
    assert do(company, lambda s: list(ledger.verify(s))) == []


def test_a_correction_moves_a_document_to_another_contract_until_it_is_settled(
    company: Any, contact: int, service: int
) -> None:
    one, two = agreed(company, contact, number="A"), agreed(company, contact, number="B")
    sold = do(company, lambda s: sale(s, contact, service, "100", contract_id=one).id)

    def move(to: int | None) -> Any:
        draft = TradeDraft(contact, [TradeLineDraft(service, D(1), D(100))], moment=NOON, contract_id=to)
        return do(company, lambda s: correct(s, SYSTEM, s.get(Sale, sold), draft))

    move(two)
    found = do(company, lambda s: turnovers_by_contract(s, contact, None, None))
    assert [(r.contract, r.debit, r.closing) for r in found if r.closing] == [(two, 100, 100)]
    do(
        company,
        lambda s: record_payment(s, SYSTEM, contact_id=contact, direction="in", amount=D(40), moment=LATER),
    )
    for other in (one, None):
        with pytest.raises(Conflict):
            move(other)
    assert do(company, lambda s: turnovers_by_contract(s, contact, None, None)[-1].closing) == 60
    assert do(company, lambda s: list(ledger.verify(s))) == []


def test_a_contract_is_made_by_its_form(house: Any, sign_in: Any) -> None:
    """What is left empty is zero: a prepayment, days."""
    client, company = sign_in("admin"), house.company
    contact = do(company, lambda s: create_contact(s, SYSTEM, kind="individual", name="Ida").id)
    said = {"contact_id": str(contact), "number": "9", "currency": "GBP", "state": "active", "prepayment": ""}
    answer = client.post("/contacts/contracts/new", data={**said, "remind_days": "", "payment_days": ""})
    assert answer.status_code == 302, answer.get_data(as_text=True)[:2000]
    (made,) = do(company, lambda s: [(c.id, c.number, c.prepayment, c.remind_days) for c in contracts_of(s, contact)])
    assert made[1:] == ("9", 0, 0)
    assert client.get(f"/contacts/contracts/{made[0]}").status_code == 200
