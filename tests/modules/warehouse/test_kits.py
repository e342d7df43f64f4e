"""Kits: assembled at exactly what their components cost, and taken apart again to the last cent."""

from collections.abc import Callable
from datetime import datetime, timedelta
from decimal import Decimal as D
from typing import Any

import pytest

from app import ledger
from app.documents import locked, post, reverse, save
from app.errors import Invalid
from app.security import SYSTEM
from modules.warehouse.errors import NotEnoughStock
from modules.warehouse.kinds import MovementDraft, MovementLineDraft
from modules.warehouse.models import FIRST_WAREHOUSE, Assembly, Disassembly, Lot, Receipt
from modules.warehouse.operations import create_item
from modules.warehouse.queries import costs_of
from modules.warehouse.registers import Stock
from tests.kinds import land

MAIN = FIRST_WAREHOUSE
CUP, PLATE, SET, WORK, SAW = 1, 2, 3, 4, 5
BEGUN = datetime(2026, 3, 2, 9)


@pytest.fixture
def run(company: Any, proved: Any) -> Callable[[Callable[[Any], Any]], Any]:
    """Do something where sets are made of cups and plates; the books are proved after it."""

    def prepare(session: Any) -> None:
        for code, kind, tracking in (
            ("CUP", "goods", ""),
            ("PLATE", "goods", ""),
            ("SET", "goods", "lot"),
            ("WORK", "service", ""),
            ("SAW", "goods", "serial"),
        ):
            create_item(session, SYSTEM, code=code, name=code.title(), kind=kind, tracking=tracking)

    company.database.run(prepare, actor=SYSTEM)
    return proved  # type: ignore[no-any-return]


def move(session: Any, kind: Any, *lines: MovementLineDraft, day: int = 1, **head: Any) -> int:
    document = save(session, SYSTEM, kind, MovementDraft(lines, moment=BEGUN + timedelta(days=day), **head))
    post(session, SYSTEM, [document])
    return int(document.id)


def buy(session: Any, item: int, quantity: int, price: str) -> int:
    return move(session, Receipt, MovementLineDraft(item, D(quantity), D(price)), target_id=MAIN, day=0)


def assemble(session: Any, cups: int, plates: int, kits: Any, item: int = SET, **head: Any) -> int:
    lines = (MovementLineDraft(CUP, D(cups)), MovementLineDraft(PLATE, D(plates)))
    return move(session, Assembly, *lines, source_id=MAIN, kit_id=item, kit_quantity=D(kits), **head)


def take_apart(session: Any, *parts: tuple[int, str, str | None], kits: int = 1, day: int = 2, item: int = SET) -> int:
    lines = [MovementLineDraft(i, D(q), share=D(share) if share else None) for i, q, share in parts]
    return move(session, Disassembly, *lines, target_id=MAIN, kit_id=item, kit_quantity=D(kits), day=day)


def worth(session: Any) -> dict[int, tuple[D, D]]:
    figures = ledger.now(session, Stock.worth, by=("item",))
    return {f.key[0]: (f.amounts["quantity"], f.amounts["value"]) for f in figures if any(f.amounts.values())}


def test_a_kit_costs_what_its_components_do_and_a_later_cost_flows_on(run: Any) -> None:
    cups = run(lambda s: buy(s, CUP, 6, "1.37"))
    run(lambda s: buy(s, PLATE, 6, "2"))
    made = run(lambda s: assemble(s, 6, 6, 3))
    assert run(worth) == {SET: (D(3), D("20.22"))}
    assert run(lambda s: s.query(Lot).filter(Lot.id > 0).one().code) == "AS-000001"
    apart = run(lambda s: take_apart(s, (CUP, "2", "1"), (PLATE, "2", "2")))
    assert run(worth) == {SET: (D(2), D("13.48")), CUP: (D(2), D("2.25")), PLATE: (D(2), D("4.49"))}
    run(lambda s: land(s, origin=(cups, 1), value=D(3), moment=BEGUN + timedelta(days=5)).id)
    assert run(worth) == {SET: (D(2), D("15.48")), CUP: (D(2), D("2.58")), PLATE: (D(2), D("5.16"))}
    run(lambda s: reverse(s, SYSTEM, locked(s, Disassembly, apart)))
    run(lambda s: reverse(s, SYSTEM, locked(s, Assembly, made)))
    assert run(worth) == {CUP: (D(6), D("11.22")), PLATE: (D(6), D(12))}


def test_components_come_in_by_what_such_goods_cost_or_else_by_quantity(run: Any) -> None:
    run(lambda s: buy(s, CUP, 2, "1"))
    run(lambda s: buy(s, PLATE, 2, "1"))
    run(lambda s: assemble(s, 2, 2, 1))
    apart = run(lambda s: take_apart(s, (CUP, "1", None), (PLATE, "2", None)))
    assert run(lambda s: costs_of(s, apart)) == {0: D(4), 1: D("1.33"), 2: D("2.67")}
    run(lambda s: assemble(s, 1, 1, 1, day=3))
    run(lambda s: buy(s, CUP, 9, "3"))
    run(lambda s: buy(s, PLATE, 9, "1"))
    assert set(run(lambda s: costs_of(s, take_apart(s, (CUP, "1", None), (PLATE, "1", None), day=4)))) == {0, 1, 2}


def test_what_is_refused_of_kits_changes_nothing(run: Any, refused: Any) -> None:
    run(lambda s: buy(s, CUP, 2, "1"))
    run(lambda s: buy(s, PLATE, 2, "1"))
    refused(lambda s: assemble(s, 3, 1, 1), NotEnoughStock)
    refused(lambda s: assemble(s, 1, 1, 0), Invalid, field="kit_quantity")
    refused(lambda s: assemble(s, 1, 1, "0.5"), Invalid, field="kit_quantity")
    refused(lambda s: assemble(s, 1, 1, 1, item=WORK), Invalid, field="kit_id")
    refused(lambda s: assemble(s, 1, 1, 1, item=CUP), Invalid, field="lines")
    refused(lambda s: take_apart(s, (CUP, "1", "-1")), Invalid, field="lines")
    refused(lambda s: take_apart(s, (CUP, "1", None)), NotEnoughStock)
    run(lambda s: assemble(s, 1, 1, 1, item=SAW, kit_lots="S1"))
    refused(lambda s: take_apart(s, (CUP, "1", None), item=SAW), Invalid, field="lines")
