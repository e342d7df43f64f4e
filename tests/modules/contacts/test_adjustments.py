"""Opening debts, write-offs and offsets; what is imported at go-live; what falls due when; what a payment is for."""

from datetime import date, datetime
from decimal import Decimal as D
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from sqlalchemy import select

from app import ledger
from app.clock import wall_clock
from app.errors import Conflict, Invalid, NotFound
from app.importing import run_import
from app.reference.operations import set_rate
from app.security import SYSTEM
from app.values import ExchangeRate
from modules.contacts.acts import act_of
from modules.contacts.contracts import create_contract
from modules.contacts.forms import named_parts
from modules.contacts.models import Adjustment, Contact
from modules.contacts.money.accounts import save_account
from modules.contacts.money.adjustments import (
    policy_of,
    record_opening_debt,
    reverse_adjustment,
    set_policy,
    write_off,
)
from modules.contacts.money.calendar import calendar, due_by_day
from modules.contacts.money.offsets import offset
from modules.contacts.money.queries import balances_of_accounts
from modules.contacts.money.small_rests import small_rests
from modules.contacts.operations import create_contact, record_payment
from modules.contacts.queries import balances_of, open_of, statement_of
from modules.contacts.registers import ExchangeResults

JAN = datetime(2026, 1, 10)


class Books:
    """A company with two contacts."""

    def __init__(self, company: Any) -> None:
        self.company = company
        self.anna, self.otto = self.do(
            lambda s: [
                create_contact(s, SYSTEM, kind="legal_entity", name=n, code=n[:1], responsible_id=None).id
                for n in ("Anna", "Otto")
            ]
        )

    def do(self, work: Any) -> Any:
        return self.company.database.run(work, actor=SYSTEM)

    def debt(self, contact: int, amount: str, side: str = "them", **more: Any) -> int:
        said: dict[str, Any] = {"moment": JAN, **more}
        made: int = self.do(
            lambda s: record_opening_debt(s, SYSTEM, contact_id=contact, side=side, amount=D(amount), **said).id
        )
        return made

    def left(self, *documents: int) -> list[D]:
        found = self.do(lambda s: open_of(s, documents))
        return [found[d] for d in documents]

    def proven(self) -> None:
        assert self.do(lambda s: list(ledger.verify(s))) == []


@pytest.fixture
def books(company: Any) -> Books:
    return Books(company)


def test_an_opening_debt_is_a_document_with_its_own_number_and_due_day(books: Books) -> None:
    first = books.debt(books.anna, "120", number="INV-7", due=date(2026, 2, 9))
    same = books.debt(books.otto, "50", "us", number="INV-7")
    found = books.do(lambda s: [(d.number, d.due) for d in (s.get(Adjustment, first), s.get(Adjustment, same))])
    assert found == [("INV-7", date(2026, 2, 9)), ("INV-7 (O)", None)]
    paid = books.do(
        lambda s: (
            record_payment(s, SYSTEM, contact_id=books.anna, direction="in", amount=D(100), moment=wall_clock()).id
        )
    )
    assert books.left(first, same, paid) == [20, 50, 0]
    lines = books.do(lambda s: statement_of(s, books.otto)["GBP"].lines)
    assert [(line.number, line.amounts["amount"]) for line in lines] == [("INV-7 (O)", -50)]
    books.proven()
    for more, words in (
        ({"due": date(2026, 1, 9)}, "before its own date"),
        ({"currency": "ZZZ"}, "ZZZ"),
        ({"side": "both"}, "Either"),
    ):
        with pytest.raises(Invalid, match=words):
            books.debt(books.anna, "1", **more)  # type: ignore[arg-type]
    books.do(lambda s: reverse_adjustment(s, SYSTEM, first))
    assert books.left(first, paid) == [0, 100]
    books.proven()


