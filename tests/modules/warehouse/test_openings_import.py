"""Opening stock from tables: by warehouse and bin, once, and exactly as much as the table says."""

import csv
import gzip
import json
from collections import defaultdict
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from decimal import ROUND_HALF_UP
from decimal import Decimal as D
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from app import ledger
from app.errors import Forbidden
from app.importing import run_import
from app.reference.operations import close_period
from app.security import SYSTEM
from modules.warehouse.bins.models import Bin
from modules.warehouse.bins.operations import change_bin, create_bins
from modules.warehouse.bins.registers import Bins
from modules.warehouse.models import FIRST_WAREHOUSE, Item, Opening, Place
from modules.warehouse.operations import create_item, create_place
from modules.warehouse.registers import Stock

CENT = D("0.01")


@pytest.fixture
def bring(company: Any, tmp_path: Path) -> Callable[..., Any]:
    def prepare(session: Any) -> None:
        create_item(session, SYSTEM, code="NAIL", name="Nail")
        create_item(session, SYSTEM, code="MILK", name="Milk", tracking="lot")
        create_item(session, SYSTEM, code="WORK", name="Work", kind="service")
        create_place(session, SYSTEM, code="shop", name="Shop floor")
        (shut,) = create_bins(session, SYSTEM, place_id=FIRST_WAREHOUSE, codes="shut")
        change_bin(session, SYSTEM, shut, code="SHUT", is_active=False)

    company.database.run(prepare, actor=SYSTEM)

    def go(text: str, **options: Any) -> Any:
        path = tmp_path / "stock.csv"
        path.write_text(text, encoding="utf-8")
        return run_import(company, SYSTEM, "warehouse.openings", [path], **options)

    return go


def held(company: Any, by: str) -> dict[str, tuple[D, ...]]:
    def work(session: Any) -> dict[str, tuple[D, ...]]:
        assert list(ledger.verify(session)) == []
        if by == "bin":
            codes = {b.id: b.code for b in session.scalars(select(Bin))}
            return {codes[f.key[0]]: (f.amounts["quantity"],) for f in ledger.now(session, Bins.lying, by=("bin",))}
        names = {p.id: p.name for p in session.scalars(select(Place))}
        found = ledger.now(session, Stock.worth, by=("pool",))
        return {names[f.key[0]]: (f.amounts["quantity"], f.amounts["value"]) for f in found}

    return company.database.run(work, actor=SYSTEM, write=False)  # type: ignore[no-any-return]


def rows_of(table: Path) -> list[dict[str, str]]:
    return list(csv.DictReader(table.read_text(encoding="utf-8").splitlines()))


TABLE = (
    "Code,Quantity,Warehouse,Cost of one,Bin,Lots\n"
    "NAIL,7,main,0.125,a-01,\nNAIL,3,main,0.125,c-03,\nNAIL,4,Shop floor,0.2,,\nMILK,6,main,1.10,b-02,L1: 2; L2: 4\n"
)


def test_a_document_for_each_warehouse_and_a_place_in_each_bin(company: Any, bring: Any) -> None:
    report = bring(TABLE)
    assert (report.errors, dict(report.created)) == ([], {"warehouse.opening": 2})
    assert held(company, "place") == {"Main warehouse": (16, D("7.86")), "Shop floor": (4, D("0.8"))}
    assert held(company, "bin") == {"A-01": (7,), "B-02": (6,), "C-03": (3,)}


def test_the_same_table_again_brings_nothing(company: Any, bring: Any) -> None:
    bring(TABLE)
    before = held(company, "place")
    report = bring(TABLE + "NAIL,1,,,,\n")
    assert (dict(report.created), [s.row for s in report.skipped]) == ({}, [2, 3, 4, 5, 6])
    assert "has moved there already" in report.skipped[0].reason
    assert held(company, "place") == before


def test_a_document_has_the_date_of_its_rows(company: Any, bring: Any) -> None:
    bring("Code,Quantity,Cost of one,Date\nNAIL,10,1,2025-12-31\nNAIL,1,1,2026-01-02\n")
    moments = company.database.run(lambda s: s.scalars(select(Opening.moment)).all(), actor=SYSTEM, write=False)
    assert sorted(moment.date().isoformat() for moment in moments) == ["2025-12-31", "2026-01-02"]


def test_to_try_it_changes_nothing(company: Any, bring: Any) -> None:
    assert dict(bring(TABLE, dry_run=True).created) == {"warehouse.opening": 2}
    assert held(company, "place") == {}


