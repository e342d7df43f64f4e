"""Reversing a movement: as if it had never been, so what happened since is recosted; or, where its period is closed, from
the first open day on."""

from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal as D
from typing import Any

import pytest

from app import ledger
from app.documents import HasFollowers, locked, post, reverse, save
from app.errors import Conflict
from app.reference.operations import close_period
from app.security import SYSTEM
from modules.warehouse.errors import NotEnoughStock
from modules.warehouse.kinds import MovementDraft, MovementLineDraft
from modules.warehouse.models import Issue, Item, Receipt, Transfer, WriteOff
from modules.warehouse.operations import change_item, create_group, create_item, create_place, set_costing
from modules.warehouse.queries import costs_of, stock_on_hand
from tests import kinds

ITEM, MAIN, SHOP = 1, 100, 101
JANUARY, FEBRUARY, MARCH = (datetime(2026, month, 10, 12) for month in (1, 2, 3))


def move(session: Any, kind: Any, quantity: Any, price: Any = 0, *, at: datetime = FEBRUARY) -> int:
    lines = [MovementLineDraft(ITEM, D(quantity), D(price))]
    ends = {
        Receipt: {"target_id": MAIN},
        Issue: {"source_id": MAIN},
        WriteOff: {"source_id": MAIN},
        Transfer: {"source_id": MAIN, "target_id": SHOP},
    }
    document = save(session, SYSTEM, kind, MovementDraft(lines, moment=at, **ends[kind]))
    post(session, SYSTEM, [document])
    return int(document.id)


def close(session: Any, until: date) -> None:
    close_period(session, SYSTEM, until=until, today=date(2026, 4, 1))


def held(session: Any, moment: Any = None) -> list[tuple[Any, D, D]]:
    """Place, quantity and value of what there is."""
    figures = stock_on_hand(session, moment)
    return sorted((f.key[1], f.amounts["quantity"], f.amounts["value"]) for f in figures)


@pytest.fixture
def run(company: Any, proved: Any) -> Callable[[Callable[[Any], Any]], Any]:
    """Do something where there are anvils and two warehouses; the books are proved after it."""

    def prepare(session: Any) -> None:
        create_item(session, SYSTEM, code="A", name="Anvil")
        create_place(session, SYSTEM, code="shop", name="Shop floor")

    company.database.run(prepare, actor=SYSTEM)
    return proved


@pytest.mark.parametrize(("gone", "was", "becomes", "left"), [(9, 450, 9, 1), (10, 500, 10, 0)])
def test_what_has_gone_costs_what_is_left_of_its_receipts(
    run: Any, gone: int, was: int, becomes: int, left: int
) -> None:
    """Ten at 1 and ten at 99, some gone at 50: without the ten at 99 they went at 1."""

    def work(session: Any) -> None:
        move(session, Receipt, 10, 1)
        dear = move(session, Receipt, 10, 99)
        lost = move(session, WriteOff, gone)
        assert costs_of(session, lost) == {1: was}
        reverse(session, SYSTEM, locked(session, Receipt, dear))
        assert costs_of(session, lost) == {1: becomes}
        assert held(session) == ([(MAIN, left, left)] if left else [])

    run(work)


def test_a_receipt_whose_goods_are_gone_is_not_reversed(run: Any, refused: Any) -> None:
    def prepare(session: Any) -> tuple[int, int]:
        move(session, Receipt, 10, 1)
        return move(session, Receipt, 10, 99), move(session, WriteOff, 11)

    dear, lost = run(prepare)
    why = refused(lambda session: reverse(session, SYSTEM, locked(session, Receipt, dear)), NotEnoughStock)
    assert why == (
        "Not enough in stock, nothing was posted. Line 1: A Anvil, Main warehouse: 1 short, 9 on hand on 10 Feb 2026 12:00"
    )

    def the_last_first(session: Any) -> None:
        reverse(session, SYSTEM, locked(session, WriteOff, lost))
        reverse(session, SYSTEM, locked(session, Receipt, dear))
        assert held(session) == [(MAIN, 10, 10)]

    run(the_last_first)


def test_goods_that_were_there_again_later_do_not_make_up_for_what_went_before(run: Any, refused: Any) -> None:
    def prepare(session: Any) -> int:
        first = move(session, Receipt, 10, 1, at=JANUARY)
        move(session, Issue, 4, at=FEBRUARY)
        move(session, Receipt, 100, 1, at=MARCH)
        return first

    first = run(prepare)
    why = refused(lambda session: reverse(session, SYSTEM, locked(session, Receipt, first)), NotEnoughStock)
    assert "A Anvil, Main warehouse: 4 short," in why
    assert why.endswith("on 10 Feb 2026 12:00")


