"""Tables that begin somewhere in a sheet: what is known of a cell is known of that very cell, in workbooks of every format."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import xlwt

from tests.modules.importing.workbooks import ods, ods_row, table, xlsx

pytestmark = pytest.mark.one_engine  # how files are read: no engine decides

ROWS = [
    ["code", "name", "price"],
    [417, "Lamp", 12.5],
    [418, "Shade", None],
    [419, "Bulb", "#N/A"],
    [420, "Cord", "=1+1"],
]
CORNERS = pytest.mark.parametrize(("top", "left"), [(0, 0), (0, 1), (2, 2), (1, 0)], ids=["A1", "B1", "C3", "A2"])


def modern(folder: Path, top: int, left: int) -> Path:
    """Excel 2007 and later: the price of the lamp is the shade's too."""

    def move(sheet: Any) -> None:
        for i, row in enumerate(ROWS, top + 1):
            for j, value in enumerate(row, left + 1):
                sheet.cell(i, j, value).number_format = "0000000" if j == left + 1 else "General"
        sheet.merge_cells(start_row=top + 2, end_row=top + 3, start_column=left + 3, end_column=left + 3)

    return xlsx(folder / "a.xlsx", [], move)


def old(folder: Path, top: int, left: int) -> Path:
    """Excel 97: it can't be without the result of a formula, so that the last price is an error too."""
    book = xlwt.Workbook()
    sheet = book.add_sheet("S")
    for i, row in enumerate(ROWS, top):
        sheet.write(i, left, row[0], xlwt.easyxf(num_format_str="0000000"))
        sheet.write(i, left + 1, row[1])
        if isinstance(row[2], str) and row[2] != "price":
            sheet.row(i).set_cell_error(left + 2, 42)  # #N/A
        elif row[2] is not None:
            sheet.write(i, left + 2, row[2])
    sheet.merge(top + 1, top + 2, left + 2, left + 2)
    book.save(str(folder / "a.xls"))
    return folder / "a.xls"


def opened(folder: Path, top: int, left: int) -> Path:
    """OpenDocument."""

    def number(value: float, text: str, more: str = "") -> str:
        cell = f'<table:table-cell{more} office:value-type="float" office:value="{value}">'
        return f"{cell}<text:p>{text}</text:p></table:table-cell>"

    error = '<table:table-cell table:formula="of:=NA()" office:value-type="string" calcext:value-type="error"/>'
    prices = [
        number(12.5, "12.5", ' table:number-rows-spanned="2"'),
        "<table:covered-table-cell/>",
        error,
        '<table:table-cell table:formula="of:=1+1"/>',
    ]
    blank = [f'<table:table-cell table:number-columns-repeated="{left}"/>'] if left else []
    rows = [ods_row("", attributes=f' table:number-rows-repeated="{top}"')] if top else []
    rows.append(ods_row(*blank, "code", "name", "price"))
    for (code, name, _price), price in zip(ROWS[1:], prices, strict=True):
        rows.append(ods_row(*blank, number(code, f"{code:07}"), name, price))
    return ods(folder / "a.ods", table(*rows))


@CORNERS
@pytest.mark.parametrize("written", [modern, old, opened])
def test_a_table_says_the_same_wherever_it_begins(
    bring: Any, items: Any, tmp_path: Path, written: Callable[..., Path], top: int, left: int
) -> None:
    report = bring("warehouse.items", written(tmp_path, top, left), skip_errors=True)
    assert [(e.row, e.field) for e in report.errors] == [(top + 4, "price"), (top + 5, "price")]
    assert items() == {"0000417": ("Lamp", "12.5"), "0000418": ("Shade", "12.5")}
