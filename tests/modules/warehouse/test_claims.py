"""Goods that are kept for an order: nobody else gets them, losses release them, and what comes back to nobody is free."""

from collections.abc import Callable
from datetime import datetime
from decimal import Decimal as D
from typing import Any

import pytest

from app import ledger
from app.documents import locked, post, reverse, save
from app.errors import Invalid
from app.notices import taken_notices
from app.security import SYSTEM
from modules.warehouse.claims import close_claim
from modules.warehouse.errors import NotEnoughFree, NotEnoughStock
from modules.warehouse.kinds import MovementDraft, MovementLineDraft
from modules.warehouse.models import CUSTOMERS, LOSSES, Claim, Receipt
from modules.warehouse.operations import create_item, create_place
from modules.warehouse.queries import stock_on_hand
from modules.warehouse.registers import Stock
from tests import kinds

ITEM, MAIN, SHOP, FREE = 1, 100, 101, 0
JANUARY, FEBRUARY, MARCH, APRIL = (datetime(2026, month, 10, 12) for month in (1, 2, 3, 4))
RESERVED = "Some of these goods are reserved for others, nothing was posted. Line 1: A Anvil, Main warehouse:"


@pytest.fixture
def run(company: Any) -> Callable[[Callable[[Any], Any]], Any]:
    """Do something where ten anvils came in at 2.00 in January; the books are proved after it."""

    def prepare(session: Any) -> None:
        create_item(session, SYSTEM, code="A", name="Anvil")
        create_place(session, SYSTEM, code="shop", name="Shop floor")
        receive(session, 10, at=JANUARY)

    def work_and_prove(work: Callable[[Any], Any]) -> Any:
        done = company.database.run(work, actor=SYSTEM)
        assert company.database.run(lambda s: list(ledger.verify(s)), actor=SYSTEM, write=False) == []
        return done

    company.database.run(prepare, actor=SYSTEM)
    return work_and_prove


def receive(session: Any, quantity: Any, *, at: datetime) -> int:
    line = MovementLineDraft(ITEM, D(quantity), D(2))
    receipt = save(session, SYSTEM, Receipt, MovementDraft([line], target_id=MAIN, moment=at))
    post(session, SYSTEM, [receipt])
    return int(receipt.id)


def claim(session: Any, quantity: Any, priority: int = 0) -> int:
    """Keeps goods in March; gives the claim's number."""
    _, made = kinds.claim(
        session, item_id=ITEM, warehouse_id=MAIN, quantity=D(quantity), moment=MARCH, priority=priority
    )
    return made


def release(session: Any, quantity: Any, claim_id: int) -> None:
    kinds.release(session, item_id=ITEM, warehouse_id=MAIN, quantity=D(quantity), claim_id=claim_id, moment=APRIL)


def ship(
    session: Any, quantity: Any, claim_id: int = FREE, *, target: int = CUSTOMERS, at: datetime = APRIL
) -> kinds.Shipment:
    return kinds.ship(
        session, item_id=ITEM, source_id=MAIN, target_id=target, quantity=D(quantity), moment=at, claim_id=claim_id
    )


def kept(session: Any) -> dict[int, D]:
    """How much of the main warehouse's anvils is free, and how much each claim keeps."""
    figures = ledger.now(session, Stock.claims, by=("claim",), where={"warehouse": MAIN, "item": ITEM})
    return {f.key[0]: f.amounts["quantity"] for f in figures if f.amounts["quantity"]}


def held(session: Any) -> list[tuple[Any, D, D]]:
    return [(f.key[1], f.amounts["quantity"], f.amounts["value"]) for f in stock_on_hand(session)]


def test_a_claim_takes_from_what_is_free_and_moves_neither_goods_nor_worth(run: Any) -> None:
    def work(session: Any) -> None:
        first, second = claim(session, 4), claim(session, "2.5")
        assert kept(session) == {FREE: D("3.5"), first: 4, second: D("2.5")}
        assert held(session) == [(MAIN, 10, 20)]

    run(work)


def test_more_than_is_free_is_not_claimed(run: Any, refused: Any) -> None:
    run(lambda session: claim(session, 4))
    assert refused(lambda session: claim(session, 7), NotEnoughFree) == f"{RESERVED} 1 short, 6 are free"
    run(lambda session: claim(session, 6))


def test_a_claim_of_nothing_is_refused(run: Any, refused: Any) -> None:
    assert run
    assert refused(lambda session: claim(session, 0), Invalid) == "Line 1: the quantity must be above zero."


def test_what_is_released_is_free_again(run: Any) -> None:
    def work(session: Any) -> None:
        order = claim(session, 4)
        release(session, 1, order)
        assert kept(session) == {FREE: 7, order: 3}
        release(session, 3, order)
        assert kept(session) == {FREE: 10}

    run(work)


def test_more_than_a_claim_keeps_is_not_released(run: Any, refused: Any) -> None:
    order = run(lambda session: claim(session, 4))
    assert " 1 short, 4 " in refused(lambda session: release(session, 5, order), NotEnoughFree)


@pytest.mark.parametrize("target", [CUSTOMERS, SHOP], ids=["sent out", "moved to another warehouse"])
def test_others_get_only_what_is_free(run: Any, refused: Any, target: int) -> None:
    order = run(lambda session: claim(session, 4))
    why = refused(lambda session: ship(session, 7, target=target), NotEnoughFree)
    assert why == f"{RESERVED} 1 short, 6 are free"

    def all_that_is_free(session: Any) -> None:
        ship(session, 6, target=target)
        assert kept(session) == {order: 4}

    run(all_that_is_free)


