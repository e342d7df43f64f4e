"""Earned, spent, expired, returned and reversed in whatever order: a customer's points are what a naive model says, and never
fewer than none."""

from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from decimal import Decimal as D
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from app import ledger
from app.clock import wall_clock
from app.documents import post, reverse, save
from app.errors import Conflict, Invalid
from app.security import SYSTEM
from modules.contacts.operations import create_contact
from modules.trade.drafts import TradeDraft, TradeLineDraft
from modules.trade.models import Sale, SalesReturn
from modules.trade.points.balances import balances, expired_keys
from modules.trade.points.changing import change_points, expire_points
from modules.trade.points.keeping import save_programme
from modules.trade.returning import return_of
from modules.warehouse.operations import create_item
from tests.property.clerks import Clock

#: Earned, spent, half of it returned after the points' last day; and what a sale has given spent before it comes back.
STORY = [
    ("give", 8),
    ("sell", 2, 100, 5),
    ("return", 0, 1),
    ("sell", 3, 7, 12),
    ("wait", 25),
    ("sell", 1, 33, 3),
    ("wait", 10),
    ("return", 0, 1),
    ("expire",),
    ("return", 0, 2),
    ("reverse", 0),
    ("give", -3),
]
#: A point for each full 10, a point is worth 1, and it holds a month.
acts = st.lists(
    st.one_of(
        st.tuples(st.just("sell"), st.integers(1, 3), st.sampled_from((7, 10, 33, 100)), st.integers(0, 12)),
        st.tuples(st.just("return"), st.integers(0, 9), st.integers(1, 3)),
        st.tuples(st.just("reverse"), st.integers(0, 9)),
        st.tuples(st.just("give"), st.integers(-8, 8)),
        st.tuples(st.just("wait"), st.integers(1, 25)),
        st.tuples(st.just("expire")),
    ),
    min_size=3,
    max_size=12,
)


@dataclass
class Bag:
    """Points of one document: how many it gave, how many are left, how many have expired, and on which day."""

    day: date
    gave: int
    left: int
    expired: int = 0


@dataclass
class Sold:
    """A sale: its bag, what it took of which bags, and what returns have moved."""

    document_id: int
    quantity: int
    bag: Bag
    took: list[tuple[Bag, int]] = field(default_factory=list)
    came: int = 0
    withdrawn: int = 0
    given_back: int = 0


def part(points: int, back: int, whole: int) -> int:
    """Rounded half up."""
    return (2 * points * back + whole) // (2 * whole)


class Model:
    """The points of one customer, as anybody would count them on paper."""

    def __init__(self, today: date) -> None:
        self.today, self.bags = today, list[Bag]()

    def is_over(self, bag: Bag) -> bool:
        """Whether the same day of the next month, or that month's last, is over."""
        last = bag.day
        while last.month == bag.day.month:
            last += timedelta(days=1)
        month = last.month
        while last.day < bag.day.day and (last + timedelta(days=1)).month == month:
            last += timedelta(days=1)
        return self.today > last

    def held(self) -> list[Bag]:
        return [bag for bag in self.bags if bag.left and not self.is_over(bag)]

    @property
    def balance(self) -> int:
        return sum(bag.left for bag in self.held())

    def take(self, points: int, bags: list[Bag]) -> list[tuple[Bag, int]]:
        found = []
        for bag in bags:
            some = min(points, bag.left)
            if some:
                bag.left, points = bag.left - some, points - some
                found.append((bag, some))
        return found

    def open(self, points: int) -> Bag:
        bag = Bag(self.today, points, points)
        self.bags.append(bag)
        return bag

    def give_back(self, sold: Sold, came: int) -> None:
        spent = sum(points for _, points in sold.took)
        due, skipped, fresh = part(spent, came, sold.quantity) - sold.given_back, sold.given_back, None
        sold.given_back += due
        for bag, points in reversed(sold.took):
            some = min(due, max(points - skipped, 0))
            skipped, due = max(skipped - points, 0), due - some
            if some and self.is_over(bag):
                fresh = fresh or self.open(0)
                bag = fresh
            bag.left += some

    def withdraw(self, sold: Sold, came: int) -> None:
        bag = sold.bag
        due = part(bag.gave, came, sold.quantity) - sold.withdrawn
        due = min(due, bag.gave - bag.expired - sold.withdrawn)
        taken = self.take(due, [bag, *(each for each in self.held() if each is not bag)])
        sold.withdrawn += sum(points for _, points in taken)


