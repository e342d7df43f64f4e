"""Costs while a job still recalculates, and methods that are decided while goods move: each was wrong once."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from decimal import Decimal as D
from typing import Any

import pytest

from app import ledger
from app.documents import post, reverse, save
from app.errors import Conflict, Invalid
from app.registry.lifecycle import enable
from app.security import SYSTEM
from modules.production.kinds import WorkOrderDraft
from modules.production.models import WorkOrder
from modules.production.operations import BomDraft, save_bom
from modules.production.rules import ComponentDraft
from modules.warehouse import recosting
from modules.warehouse.jobs import recost_part
from modules.warehouse.kinds import MovementDraft, MovementLineDraft
from modules.warehouse.models import FIRST_WAREHOUSE, Issue, Item, ItemGroup, Receipt
from modules.warehouse.operations import change_item, create_group, create_item, set_costing, set_pool
from modules.warehouse.pending import items_waiting
from modules.warehouse.queries import costs_of
from modules.warehouse.registers import Stock
from tests.kinds import land

BEGUN = datetime(2026, 1, 5, 9)


def move(session: Any, kind: Any, item: int, day: int, quantity: str, price: str | None = None) -> Any:
    ends = {"target_id": FIRST_WAREHOUSE} if kind is Receipt else {"source_id": FIRST_WAREHOUSE}
    line = MovementLineDraft(item, D(quantity), None if price is None else D(price))
    document = save(session, SYSTEM, kind, MovementDraft([line], moment=BEGUN + timedelta(days=day), **ends))
    post(session, SYSTEM, [document])
    return document


@pytest.fixture
def session(company: Any) -> Iterator[Any]:
    """A session that writes and is rolled back, with production switched on."""

    def switch_on(opened: Any) -> None:
        enable(opened, SYSTEM, company, "production")
        company.refresh(opened)

    company.database.run(switch_on, actor=SYSTEM)
    with company.database.session(SYSTEM, write=True) as opened:
        yield opened


@pytest.fixture
def waiting(session: Any, monkeypatch: pytest.MonkeyPatch) -> tuple[int, Any]:
    """A component whose receipt of ten at 10 was reversed after nine were issued, with most of that left to the job; and a
    work order that made one product of one of it meanwhile."""
    monkeypatch.setattr(recosting, "CHUNK", 3)
    component = create_item(session, SYSTEM, code="A", name="A").id
    product = create_item(session, SYSTEM, code="P", name="P").id
    bill = save_bom(session, SYSTEM, BomDraft(product, [ComponentDraft(component, D(1))])).id
    move(session, Receipt, component, 0, "10", "0")
    dear = move(session, Receipt, component, 1, "10", "10")
    for day in range(2, 11):
        move(session, Issue, component, day, "1")
    reverse(session, SYSTEM, dear)
    assert component in items_waiting(session)
    draft = WorkOrderDraft(bill, D(1), moment=BEGUN + timedelta(days=30))
    order = save(session, SYSTEM, WorkOrder, draft)
    post(session, SYSTEM, [order])
    return product, order


def test_a_product_made_while_its_component_waits_costs_what_it_should_in_the_end(
    session: Any, waiting: tuple[int, Any]
) -> None:
    _product, order = waiting
    while recost_part(session):
        pass
    assert set(costs_of(session, order.id).values()) == {D(0)}
    assert all(f.amounts["value"] == 0 for f in ledger.now(session, Stock.worth, by=("item",)))
    assert list(ledger.verify(session)) == []


def test_what_was_made_of_goods_that_wait_is_marked_too(session: Any, waiting: tuple[int, Any]) -> None:
    product, _order = waiting
    assert product in items_waiting(session)


def test_a_cost_is_not_reversed_without_which_goods_are_worth_less_than_zero(session: Any) -> None:
    item = create_item(session, SYSTEM, code="A", name="A").id
    receipt = move(session, Receipt, item, 1, "10", "5")
    first = land(session, origin=(receipt.id, 1), value=D(6), moment=BEGUN + timedelta(days=2))
    second = land(session, origin=(receipt.id, 1), value=D(-56), moment=BEGUN + timedelta(days=3))
    with pytest.raises(Invalid, match="worth less than zero"), session.begin_nested():
        reverse(session, SYSTEM, first)
    (figure,) = ledger.now(session, Stock.worth, by=("item",))
    assert figure.amounts["value"] == 0
    reverse(session, SYSTEM, second)
    assert list(ledger.verify(session)) == []


@pytest.mark.parametrize("decided", ["fifo", "company"])
def test_what_was_decided_after_a_draft_was_written_counts_when_it_is_posted(company: Any, decided: str) -> None:
    """A draft is written; somebody decides how goods cost, others move some; then the draft is posted in its own session."""

    def prepare(session: Any) -> tuple[int, int, int]:
        group = create_group(session, SYSTEM, name="Group")
        item = create_item(session, SYSTEM, code="A", name="A", group_id=group.id)
        ends = {"source_id": FIRST_WAREHOUSE, "moment": BEGUN + timedelta(days=9)}
        draft = save(session, SYSTEM, Issue, MovementDraft([MovementLineDraft(item.id, D(5))], **ends))
        session.flush()
        return group.id, item.id, draft.id

    group, item, draft = company.database.run(prepare, actor=SYSTEM)
    with company.database.session(SYSTEM, write=not company.database.is_sqlite) as late:
        issue = late.get(Issue, draft)
        recosting.costing_of(late, [item])  # as the session knows it

        def decide(session: Any) -> None:
            if decided == "fifo":
                set_costing(session, SYSTEM, session.get(ItemGroup, group), "fifo")
            else:
                set_pool(session, SYSTEM, "company")

        def receive(session: Any) -> None:
            move(session, Receipt, item, 1, "5", "3")
            move(session, Receipt, item, 2, "5", "5")

        company.database.run(decide, actor=SYSTEM)
        company.database.run(receive, actor=SYSTEM)
        if company.database.is_sqlite:  # one writer at a time: a snapshot that has read can't go on to write
            late.rollback()
            issue = late.get(Issue, draft)
        post(late, SYSTEM, [issue])
        assert costs_of(late, draft) == {1: D(15) if decided == "fifo" else D(20)}
        late.commit()
    assert company.database.run(lambda s: list(ledger.verify(s)), actor=SYSTEM, write=False) == []


def test_moved_goods_do_not_go_to_a_group_that_costs_otherwise_by_now(company: Any) -> None:
    def prepare(session: Any) -> tuple[int, int]:
        group = create_group(session, SYSTEM, name="Group")
        item = create_item(session, SYSTEM, code="A", name="A").id
        move(session, Receipt, item, 1, "5", "3")
        return group.id, item

    group, item = company.database.run(prepare, actor=SYSTEM)
    with company.database.session(SYSTEM, write=not company.database.is_sqlite) as late:
        late.get(ItemGroup, group)  # as it costs by average
        mine = late.get(Item, item)
        company.database.run(lambda s: set_costing(s, SYSTEM, s.get(ItemGroup, group), "fifo"), actor=SYSTEM)
        if company.database.is_sqlite:
            late.rollback()
            mine = late.get(Item, item)
        with pytest.raises(Conflict, match="otherwise"):
            change_item(late, SYSTEM, mine, group_id=group)
