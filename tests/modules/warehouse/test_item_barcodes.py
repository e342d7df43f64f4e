"""Several barcodes of one item: found by each of them, in every length, and never shared with another item."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select, text

import modules.warehouse
from app.errors import Conflict, Invalid
from app.migrations import Source, upgrade
from app.security import SYSTEM
from app.web.kit.tables import Query, fetch
from modules.warehouse import tables
from modules.warehouse.lookups import items_by_code
from modules.warehouse.models import Barcode, Item
from modules.warehouse.operations import change_item, create_item

EAN, OTHER, CASE = "4012345001235", "036000291452", "10012345000017"
UPC = "614141000036"


@pytest.fixture
def anvil(company: Any) -> int:
    """An item with a main barcode and two more."""
    made: int = company.database.run(
        lambda s: (
            create_item(
                s, SYSTEM, code="A", name="Anvil", barcode=EAN, further_barcodes=f"{OTHER}\n\n own 7 \n{EAN}"
            ).id
        ),
        actor=SYSTEM,
    )
    return made


def run(company: Any, work: Any) -> Any:
    return company.database.run(work, actor=SYSTEM)


def barcodes(company: Any) -> list[tuple[int, str, str]]:
    query = select(Barcode.item_id, Barcode.barcode, Barcode.key).order_by(Barcode.id)
    return [tuple(row) for row in run(company, lambda s: s.execute(query).all())]


def test_the_main_barcode_is_among_them_once(company: Any, anvil: int) -> None:
    assert barcodes(company) == [(anvil, EAN, f"0{EAN}"), (anvil, OTHER, f"00{OTHER}"), (anvil, "own 7", "own 7")]
    assert run(company, lambda s: s.get(Item, anvil).further_barcodes) == f"{OTHER}\nown 7"


@pytest.mark.parametrize("scanned", [EAN, f"0{EAN}", OTHER, f"0{OTHER}", f"00{OTHER}", "own 7"])
def test_an_item_is_found_by_each_in_every_length(company: Any, anvil: int, scanned: str) -> None:
    run(company, lambda s: create_item(s, SYSTEM, code="B", name=f"Bolt like {EAN} and own 7"))
    found = run(company, lambda s: tables.find_items(s, scanned, 5))
    assert (found[0]["id"], found[0]["barcode"]) == (anvil, scanned)
    named = run(company, lambda s: items_by_code(s, {scanned, "B"}))
    assert [(row["code"], row["barcode"]) for row in named] == [("A", scanned), ("B", None)]
    listed = run(company, lambda s: fetch(s, tables.items, Query(text=scanned)))
    assert "A" in [row.code for row in listed.rows]


@pytest.mark.parametrize("text", ["own 7", f"0{EAN}", "0036000291452"])
@pytest.mark.parametrize("field", ["barcode", "further_barcodes"])
def test_no_other_item_gets_one_in_any_length(company: Any, anvil: int, field: str, text: str) -> None:
    kept = barcodes(company)
    with pytest.raises(Conflict, match="Another item or packing has the barcode") as refused:
        run(company, lambda s: create_item(s, SYSTEM, code="B", name="Bolt", **{field: text}))
    assert refused.value.field == field
    bolt = run(company, lambda s: create_item(s, SYSTEM, code="B", name="Bolt", barcode="B1").id)
    with pytest.raises(Conflict):
        run(company, lambda s: change_item(s, SYSTEM, s.get(Item, bolt), **{field: text}))
    assert barcodes(company) == [*kept, (bolt, "B1", "B1")]


def test_a_wrong_digit_is_refused_where_it_was_typed_but_never_of_what_is_there(company: Any, anvil: int) -> None:
    with pytest.raises(Invalid, match="the last would be 5") as refused:
        run(company, lambda s: change_item(s, SYSTEM, s.get(Item, anvil), further_barcodes="4012345001234"))
    assert refused.value.field == "further_barcodes"
    assert len(barcodes(company)) == 3


def test_another_becomes_the_main_one_and_what_is_taken_away_is_free(company: Any, anvil: int) -> None:
    run(company, lambda s: change_item(s, SYSTEM, s.get(Item, anvil), barcode=OTHER, further_barcodes=f"{EAN}\n{CASE}"))
    assert {code for _, code, _ in barcodes(company)} == {EAN, OTHER, CASE}
    assert run(company, lambda s: s.get(Item, anvil).further_barcodes.split()) == [EAN, CASE]
    run(company, lambda s: change_item(s, SYSTEM, s.get(Item, anvil), name="Big anvil"))
    assert len(barcodes(company)) == 3
    run(company, lambda s: change_item(s, SYSTEM, s.get(Item, anvil), barcode="", further_barcodes=EAN))
    assert [code for _, code, _ in barcodes(company)] == [EAN]
    bolt = run(company, lambda s: create_item(s, SYSTEM, code="B", name="Bolt", barcode=CASE).id)
    assert (bolt, CASE, CASE) in barcodes(company)


def test_of_two_who_write_at_once_one_gets_it(company: Any) -> None:
    def make(code: str) -> Any:
        try:
            return run(company, lambda s: create_item(s, SYSTEM, code=code, name=code, further_barcodes=EAN).code)
        except Conflict as error:
            return str(error)

    with ThreadPoolExecutor(4) as pool:
        answers = sorted(pool.map(make, ["A", "B", "C", "D"]), key=len)
    assert answers[1:] == [f"Another item or packing has the barcode “{EAN}”."] * 3
    assert len(barcodes(company)) == 1


def test_items_there_already_are_found_by_what_they_had(company: Any) -> None:
    items = {
        "A": EAN,
        "B": "own 7",
        "C": OTHER,
        "D": f"0{OTHER}",
        "E": None,
        "F": "12345678901234567890",
        "G": UPC,
        "H": f"00{UPC}",
    }
    for code, barcode in items.items():
        run(company, lambda s, code=code, barcode=barcode: create_item(s, SYSTEM, code=code, name=code))
    folder = Path(modules.warehouse.__file__).parent / "migrations" / "versions"
    with company.database.engine.execution_options(kontor_write=True).begin() as connection:
        connection.execute(text("DROP TABLE warehouse_barcode"))
        connection.execute(text("UPDATE warehouse_migration SET version_num = '0005'"))
        for code, barcode in items.items():
            said = {"code": code, "barcode": barcode}
            connection.execute(text("UPDATE warehouse_item SET barcode = :barcode WHERE code = :code"), said)
        upgrade(connection, Source("warehouse", folder), "0006")
        query = "SELECT i.code, b.barcode, b.key FROM warehouse_barcode b JOIN warehouse_item i ON i.id = b.item_id"
        found = connection.execute(text(f"{query} ORDER BY i.code")).all()
        folded = connection.execute(text("SELECT folded FROM warehouse_item WHERE code = 'A'")).scalar()
    assert [tuple(row) for row in found] == [
        ("A", EAN, f"0{EAN}"),
        ("B", "own 7", "own 7"),
        ("C", OTHER, f"00{OTHER}"),
        ("D", f"0{OTHER}", f"0{OTHER}"),  # of two that are one number the later keeps its own
        ("F", "12345678901234567890", "12345678901234567890"),
        ("G", UPC, UPC),  # the later has it in full
        ("H", f"00{UPC}", f"00{UPC}"),
    ]
    assert folded == f"a a 0{EAN}"