class Clerk:
    """Does every act twice: in the program, at a clock that is set on, and in the model."""

    def __init__(self, session: Any, clock: "Clock") -> None:
        self.session, self.clock, self.sold = session, clock, list[Sold]()
        self.model = Model(wall_clock().date())
        self.contact = create_contact(session, SYSTEM, kind="individual", name="Anna").id
        self.item = create_item(session, SYSTEM, code="FIT", name="Fitting", kind="service").id
        programme = save_programme(session, SYSTEM, name="Club", earns=1, per=D(10), worth=D(1), months=1)
        self.programme = programme.id

    def do(self, act: tuple[Any, ...]) -> None:
        getattr(self, f"_{act[0]}")(*act[1:])
        self.session.flush()
        self.clock.ahead += timedelta(minutes=1)
        assert balances(self.session, self.contact)[0].points == self.model.balance >= 0

    def _sell(self, quantity: int, price: int, points: int) -> None:
        draft = TradeDraft(
            self.contact, [TradeLineDraft(self.item, D(quantity), D(price), tax_rate=D(0))], points=points
        )
        try:
            sale = save(self.session, SYSTEM, Sale, draft)
        except Invalid:
            assert points > min(self.model.balance, quantity * price)
            return
        post(self.session, SYSTEM, [sale])
        took = self.model.take(points, self.model.held())
        self.sold.append(Sold(sale.id, quantity, self.model.open((quantity * price - points) // 10), took))

    def _return(self, n: int, quantity: int) -> None:
        left = [each for each in self.sold if each.came < each.quantity]
        if not left:
            return
        sold = left[n % len(left)]
        quantity = min(quantity, sold.quantity - sold.came)
        draft = return_of(self.session, self.session.get(Sale, sold.document_id))
        lines = [replace(draft.lines[0], quantity=D(quantity))]
        post(self.session, SYSTEM, [save(self.session, SYSTEM, SalesReturn, replace(draft, lines=lines))])
        sold.came += quantity
        self.model.give_back(sold, sold.came)
        self.model.withdraw(sold, sold.came)

    def _reverse(self, n: int) -> None:
        whole = [each for each in self.sold if not each.came]
        if not whole:
            return
        sold = whole[n % len(whole)]
        try:
            with self.session.begin_nested():
                reverse(self.session, SYSTEM, self.session.get(Sale, sold.document_id))
        except Conflict:
            return  # what it gave was spent at some moment
        assert sold.bag.left + sold.bag.expired == sold.bag.gave
        sold.bag.left = sold.bag.expired = 0
        for bag, points in sold.took:
            bag.left += points
        self.sold.remove(sold)

    def _give(self, points: int) -> None:
        if not points:
            return
        said = {"contact_id": self.contact, "programme_id": self.programme, "points": points, "note": "By hand"}
        if -points > self.model.balance:
            with pytest.raises(Conflict), self.session.begin_nested():
                change_points(self.session, SYSTEM, **said)
            return
        change_points(self.session, SYSTEM, **said)
        if points > 0:
            self.model.open(points)
        else:
            self.model.take(-points, self.model.held())

    def _wait(self, days: int) -> None:
        self.clock.ahead += timedelta(days=days)
        self.model.today = wall_clock().date()

    def _expire(self) -> None:
        today = wall_clock().date()
        for key in expired_keys(self.session, today):
            expire_points(self.session, *key, today)
        for bag in self.model.bags:
            if self.model.is_over(bag):
                bag.left, bag.expired = 0, bag.expired + bag.left


@pytest.mark.parametrize("engine", ["sqlite"], indirect=True)
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(done=acts)
@example(done=STORY)
def test_points_equal_the_naive_model(company: Any, done: list[tuple[Any, ...]], monkeypatch: Any) -> None:
    _do_all(company, done, monkeypatch)


@pytest.mark.parametrize("engine", ["postgresql"], indirect=True)
@settings(max_examples=4, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(done=acts)
@example(done=STORY)
def test_points_equal_the_naive_model_on_the_other_engine(
    company: Any, done: list[tuple[Any, ...]], monkeypatch: Any
) -> None:
    """Few of chance: what chance finds is found on SQLite, in half the time."""
    _do_all(company, done, monkeypatch)


def _do_all(company: Any, done: list[tuple[Any, ...]], monkeypatch: Any) -> None:
    monkeypatch.setattr("app.clock.datetime", Clock)
    Clock.ahead = timedelta()
    with company.database.session(SYSTEM, write=True) as session:
        clerk = Clerk(session, Clock)
        for act in done:
            clerk.do(act)
        assert list(ledger.verify(session)) == []
        session.rollback()
