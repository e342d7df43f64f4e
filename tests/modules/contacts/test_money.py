"""Cash desks and bank accounts: what payments, transfers and payments without a contact move, and what is refused."""

import re
import threading
from datetime import date, datetime
from decimal import Decimal as D
from html import unescape
from typing import Any

import pytest
from sqlalchemy import func, select

from app import ledger
from app.documents import SentBefore
from app.errors import Conflict, Forbidden, Invalid, NotFound
from app.reference.operations import set_rate
from app.security import SYSTEM, Actor
from app.values import ExchangeRate
from modules.contacts.models import Payment
from modules.contacts.money.accounts import save_account, save_expense_item
from modules.contacts.money.errors import NotEnoughMoney
from modules.contacts.money.models import ExpenseItem, MoneyAccount, OtherPayment, Transfer
from modules.contacts.money.queries import balances_of_accounts, movements_of
from modules.contacts.money.recording import (
    record_other_payment,
    record_transfer,
    reverse_other_payment,
    reverse_transfer,
)
from modules.contacts.money.registers import AccountResults, Cash
from modules.contacts.operations import create_contact, record_money, record_payment, reverse_payment
from tests.conftest import ADMIN, PASSWORD
from tests.modules.web.browser_forms import fields_of

DAY = datetime(2026, 3, 10, 12)


class Desk:
    """A company with a cash desk, a bank account in pounds, one in euros, and a contact."""

    def __init__(self, company: Any) -> None:
        self.company = company

        def work(session: Any) -> list[int]:
            cash = save_account(session, SYSTEM, kind="cash", name="Till", currency="GBP")
            bank = save_account(session, SYSTEM, kind="bank", name="Current", currency="GBP", may_overdraw=True)
            euro = save_account(session, SYSTEM, kind="bank", name="Euros", currency="EUR")
            who = create_contact(session, SYSTEM, kind="legal_entity", name="Anna", responsible_id=None)
            return [cash.id, bank.id, euro.id, who.id]

        self.cash, self.bank, self.euro, self.contact = self.do(work)

    def do(self, work: Any, actor: Any = SYSTEM) -> Any:
        return self.company.database.run(work, actor=actor)

    def item(self, session: Any, name: str) -> int:
        return int(session.scalars(select(ExpenseItem.id).where(ExpenseItem.name == name)).one())

    def other(self, session: Any, account: int, direction: str, amount: str, item: str = "Other", **more: Any) -> Any:
        more = {"moment": DAY, **more}
        made = record_other_payment(
            session,
            more.pop("actor", SYSTEM),
            account_id=account,
            expense_item_id=self.item(session, item),
            direction=direction,
            amount=D(amount),
            **more,
        )
        return made.id

    def pay(self, session: Any, direction: str, amount: str, **more: Any) -> Any:
        more = {"moment": DAY, **more}
        return record_payment(
            session, SYSTEM, contact_id=self.contact, direction=direction, amount=D(amount), **more
        ).id

    def balances(self) -> dict[int, D]:
        found: dict[int, D] = self.do(balances_of_accounts)
        return found

    def proven(self) -> None:
        assert self.do(lambda s: list(ledger.verify(s))) == []


@pytest.fixture
def desk(company: Any) -> Desk:
    return Desk(company)


def test_every_way_of_moving_money_shows_on_its_account_and_goes_back(desk: Desk) -> None:
    def work(session: Any) -> list[int]:
        opening = desk.other(session, desk.cash, "in", "100", "Opening balance")
        got = desk.pay(session, "in", "40", method="cash")  # by the main one of its kind and currency
        paid = desk.pay(session, "out", "30", account_id=desk.bank)
        fee = desk.other(session, desk.bank, "out", "2.50", "Bank fees", party="The bank")
        moved = record_transfer(session, SYSTEM, source_id=desk.cash, target_id=desk.bank, amount=D(60), moment=DAY).id
        return [opening, got, paid, fee, moved]

    _, got, paid, fee, moved = desk.do(work)
    assert desk.balances() == {desk.cash: 80, desk.bank: D("27.50")}
    desk.proven()

    def shown(session: Any) -> Any:
        return movements_of(session, session.get(MoneyAccount, desk.bank), date(2026, 3, 1), date(2026, 3, 31))

    found = desk.do(shown)
    lines = [(line.kind, line.amounts["amount"], line.balance["amount"], line.summary) for line in found.lines]
    assert lines == [
        ("contacts.payment", -30, -30, "Anna"),
        ("contacts.other_payment", D("-2.50"), D("-32.50"), "Bank fees: The bank"),
        ("contacts.transfer", 60, D("27.50"), "Till → Current"),
    ]

    def back(session: Any) -> None:
        reverse_transfer(session, SYSTEM, moved)
        reverse_other_payment(session, SYSTEM, fee)
        reverse_payment(session, SYSTEM, paid)
        reverse_payment(session, SYSTEM, got)

    desk.do(back)
    assert desk.balances() == {desk.cash: 100, desk.bank: 0}
    desk.proven()


