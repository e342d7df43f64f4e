"""The payment calendar's rules: every day stands in one span, and what was paid ahead is taken off both sides alike."""

from datetime import date
from decimal import Decimal as D
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from app.api.documents import ExpectedMoney, MoneySource
from modules.contacts.money.calendar import OWED, Move, spans
from modules.contacts.money.paid_ahead import Advance, less_paid_ahead

ORDERED = MoneySource("trade.ordered", "Ordered", "shopping-cart")
TODAY = date(2026, 3, 10)
days = st.dates(date(2026, 1, 1), date(2026, 12, 31))
amounts = st.integers(1, 1000).map(D)
moves = st.builds(Move, st.sampled_from([OWED, ORDERED]), st.booleans(), st.none() | days, amounts)


@given(st.lists(moves, max_size=30), days, st.integers(1, 31), st.integers(1, 20))
def test_the_spans_hold_every_move_once(some: Any, today: date, step: int, count: int) -> None:
    found = spans(some, today, step=step, count=count, held=D(5))
    come_in, go_out = (sum(m.amount for m in some if m.is_in is way) for way in (True, False))
    assert (sum(s.come_in for s in found), sum(s.go_out for s in found)) == (come_in, go_out)
    assert found[-1].balance == 5 + come_in - go_out
    assert all((s.come_in, s.go_out) == tuple(map(sum, zip((0, 0), *s.parts.values(), strict=True))) for s in found)
    assert found[-1].is_undated is any(m.day is None for m in some)
    assert (found[0].until, found[1].since) == (date.fromordinal(today.toordinal() - 1), today)


def expected(amount: Any, *, is_in: bool = True, day: date | None = None, document: int = 1, contact: int = 1) -> Any:
    said = (contact, f"contact {contact}", "trade.sales_order", document, f"SO-{document}")
    return ExpectedMoney(ORDERED, is_in, day, D(amount), "GBP", *said, paid_for=(document,))


def advance(
    payment: int, amount: Any, *, is_in: bool = False, made_for: int | None = None, contact: int = 1
) -> Advance:
    return Advance(payment, contact, "GBP", is_in, TODAY, D(amount), made_for)


def test_an_advance_goes_to_its_own_order_and_others_to_what_is_paid_first_once_debts_are_settled() -> None:
    first, later, theirs = date(2026, 3, 12), date(2026, 4, 1), expected(50, document=3, contact=2)
    money = [expected(100, day=later), expected(80, day=first, document=2), theirs]
    advances = [advance(11, 30, made_for=1), advance(12, 90), advance(13, 5, is_in=True)]
    # they owe us 15 besides: 30 + 90 - 15 is what we owe them in all
    found = less_paid_ahead(money, advances, {(1, "GBP"): D(105)})
    assert [(r.money.document_id, r.left, r.paid_ahead) for r in found.rows] == [(1, 70, 30), (2, 5, 75), (3, 50, 0)]
    assert [(a.document_id, part) for a, part in found.taken] == [(11, 30), (12, 75)]


def test_an_advance_that_is_more_than_the_order_leaves_the_rest_owed_back() -> None:
    found = less_paid_ahead([expected(100, is_in=False)], [advance(11, 130, is_in=True)], {(1, "GBP"): D(-130)})
    assert (list(found.rows), [part for _, part in found.taken]) == ([], [D(100)])


def test_an_advance_for_what_is_not_expected_is_taken_off_like_one_for_nothing_in_particular() -> None:
    money, advances = [expected(100, document=2)], [advance(11, 60, made_for=9), advance(12, 50)]
    found = less_paid_ahead(money, advances, {(1, "GBP"): D(100)})
    assert (list(found.rows), [(a.document_id, part) for a, part in found.taken]) == ([], [(11, 60), (12, 40)])
    assert less_paid_ahead(money, advances, {(1, "GBP"): D(0)}).rows[0].left == 100, "their debts come first"


money = st.lists(
    st.builds(
        lambda amount, way, day, document, contact: expected(
            amount, is_in=way, day=day, document=document, contact=contact
        ),
        *(amounts, st.booleans(), st.none() | days, st.integers(1, 4), st.integers(1, 2)),
    ),
    max_size=8,
)
paid = st.lists(st.tuples(amounts, st.booleans(), st.none() | st.integers(1, 4), st.integers(1, 2)), max_size=8).map(
    lambda some: [advance(i, a, is_in=w, made_for=d, contact=c) for i, (a, w, d, c) in enumerate(some, 11)]
)


@given(money, paid, st.integers(-2000, 2000).map(D))
def test_what_is_taken_off_is_taken_off_both_sides_alike(some: Any, advances: Any, spare: D) -> None:
    found = less_paid_ahead(some, advances, {(1, "GBP"): spare, (2, "GBP"): D(0)})
    for way in (True, False):
        less = sum(m.amount for m in some if m.is_in is way) - sum(r.left for r in found.rows if r.money.is_in is way)
        assert less == sum(part for a, part in found.taken if a.is_in is not way)
    assert all(0 < row.left <= row.money.amount for row in found.rows)
    assert all(0 < part <= a.amount for a, part in found.taken)
