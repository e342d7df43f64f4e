"""Goods that aren't there: a warehouse or an item says whether they may leave, and whether somebody is to know."""

from collections.abc import Callable
from datetime import datetime, timedelta
from decimal import Decimal as D
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import BigInteger, func, select, type_coerce

from app import ledger
from app.documents import post, reverse, save
from app.driver import Driver
from app.errors import Conflict, Forbidden, Invalid
from app.ledger import Shortage
from app.notices import taken_notices
from app.security import SYSTEM
from modules.warehouse.below_zero import free_may
from modules.warehouse.errors import NotEnoughFree, NotEnoughStock
from modules.warehouse.kinds import MovementDraft, MovementLineDraft
from modules.warehouse.models import ALLOW, BLOCK, CUSTOMERS, WARN, Claim, Issue, Item, Place, Receipt, Transfer
from modules.warehouse.operations import change_item, create_group, create_item, create_place, set_costing
from modules.warehouse.registers import Stock
from modules.warehouse.warehouses import change_place
from tests import kinds

MAIN = 100
JANUARY, FEBRUARY, MARCH = (datetime(2026, month, 10, 12) for month in (1, 2, 3))


@pytest.fixture
def anvil(company: Any) -> int:
    """Three anvils that came in at 2.00 in January."""

    def work(session: Any) -> int:
        item = create_item(session, SYSTEM, code="A", name="Anvil").id
        move(session, Receipt, item, 3, JANUARY, price=D(2), target_id=MAIN)
        return item

    return int(company.database.run(work, actor=SYSTEM))


@pytest.fixture
def run(company: Any) -> Callable[[Callable[[Any], Any]], Any]:
    def work_and_prove(work: Callable[[Any], Any]) -> Any:
        done = company.database.run(work, actor=SYSTEM)
        assert company.database.run(lambda s: list(ledger.verify(s)), actor=SYSTEM, write=False) == []
        return done

    return work_and_prove


def move(session: Any, kind: Any, item: int, quantity: int, moment: datetime, *, price: Any = None, **ends: int) -> Any:
    lines = [MovementLineDraft(item, D(quantity), price)]
    document = save(session, SYSTEM, kind, MovementDraft(lines, moment=moment, **ends))
    post(session, SYSTEM, [document])
    return document


def issue(session: Any, item: int, quantity: int, moment: datetime = FEBRUARY) -> Any:
    return move(session, Issue, item, quantity, moment, source_id=MAIN)


def decide(session: Any, *, place: str | None = None, item: str | None = None, item_id: int = 0) -> None:
    if place is not None:
        main = session.get(Place, MAIN)
        change_place(session, SYSTEM, main, code=main.code, name=main.name, below_zero=place)
    if item is not None:
        change_item(session, SYSTEM, session.get(Item, item_id), below_zero=item)


def stands(session: Any) -> list[tuple[D, D]]:
    """Quantity and value of all that the company holds."""
    return [(f.amounts["quantity"], f.amounts["value"]) for f in ledger.now(session, Stock.worth, by=())] or [
        (D(0), D(0))
    ]


@pytest.mark.parametrize(
    ("place", "of_item", "is_done", "says"),
    [
        (None, None, False, False),
        (BLOCK, "", False, False),
        (ALLOW, "", True, False),
        (WARN, "", True, True),
        (ALLOW, BLOCK, False, False),
        (WARN, ALLOW, True, False),
        (BLOCK, ALLOW, True, False),
        (BLOCK, WARN, True, True),
    ],
)
def test_an_item_says_else_its_warehouse(
    company: Any, refused: Any, anvil: int, place: str | None, of_item: str | None, is_done: bool, says: bool
) -> None:
    company.database.run(lambda s: decide(s, place=place, item=of_item, item_id=anvil), actor=SYSTEM)
    if not is_done:
        assert "Anvil" in refused(lambda s: issue(s, anvil, 5), NotEnoughStock)
        return

    def work(session: Any) -> list[str]:
        issue(session, anvil, 5)
        return [str(words) for words in taken_notices(session)]

    said = company.database.run(work, actor=SYSTEM)
    assert said == (["“Anvil” is below zero in “Main warehouse” now: 2 are missing."] if says else [])
    assert company.database.run(lambda s: list(ledger.verify(s)), actor=SYSTEM, write=False) == []