def test_a_cash_desk_is_at_no_moment_below_zero(desk: Desk) -> None:
    first = desk.do(lambda s: desk.other(s, desk.cash, "in", "100", "Opening balance"))
    desk.do(lambda s: desk.other(s, desk.cash, "out", "70", moment=DAY.replace(day=20)))
    before = desk.balances()
    for act in (
        lambda s: desk.other(s, desk.cash, "out", "100.01", moment=DAY.replace(day=21)),
        lambda s: desk.other(s, desk.cash, "out", "1", moment=DAY.replace(day=9)),  # before anything was there
        lambda s: desk.pay(s, "out", "40", method="cash", moment=DAY.replace(day=12)),  # what is paid later needs it
        lambda s: record_transfer(
            s, SYSTEM, source_id=desk.cash, target_id=desk.bank, amount=D(31), moment=DAY.replace(day=11)
        ),
        lambda s: reverse_other_payment(s, SYSTEM, first),
    ):
        with pytest.raises(NotEnoughMoney, match="Till: "):
            desk.do(act)
    assert desk.balances() == before == {desk.cash: 30}
    desk.do(lambda s: desk.other(s, desk.bank, "out", "500"))  # the bank grants an overdraft
    desk.do(lambda s: save_account(s, SYSTEM, s.get(MoneyAccount, desk.bank), may_overdraw=False))
    with pytest.raises(NotEnoughMoney, match=r"Current: 501\.00 GBP short, −500\.00 there"):
        desk.do(lambda s: desk.other(s, desk.bank, "out", "1"))
    desk.do(lambda s: desk.other(s, desk.bank, "in", "400"))  # whoever brings it nearer to zero isn't refused
    desk.proven()


def test_a_refusal_says_no_balance_to_whoever_may_not_see_it(desk: Desk) -> None:
    clerk = Actor(None, "clerk", frozenset({"contacts.other_payment.post", "contacts.other_payment.view"}))
    desk.do(lambda s: desk.other(s, desk.cash, "in", "100", "Opening balance"))
    with pytest.raises(NotEnoughMoney) as refused:
        desk.do(lambda s: desk.other(s, desk.cash, "out", "101", actor=clerk), clerk)
    assert "Till" in str(refused.value)
    assert "1.00" not in str(refused.value)
    with pytest.raises(Forbidden):
        desk.do(balances_of_accounts, clerk)