def test_a_document_dated_before_the_claim_gets_no_more_than_is_free_now(run: Any, refused: Any) -> None:
    """In February all ten were free, and still four of them are needed."""
    order = run(lambda session: claim(session, 4))
    why = refused(lambda session: ship(session, 7, at=FEBRUARY), NotEnoughFree)
    assert why == f"{RESERVED} 1 short, 6 are free"

    def all_that_is_free(session: Any) -> None:
        ship(session, 6, at=FEBRUARY)
        assert kept(session) == {order: 4}

    run(all_that_is_free)


def test_an_order_ships_what_its_claim_keeps(run: Any, refused: Any) -> None:
    def prepare(session: Any) -> int:
        order = claim(session, 4)
        ship(session, 3, order)
        assert kept(session) == {FREE: 6, order: 1}
        assert held(session) == [(MAIN, 7, 14)]
        return order

    order = run(prepare)
    # What else is free has to be claimed first.
    assert " 1 short, 1 " in refused(lambda session: ship(session, 2, order), NotEnoughFree)


def test_a_receipt_whose_goods_are_claimed_is_not_reversed(run: Any, refused: Any) -> None:
    def prepare(session: Any) -> int:
        more = receive(session, 5, at=FEBRUARY)
        claim(session, 11)
        return more

    more = run(prepare)
    why = refused(lambda session: reverse(session, SYSTEM, locked(session, Receipt, more)), NotEnoughFree)
    assert why == f"{RESERVED} 1 short, 4 are free"


def test_losses_take_what_is_free_and_then_release_the_lowest_priority_and_say_so(run: Any) -> None:
    def work(session: Any) -> None:
        high, low, middle = claim(session, 3, priority=9), claim(session, 4, priority=1), claim(session, 2, priority=5)
        ship(session, 1, target=LOSSES)
        assert kept(session) == {high: 3, low: 4, middle: 2}
        assert taken_notices(session) == []
        ship(session, 5, target=LOSSES)
        assert kept(session) == {high: 3, middle: 1}
        assert list(map(str, taken_notices(session))) == [
            "4 of Anvil that were reserved for 000002 are released.",
            "1 of Anvil that were reserved for 000003 are released.",
        ]
        assert held(session) == [(MAIN, 4, 8)]

    run(work)


def test_of_two_of_one_priority_the_newer_claim_is_released_first(run: Any) -> None:
    def work(session: Any) -> None:
        older, _newer = claim(session, 5), claim(session, 5)
        ship(session, 5, target=LOSSES)
        assert kept(session) == {older: 5}

    run(work)


def test_goods_that_are_lost_from_a_claim_release_no_other(run: Any) -> None:
    def work(session: Any) -> None:
        mine, others = claim(session, 5, priority=9), claim(session, 5)
        ship(session, 2, mine, target=LOSSES)
        assert kept(session) == {mine: 3, others: 5}
        assert taken_notices(session) == []

    run(work)


def test_more_losses_than_goods_are_refused_and_release_nothing(run: Any, refused: Any) -> None:
    run(lambda session: claim(session, 4))
    why = refused(lambda session: ship(session, 11, target=LOSSES), NotEnoughStock)
    assert "A Anvil, Main warehouse: 1 short, 10 on hand" in why


def test_a_reversed_loss_gives_the_claim_what_it_released(run: Any) -> None:
    def work(session: Any) -> None:
        order = claim(session, 8)
        lost = ship(session, 5, target=LOSSES)
        assert kept(session) == {order: 5}
        reverse(session, SYSTEM, lost)
        assert kept(session) == {FREE: 2, order: 8}

    run(work)


@pytest.mark.parametrize("is_closed", [False, True])
def test_what_comes_back_is_kept_for_its_claim_unless_that_is_closed(run: Any, is_closed: bool) -> None:
    def work(session: Any) -> None:
        order = claim(session, 4)
        sent = ship(session, 4, order)
        if is_closed:
            close_claim(session, session.get(Claim, order))
        reverse(session, SYSTEM, sent)
        assert kept(session) == ({FREE: 10} if is_closed else {FREE: 6, order: 4})
        assert held(session) == [(MAIN, 10, 20)]

    run(work)


def test_an_order_whose_claim_was_closed_can_be_reversed_after_its_shipment(run: Any) -> None:
    def work(session: Any) -> None:
        order, made = kinds.claim(session, item_id=ITEM, warehouse_id=MAIN, quantity=D(4), moment=MARCH)
        sent = ship(session, 4, made)
        close_claim(session, session.get(Claim, made))
        reverse(session, SYSTEM, sent)
        reverse(session, SYSTEM, order)
        assert kept(session) == {FREE: 10}

    run(work)


def test_a_reversed_order_lets_go_of_what_it_claimed(run: Any) -> None:
    def work(session: Any) -> None:
        order, _ = kinds.claim(session, item_id=ITEM, warehouse_id=MAIN, quantity=D(4), moment=MARCH)
        reverse(session, SYSTEM, order)
        assert kept(session) == {FREE: 10}

    run(work)


def test_an_order_that_has_shipped_is_not_reversed(run: Any, refused: Any) -> None:
    def prepare(session: Any) -> int:
        order, made = kinds.claim(session, item_id=ITEM, warehouse_id=MAIN, quantity=D(4), moment=MARCH)
        ship(session, 3, made)
        return int(order.id)

    order = run(prepare)
    why = refused(lambda session: reverse(session, SYSTEM, session.get(kinds.Order, order)), NotEnoughFree)
    assert " 3 short, 1 " in why