def test_what_comes_next_makes_up_for_it_at_its_own_cost(run: Any, anvil: int) -> None:
    """Five went while three were there at 2.00: two went at the last known cost, and cost 3.00 once it is known."""
    run(lambda s: decide(s, place=ALLOW))
    run(lambda s: issue(s, anvil, 5))
    assert run(stands) == [(D(-2), D(-4))]
    run(lambda s: move(s, Receipt, anvil, 4, MARCH, price=D(3), target_id=MAIN))
    assert run(stands) == [(D(2), D(6))]


def test_a_warehouse_that_blocks_again_lets_more_come_and_none_go(run: Any, refused: Any, anvil: int) -> None:
    run(lambda s: decide(s, place=ALLOW))
    run(lambda s: issue(s, anvil, 5))
    run(lambda s: decide(s, place=BLOCK))
    refused(lambda s: issue(s, anvil, 1), NotEnoughStock)
    run(lambda s: move(s, Receipt, anvil, 1, MARCH, price=D(3), target_id=MAIN))
    refused(lambda s: issue(s, anvil, 1, MARCH), NotEnoughStock)


def test_what_brought_goods_that_have_gone_stays(run: Any, refused: Any, anvil: int) -> None:
    """Only what leaves for good may leave without being there; of what didn't come nobody knows the cost."""
    receipt = run(lambda s: move(s, Receipt, anvil, 2, JANUARY, price=D(4), target_id=MAIN).id)
    run(lambda s: issue(s, anvil, 4))
    run(lambda s: decide(s, place=ALLOW))
    refused(lambda s: reverse(s, SYSTEM, s.get(Receipt, receipt)), NotEnoughStock)


def test_what_goes_to_another_warehouse_has_to_be_there(run: Any, refused: Any, anvil: int) -> None:
    def prepare(session: Any) -> int:
        decide(session, place=ALLOW)
        return create_place(session, SYSTEM, code="S", name="Shop").id

    shop = run(prepare)
    refused(lambda s: move(s, Transfer, anvil, 4, FEBRUARY, source_id=MAIN, target_id=shop), NotEnoughStock)
    assert run(lambda s: move(s, Transfer, anvil, 3, FEBRUARY, source_id=MAIN, target_id=shop).state) == "posted"


def test_goods_that_come_late_are_of_what_went_without_them(run: Any, anvil: int) -> None:
    """Dated before the sale or after it: it costs what came."""
    run(lambda s: decide(s, place=ALLOW))
    sale = run(lambda s: issue(s, anvil, 5, MARCH).id)
    run(lambda s: move(s, Receipt, anvil, 2, FEBRUARY, price=D(5), target_id=MAIN))
    e = Stock.entries.c

    def cost(session: Any) -> D:
        values = select(func.sum(type_coerce(e.value, BigInteger))).where(e.document_id == sale)
        return D(int(session.connection().scalar(values))) / 10_000

    assert run(cost) == 16
    run(lambda s: move(s, Receipt, anvil, 4, datetime(2026, 4, 1), price=D(9), target_id=MAIN))
    assert run(cost) == 16
    assert run(stands) == [(D(4), D(36))]


acts = st.lists(
    st.tuples(st.booleans(), st.integers(1, 9), st.integers(1, 900), st.integers(0, 60)), min_size=1, max_size=10
)


@pytest.mark.parametrize("costing", ["average", "fifo"])
@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(acts)
def test_in_any_order_of_dates_the_books_prove_and_end_at_nothing(company: Any, costing: str, acts: list[Any]) -> None:
    """Goods come and go in any order, also before they came; once as much came as went, nothing is left, worth nothing."""

    def work(session: Any) -> list[str]:
        group = create_group(session, SYSTEM, name=f"Group {session.scalars(select(func.count(Item.id))).one()}")
        set_costing(session, SYSTEM, group, costing)
        item = create_item(session, SYSTEM, code=group.name, name=group.name, group_id=group.id, below_zero=ALLOW).id
        held = 0
        for comes, quantity, price, day in acts:
            moment = JANUARY + timedelta(days=day)
            if comes:
                move(session, Receipt, item, quantity, moment, price=D(price) / 100, target_id=MAIN)
            else:
                issue(session, item, quantity, moment)
            held += quantity if comes else -quantity
            assert list(ledger.verify(session)) == []
        last = JANUARY + timedelta(days=90)
        if held > 0:
            issue(session, item, held, last)
        elif held:
            move(session, Receipt, item, -held, last, price=D(7), target_id=MAIN)
        left = ledger.now(session, Stock.worth, by=("item",), where={"item": item})
        assert [f for f in left if any(f.amounts.values())] == []
        return list(ledger.verify(session))

    assert company.database.run(work, actor=SYSTEM) == []


