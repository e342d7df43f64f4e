"""Names of sheets that a careless reader confuses: the sheet that people chose is the one that is read."""

from pathlib import Path
from typing import Any

import openpyxl
import pytest

from app.errors import Invalid
from app.importing import run_import
from app.security import SYSTEM
from tests.modules.importing.workbooks import ods, table

pytestmark = pytest.mark.one_engine  # how files are read: no engine decides

HEADER = "code|name"


def nameless(*rows: str) -> str:
    return table(*rows, name="").replace(' table:name=""', "")


def test_a_table_without_a_name_keeps_its_rows_from_one_that_has_the_name_it_would_get(
    bring: Any, items: Any, preset: Any, tmp_path: Path
) -> None:
    path = ods(tmp_path / "a.ods", nameless(HEADER, "K-1|Lamp"), table(HEADER, "K-2|Shade", name="Sheet1"))
    with pytest.raises(Invalid, match="several sheets: Sheet2, Sheet1"):
        bring("warehouse.items", path)
    assert items() == {}
    chosen = 'target = "warehouse.items"\nsheet = "{}"\n[columns]\ncode = "code"\nname = "name"\n'
    assert bring("warehouse.items", path, preset=preset(chosen.format("Sheet1"))).is_whole
    assert list(items()) == ["K-2"]
    assert bring("warehouse.items", path, preset=preset(chosen.format("Sheet2"))).is_whole
    assert list(items()) == ["K-1", "K-2"]


def test_tables_without_names_get_different_ones(bring: Any, items: Any, tmp_path: Path) -> None:
    path = ods(tmp_path / "a.ods", nameless(HEADER, "K-1|Lamp"), nameless(HEADER, "K-2|Shade"))
    with pytest.raises(Invalid, match="several sheets: Sheet1, Sheet2"):
        bring("warehouse.items", path)
    assert items() == {}


def test_sheets_of_one_name_are_refused(company: Any, items: Any, tmp_path: Path) -> None:
    path = ods(tmp_path / "a.ods", table(HEADER, "K-1|Lamp", name="A"), table(HEADER, "K-2|Shade", name="A"))
    with pytest.raises(Invalid, match="several sheets are named A"):
        run_import(company, SYSTEM, "warehouse.items", [path])
    assert items() == {}


def test_a_name_with_a_line_break_is_no_other_sheets_name(bring: Any, items: Any, tmp_path: Path) -> None:
    broken = table(HEADER, "K-1|Lamp", name="A&#10;B")
    assert bring("warehouse.items", ods(tmp_path / "a.ods", table("", name="A"), broken)).is_whole
    assert list(items()) == ["K-1"]


def test_a_sheet_is_found_behind_charts_and_hidden_ones(bring: Any, items: Any, tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    book.active.title, book.active.sheet_state = "Lists", "hidden"
    book.active.append(["kind"])
    book.create_chartsheet("Chart")
    goods = book.create_sheet("Goods")
    goods.append(["code", "name"])
    goods.append([417, "Lamp"])
    goods["A2"].number_format = "0000000"
    book.save(tmp_path / "a.xlsx")
    assert bring("warehouse.items", tmp_path / "a.xlsx").errors == []
    assert list(items()) == ["0000417"]
