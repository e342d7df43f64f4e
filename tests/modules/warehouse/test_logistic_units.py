"""Boxes and pallets: goods are packed into them, go along with them by one scan, and leave them by themselves."""

from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal as D
from typing import Any

import pytest

from app import ledger
from app.documents import correct, locked, post, reverse, save
from app.errors import Changed, Conflict, Invalid, NotFound
from app.security import SYSTEM
from modules.contacts.operations import create_contact
from modules.trade.drafts import TradeDraft, TradeLineDraft
from modules.trade.models import Sale
from modules.warehouse.drafts import MovementDraft, MovementLineDraft
from modules.warehouse.logistic_units.kinds import RepackingDraft, RepackingLineDraft
from modules.warehouse.logistic_units.models import LogisticUnit, Repacking
from modules.warehouse.logistic_units.operations import (
    change_unit,
    create_units,
    draft_emptying,
    set_prefix,
    unit_by_id,
)
from modules.warehouse.logistic_units.queries import unit_named
from modules.warehouse.logistic_units.registers import Packing
from modules.warehouse.logistic_units.scanning import unit_row
from modules.warehouse.models import TRANSIT, Issue, Lot, Receipt, Transfer, TransferReceipt
from modules.warehouse.operations import create_item, create_place
from modules.warehouse.transit.receiving import receipt_of

NAIL, MILK, SAW = 1, 2, 3
MAIN, SHOP = 100, 101
FEBRUARY = datetime(2026, 2, 10, 12)
ENDS: dict[Any, dict[str, int]] = {
    Receipt: {"target_id": MAIN},
    Issue: {"source_id": MAIN},
    Transfer: {"source_id": MAIN, "target_id": SHOP},
}
PALLET, BOX, OTHER = "LU-000001", "LU-000002", "LU-000003"


@pytest.fixture
def run(company: Any, proved: Any) -> Callable[[Callable[[Any], Any]], Any]:
    """Do something where ten nails, four of lot L1 and saws S1 to S3 lie in the main warehouse, with an empty pallet, a box on
    it and another box; the books are proved after it."""

    def prepare(session: Any) -> None:
        create_item(session, SYSTEM, code="NAIL", name="Nail")
        create_item(session, SYSTEM, code="MILK", name="Milk", tracking="lot")
        create_item(session, SYSTEM, code="SAW", name="Saw", tracking="serial")
        create_place(session, SYSTEM, code="shop", name="Shop floor")
        create_contact(session, SYSTEM, kind="legal_entity", name="Bergen AS")
        create_units(session, SYSTEM, place_id=MAIN, kind="pallet")
        create_units(session, SYSTEM, place_id=MAIN, kind="box", parent=PALLET)
        create_units(session, SYSTEM, place_id=MAIN, kind="box")
        move(session, Receipt, 10)
        move(session, Receipt, 4, MILK, lots="L1", expires=date(2027, 5, 1))
        move(session, Receipt, 3, SAW, lots="S1, S2, S3")

    company.database.run(prepare, actor=SYSTEM)
    return proved


def move(session: Any, kind: Any, quantity: Any, item: int = NAIL, **more: Any) -> int:
    said = {name: more.pop(name) for name in ("lots", "expires", "logistic_unit") if name in more}
    line = MovementLineDraft(item, D(quantity), D(1), **said)
    document = save(session, SYSTEM, kind, MovementDraft([line], **{"moment": FEBRUARY, **ENDS[kind], **more}))
    post(session, SYSTEM, [document])
    return int(document.id)


def pack(session: Any, quantity: Any, to: str, source: str = "", item: int = NAIL, lots: str = "") -> int:
    line = RepackingLineDraft(item, D(quantity), lots=lots)
    draft = RepackingDraft(place_id=MAIN, lines=[line], from_unit=source, to_unit=to)
    document = save(session, SYSTEM, Repacking, draft)
    post(session, SYSTEM, [document])
    return int(document.id)


def scan(session: Any, kind: Any, code: str, **more: Any) -> int:
    """A document of what one scan gives."""
    row = unit_row(session, code)
    assert row is not None
    lines = [
        MovementLineDraft(
            each["id"],
            D(each["scanned"]["quantity"]),
            lots=each["scanned"]["lots"],
            logistic_unit=each["logistic_unit"],
        )
        for each in row["together"]
    ]
    document = save(session, SYSTEM, kind, MovementDraft(lines, **{**ENDS[kind], **more}))
    post(session, SYSTEM, [document])
    return int(document.id)


def packed(session: Any) -> dict[str, D]:
    """What is packed, by unit, warehouse, item and lot."""
    names = {unit.id: unit.code for unit in session.query(LogisticUnit)}
    lots = {lot.id: f" {lot.code}" if lot.id else "" for lot in session.query(Lot)}
    figures = ledger.now(session, Packing.packed, by=("unit", "place", "item", "lot"))
    return {
        f"{names[unit]} {place} {item}{lots[lot]}": f.amounts["quantity"]
        for f in figures
        if f.amounts["quantity"]
        for unit, place, item, lot in [f.key]
    }