@pytest.mark.parametrize(
    ("row", "says"),
    [
        ("BOLT,1,,,,", "There is no item “BOLT”."),
        ("NAIL,1,attic,,,", "There is no warehouse “attic”."),
        ("WORK,1,,,,", "A service isn't kept in stock."),
        ("NAIL,3,main,0.125,A-01,", "The same goods stand in row 2 already."),
        ("NAIL,-1,,,,", "above zero"),
        ("NAIL,0.5,,,,", "whole units"),
        ("NAIL,1,,-2,,", "below zero"),
        ("NAIL,1,,,,L1", "isn't kept by lots"),
        ("MILK,1,,,,", "say which lot"),
        ("MILK,1,,,,L3: 2", "aren't the line's"),
        (f"NAIL,1,,,{'x' * 41},", "At most 40 characters"),
        ("NAIL,1,,,shut,", "This bin is closed"),
    ],
)
def test_what_cant_be_is_refused_by_row_and_nothing_comes_in(company: Any, bring: Any, row: str, says: str) -> None:
    report = bring(TABLE + row + "\n")
    assert [(e.row, says in e.message) for e in report.errors] == [(6, True)]
    assert held(company, "place") == {}
    assert dict(bring(TABLE + row + "\n", skip_errors=True).created) == {"warehouse.opening": 2}


@pytest.mark.one_engine  # what rows become: no engine decides
def test_dates_that_cant_be_are_refused_by_row(company: Any, bring: Any) -> None:
    company.database.run(
        lambda s: close_period(s, SYSTEM, until=date(2026, 1, 31), today=date(2026, 2, 1), version=None), actor=SYSTEM
    )
    report = bring("Code,Quantity,Date,Bin\nNAIL,1,2026-01-31,\nNAIL,1,2099-01-01,a-01\n", dry_run=True)
    assert [(e.row, e.message[:26]) for e in report.errors] == [
        (2, "The books are closed up to"),
        (3, "What lies in bins lies the"),
    ]


@pytest.mark.one_engine
def test_bins_need_rights_of_their_own_before_anything_is_tried(company: Any, employ: Any, tmp_path: Path) -> None:
    company.database.run(lambda s: create_item(s, SYSTEM, code="NAIL", name="Nail"), actor=SYSTEM)
    boss = employ("boss", "administrator")
    path = tmp_path / "stock.csv"
    path.write_text("Code,Quantity,Bin\nNAIL,5,A-02\n", encoding="utf-8")
    for missing in ("warehouse.bin_move.post", "warehouse.bin.edit"):
        actor = replace(boss, permissions=boss.permissions - {missing})
        for dry_run in (True, False):
            with pytest.raises(Forbidden, match=missing):
                run_import(company, actor, "warehouse.openings", [path], dry_run=dry_run)
    assert held(company, "place") == {}


@pytest.mark.one_engine  # what rows become: no engine decides
def test_the_inventory_of_adventureworks(company: Any, data: Path, tmp_path: Path) -> None:
    """1,069 rows in 14 places, with their shelves and bins: as much as its own sums say, by place and in all."""

    def table(name: str) -> Path:
        target = tmp_path / f"{name}.csv"
        target.write_bytes(gzip.decompress((data / "adventureworks" / "csv" / f"{name}.csv.gz").read_bytes()))
        return target

    product = table("Production.Product")
    groups = [table(f"Production.{name}") for name in ("ProductSubcategory", "ProductCategory")]
    items = run_import(company, SYSTEM, "warehouse.items", [product, *groups], "adventureworks_products")
    assert (items.errors, items.created["warehouse.item"]) == ([], 504)
    locations = rows_of(table("Production.Location"))

    def places(session: Any) -> None:
        for row in locations:
            create_place(session, SYSTEM, code=f"L{row['LocationID']}", name=row["Name"])

    company.database.run(places, actor=SYSTEM)
    inventory = table("Production.ProductInventory")
    files = [inventory, product, tmp_path / "Production.Location.csv"]
    report = run_import(company, SYSTEM, "warehouse.openings", files, "adventureworks_inventory")
    assert (report.errors, dict(report.created), len(report.skipped)) == ([], {"warehouse.opening": 14}, 4)
    truth = json.loads((data / "adventureworks" / "ground_truth.json").read_text())["inventory"]
    found = held(company, "place")
    assert {name: quantity for name, (quantity, _) in found.items()} == truth["on_hand_by_location"]
    assert sum(quantity for quantity, _ in found.values()) == truth["on_hand_total"] == 335_974
    costs = {row["ProductID"]: D(row["StandardCost"]) for row in rows_of(product)}
    bins: dict[str, D] = defaultdict(D)
    worth = D(0)
    for row in rows_of(inventory):
        worth += (D(row["Quantity"]) * costs[row["ProductID"]]).quantize(CENT, ROUND_HALF_UP)
        bins[f"{row['Shelf']}-{row['Bin']}".upper()] += D(row["Quantity"])
    assert sum(value for _, value in found.values()) == worth
    lying: dict[str, D] = defaultdict(D)

    def by_bin(session: Any) -> None:
        codes = {b.id: b.code for b in session.scalars(select(Bin))}
        for figure in ledger.now(session, Bins.lying, by=("bin",)):
            lying[codes[figure.key[0]]] += figure.amounts["quantity"]
        assert session.scalars(select(Item.group_id).where(Item.code == "BK-M82S-38")).one() is not None
        assert len(session.scalars(select(Opening.id)).all()) == 14

    company.database.run(by_bin, actor=SYSTEM, write=False)
    assert lying == {code: quantity for code, quantity in bins.items() if quantity}
