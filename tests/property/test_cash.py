"""Whatever comes in, goes out, is moved, exchanged, revalued, reversed or entered late: balances and exchange results are what
a naive list of movements says, no cash desk is below zero at any moment, and what is refused changes nothing."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from naive_acts import ZERO, rounded

from app import ledger
from app.api.documents import Document
from app.documents import reverse
from app.errors import Conflict
from app.reference.operations import set_rate
from app.security import SYSTEM
from app.values import ExchangeRate
from modules.contacts.money.accounts import expense_items, save_account
from modules.contacts.money.adjustments import record_opening_debt
from modules.contacts.money.errors import NotEnoughMoney
from modules.contacts.money.recording import record_other_payment, record_transfer
from modules.contacts.money.registers import AccountResults, Cash
from modules.contacts.money.revaluation import revalue
from modules.contacts.operations import create_contact, record_payment
from modules.contacts.registers import ExchangeResults

BEGUN = date(2026, 1, 1)
RATES = [(BEGUN, Decimal("0.85")), (date(2026, 1, 12), Decimal("0.9137")), (date(2026, 1, 20), Decimal("0.8049"))]
#: two cash desks, a bank account with an overdraft, a bank account and a cash desk in euros; which of them may be below zero
ACCOUNTS = [("cash", "GBP"), ("cash", "GBP"), ("bank", "GBP"), ("bank", "EUR"), ("cash", "EUR")]
OVERDRAWN = 2

days, which = st.integers(0, 30), st.integers(0, len(ACCOUNTS) - 1)
pence = st.sampled_from((1, 2, 99, 100, 333, 1000, 10000))
signs = st.sampled_from((1, 1, -1))
acts = st.one_of(
    st.tuples(st.just("other"), days, which, signs, pence),
    st.tuples(st.just("pay"), days, which, signs, pence),
    st.tuples(st.just("move"), days, which, which, pence, pence),
    st.tuples(st.just("reverse"), st.integers(0, 30)),
    st.tuples(st.just("revalue"), st.integers(0, 30)),
)


@dataclass(frozen=True)
class Movement:
    """What a document moved on an account at a moment, in its currency and in pounds, and what exchange result that has."""

    document: int
    moment: datetime
    account: int
    amount: Decimal
    base: Decimal
    result: Decimal = ZERO


class Desk:
    """Does every act in the program, and writes its movements into a list."""

    def __init__(self, session: Any) -> None:
        self.session, self.movements = session, list[Movement]()
        self.accounts = [
            save_account(
                session,
                SYSTEM,
                kind=kind,
                name=str(n),
                currency=currency,
                **({"may_overdraw": True} if n == OVERDRAWN else {}),
            ).id
            for n, (kind, currency) in enumerate(ACCOUNTS)
        ]
        self.contact = create_contact(session, SYSTEM, kind="individual", name="Anna").id
        self.items = {i.name: i.id for i in expense_items(session)}
        self.results: dict[int, list[tuple[datetime, Decimal]]] = {}
        for day, rate in RATES:
            set_rate(session, SYSTEM, currency="EUR", day=day, rate=ExchangeRate(rate))
        debt = {"side": "them", "amount": Decimal(1000), "currency": "EUR", "moment": _moment(0)}
        record_opening_debt(session, SYSTEM, contact_id=self.contact, **debt)

    def do(self, act: tuple) -> None:
        getattr(self, f"_{act[0]}")(*act[1:])

    def _other(self, day: int, n: int, sign: int, pence: int) -> None:
        moment, amount = _moment(day), Decimal(pence) / 100
        new = [Movement(0, moment, n, sign * amount, sign * _worth(amount, n, day))]

        def program() -> Any:
            said: dict[str, Any] = {"direction": "in" if sign > 0 else "out", "amount": amount, "moment": moment}
            return record_other_payment(
                self.session, SYSTEM, account_id=self.accounts[n], expense_item_id=self.items["Loans"], **said
            )

        self._try(new, program)

    def _pay(self, day: int, n: int, sign: int, pence: int) -> None:
        moment, amount = _moment(day), Decimal(pence) / 100
        new = [Movement(0, moment, n, sign * amount, sign * _worth(amount, n, day))]

        def program() -> Any:
            said: dict[str, Any] = {
                "direction": "in" if sign > 0 else "out",
                "amount": amount,
                "moment": moment,
                "pays": [],
            }
            return record_payment(
                self.session, SYSTEM, contact_id=self.contact, account_id=self.accounts[n], **_by(n), **said
            )

        self._try(new, program)

    def _move(self, day: int, a: int, b: int, pence: int, arrives: int) -> None:
        if a == b:
            return
        moment, leaves = _moment(day), Decimal(pence) / 100
        same = ACCOUNTS[a][1] == ACCOUNTS[b][1]
        received = leaves if same else Decimal(arrives) / 100
        bases = _worth(leaves, a, day), _worth(received, b, day)
        new = [
            Movement(0, moment, a, -leaves, -bases[0], bases[1] - bases[0]),
            Movement(0, moment, b, received, bases[1]),
        ]

        def program() -> Any:
            ends = {"source_id": self.accounts[a], "target_id": self.accounts[b]}
            return record_transfer(self.session, SYSTEM, amount=leaves, received=received, moment=moment, **ends)

        self._try(new, program)

    def _reverse(self, count: int) -> None:
        numbers = sorted({m.document for m in self.movements})
        if not numbers:
            return
        number = numbers[count % len(numbers)]
        left = [m for m in self.movements if m.document != number]
        try:
            with self.session.begin_nested():
                reverse(self.session, SYSTEM, self.session.get(Document, number))
        except NotEnoughMoney:
            assert _is_short(left)
            return
        assert not _is_short(left)
        self.movements = left

    def _revalue(self, day: int) -> None:
        """At the end of a day each balance in euros is worth what the rate says; of debts the next morning takes it back."""
        end = datetime.combine(BEGUN + timedelta(days=day), time.max)
        new = []
        for n in (3, 4):
            held = [m for m in self.movements if m.account == n and m.moment <= end]
            worth = _worth(sum((m.amount for m in held), ZERO), n, day) - sum((m.base for m in held), ZERO)
            if worth:
                new.append(Movement(0, end, n, ZERO, worth, worth))
        try:
            with self.session.begin_nested():
                made = revalue(self.session, SYSTEM, day=BEGUN + timedelta(days=day)).id
        except Conflict:
            assert not new
            return
        self.movements += [Movement(made, *_rest(m)) for m in new]

    def _try(self, new: list[Movement], program: Any) -> None:
        """What the list says would leave a desk short the program must refuse, and nothing else."""
        try:
            with self.session.begin_nested():
                made = program().id
        except NotEnoughMoney:
            assert _is_short(self.movements + new)
            return
        self.movements += [Movement(made, *_rest(m)) for m in new]
        assert not _is_short(self.movements)

    def compare(self) -> None:
        now = ledger.now(self.session, Cash.balance, by=("account",))
        found = {f.key[0]: (f.amounts["amount"], f.amounts["base"]) for f in now}
        for when in [None, *(_moment(day) for day in (5, 12, 20))]:
            if when is not None:
                past = ledger.at(self.session, Cash.balance, when, by=("account",))
                found = {f.key[0]: (f.amounts["amount"], f.amounts["base"]) for f in past}
            for n, account in enumerate(self.accounts):
                of = [m for m in self.movements if m.account == n and (when is None or m.moment <= when)]
                expected = sum((m.amount for m in of), ZERO), sum((m.base for m in of), ZERO)
                assert found.get(account, (ZERO, ZERO)) == expected, (when, n)
        results = ledger.now(self.session, AccountResults.results, by=())
        assert sum((f.amounts["base"] for f in results), ZERO) == sum((m.result for m in self.movements), ZERO)
        # What a revaluation makes of debts is gone the next day: until they are paid nothing is realised.
        assert sum((f.amounts["base"] for f in ledger.now(self.session, ExchangeResults.results, by=())), ZERO) == ZERO
        assert list(ledger.verify(self.session)) == []


def _rest(m: Movement) -> tuple[Any, ...]:
    return m.moment, m.account, m.amount, m.base, m.result


def _by(n: int) -> dict[str, str]:
    return {"method": ACCOUNTS[n][0], "currency": ACCOUNTS[n][1]}


def _moment(day: int) -> datetime:
    return datetime.combine(BEGUN + timedelta(days=day), time(12))


def _worth(amount: Decimal, n: int, day: int) -> Decimal:
    if ACCOUNTS[n][1] == "GBP":
        return amount
    rate = [rate for since, rate in RATES if since <= BEGUN + timedelta(days=day)][-1]
    return rounded(Fraction(amount) * Fraction(rate))


def _is_short(movements: list[Movement]) -> bool:
    """Whether an account that may not is below zero at the end of any moment."""
    for n in range(len(ACCOUNTS)):
        of = [m for m in movements if m.account == n]
        ends = sorted({m.moment for m in of})
        if n != OVERDRAWN and any(sum((m.amount for m in of if m.moment <= end), ZERO) < 0 for end in ends):
            return True
    return False


#: Money is exchanged and spent; what came in before it can't be reversed; entered late it is short in between.
STORY = [
    ("other", 1, 0, 1, 10000),
    ("move", 3, 0, 3, 10000, 10000),
    ("reverse", 0),
    ("pay", 2, 0, -1, 1),
    ("revalue", 15),
    ("move", 20, 3, 4, 333, 333),
    ("pay", 25, 4, -1, 333),
    ("revalue", 21),
    ("revalue", 21),
    ("other", 4, 2, -1, 10000),
    ("reverse", 2),
]


@pytest.mark.parametrize("engine", ["sqlite"], indirect=True)
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(done=st.lists(acts, min_size=3, max_size=20))
@example(done=STORY)
def test_cash_equals_the_naive_list_of_movements(company: Any, done: list[tuple]) -> None:
    _do_all(company, done)


@pytest.mark.parametrize("engine", ["postgresql"], indirect=True)
@settings(max_examples=4, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(done=st.lists(acts, min_size=3, max_size=20))
@example(done=STORY)
def test_cash_equals_the_naive_list_of_movements_on_postgresql(company: Any, done: list[tuple]) -> None:
    """A smaller sample: the other engine runs the whole."""
    _do_all(company, done)


def _do_all(company: Any, done: list[tuple]) -> None:
    with company.database.session(SYSTEM, write=True) as session:
        desk = Desk(session)
        for act in done:
            desk.do(act)
        desk.compare()
        session.rollback()
