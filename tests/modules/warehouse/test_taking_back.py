"""Taking back what has gone on meanwhile: refused when what is left could not carry its value."""

from datetime import datetime
from decimal import Decimal
from typing import Any

import pytest

from app import ledger
from app.security import SYSTEM
from modules.warehouse.models import Receipt, WriteOff
from modules.warehouse.operations import (
    MovementDraft,
    MovementLineDraft,
    create_item,
    post_movements,
    reverse_movement,
    save_movement,
)
from modules.warehouse.queries import stock_on_hand
from modules.warehouse.stock import GoneAtAnotherCost


def move(session: Any, kind: Any, quantity: int, price: int = 0) -> int:
    lines = [MovementLineDraft(1, Decimal(quantity), Decimal(price))]
    ends = {"target_id": 100} if kind is Receipt else {"source_id": 100}
    document = save_movement(session, SYSTEM, kind, MovementDraft(lines, moment=datetime(2026, 3, 2), **ends))
    post_movements(session, SYSTEM, [document])
    return int(document.id)


def state(session: Any) -> Any:
    figures = [(f.key, f.amounts["quantity"], f.amounts["value"]) for f in stock_on_hand(session)]
    return figures, ledger.totals(session), [d.state for d in session.query(Receipt)]


@pytest.mark.parametrize("gone", [9, 10])
def test_a_receipt_is_not_taken_back_when_that_would_leave_an_absurd_value(company: Any, gone: int) -> None:
    """Ten at 1 and ten at 99, nine gone at 50: without the ten at 99, one would be worth −440; with ten gone, none."""

    def prepare(session: Any) -> tuple[int, int]:
        create_item(session, SYSTEM, code="A", name="Anvil")
        move(session, Receipt, 10, 1)
        return move(session, Receipt, 10, 99), move(session, WriteOff, gone)

    dear, lost = company.database.run(prepare, actor=SYSTEM)
    before = company.database.run(state, actor=SYSTEM, write=False)
    with pytest.raises(GoneAtAnotherCost, match="A Anvil, Main warehouse"):
        company.database.run(lambda s: reverse_movement(s, SYSTEM, Receipt, dear), actor=SYSTEM)
    assert company.database.run(state, actor=SYSTEM, write=False) == before

    def in_order(session: Any) -> Any:
        reverse_movement(session, SYSTEM, WriteOff, lost)
        reverse_movement(session, SYSTEM, Receipt, dear)
        return state(session)[0]

    assert company.database.run(in_order, actor=SYSTEM) == [((1, 100), 10, 10)]


def test_a_receipt_is_taken_back_when_what_is_left_can_carry_its_value(company: Any) -> None:
    def work(session: Any) -> Any:
        create_item(session, SYSTEM, code="A", name="Anvil")
        move(session, Receipt, 10, 10)
        second = move(session, Receipt, 10, 12)
        move(session, WriteOff, 5)
        reverse_movement(session, SYSTEM, Receipt, second)
        return state(session)[0]

    assert company.database.run(work, actor=SYSTEM) == [((1, 100), 5, 45)]