def test_small_rests_are_written_off_up_to_a_limit_and_with_a_reason(books: Books) -> None:
    small, ours, large = (
        books.debt(books.anna, "0.60"),
        books.debt(books.otto, "1", "us"),
        books.debt(books.anna, "1.01"),
    )
    assert books.do(lambda s: [(r.document_id, r.open) for r in small_rests(s)]) == [(small, D("0.60")), (ours, -1)]

    def off(*documents: int, reason: str = "rounding") -> Any:
        return books.do(lambda s: [d.id for d in write_off(s, SYSTEM, document_ids=documents, reason=reason)])

    for documents, reason, error, words in (
        ((small, large), "rounding", Conflict, "at most 1.00 GBP"),
        ((small,), " ", Invalid, "Say why"),
        ((), "rounding", Invalid, "Choose what"),
        ((99999,), "rounding", NotFound, "no such document"),
    ):
        with pytest.raises(error, match=words):
            off(*documents, reason=reason)
    assert books.left(small, ours, large) == [D("0.60"), 1, D("1.01")]
    made = off(small, ours)
    assert books.left(small, ours, *made) == [0, 0, 0, 0]
    assert books.do(lambda s: [s.get(Adjustment, i).note for i in made]) == ["rounding", "rounding"]
    with pytest.raises(Conflict, match="Nothing is open"):
        off(small)
    books.do(lambda s: set_policy(s, SYSTEM, write_off_limit=D(2), version=policy_of(s).version))
    off(large)
    assert books.do(lambda s: balances_of(s, books.anna)) == {"GBP": 0}
    books.proven()
    books.do(lambda s: reverse_adjustment(s, SYSTEM, made[0]))
    assert books.left(small, large) == [D("0.60"), 0]
    books.proven()


def test_two_contacts_debts_are_offset_and_go_back_together(books: Books) -> None:
    first, second, ours = books.debt(books.anna, "30"), books.debt(books.anna, "50"), books.debt(books.otto, "60", "us")

    def both(amount: str) -> Any:
        return books.do(
            lambda s: [d.id for d in offset(s, SYSTEM, debtor_id=books.anna, creditor_id=books.otto, amount=D(amount))]
        )

    with pytest.raises(Conflict, match=r"Only 60.00 GBP is open of “Otto”"):
        both("61")
    assert books.left(first, second, ours) == [30, 50, 60]
    one, other = both("40")
    assert books.left(first, second, ours, one, other) == [0, 40, 20, 0, 0]
    books.proven()
    books.do(lambda s: reverse_adjustment(s, SYSTEM, other))
    assert books.left(first, second, ours) == [30, 50, 60]
    assert books.do(lambda s: {s.get(Adjustment, i).state for i in (one, other)}) == {"reversed"}
    books.proven()


def test_opening_balances_come_from_a_file_whole_or_not_at_all(books: Books, tmp_path: Path) -> None:
    books.do(lambda s: save_account(s, SYSTEM, kind="bank", name="Current", currency="GBP"))
    file = tmp_path / "opening.csv"
    good = "A,,INV-1,2025-12-01,2025-12-31,120.50,\nO,,77,2025-12-05,,-80,\n,Current,,2025-12-31,,1000,GBP\n"

    def bring(rows: str, **options: Any) -> Any:
        file.write_text("contact,account,number,date,due,amount,currency\n" + rows)
        return run_import(books.company, SYSTEM, "contacts.opening_balances", [file], **options)

    bad = bring(good + "X,,1,2025-12-01,,5,\nA,Current,1,2025-12-01,,5,\n,Current,,2025-12-31,,0,\nA,,9,,,1,\n")
    assert [error[3] for error in bad.errors] == ["this must be filled"]
    bad = bring(good + "X,,1,2025-12-01,,5,\nA,Current,1,2025-12-01,,5,\n,Current,,2025-12-31,,0,\n")
    assert [str(error[3]) for error in bad.errors] == [
        "there is no contact “X”, or it is not open to you",
        "a row names either a contact or an account",
        "the amount is zero",
    ]
    assert bring(good, dry_run=True).created == {"contacts.adjustment": 2, "contacts.other_payment": 1}
    assert books.do(lambda s: (s.query(Adjustment).count(), balances_of_accounts(s))) == (0, {})
    assert bring(good).created == {"contacts.adjustment": 2, "contacts.other_payment": 1}
    again = bring(good)
    assert (again.created, len(again.skipped)) == ({}, 3)
    assert books.do(lambda s: (balances_of(s, books.anna), balances_of(s, books.otto))) == (
        {"GBP": D("120.50")},
        {"GBP": -80},
    )
    assert books.do(lambda s: list(balances_of_accounts(s).values())) == [1000]
    books.proven()