def test_a_reversed_movement_is_as_if_it_had_never_been_at_any_moment(run: Any) -> None:
    def work(session: Any) -> None:
        move(session, Receipt, 10, 1, at=JANUARY)
        moved = move(session, Transfer, 4, at=FEBRUARY)
        sent = move(session, Issue, 2, at=MARCH)
        assert held(session, FEBRUARY) == [(MAIN, 6, 6), (SHOP, 4, 4)]
        reverse(session, SYSTEM, locked(session, Transfer, moved))
        assert held(session, FEBRUARY) == [(MAIN, 10, 10)]
        reverse(session, SYSTEM, locked(session, Issue, sent))
        assert held(session, MARCH) == held(session) == [(MAIN, 10, 10)]

    run(work)


def test_goods_that_an_issue_took_come_back_at_what_they_went_for(run: Any) -> None:
    def work(session: Any) -> None:
        move(session, Receipt, 10, 1, at=JANUARY)
        sent = move(session, Issue, 5, at=FEBRUARY)
        move(session, Receipt, 5, 99, at=MARCH)
        reverse(session, SYSTEM, locked(session, Issue, sent))
        assert held(session) == [(MAIN, 15, 505)]

    run(work)


def test_a_movement_of_a_closed_period_is_reversed_from_the_first_open_day_on(run: Any) -> None:
    def work(session: Any) -> None:
        move(session, Receipt, 10, 10, at=JANUARY)
        second = move(session, Receipt, 10, 12, at=JANUARY)
        sent = move(session, Issue, 5, at=FEBRUARY)
        close(session, date(2026, 1, 31))
        reverse(session, SYSTEM, locked(session, Receipt, second))
        assert held(session, date(2026, 1, 31)) == [(MAIN, 20, 220)]  # what was closed stays
        assert held(session, datetime(2026, 2, 1)) == [(MAIN, 10, 100)]
        assert costs_of(session, sent) == {1: 50}  # they went at 11 each before
        assert costs_of(session, second) == {1: 0}
        assert held(session) == [(MAIN, 5, 50)]

    run(work)


@pytest.mark.parametrize("costing", ["average", "fifo"])
def test_a_reversal_that_was_put_off_leaves_what_would_be_there_without_it(run: Any, costing: str) -> None:
    """Ten at 1 and ten at 99, nine gone (at 50 each by average), all of it closed: without the dear ones they went at 1."""

    def work(session: Any) -> None:
        group = create_group(session, SYSTEM, name=costing)
        change_item(session, SYSTEM, session.get(Item, 1), group_id=group.id)
        set_costing(session, SYSTEM, group, costing)
        dear = move(session, Receipt, 10, 99, at=JANUARY)
        move(session, Receipt, 10, 1, at=JANUARY)
        lost = move(session, WriteOff, 9, at=JANUARY)
        before = {"average": 450, "fifo": 891}[costing]
        close(session, date(2026, 1, 31))
        assert costs_of(session, lost) == {1: before}
        reverse(session, SYSTEM, locked(session, Receipt, dear))
        assert held(session, date(2026, 1, 31)) == [(MAIN, 11, 1000 - before)]  # what was closed stays
        assert held(session, datetime(2026, 2, 1)) == [(MAIN, 1, 1)]  # the difference is of the first open day
        assert costs_of(session, lost) == {1: 9}
        assert costs_of(session, dear) == {1: 0}
        move(session, Receipt, 1, 5, at=MARCH)
        assert held(session) == [(MAIN, 2, 6)]
        assert list(ledger.verify(session)) == []

    run(work)


def test_a_movement_is_reversed_once(run: Any, refused: Any) -> None:
    def prepare(session: Any) -> int:
        receipt = move(session, Receipt, 10, 1)
        reverse(session, SYSTEM, locked(session, Receipt, receipt))
        return receipt

    receipt = run(prepare)
    why = refused(lambda session: reverse(session, SYSTEM, locked(session, Receipt, receipt)), Conflict)
    assert why == "This document is “Reversed” and can't become “Reversed”."


def test_a_receipt_is_not_reversed_while_costs_rest_on_it(run: Any, refused: Any) -> None:
    def prepare(session: Any) -> tuple[int, int]:
        receipt = move(session, Receipt, 10, 1)
        return receipt, kinds.land(session, origin=(receipt, 1), value=D(3), moment=MARCH).id

    receipt, landed = run(prepare)
    why = refused(lambda session: reverse(session, SYSTEM, locked(session, Receipt, receipt)), HasFollowers)
    assert why == "This can't be reversed while other documents rest on it: 000001. Reverse them first."

    def the_last_first(session: Any) -> None:

        assert held(session) == [(MAIN, 10, 13)]
        reverse(session, SYSTEM, session.get(kinds.LandedCost, landed))
        reverse(session, SYSTEM, locked(session, Receipt, receipt))
        assert held(session) == []

    run(the_last_first)