def test_what_is_kept_for_others_may_go_where_stock_may_fall_short(run: Any, refused: Any, anvil: int) -> None:
    run(lambda s: kinds.claim(s, item_id=anvil, warehouse_id=MAIN, quantity=D(3), moment=FEBRUARY))
    refused(lambda s: issue(s, anvil, 2, MARCH), NotEnoughFree)
    run(lambda s: decide(s, place=WARN))

    def work(session: Any) -> list[str]:
        issue(session, anvil, 2, MARCH)
        return [str(words) for words in taken_notices(session)]

    assert run(work) == ["2 of “Anvil” have gone that are reserved for others."]


def test_what_the_books_of_others_hold_back_keeps_nothing_here(run: Any, refused: Any, anvil: int) -> None:
    def prepare(session: Any) -> None:
        decide(session, place=ALLOW)
        _, number = kinds.claim(session, item_id=anvil, warehouse_id=MAIN, quantity=D(3), moment=FEBRUARY)
        session.get(Claim, number).is_hold = True

    run(prepare)
    refused(lambda s: issue(s, anvil, 2, MARCH), NotEnoughFree)
    key = (anvil, MAIN, 0)

    def may(session: Any, own: int) -> set[Any]:
        return free_may(Driver(session).rows, own, {key: Shortage(D(2), MARCH, D(0))}, {key})

    assert [run(lambda s, own=own: may(s, own)) for own in (1, 2)] == [set(), {key}]


def test_a_claim_never_gives_more_than_it_keeps(run: Any, refused: Any, anvil: int) -> None:
    run(lambda s: decide(s, place=ALLOW))
    _, kept = run(lambda s: kinds.claim(s, item_id=anvil, warehouse_id=MAIN, quantity=D(2), moment=FEBRUARY))
    with_claim = {"item_id": anvil, "source_id": MAIN, "target_id": CUSTOMERS, "claim_id": kept}
    refused(lambda s: kinds.ship(s, quantity=D(3), moment=MARCH, **with_claim), NotEnoughFree)


@pytest.mark.parametrize("tracking", ["lot", "serial"])
def test_of_what_is_tracked_none_leaves_that_isnt_there(run: Any, refused: Any, tracking: str) -> None:
    def work(session: Any) -> int:
        decide(session, place=ALLOW)
        return create_item(session, SYSTEM, code="T", name="Tracked", tracking=tracking).id

    item = run(work)
    refused(lambda s: issue(s, item, 1), (NotEnoughStock, Invalid))  # type: ignore[arg-type]


def test_what_is_missing_keeps_an_item_from_being_tracked(run: Any, refused: Any, anvil: int) -> None:
    run(lambda s: decide(s, place=ALLOW))
    run(lambda s: issue(s, anvil, 5))
    refused(lambda s: change_item(s, SYSTEM, s.get(Item, anvil), tracking="lot"), Conflict, field="tracking")


def test_only_who_changes_warehouses_decides(company: Any, refused: Any, anvil: int, employ: Any) -> None:
    bo = employ("bo", "storekeeper")
    with pytest.raises(Forbidden):
        company.database.run(lambda s: change_item(s, bo, s.get(Item, anvil), below_zero=ALLOW), actor=bo)
    company.database.run(lambda s: change_item(s, bo, s.get(Item, anvil), below_zero="", name="Anvils"), actor=bo)


def test_no_other_word_is_taken(refused: Any, anvil: int) -> None:
    refused(lambda s: decide(s, place="maybe"), Invalid, field="below_zero")
    refused(lambda s: decide(s, item="maybe", item_id=anvil), Invalid, field="below_zero")
    refused(lambda s: create_place(s, SYSTEM, code="X", name="X", below_zero=""), Invalid, field="below_zero")