def test_the_calendar_shows_what_falls_due_when_and_what_it_leaves(books: Books) -> None:
    today = date(2026, 3, 10)
    books.debt(books.anna, "100")
    books.debt(books.anna, "70", due=date(2026, 3, 12))
    books.debt(books.otto, "90", "us", due=date(2026, 3, 20))
    assert books.do(due_by_day) == {
        "GBP": {date(2026, 1, 10): (100, 0), date(2026, 3, 12): (70, 0), date(2026, 3, 20): (0, 90)}
    }
    found = books.do(lambda s: calendar(s, today, step=7, count=2))["GBP"]
    assert [(s.come_in, s.go_out, s.balance) for s in found] == [(100, 0, 100), (70, 0, 170), (0, 90, 80), (0, 0, 80)]
    assert (found[1].since, found[1].until) == (today, date(2026, 3, 16))


def test_an_advance_under_one_contract_settles_an_invoice_under_another(books: Books) -> None:
    """In one currency and in two; what contracts say afterwards, in statement, totals and act; and what is refused."""

    def contracts(session: Any) -> list[int]:
        set_rate(session, SYSTEM, currency="EUR", day=date(2026, 1, 1), rate=ExchangeRate(D("0.8")))
        of = [(books.anna, "A", "GBP"), (books.anna, "B", "GBP"), (books.anna, "E", "EUR"), (books.otto, "O", "GBP")]
        return [create_contract(session, SYSTEM, contact_id=c, number=n, currency=cur).id for c, n, cur in of]

    a, b, euro, otto = books.do(contracts)
    older = books.debt(books.anna, "70", contract_id=b)
    invoice = books.debt(books.anna, "100", contract_id=a)
    advance = books.debt(books.anna, "60", "us", contract_id=b)
    foreign = books.debt(books.anna, "50", "us", contract_id=euro, currency="EUR")

    def settle(amount: str, frm: int | None, to: int | None, **more: Any) -> list[int]:
        both = {"debtor_id": books.anna, "creditor_id": books.anna, **more}
        under = {"debtor_contract_id": frm, "creditor_contract_id": to}
        return books.do(lambda s: [d.id for d in offset(s, SYSTEM, amount=D(amount), **under, **both)])

    for amount, frm, to, more, error, words in (
        ("60.01", a, b, {}, Conflict, "Only 60.00 GBP"),
        ("101", a, b, {}, Conflict, "Only 100.00 GBP"),
        ("1", a, a, {}, Invalid, "two different contracts"),
        ("1", a, otto, {}, Invalid, "a contract of this contact"),
        ("1", a, b, {"other_amount": D(2)}, Invalid, "one currency"),
        ("60", a, euro, {"other_amount": D(51)}, Conflict, "Only 50.00 EUR"),
    ):
        with pytest.raises(error, match=words):
            settle(amount, frm, to, **more)
    assert books.left(older, invoice, advance, foreign) == [70, 100, 60, 50]
    made = settle("60", a, b)
    assert books.left(older, invoice, advance, *made) == [70, 40, 0, 0, 0]
    settle("8", a, euro)
    assert books.left(invoice, foreign) == [32, 40]
    settle("10", a, euro, other_amount=D(15))
    assert books.left(invoice, foreign) == [22, 25]
    books.proven()
    whole = books.do(lambda s: {c: x.closing["base"] for c, x in statement_of(s, books.anna).items()})
    results = books.do(lambda s: [f.amounts["base"] for f in ledger.now(s, ExchangeResults.results, by=())])
    assert sum(whole.values()) - sum(results) == 70 + 100 - 60 - 40, "two halves of an offset are worth the same"
    closing = {c: books.do(lambda s, c=c: statement_of(s, books.anna, contract=c)) for c in (a, b, euro)}
    assert [x.closing["amount"] for c in closing.values() for x in c.values()] == [22, 70, -25]

    def act(session: Any) -> Any:
        anna = session.get(Contact, books.anna)
        return act_of(session, anna, date(2026, 1, 1), date(2027, 1, 1), "GBP", contract=a)

    made_act = books.do(act)
    assert (made_act.contract, [e.amount for e in made_act.ours], made_act.closing) == ("A", [100, -60, -8, -10], 22)
    books.do(lambda s: reverse_adjustment(s, SYSTEM, made[0]))
    assert books.left(invoice, advance) == [82, 60]
    books.proven()


