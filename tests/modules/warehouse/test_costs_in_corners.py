"""Corners of costing that a review found: each was wrong once."""

import threading
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from decimal import Decimal as D
from typing import Any

import pytest
from sqlalchemy import text

from app import ledger
from app.documents import post, reverse, save
from app.errors import Conflict, Invalid
from app.reference.operations import close_period
from app.security import SYSTEM
from modules.warehouse import operations as warehouse
from modules.warehouse import recosting
from modules.warehouse.jobs import recost_part
from modules.warehouse.kinds import MovementDraft, MovementLineDraft
from modules.warehouse.models import FIRST_WAREHOUSE, Issue, Receipt, Transfer
from modules.warehouse.queries import costs_of, movements_of
from modules.warehouse.registers import Stock
from tests.kinds import land

BEGUN = datetime(2026, 1, 5, 9)


@pytest.fixture
def session(company: Any) -> Iterator[Any]:
    """A session that writes, and is rolled back."""
    with company.database.session(SYSTEM, write=True) as opened:
        yield opened


def _item(session: Any, costing: str = "average") -> int:
    group = warehouse.create_group(session, SYSTEM, name=costing)
    warehouse.set_costing(session, SYSTEM, group, costing)
    return warehouse.create_item(session, SYSTEM, code=costing, name=costing, group_id=group.id).id


def _move(session: Any, kind: Any, item: int, day: int, quantity: str, price: str | None = None, **ends: int) -> Any:
    ends = ends or ({"target_id": FIRST_WAREHOUSE} if kind is Receipt else {"source_id": FIRST_WAREHOUSE})
    line = MovementLineDraft(item, D(quantity), D(price) if price is not None else None)
    draft = MovementDraft([line], moment=BEGUN + timedelta(days=day), **ends)
    document = save(session, SYSTEM, kind, draft)
    post(session, SYSTEM, [document])
    return document


def _land(session: Any, receipt: Any, value: str, day: int) -> Any:
    return land(session, origin=(receipt.id, 1), value=D(value), moment=BEGUN + timedelta(days=day))


def _worth(session: Any, item: int) -> tuple[D, D]:
    (figure,) = ledger.now(session, Stock.worth, by=("item",), where={"item": item})
    return figure.amounts["quantity"], figure.amounts["value"]


def test_a_landed_cost_that_was_reversed_weighs_nothing_any_more(session: Any) -> None:
    item = _item(session)
    receipt = _move(session, Receipt, item, 1, "10", "5")
    reverse(session, SYSTEM, _land(session, receipt, "6", 2))
    assert _worth(session, item) == (D(10), D(50))
    with pytest.raises(Invalid):  # more than the goods are worth
        _land(session, receipt, "-56", 3)


def test_goods_that_come_back_nobody_knows_from_where_cost_what_the_last_ones_did(session: Any) -> None:
    item = _item(session, "fifo")
    first = _move(session, Receipt, item, 1, "5", "5")
    _move(session, Receipt, item, 2, "5", "9")
    _move(session, Issue, item, 3, "5")
    _move(session, Issue, item, 4, "5")
    close_period(session, SYSTEM, until=date(2026, 1, 12), today=date(2026, 3, 1))
    _land(session, first, "6", 10)  # on the issue of the third day, and booked after the one of the fourth
    back = _move(session, Receipt, item, 11, "1", "0")
    reverse(session, SYSTEM, back)

    from app.documents import post, save
    from modules.contacts.operations import create_contact
    from modules.trade.drafts import TradeDraft, TradeLineDraft
    from modules.trade.models import SalesReturn

    customer = create_contact(session, SYSTEM, kind="legal_entity", name="A customer").id
    draft = TradeDraft(customer, [TradeLineDraft(item, D(1), D(20))], moment=BEGUN + timedelta(days=12))
    document = save(session, SYSTEM, SalesReturn, draft)
    post(session, SYSTEM, [document])
    assert costs_of(session, document.id) == {1: D(9)}
    assert list(ledger.verify(session)) == []


def test_fifo_goods_can_go_out_while_a_reversal_is_still_being_recosted(
    session: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    item = _item(session, "fifo")
    _move(session, Receipt, item, 1, "100", "1")
    much = _move(session, Issue, item, 2, "50")
    for day in range(3, 11):
        _move(session, Issue, item, day, "1")
    monkeypatch.setattr(recosting, "CHUNK", 3)
    reverse(session, SYSTEM, much)
    _move(session, Issue, item, 20, "60")
    while recost_part(session):
        pass
    assert _worth(session, item) == (D(32), D(32))
    assert list(ledger.verify(session)) == []


def test_of_one_pool_for_all_a_warehouses_card_shows_its_own_movements(session: Any) -> None:
    warehouse.set_pool(session, SYSTEM, "company")
    second = warehouse.create_place(session, SYSTEM, code="second", name="Second").id
    item = _item(session)
    _move(session, Receipt, item, 1, "10", "5")
    _move(session, Receipt, item, 2, "7", "5", target_id=second)
    _move(session, Transfer, item, 3, "4", source_id=FIRST_WAREHOUSE, target_id=second)
    shown = movements_of(session, item, FIRST_WAREHOUSE, date(2026, 1, 1), date(2026, 2, 1))
    assert [line.amounts["quantity"] for line in shown.lines] == [D(10), D(-4)]
    assert shown.closing == {"quantity": D(6)}


def test_a_proof_leaves_out_no_item_but_those_that_wait(session: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    forged, waiting = _item(session, "average"), _item(session, "fifo")
    for item in (forged, waiting):
        for day in range(1, 8):
            _move(session, Receipt, item, day, "10", "5")
            _move(session, Issue, item, day, "1")
    monkeypatch.setattr(recosting, "CHUNK", 3)
    _move(session, Receipt, waiting, 0, "1", "1")
    assert list(ledger.verify(session)) == []
    session.connection().execute(
        text("UPDATE warehouse_stock_entry SET value = value + 100 WHERE item_id = :item AND basis = 'carried'"),
        {"item": forged},
    )
    ledger.rebuild(session)
    assert any(f"item {forged} is booked at" in error for error in ledger.verify(session))


def test_how_goods_cost_is_decided_before_a_first_posting_or_after_it_and_never_within(
    company: Any, engine: str
) -> None:
    """A posting under way keeps the decision waiting; then goods have moved, and it is refused."""
    made = company.database.run(lambda s: (_item(s), warehouse.create_group(s, SYSTEM, name="other").id), actor=SYSTEM)
    item, _ = made
    posted, decided = threading.Event(), []

    def decide() -> None:
        posted.wait(10)

        def work(session: Any) -> None:
            group = session.get(warehouse.ItemGroup, session.get(warehouse.Item, item).group_id)
            warehouse.set_costing(session, SYSTEM, group, "fifo")

        try:
            company.database.run(work, actor=SYSTEM)
        except Conflict as refusal:
            decided.append(refusal)

    other = threading.Thread(target=decide)
    other.start()
    with company.database.session(SYSTEM, write=True) as session:
        _move(session, Receipt, item, 1, "10", "5")
        posted.set()
        other.join(0.5)  # it waits for us
        session.commit()
    other.join(20)
    assert len(decided) == 1
    company.database.run(lambda s: _move(s, Issue, item, 2, "3"), actor=SYSTEM)
    assert company.database.run(lambda s: list(ledger.verify(s)), actor=SYSTEM, write=False) == []
