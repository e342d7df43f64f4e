"""What a movement of goods may not be."""

from decimal import Decimal as D
from typing import Any

import pytest

from app.documents import save
from app.errors import Invalid, NotFound
from app.security import SYSTEM
from modules.warehouse.kinds import MovementDraft, MovementLineDraft
from modules.warehouse.models import SUPPLIERS, Issue, Opening, Receipt, Transfer, WriteOff
from modules.warehouse.operations import create_item, create_place

pytestmark = pytest.mark.one_engine  # rules, before anything is stored: no engine decides

MAIN, SHOP = 100, 101
ENDS = {
    Receipt: {"target_id": MAIN},
    Opening: {"target_id": MAIN},
    Issue: {"source_id": MAIN},
    WriteOff: {"source_id": MAIN},
    Transfer: {"source_id": MAIN, "target_id": SHOP},
}


@pytest.fixture
def items(company: Any) -> tuple[int, int]:
    """Goods and a service, and a second warehouse."""

    def work(session: Any) -> tuple[int, int]:
        assert create_place(session, SYSTEM, code="shop", name="Shop floor").id == SHOP
        goods = create_item(session, SYSTEM, code="BOLT", name="Bolt").id
        return goods, create_item(session, SYSTEM, code="CUT", name="Cutting to size", kind="service").id

    return tuple(company.database.run(work, actor=SYSTEM))  # type: ignore[return-value]


def saved(kind: Any, lines: list[MovementLineDraft], **ends: Any) -> Any:
    return lambda session: save(session, SYSTEM, kind, MovementDraft(lines, **(ends or ENDS[kind])))


@pytest.mark.parametrize("kind", ENDS)
def test_a_service_in_a_movement_is_refused_and_nothing_changed(
    refused: Any, items: tuple[int, int], kind: Any
) -> None:
    lines = [MovementLineDraft(item, D(1)) for item in items]
    why = refused(saved(kind, lines), Invalid)
    assert why == "Line 2: “Cutting to size” is a service and can't be moved."


@pytest.mark.parametrize("kind", ENDS)
@pytest.mark.parametrize(
    ("quantity", "price", "why"),
    [
        ("0", None, "Line 1: the quantity must be above zero."),
        ("-1", None, "Line 1: the quantity must be above zero."),
        ("1", "-0.000001", "Line 1: the price is below zero."),
    ],
)
def test_a_line_below_zero_is_refused_and_nothing_changed(
    refused: Any, items: tuple[int, int], kind: Any, quantity: str, price: str | None, why: str
) -> None:
    lines = [MovementLineDraft(items[0], D(quantity), D(price) if price else None)]
    assert refused(saved(kind, lines), Invalid) == why


@pytest.mark.parametrize("kind", ENDS)
def test_a_movement_without_lines_is_refused(refused: Any, items: tuple[int, int], kind: Any) -> None:
    assert items
    assert refused(saved(kind, []), Invalid) == "Add at least one line."


@pytest.mark.parametrize(
    ("ends", "error", "why"),
    [
        ({"source_id": MAIN, "target_id": MAIN}, Invalid, "Goods can't go from a warehouse to itself."),
        ({"source_id": MAIN}, Invalid, "Choose the warehouse."),
        ({"target_id": MAIN}, Invalid, "Choose the warehouse."),
        ({"source_id": MAIN, "target_id": SUPPLIERS}, NotFound, "Choose a warehouse of your own."),
        ({"source_id": SUPPLIERS, "target_id": MAIN}, NotFound, "Choose a warehouse of your own."),
        ({"source_id": MAIN, "target_id": 987}, NotFound, "Choose a warehouse of your own."),
    ],
    ids=str,
)
def test_a_transfer_goes_from_one_warehouse_of_ours_to_another(
    refused: Any, items: tuple[int, int], ends: dict[str, int], error: type[Exception], why: str
) -> None:
    assert refused(saved(Transfer, [MovementLineDraft(items[0], D(1))], **ends), error) == why


@pytest.mark.parametrize(
    ("note", "summary"),
    [
        ("for @anna\nby van", "for @anna by van"),
        ("anvils " * 40, "anvils " * 27 + "anvils…"),
        ("x" * 201, "x" * 199 + "…"),
    ],
)
def test_what_lists_repeat_of_a_note_says_where_it_is_cut(
    company: Any, items: tuple[int, int], note: str, summary: str
) -> None:
    draft = MovementDraft([MovementLineDraft(items[0], D(1))], note=note, **ENDS[Receipt])
    assert company.database.run(lambda s: save(s, SYSTEM, Receipt, draft).summary, actor=SYSTEM) == summary