def where(session: Any) -> dict[str, Any]:
    return {u.code: (u.warehouse_id, u.parent.code if u.parent else "") for u in session.query(LogisticUnit) if u.id}


def reverse_one(session: Any, kind: Any, number: int) -> None:
    reverse(session, SYSTEM, locked(session, kind, number))


def test_goods_are_packed_taken_out_and_packed_into_another(run: Any, refused: Any) -> None:
    first = run(lambda s: pack(s, 6, BOX))
    run(lambda s: pack(s, 2, OTHER, BOX))
    run(lambda s: pack(s, 1, "", OTHER))
    assert run(packed) == {f"{BOX} {MAIN} 1": D(4), f"{OTHER} {MAIN} 1": D(1)}
    refused(lambda s: pack(s, 6, BOX), Invalid, field="lines")  # five lie outside
    refused(lambda s: pack(s, 5, OTHER, BOX), Invalid, field="lines")
    refused(lambda s: pack(s, 1, BOX, BOX), Invalid, field="to_unit")
    refused(lambda s: pack(s, 1, "LU-9"), Invalid, field="to_unit")
    refused(lambda s: reverse_one(s, Repacking, first), Conflict)  # two of them are in the other box
    lines = [RepackingLineDraft(NAIL, D(5))]
    draft = RepackingDraft(place_id=MAIN, lines=lines, to_unit=BOX.lower())
    run(lambda s: correct(s, SYSTEM, locked(s, Repacking, first), draft))
    assert run(packed) == {f"{BOX} {MAIN} 1": D(3), f"{OTHER} {MAIN} 1": D(1)}


def test_what_nobody_scanned_leaves_from_outside_first_and_then_opens_the_oldest(run: Any) -> None:
    run(lambda s: pack(s, 3, OTHER))
    run(lambda s: pack(s, 4, BOX))
    run(lambda s: move(s, Issue, 2))
    assert run(packed) == {f"{BOX} {MAIN} 1": D(4), f"{OTHER} {MAIN} 1": D(3)}
    sent = run(lambda s: move(s, Transfer, 3))
    assert run(packed) == {f"{BOX} {MAIN} 1": D(2), f"{OTHER} {MAIN} 1": D(3)}
    run(lambda s: reverse_one(s, Transfer, sent))
    assert run(packed) == {f"{BOX} {MAIN} 1": D(4), f"{OTHER} {MAIN} 1": D(3)}


def test_one_scan_ships_everything_on_a_pallet(run: Any, refused: Any) -> None:
    run(lambda s: pack(s, 2, PALLET))
    run(lambda s: pack(s, 4, BOX))
    run(lambda s: pack(s, 3, BOX, item=MILK, lots="L1"))
    run(lambda s: pack(s, 2, BOX, item=SAW, lots="S1, S3"))
    before = run(packed)
    sold = run(lambda s: scan(s, Issue, PALLET))
    assert run(packed) == {}
    refused(lambda s: unit_row(s, PALLET), Invalid)  # it is empty
    run(lambda s: reverse_one(s, Issue, sold))
    assert run(packed) == before
    assert run(where)[BOX] == (MAIN, PALLET)


def test_a_pallet_goes_to_another_warehouse_with_its_goods_and_back_on_reversal(run: Any) -> None:
    run(lambda s: pack(s, 4, BOX))  # nothing lies on the pallet itself
    sent = run(lambda s: scan(s, Transfer, PALLET))
    assert run(packed) == {f"{BOX} {SHOP} 1": D(4)}
    assert run(where) == {PALLET: (SHOP, ""), BOX: (SHOP, PALLET), OTHER: (MAIN, "")}
    run(lambda s: reverse_one(s, Transfer, sent))
    assert run(packed) == {f"{BOX} {MAIN} 1": D(4)}
    assert run(where) == {PALLET: (MAIN, ""), BOX: (MAIN, PALLET), OTHER: (MAIN, "")}


def test_a_box_that_leaves_its_pallet_is_taken_off(run: Any) -> None:
    run(lambda s: pack(s, 1, PALLET))
    run(lambda s: pack(s, 4, BOX))
    run(lambda s: scan(s, Transfer, BOX))
    assert run(where) == {PALLET: (MAIN, ""), BOX: (SHOP, ""), OTHER: (MAIN, "")}


def test_part_of_a_box_goes_without_it(run: Any) -> None:
    run(lambda s: pack(s, 4, BOX))
    run(lambda s: move(s, Transfer, 3, logistic_unit=BOX))
    assert run(packed) == {f"{BOX} {MAIN} 1": D(1)}
    assert run(where)[BOX] == (MAIN, PALLET)


