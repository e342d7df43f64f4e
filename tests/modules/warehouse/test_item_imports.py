"""Items from tables: a Cyrillic list of goods by its preset, and plain tables by their header."""

from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select

from app.importing import run_import
from app.security import SYSTEM
from modules.warehouse.models import Item, ItemGroup


@pytest.fixture
def look(company: Any) -> Any:
    """Read something for the system."""
    return lambda work: company.database.run(work, actor=SYSTEM, write=False)


def test_a_cyrillic_list_of_goods_comes_in_with_its_groups_and_units(company: Any, look: Any, data: Path) -> None:
    path = data / "cyrillic_xlsx" / "Номенклатура_282.xlsx"
    report = run_import(company, SYSTEM, "warehouse.items", [path], "nomenclature")
    assert report.created["warehouse.item"] == report.rows_read == 282
    assert report.is_whole

    def check(session: Any) -> None:
        assert session.scalar(select(func.count(func.distinct(Item.name)))) == 281
        assert session.scalar(select(func.count()).where(Item.kind == "service")) == 19
        fridge = session.scalars(select(Item).where(Item.name == "BOSCH холодильник")).one()
        assert (fridge.note, fridge.unit.code) == ("Х-1234", "C62")
        assert fridge.group.name == "Холодильники, морозильные камеры"
        parent = session.get(ItemGroup, fridge.group.parent_id)
        assert parent.name == "Бытовая техника"

    look(check)
    again = run_import(company, SYSTEM, "warehouse.items", [path], "nomenclature")
    assert not again.created
    assert not again.updated
    assert len(again.skipped) == 282


def test_items_are_made_then_changed_by_code(company: Any, look: Any, tmp_path: Path) -> None:
    path = tmp_path / "items.csv"
    path.write_text("code,name,price,unit,group\nA,Apple,0.25,KGM,Fruit/Fresh\nB,Bolt,,,\n", encoding="utf-8")
    first = run_import(company, SYSTEM, "warehouse.items", [path])
    assert first.created == {"warehouse.item": 2, "warehouse.item_group": 2}
    path.write_text(
        "code,name,price,barcode\nA,Apple,0.30,1\nB,Bolt,1,1\nC,Cork,-1,\nD,Door,1.1234567,\n", encoding="utf-8"
    )
    refused = run_import(company, SYSTEM, "warehouse.items", [path])
    assert [(e.row, e.field) for e in refused.errors] == [(3, "barcode"), (4, "price"), (5, "price")]
    assert look(lambda s: s.scalars(select(Item.price).where(Item.code == "A")).one()) == Decimal("0.25")
    changed = run_import(company, SYSTEM, "warehouse.items", [path], skip_errors=True)
    assert (dict(changed.created), dict(changed.updated)) == ({}, {"warehouse.item": 1})
    assert look(lambda s: s.scalars(select(Item.price).where(Item.code == "A")).one()) == Decimal("0.30")


def test_a_barcode_is_read_as_on_its_label_and_refused_where_a_digit_is_wrong(company: Any, tmp_path: Path) -> None:
    sheet = tmp_path / "items.csv"
    sheet.write_text("code,name,barcode\nA,Anvil,4012345001234\nB,Bell,4 012345 001235\n", encoding="utf-8")
    report = run_import(company, SYSTEM, "warehouse.items", [sheet])
    assert [(e.row, e.field) for e in report.errors] == [(2, "barcode")]
    sheet.write_text("code,name,barcode\nB,Bell,4 012345 001235\n", encoding="utf-8")
    assert run_import(company, SYSTEM, "warehouse.items", [sheet]).created["warehouse.item"] == 1
    assert [s.reason for s in run_import(company, SYSTEM, "warehouse.items", [sheet]).skipped] == ["is so already"]
    sheet.write_text("code,name,barcode\nC,Cork,4-012345-001235\n", encoding="utf-8")
    twice = run_import(company, SYSTEM, "warehouse.items", [sheet])
    assert [(e.row, e.message) for e in twice.errors] == [(2, "“B” has this barcode already")]


def test_a_second_unit_comes_in_by_code_or_name(company: Any, look: Any, tmp_path: Path) -> None:
    path = tmp_path / "items.csv"
    head = "code,name,unit,second_unit,second_per_unit\n"
    path.write_text(f"{head}CH,Cheese,C62,KGM,8.1\nHA,Ham,pc,kg,\nNO,Nail,C62,,\n", encoding="utf-8")
    made = run_import(company, SYSTEM, "warehouse.items", [path])
    assert (made.errors, made.created) == ([], {"warehouse.item": 3})

    def second(session: Any) -> list[tuple[str, str | None, Decimal | None]]:
        items = session.scalars(select(Item).order_by(Item.code))
        return [(i.code, i.second_unit.code if i.second_unit else None, i.second_per_unit) for i in items]

    came = [("CH", "KGM", Decimal("8.1")), ("HA", "KGM", None), ("NO", None, None)]
    assert look(second) == came
    assert len(run_import(company, SYSTEM, "warehouse.items", [path]).skipped) == 3
    path.write_text(f"{head}CH,Cheese,C62,XX,1\nHA,Ham,C62,C62,\nNO,Nail,C62,KGM,-1\n", encoding="utf-8")
    refused = run_import(company, SYSTEM, "warehouse.items", [path])
    assert [e.row for e in refused.errors] == [2, 3, 4]
    assert look(second) == came
