"""How goods cost is decided before they move: by average or first in first out, by warehouse or for the whole company."""

from collections.abc import Callable
from datetime import datetime
from decimal import Decimal as D
from typing import Any

import pytest

from app import ledger
from app.documents import locked, post, reverse, save
from app.errors import Conflict, Forbidden, Invalid
from app.security import SYSTEM
from modules.warehouse.kinds import MovementDraft, MovementLineDraft
from modules.warehouse.models import Issue, Item, ItemGroup, Receipt, Transfer
from modules.warehouse.operations import change_item, create_group, create_item, create_place, set_costing, set_pool
from modules.warehouse.policies import pool_of
from modules.warehouse.queries import costs_of, stock_on_hand
from modules.warehouse.registers import Stock

ITEM, MAIN, SHOP = 1, 100, 101
TOOLS, TOYS = 1, 2
JANUARY, FEBRUARY, MARCH = (datetime(2026, month, 10, 12) for month in (1, 2, 3))


@pytest.fixture
def run(company: Any) -> Callable[[Callable[[Any], Any]], Any]:
    """Do something where there are anvils, which are tools, toys of which there are none, and two warehouses; the books are
    proved after it."""

    def prepare(session: Any) -> None:
        tools = create_group(session, SYSTEM, name="Tools")
        create_group(session, SYSTEM, name="Toys")
        create_item(session, SYSTEM, code="A", name="Anvil", group_id=tools.id)
        create_place(session, SYSTEM, code="shop", name="Shop floor")

    def work_and_prove(work: Callable[[Any], Any]) -> Any:
        done = company.database.run(work, actor=SYSTEM)
        assert company.database.run(lambda s: list(ledger.verify(s)), actor=SYSTEM, write=False) == []
        return done

    company.database.run(prepare, actor=SYSTEM)
    return work_and_prove


def move(session: Any, kind: Any, quantity: Any, price: Any = 0, *, at: datetime = FEBRUARY, place: int = MAIN) -> int:
    lines = [MovementLineDraft(ITEM, D(quantity), D(price))]
    ends = {
        Receipt: {"target_id": place},
        Issue: {"source_id": place},
        Transfer: {"source_id": MAIN, "target_id": SHOP},
    }
    document = save(session, SYSTEM, kind, MovementDraft(lines, moment=at, **ends[kind]))
    post(session, SYSTEM, [document])
    return int(document.id)


def group(session: Any, number: int) -> ItemGroup:
    return session.get(ItemGroup, number)  # type: ignore[no-any-return]


def worth(session: Any) -> dict[int, tuple[D, D]]:
    """Quantity and value by pool."""
    figures = ledger.now(session, Stock.worth, by=("pool",), where={"item": ITEM})
    return {f.key[0]: (f.amounts["quantity"], f.amounts["value"]) for f in figures if any(f.amounts.values())}


@pytest.mark.parametrize(("costing", "cost"), [("average", "20.00"), ("fifo", "15.00")])
def test_goods_cost_as_their_group_says(run: Any, costing: str, cost: str) -> None:
    def work(session: Any) -> None:
        set_costing(session, SYSTEM, group(session, TOOLS), costing)
        move(session, Receipt, 5, 3, at=JANUARY)
        move(session, Receipt, 5, 5)
        assert costs_of(session, move(session, Issue, 5, at=MARCH)) == {1: D(cost)}

    run(work)


def test_goods_cost_by_average_where_nothing_was_decided(run: Any) -> None:
    def work(session: Any) -> None:
        assert group(session, TOOLS).costing == "average"
        item = create_item(session, SYSTEM, code="B", name="Bell")
        set_costing(session, SYSTEM, group(session, TOOLS), "fifo")
        change_item(session, SYSTEM, item, group_id=TOOLS)
        change_item(session, SYSTEM, item, group_id=None)  # it has not moved
        assert pool_of(session) == "warehouse"

    run(work)


def test_a_groups_costing_does_not_change_once_its_goods_have_moved(run: Any, refused: Any) -> None:
    def prepare(session: Any) -> None:
        reverse(session, SYSTEM, locked(session, Receipt, move(session, Receipt, 1, 3)))

    run(prepare)  # even what was reversed has moved
    why = refused(lambda session: set_costing(session, SYSTEM, group(session, TOOLS), "fifo"), Conflict)
    assert why == "Goods of “Tools” have moved already; how they cost can't change any more."

    def what_changes_nothing(session: Any) -> None:
        set_costing(session, SYSTEM, group(session, TOOLS), "average")
        set_costing(session, SYSTEM, group(session, TOYS), "fifo")

    run(what_changes_nothing)