def test_a_box_is_on_its_way_until_it_is_received_though_some_of_it_is_missing(run: Any, refused: Any) -> None:
    run(lambda s: pack(s, 4, OTHER))
    sent = run(lambda s: scan(s, Transfer, OTHER, in_two_steps=True))
    assert run(packed) == {f"{OTHER} {TRANSIT} 1": D(4)}
    refused(lambda s: unit_row(s, OTHER), Invalid)

    def arrive(session: Any) -> None:
        draft = receipt_of(session, locked(session, Transfer, sent))
        draft.lines[0].missing = D(1)
        post(session, SYSTEM, [save(session, SYSTEM, TransferReceipt, draft)])

    run(arrive)
    assert run(packed) == {f"{OTHER} {SHOP} 1": D(3)}
    assert run(where)[OTHER] == (SHOP, "")


def test_a_line_that_names_more_than_is_in_a_unit_is_refused_and_nothing_changes(run: Any, refused: Any) -> None:
    run(lambda s: pack(s, 4, BOX))
    before = run(packed)
    refused(lambda s: move(s, Issue, 5, logistic_unit=BOX), Invalid, field="lines")
    refused(lambda s: move(s, Issue, 1, logistic_unit="LU-9"), Invalid, field="lines")
    assert run(packed) == before


def test_a_sale_empties_what_was_scanned_and_leaves_what_lies_loose(run: Any) -> None:
    run(lambda s: pack(s, 4, BOX))
    run(lambda s: pack(s, 4, OTHER))

    def sell(session: Any) -> None:
        lines = [TradeLineDraft(NAIL, D(4), D(2), logistic_unit=OTHER)]
        document = save(session, SYSTEM, Sale, TradeDraft(contact_id=1, place_id=MAIN, lines=lines))
        post(session, SYSTEM, [document])

    run(sell)
    assert run(packed) == {f"{BOX} {MAIN} 1": D(4)}


def test_a_reversed_receipt_takes_its_goods_out_of_boxes(run: Any) -> None:
    late = run(lambda s: move(s, Receipt, 5))
    run(lambda s: pack(s, 12, BOX))
    run(lambda s: reverse_one(s, Receipt, late))
    assert run(packed) == {f"{BOX} {MAIN} 1": D(10)}


def test_everything_is_taken_out_at_once(run: Any) -> None:
    run(lambda s: pack(s, 4, BOX))
    run(lambda s: pack(s, 2, BOX, item=SAW, lots="S1, S3"))
    unit = run(lambda s: unit_named(s, BOX).id)
    run(lambda s: draft_emptying(s, SYSTEM, unit_by_id(s, unit), is_posted=True).id)
    assert run(packed) == {}
    assert run(lambda s: draft_emptying(s, SYSTEM, unit_by_id(s, unit), is_posted=True)) is None


def test_codes_are_sscc_by_the_company_prefix_and_no_code_comes_twice(run: Any, refused: Any) -> None:
    run(lambda s: set_prefix(s, SYSTEM, prefix="4012345"))
    taken = "040123450000000047"
    assert run(lambda s: create_units(s, SYSTEM, place_id=MAIN, kind="box", code=f"(00) {taken}")[0].code) == taken
    made = run(lambda s: [u.code for u in create_units(s, SYSTEM, place_id=MAIN, kind="box", count=2)])
    assert made == ["040123450000000054", "040123450000000061"]
    for said in ({"code": taken}, {"code": taken[:-1] + "9"}, {"count": 0}, {"count": 2, "code": "X"}, {"kind": "bag"}):
        refused(
            lambda s, said=said: create_units(s, SYSTEM, **{"place_id": MAIN, "kind": "box", **said}),
            (Invalid, Conflict),
        )
    refused(lambda s: create_units(s, SYSTEM, place_id=10**6, kind="box"), NotFound)
    refused(lambda s: set_prefix(s, SYSTEM, prefix="12"), Invalid, field="prefix")
    refused(lambda s: set_prefix(s, SYSTEM, prefix="", version=1), Changed)


def test_units_are_put_into_each_other_without_a_circle(run: Any, refused: Any) -> None:
    def change(session: Any, code: str, parent: str, kind: str = "box") -> None:
        change_unit(session, SYSTEM, unit_named(session, code), kind=kind, parent=parent)

    run(lambda s: change(s, OTHER, BOX))
    for code, parent, kind in (
        (BOX, OTHER, "box"),
        (BOX, BOX, "box"),
        (PALLET, OTHER, "box"),
        (OTHER, BOX, "pallet"),
        (OTHER, "LU-9", "box"),
    ):
        refused(lambda s, said=(code, parent, kind): change(s, *said), Invalid, field="parent")
    run(lambda s: pack(s, 1, OTHER))
    assert run(lambda s: [x["logistic_unit"] for x in unit_row(s, PALLET)["together"]]) == [OTHER]