def test_ten_who_pay_from_one_desk_at_once_leave_no_less_than_nothing(desk: Desk) -> None:
    desk.do(lambda s: desk.other(s, desk.cash, "in", "100", "Opening balance"))
    barrier, answers = threading.Barrier(5), list[Any]()

    def one() -> None:
        barrier.wait()
        try:
            answers.append(desk.do(lambda s: desk.other(s, desk.cash, "out", "30", moment=DAY.replace(day=11))))
        except NotEnoughMoney as error:
            answers.append(error)

    threads = [threading.Thread(target=one) for _ in range(5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert sum(isinstance(a, int) for a in answers) == 3
    assert len(answers) == 5
    assert desk.balances() == {desk.cash: 10}
    desk.proven()


def test_between_two_currencies_the_difference_is_an_exchange_result(desk: Desk) -> None:
    def work(session: Any) -> Any:
        set_rate(session, SYSTEM, currency="EUR", day=date(2026, 1, 1), rate=ExchangeRate(D("0.85")))
        desk.other(session, desk.bank, "in", "1000", "Opening balance")
        return record_transfer(
            session, SYSTEM, source_id=desk.bank, target_id=desk.euro, amount=D(870), received=D(1000), moment=DAY
        ).id

    moved = desk.do(work)
    assert desk.balances() == {desk.bank: 130, desk.euro: 1000}
    worth = desk.do(lambda s: ledger.now(s, AccountResults.results, by=("account",)))
    assert [(f.key, f.amounts) for f in worth] == [((desk.bank,), {"base": D(-20)})]
    base = desk.do(lambda s: ledger.now(s, Cash.balance, by=("account",), where={"account": desk.euro}))
    assert base[0].amounts == {"amount": 1000, "base": 850}
    desk.proven()
    desk.do(lambda s: reverse_transfer(s, SYSTEM, moved))
    assert desk.balances() == {desk.bank: 1000, desk.euro: 0}
    assert desk.do(lambda s: ledger.now(s, AccountResults.results, by=()))[0].amounts == {"base": 0}
    desk.proven()


def test_what_does_not_fit_is_refused_and_nothing_changes(desk: Desk) -> None:
    def transfer(source: int, target: int, amount: str, received: str | None = None) -> Any:
        got = None if received is None else D(received)
        return lambda s: record_transfer(
            s, SYSTEM, source_id=source, target_id=target, amount=D(amount), received=got, moment=DAY
        )

    def closed(session: Any) -> None:
        save_account(session, SYSTEM, kind="bank", name="Old", currency="GBP")
        old = session.scalars(select(MoneyAccount).where(MoneyAccount.name == "Old")).one()
        save_account(session, SYSTEM, old, is_active=False)
        desk.other(session, old.id, "in", "1")

    refused = (
        (transfer(desk.bank, desk.bank, "1"), Invalid, "two different accounts"),
        (transfer(desk.bank, desk.cash, "10", "9"), Invalid, "as much arrives as leaves"),
        (transfer(desk.bank, desk.euro, "10"), Invalid, "how many EUR arrive"),
        (transfer(desk.bank, desk.cash, "0"), Invalid, "above zero"),
        (transfer(desk.bank, desk.cash, "0.001"), Invalid, "only 2 digits"),
        (lambda s: desk.other(s, desk.bank, "in", "1", "Bank fees"), Invalid, "for the other direction"),
        (lambda s: desk.other(s, desk.bank, "up", "1"), Invalid, "comes in or goes out"),
        (lambda s: desk.other(s, 99999, "in", "1"), NotFound, "no such account"),
        (lambda s: desk.pay(s, "in", "1", account_id=desk.euro, currency="GBP"), Invalid, "is in EUR"),
        (lambda s: desk.pay(s, "in", "1", account_id=desk.bank, method="cash"), Invalid, "Choose another account"),
        (closed, Invalid, "no longer in use"),
        (lambda s: save_account(s, SYSTEM, kind="cash", name="Till", currency="GBP"), Conflict, "already"),
        (lambda s: save_account(s, SYSTEM, kind="safe", name="Safe", currency="GBP"), Invalid, "cash desk or a bank"),
        (
            lambda s: save_account(s, SYSTEM, kind="cash", name="Box", currency="GBP", may_overdraw=True),
            Invalid,
            "can't go below zero",
        ),
        (lambda s: save_account(s, SYSTEM, s.get(MoneyAccount, desk.bank), currency="EUR"), Invalid, "keeps its kind"),
        (lambda s: save_account(s, SYSTEM, s.get(MoneyAccount, desk.cash), is_active=False), Invalid, "Payments go by"),
        (lambda s: save_expense_item(s, SYSTEM, name="Wages"), Conflict, "already"),
        (
            lambda s: save_expense_item(
                s, SYSTEM, s.get(ExpenseItem, desk.item(s, "Opening balance")), is_active=False
            ),
            Invalid,
            "The program uses",
        ),
    )
    for act, error, words in refused:
        with pytest.raises(error, match=words):
            desk.do(act)
    assert desk.balances() == {}
    assert desk.do(lambda s: s.scalars(select(MoneyAccount.name).order_by(MoneyAccount.id)).all()) == [
        "Till",
        "Current",
        "Euros",
    ]


@pytest.mark.parametrize(
    ("said", "missing", "has_other"),
    [
        ({"currency": "USD"}, "no bank account in USD", False),
        ({"currency": "USD", "method": "cash"}, "no cash desk in USD", False),
        ({"currency": "EUR", "method": "cash"}, "no cash desk in EUR", True),
    ],
)
def test_no_money_is_on_no_account_where_there_are_others(
    desk: Desk, said: dict[str, Any], missing: str, has_other: bool
) -> None:
    for currency in ("EUR", "USD"):
        desk.do(
            lambda s, currency=currency: set_rate(s, SYSTEM, day=DAY.date(), currency=currency, rate=ExchangeRate(D(2)))
        )
    before = desk.balances(), desk.do(counted)
    with pytest.raises(Invalid, match=f"{missing}, so this money would be on no account. Add one under") as refused:
        desk.do(lambda s: desk.pay(s, "in", "40", **said))
    assert refused.value.field == "account_id"
    assert ("or choose another account" in str(refused.value)) is has_other
    assert (desk.balances(), desk.do(counted)) == before


def test_what_was_written_before_is_found_whatever_accounts_there_are_now(desk: Desk) -> None:
    set_before = {"method": "cash", "operation_id": "act-1"}
    first = desk.do(lambda s: desk.pay(s, "in", "40", **set_before))
    other = desk.do(lambda s: save_account(s, SYSTEM, kind="cash", name="Safe", currency="GBP", is_main=True).id)
    desk.do(lambda s: save_account(s, SYSTEM, s.get(MoneyAccount, desk.cash), is_active=False))
    again = {**set_before, "account_id": desk.cash}
    assert desk.do(lambda s: desk.pay(s, "in", "40", **again)) == first
    desk.do(lambda s: s.execute(MoneyAccount.__table__.update().values(is_active=MoneyAccount.id == desk.bank)))
    assert desk.do(lambda s: desk.pay(s, "in", "40", **set_before)) == first
    for said in ({"method": "bank"}, {"currency": "EUR"}, {"account_id": other}):
        with pytest.raises(SentBefore):
            desk.do(lambda s, said=said: desk.pay(s, "in", "40", **set_before | said))
    assert desk.balances()[desk.cash] == 40


def test_a_company_without_accounts_records_payments_by_none(company: Any) -> None:
    def work(session: Any) -> Any:
        who = create_contact(session, SYSTEM, kind="legal_entity", name="Anna")
        return record_payment(session, SYSTEM, contact_id=who.id, direction="in", amount=D(5)).account_id

    assert company.database.run(work, actor=SYSTEM) is None


@pytest.mark.one_engine
def test_the_form_leads_to_the_account_that_is_missing(desk: Desk, app: Any) -> None:
    desk.do(lambda s: set_rate(s, SYSTEM, day=DAY.date(), currency="USD", rate=ExchangeRate(D(2))))
    browser = app.test_client()
    browser.post("/login", data={"login": ADMIN, "password": PASSWORD})
    page = browser.get("/contacts/payments/new").text
    assert "Left so, it is the main one in this currency" in page
    sent = {
        **fields_of(page),
        "contact_id": desk.contact,
        "amount": "5",
        "currency": "USD",
        "moment": "2026-03-10T12:00",
    }
    answer = browser.post("/contacts/payments/new", data=sent)
    assert answer.status_code == 200
    assert "no bank account in USD" in answer.text
    lead = unescape(re.findall(r'href="(/contacts/accounts/new[^"]*)"', answer.text)[0])
    offered = fields_of(browser.get(lead).text)
    assert (offered["kind"], offered["currency"]) == (["bank"], ["USD"])
    assert browser.post("/contacts/accounts/new", data={**offered, "name": "Dollars"}).status_code == 302
    assert browser.post("/contacts/payments/new", data={**fields_of(answer.text), "amount": "5"}).status_code == 302
    assert sorted(desk.balances().values()) == [5]


def counted(session: Any) -> int:
    return int(session.scalar(select(func.count()).select_from(Payment)))


def test_the_main_account_is_one_and_another_takes_its_place_by_saying_so(desk: Desk) -> None:
    def work(session: Any) -> list[tuple[str, bool]]:
        save_account(session, SYSTEM, kind="bank", name="Second", currency="GBP", is_main=True)
        rows = session.execute(select(MoneyAccount.name, MoneyAccount.is_main).order_by(MoneyAccount.id))
        return [(row.name, row.is_main) for row in rows]

    assert desk.do(work) == [("Till", True), ("Current", False), ("Euros", True), ("Second", True)]
    desk.do(lambda s: desk.pay(s, "in", "5", method="card"))
    (second,) = (key for key in desk.balances() if key not in (desk.cash, desk.bank))
    assert desk.balances() == {second: 5}


def test_sent_twice_it_is_recorded_once(desk: Desk) -> None:
    desk.do(lambda s: desk.other(s, desk.bank, "in", "100", "Opening balance"))

    def fee(session: Any, amount: str = "3") -> Any:
        return desk.other(session, desk.bank, "out", amount, "Bank fees", operation_id="fee-1")

    def moved(session: Any, amount: str = "3") -> Any:
        return record_transfer(
            session, SYSTEM, source_id=desk.bank, target_id=desk.cash, amount=D(amount), operation_id="move-1"
        ).id

    def line(session: Any, amount: str = "3", **whose: Any) -> Any:
        whose = whose or {"contact_id": desk.contact}
        return record_money(
            session, SYSTEM, account_id=desk.bank, direction="in", amount=D(amount), operation_id="line-1", **whose
        ).id

    for both in ({"contact_id": None}, {"contact_id": desk.contact, "expense_item_id": 1}):
        with pytest.raises(Invalid, match="either a contact or an expense item"):
            desk.do(lambda s, both=both: line(s, **both))
    for act in (fee, moved, line):
        assert desk.do(act) == desk.do(act)
        with pytest.raises(SentBefore):
            desk.do(lambda s, act=act: act(s, "4"))
    assert desk.do(lambda s: (s.query(OtherPayment).count(), s.query(Transfer).count())) == (2, 1)


def test_the_proof_finds_cash_that_no_document_says(desk: Desk) -> None:
    desk.do(lambda s: desk.other(s, desk.bank, "in", "100", "Opening balance"))
    desk.do(lambda s: s.execute(OtherPayment.__table__.update().values(base=9000000)))
    found = desk.do(lambda s: [line for line in ledger.verify(s) if "contacts.cash" in line])
    assert len(found) == 1
    assert "moved otherwise" in found[0]