def test_goods_that_have_moved_go_to_no_group_that_costs_otherwise(run: Any, refused: Any) -> None:
    def prepare(session: Any) -> None:
        set_costing(session, SYSTEM, group(session, TOYS), "fifo")
        move(session, Receipt, 1, 3)

    run(prepare)
    why = refused(lambda session: change_item(session, SYSTEM, session.get(Item, ITEM), group_id=TOYS), Conflict)
    assert why == "“Anvil” has moved already; it can't go to a group whose goods cost otherwise."
    run(lambda session: change_item(session, SYSTEM, session.get(Item, ITEM), group_id=None))


def test_goods_that_have_not_moved_cost_as_the_group_they_went_to(run: Any) -> None:
    def work(session: Any) -> None:
        set_costing(session, SYSTEM, group(session, TOYS), "fifo")
        create_item(session, SYSTEM, code="B", name="Bell", group_id=TOYS)
        change_item(session, SYSTEM, session.get(Item, ITEM), group_id=TOYS)
        move(session, Receipt, 5, 3, at=JANUARY)
        move(session, Receipt, 5, 5)
        assert costs_of(session, move(session, Issue, 5, at=MARCH)) == {1: 15}

    run(work)


def test_what_there_is_not_is_refused(run: Any, refused: Any) -> None:
    assert run
    why = refused(lambda session: set_costing(session, SYSTEM, group(session, TOOLS), "lifo"), Invalid)
    assert why == "Goods cost by average, by first in, first out, or by lot."
    why = refused(lambda session: set_pool(session, SYSTEM, "shelf"), Invalid)
    assert why == "Costs are shared by a warehouse or by the company."


@pytest.mark.parametrize("login", ["storekeeper", "salesperson"])
def test_who_may_not_decide_is_refused(run: Any, employ: Any, refused: Any, login: str) -> None:
    assert run
    actor = employ(login, login)
    refused(lambda session: set_costing(session, actor, group(session, TOOLS), "fifo"), Forbidden)
    refused(lambda session: set_pool(session, actor, "company"), Forbidden)


def test_each_warehouse_has_its_own_cost(run: Any) -> None:
    def work(session: Any) -> None:
        move(session, Receipt, 10, 3, at=JANUARY)
        move(session, Receipt, 10, 5, at=JANUARY, place=SHOP)
        move(session, Transfer, 5)
        assert worth(session) == {MAIN: (5, 15), SHOP: (15, 65)}
        assert costs_of(session, move(session, Issue, 3, at=MARCH, place=SHOP)) == {1: 13}

    run(work)


@pytest.mark.parametrize(("costing", "cost", "left"), [("average", 12, 68), ("fifo", 9, 71)])
def test_warehouses_of_one_pool_share_one_cost_and_a_transfer_changes_no_worth(
    run: Any, costing: str, cost: int, left: int
) -> None:
    def work(session: Any) -> None:
        set_costing(session, SYSTEM, group(session, TOOLS), costing)
        set_pool(session, SYSTEM, "company")
        assert pool_of(session) == "company"
        move(session, Receipt, 10, 3, at=JANUARY)
        move(session, Receipt, 10, 5, at=JANUARY, place=SHOP)
        assert worth(session) == {MAIN: (20, 80)}
        moved = move(session, Transfer, 5)
        assert worth(session) == {MAIN: (20, 80)}
        assert costs_of(session, moved) == {1: 0}
        assert costs_of(session, move(session, Issue, 3, at=MARCH, place=SHOP)) == {1: cost}
        assert worth(session) == {MAIN: (17, left)}
        # Nobody can say what the goods of one of the warehouses are worth.
        figures = {f.key[1]: (f.amounts["quantity"], f.amounts["value"]) for f in stock_on_hand(session)}
        assert figures == {MAIN: (5, None), SHOP: (12, None)}
        reverse(session, SYSTEM, locked(session, Transfer, moved))
        assert worth(session) == {MAIN: (17, left)}

    run(work)


def test_what_shares_one_cost_does_not_change_once_goods_have_moved(run: Any, refused: Any) -> None:
    def prepare(session: Any) -> None:
        set_pool(session, SYSTEM, "company")
        set_pool(session, SYSTEM, "warehouse")  # nothing has moved
        set_pool(session, SYSTEM, "company")
        move(session, Receipt, 1, 3)

    run(prepare)
    why = refused(lambda session: set_pool(session, SYSTEM, "warehouse"), Conflict)
    assert why == "Goods have moved already; what shares one cost can't change any more."
    run(lambda session: set_pool(session, SYSTEM, "company"))