def test_a_payment_finds_the_documents_that_its_payer_names() -> None:
    documents = [
        SimpleNamespace(document_id=1, number="S-000012", open=D(50)),
        SimpleNamespace(document_id=2, number="INV-7", open=D(30)),
        SimpleNamespace(document_id=3, number="7", open=D(20)),
    ]
    for text, amount, expected in (
        ("invoice 12, inv-7", "60", [(1, 50), (2, 10)]),
        ("INV-7; 12", "60", [(2, 30), (1, 30)]),
        ("S-000012 12", "20", [(1, 20)]),
        ("7", "60", [(3, 20)]),
        ("", "20", []),
    ):
        assert named_parts(text, lambda _words: documents, D(amount)) == expected
    with pytest.raises(Invalid, match="None of the open documents"):
        named_parts("99", lambda _words: documents, D(5))


@pytest.mark.one_engine  # a page
def test_what_is_typed_goes_before_what_the_address_says(app: Any, books: Books) -> None:
    books.debt(books.anna, "100")
    books.debt(books.otto, "70", "us")
    browser = app.test_client()
    browser.post("/login", data={"login": "admin", "password": "correct horse"})
    sent = {"debtor_id": books.anna, "creditor_id": books.otto, "amount": "50", "currency": "GBP", "operation": "one"}
    answer = browser.post(f"/contacts/adjustments/offset?debtor_id={books.otto}", data=sent)
    assert answer.status_code == 302
    assert books.do(lambda s: balances_of(s, books.anna)) == {"GBP": D(50)}


@pytest.mark.one_engine  # a page
def test_an_opening_debt_stands_under_a_contract(app: Any, books: Books) -> None:
    contract = books.do(lambda s: create_contract(s, SYSTEM, contact_id=books.anna, number="C-1", currency="GBP").id)
    browser = app.test_client()
    browser.post("/login", data={"login": "admin", "password": "correct horse"})
    address = f"/contacts/adjustments/new?contact={books.anna}"
    assert f'<option value="{contract}">' in browser.get(address).text
    sent = {"contact_id": books.anna, "side": "them", "moment": "2026-01-10", "amount": "80", "currency": "GBP"}
    refused = browser.post(
        address, data={**sent, "contact_id": books.otto, "contract_id": contract, "operation": "one"}
    )
    assert refused.status_code == 200, "another contact's contract"
    assert books.do(lambda s: s.scalars(select(Adjustment)).all()) == []
    assert browser.post(address, data={**sent, "contract_id": contract, "operation": "two"}).status_code == 302
    (made,) = books.do(lambda s: [(d.amount, d.contract_id) for d in s.scalars(select(Adjustment))])
    assert made == (80, contract)
