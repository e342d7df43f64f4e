"""Surpluses: what is found comes in at a price that is typed, at the average, or at the last known cost."""

from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal as D
from typing import Any

import pytest

from app import ledger
from app.documents import locked, post, reverse, save
from app.errors import Invalid
from app.security import SYSTEM
from modules.warehouse.kinds import MovementDraft, MovementLineDraft
from modules.warehouse.models import FIRST_WAREHOUSE, Issue, Lot, Receipt, Surplus
from modules.warehouse.operations import create_item
from modules.warehouse.queries import costs_of
from modules.warehouse.registers import Stock

MAIN = FIRST_WAREHOUSE
BOLT, MILK, SAW, NEW = 1, 2, 3, 4


@pytest.fixture
def run(company: Any, proved: Any) -> Callable[[Callable[[Any], Any]], Any]:
    """Do something where ten bolts were bought at 2.00; the books are proved after it."""

    def prepare(session: Any) -> None:
        create_item(session, SYSTEM, code="BOLT", name="Bolt")
        create_item(session, SYSTEM, code="MILK", name="Milk", tracking="lot")
        create_item(session, SYSTEM, code="SAW", name="Saw", tracking="serial")
        create_item(session, SYSTEM, code="NEW", name="Never bought")
        move(session, Receipt, MovementLineDraft(BOLT, D(10), D(2)), target_id=MAIN)

    company.database.run(prepare, actor=SYSTEM)
    return proved  # type: ignore[no-any-return]


def move(session: Any, kind: Any, *lines: MovementLineDraft, **ends: int) -> int:
    document = save(session, SYSTEM, kind, MovementDraft(lines, moment=datetime(2026, 3, 2, 9), **ends))
    post(session, SYSTEM, [document])
    return int(document.id)


def find(session: Any, item: int, quantity: int, price: str | None = None, **more: Any) -> int:
    line = MovementLineDraft(item, D(quantity), D(price) if price is not None else None, **more)
    return move(session, Surplus, line, target_id=MAIN)


def worth(session: Any, item: int) -> tuple[D, D]:
    (figure,) = ledger.now(session, Stock.worth, by=("item",), where={"item": item})
    return figure.amounts["quantity"], figure.amounts["value"]


def test_what_is_found_costs_what_is_typed_or_the_average_or_what_the_last_ones_did(run: Any) -> None:
    dear = run(lambda s: find(s, BOLT, 2, "5"))
    assert run(lambda s: worth(s, BOLT)) == (D(12), D(30))
    average = run(lambda s: find(s, BOLT, 2))
    assert run(lambda s: costs_of(s, average)) == {1: D(5)}
    run(lambda s: move(s, Issue, MovementLineDraft(BOLT, D(14)), source_id=MAIN))
    assert run(lambda s: worth(s, BOLT)) == (D(0), D(0))
    last = run(lambda s: find(s, BOLT, 1))
    assert run(lambda s: costs_of(s, last)) == {1: D("2.50")}
    assert run(lambda s: costs_of(s, find(s, NEW, 3))) == {1: D(0)}
    assert run(lambda s: costs_of(s, dear)) == {1: D(10)}


def test_a_surplus_that_is_reversed_was_never_found(run: Any) -> None:
    found = run(lambda s: find(s, BOLT, 3, "7"))
    run(lambda s: reverse(s, SYSTEM, locked(s, Surplus, found)))
    assert run(lambda s: worth(s, BOLT)) == (D(10), D(20))


def test_what_is_found_has_its_lot_and_day(run: Any, refused: Any) -> None:
    run(lambda s: find(s, MILK, 2, "1", lots="A", expires=date(2026, 5, 1)))
    assert run(lambda s: s.query(Lot).filter_by(code="A").one().expires) == date(2026, 5, 1)
    run(lambda s: find(s, SAW, 2, "1", lots="S1, S2"))
    refused(lambda s: find(s, SAW, 1, "1"), Invalid, field="lines")
    refused(lambda s: find(s, BOLT, 0), Invalid, field="lines")
    refused(lambda s: find(s, BOLT, 1, "-1"), Invalid, field="lines")
