"""Who locks which keys, and in which order: two who meet take turns, whether the key is there yet or not."""

import threading
from datetime import datetime, timedelta
from decimal import Decimal as D
from functools import partial
from typing import Any

import pytest
from own_registers import ATTIC, CELLAR, SHELF

from app import ledger
from app.ledger import Held, NotEnough, Posting, Written
from app.ledger.sql import Sql
from app.security import SYSTEM
from modules.warehouse import operations as warehouse
from modules.warehouse.models import CUSTOMERS as SOLD
from modules.warehouse.models import FIRST_WAREHOUSE as MAIN
from tests import kinds
from tests.at_once import at_once

NOON = datetime(2026, 2, 10, 12)
SUPPLIERS, CUSTOMERS = -1, -2


def test_two_who_begin_a_key_at_once_take_turns(books: Any, tries: list[str]) -> None:
    totals, holds, seen = books.registers.Flow.in_houses, threading.Event(), dict[str, Held]()

    def first() -> None:
        def work(session: Any) -> None:
            def hold(posting: Any) -> None:
                seen["first"] = posting.hold(totals, [(1, 1)])[1, 1]
                holds.set()

            books.posting(session, books.flow(10, SUPPLIERS, SHELF, value=D(25)), moment=NOON, hold=hold)

        books.do(work)

    def second() -> None:
        holds.wait(10)

        def work(session: Any) -> None:
            posting = Posting(session, [Written(1, NOON, 1)])
            seen["second"] = posting.hold(totals, [(1, 1)])[1, 1]

        books.do(work)

    assert at_once(first, second) == [None, None]
    assert seen["first"].amounts == (0, 0)
    assert seen["second"] == Held((10_000_000, 250_000), NOON)
    assert tries == []
    assert books.verify() == []


def test_of_two_who_take_the_first_and_last_at_once_one_is_refused(books: Any) -> None:
    books.post(books.flow(10, SUPPLIERS, SHELF), moment=NOON)
    answers = at_once(*[lambda: books.post(books.flow(6, SHELF, CUSTOMERS), moment=NOON) for _ in range(2)])
    refusals = [a for a in answers if isinstance(a, NotEnough)]
    assert [r.short[1, SHELF].amount for r in refusals] == [D(2)]
    assert books.rows("SELECT quantity FROM own_flow_in_bins_total") == [(4_000_000,)]
    assert books.verify() == []


def test_transfers_in_opposite_directions_never_lock_each_other(
    books: Any, tries: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    books.post(books.flow(100, SUPPLIERS, SHELF), books.flow(100, SUPPLIERS, CELLAR), moment=NOON)
    add = Sql.add_to_totals

    def slowly(*arguments: Any) -> None:
        threading.Event().wait(0.05)  # both have looked at what is there before either writes
        add(*arguments)

    monkeypatch.setattr(Sql, "add_to_totals", slowly)

    def transfer(kind: Any, *ends: int) -> None:
        books.do(lambda s: books.posting(s, books.flow(1, *ends), moment=NOON, kind=kind).id)

    ways = [(kinds.Order, SHELF, CELLAR), (kinds.LandedCost, CELLAR, SHELF)]  # each with a series of its own
    assert at_once(*[partial(transfer, *way) for way in ways]) == [None, None]
    assert tries == []
    assert books.rows("SELECT DISTINCT quantity FROM own_flow_in_bins_total") == [(100_000_000,)]
    assert books.verify() == []


def test_a_key_that_was_locked_for_nothing_leaves_the_books_proven(books: Any) -> None:
    def work(session: Any) -> None:
        def hold(posting: Any) -> None:
            posting.hold(books.registers.Flow.in_houses, [(1, 2)])

        books.posting(session, books.flow(10, SUPPLIERS, SHELF), moment=NOON, hold=hold)

    books.do(work)
    assert books.verify() == []


def test_what_is_held_is_what_stands_in_key_order_and_after_it_is_written_again(books: Any) -> None:
    flow = books.registers.Flow
    books.post(books.flow(10, SUPPLIERS, SHELF), books.flow(3, SUPPLIERS, ATTIC), moment=NOON)

    def work(session: Any) -> None:
        document = kinds.draft(session, kinds.Shipment, NOON + timedelta(days=1))
        session.flush()
        posting = Posting(session, [document])
        held = posting.hold(flow.in_bins, [(1, ATTIC), (1, SHELF), (1, ATTIC)])
        assert held == {(1, ATTIC): Held((3_000_000,), NOON), (1, SHELF): Held((10_000_000,), NOON)}
        assert posting.hold_all(flow.in_bins, [1, 2]) == held
        register, values = books.flow(2, SHELF, ATTIC)
        posting.add(register, document, **values)
        assert posting.has_added(flow)
        posting.write()
        assert not posting.has_added(flow)
        assert posting.held(flow.in_bins) == {}
        assert posting.hold(flow.in_bins, [(1, SHELF)]) == {(1, SHELF): Held((8_000_000,), NOON + timedelta(days=1))}
        session.rollback()

    books.do(work)


def test_a_document_without_a_number_is_reported_as_such(books: Any) -> None:
    """Not as a total that would be larger than 64 bits hold."""

    def work(session: Any) -> None:
        document = kinds.draft(session, kinds.Shipment, NOON)
        posting = Posting(session, [document])
        register, values = books.flow(1, SUPPLIERS, SHELF)
        posting.add(register, document, **values)

    before = books.everything()
    with pytest.raises(RuntimeError, match=r"has no number yet: flush it before it posts to own\.flow"):
        books.do(work)
    assert books.everything() == before


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        (lambda b: b.flow(1, SUPPLIERS, SHELF, colour=3), "own.flow has no colour"),
        (lambda b: (b.registers.Debts, {"party": 1, "side": 1, "amount": D(1)}), "own.debts needs a currency"),
    ],
)
def test_names_that_a_register_lacks_or_needs_are_refused(books: Any, wrong: Any, said: str) -> None:
    with pytest.raises(TypeError, match=said):
        books.post(wrong(books), moment=NOON)


@pytest.mark.parametrize("side", [0, 2])
def test_an_entry_of_a_register_with_sides_has_one(books: Any, side: int) -> None:
    with pytest.raises(ValueError, match=rf"counts as in \(1\) or out \(-1\), not {side}"):
        books.post(books.debt(1, side=side), moment=NOON)


def test_a_backdated_receipt_that_waits_for_the_first_transfer_to_a_warehouse_knows_it(shop: Any) -> None:
    """What it waits for makes a row that is not there yet when it begins to wait."""
    other = shop.do(lambda s: warehouse.create_place(s, SYSTEM, code="B", name="Branch").id)
    holds, begun = threading.Event(), threading.Event()

    def ship(session: Any, source: int, target: int, quantity: str, minute: int) -> None:
        moment = NOON.replace(minute=minute)
        ends = {"source_id": source, "target_id": target}
        kinds.ship(session, item_id=shop.items[0], quantity=D(quantity), moment=moment, **ends)

    def first() -> None:
        def work(session: Any) -> None:
            ship(session, MAIN, other, "4", 1)
            ship(session, other, SOLD, "1", 2)
            holds.set()
            begun.wait(10)
            threading.Event().wait(0.2)  # until the other waits

        shop.do(work)

    def second() -> None:
        holds.wait(10)
        begun.set()
        shop.buy([(0, "10", "7")], datetime(2026, 1, 20))

    if shop.company.database.is_sqlite:
        begun.set()
    assert at_once(first, second) == [None, None]
    assert shop.ask(lambda s: list(ledger.verify(s))) == []
