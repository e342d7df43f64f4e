"""Relatives of the files that went wrong: what sheets of every format hold beside plain texts and numbers."""

from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest
import xlwt

from app.errors import Invalid
from app.importing import run_import
from app.security import SYSTEM
from tests.modules.importing.workbooks import altered, ods, ods_row, table, xlsx

pytestmark = pytest.mark.one_engine  # how files are read: no engine decides

HEADER = ["code", "name", "price"]


@pytest.mark.parametrize(
    ("form", "number", "code"),
    [
        ("00000", 417, "00417"),
        ("[$-419]0000000;@", 417, "0000417"),
        ("000-000", 12345, "012-345"),
        ('"A-"000', 7, "A-007"),
        (r"\K\-0", 7, "K-7"),
        ("00.00", 7.1, "07.10"),
        ("+0", 491711234567, "+491711234567"),
        ("000", 123456, "123456"),
        ("0", 417, "417"),
        ("#,##0", 4170, "4170"),
        ("General", 4170, "4170"),
        ("0.00", 12.5, "12.5"),
    ],
)
def test_a_code_is_what_its_format_shows(
    bring: Any, items: Any, tmp_path: Path, form: str, number: float, code: str
) -> None:
    def style(sheet: Any) -> None:
        sheet["A2"].number_format = form

    assert bring("warehouse.items", xlsx(tmp_path / "a.xlsx", [HEADER, [number, "Lamp", 12.5]], style)).is_whole
    assert items() == {code: ("Lamp", "12.5")}


def test_a_format_makes_no_other_number_of_a_price(bring: Any, items: Any, tmp_path: Path) -> None:
    def style(sheet: Any) -> None:
        sheet["C2"].number_format = "0000"

    assert bring("warehouse.items", xlsx(tmp_path / "a.xlsx", [HEADER, ["K-1", "Lamp", 12]], style)).is_whole
    assert items() == {"K-1": ("Lamp", "12")}


@pytest.mark.parametrize(
    "missing",
    ["<f>1+1</f></c>", "<f>1+1</f><v></v></c>", "<f>1+1</f>\n<v> </v></c>", '<f t="shared" si="0"/></c>'],
)
def test_a_formula_without_a_result_is_found_however_it_is_written(
    bring: Any, items: Any, tmp_path: Path, missing: str
) -> None:
    path = xlsx(tmp_path / "a.xlsx", [HEADER, ["K-1", "Lamp", "=1+1"], ["K-2", "Shade", 3]])
    report = bring("warehouse.items", altered(path, ("<f>1+1</f><v /></c>", missing)))
    assert [(e.row, e.field) for e in report.errors] == [(2, "price")]
    assert items() == {}


def test_a_formula_whose_result_is_an_empty_text_is_blank(bring: Any, items: Any, tmp_path: Path) -> None:
    path = xlsx(tmp_path / "a.xlsx", [HEADER, ["K-1", "Lamp", "=1+1"]])
    altered(path, ('<c r="C2"><f>1+1</f><v /></c>', '<c r="C2" t="str"><f>""</f><v></v></c>'))
    assert bring("warehouse.items", path).is_whole
    assert items() == {"K-1": ("Lamp", None)}


def test_an_error_is_found_however_it_is_written(bring: Any, items: Any, tmp_path: Path) -> None:
    path = xlsx(tmp_path / "a.xlsx", [HEADER, ["K-1", "Lamp", "#N/A"]])
    altered(path, ('t="e"', "t = 'e'"))
    assert [(e.row, e.field) for e in bring("warehouse.items", path).errors] == [(2, "price")]
    assert items() == {}


def test_a_merge_holds_for_each_of_its_cells(bring: Any, items: Any, tmp_path: Path) -> None:
    rows = [HEADER, ["K-1", "Lamp", 12.5], ["K-2", "Shade", None], ["K-3", "Bulb", None], ["K-4", "Cord", None]]
    path = xlsx(tmp_path / "a.xlsx", rows, lambda sheet: sheet.merge_cells("C2:C4"))
    assert bring("warehouse.items", path).is_whole
    assert [price for _name, price in items().values()] == ["12.5", "12.5", "12.5", None]


def test_what_is_hidden_is_read_and_reported(bring: Any, items: Any, tmp_path: Path) -> None:
    def hide(sheet: Any) -> None:
        sheet.row_dimensions[3].hidden = True
        sheet.column_dimensions["C"].hidden = True
        other = sheet.parent.create_sheet("Lists")
        other["A1"] = "goods"
        other.sheet_state = "hidden"

    path = xlsx(tmp_path / "a.xlsx", [HEADER, ["K-1", "Lamp", 12.5], ["K-2", "Shade", 40]], hide)
    assert set(bring("warehouse.items", path).notes) == {
        "a.xlsx: the sheet “Lists” is hidden, and was not read.",
        "a.xlsx: hidden rows were read like others: 3",
        "a.xlsx: hidden columns were read like others: 3",
    }
    assert list(items()) == ["K-1", "K-2"]


def old(path: Path, rows: list[list[Any]], forms: dict[tuple[int, int], str] | None = None) -> Any:
    """An .xls of these rows, some with formats of their own; not saved yet."""
    book = xlwt.Workbook()
    sheet = book.add_sheet("S")
    for i, row in enumerate(rows):
        for j, value in enumerate(row):
            if form := (forms or {}).get((i, j)):
                sheet.write(i, j, value, xlwt.easyxf(num_format_str=form))
            elif value is not None:
                sheet.write(i, j, value)
    return book, sheet


def test_old_workbooks_have_codes_merges_dates_and_hidden_rows_too(bring: Any, contacts: Any, tmp_path: Path) -> None:
    path = tmp_path / "a.xls"
    rows = [["code", "name", "kind", "birth_date"], [417, "Ann", "individual", 29285], [418, "Bo", None, 29285.5]]
    forms = {(1, 0): "0000000", (2, 0): "0000000", (1, 3): "dd.mm.yyyy", (2, 3): '[$-F800]d" "mmmm" "yyyy'}
    book, sheet = old(path, rows, forms)
    sheet.merge(1, 2, 2, 2)
    sheet.row(2).hidden = True
    book.save(str(path))
    report = bring("contacts.contacts", path)
    assert (report.errors, report.notes) == ([], ["a.xls: hidden rows were read like others: 3"])
    assert contacts("birth_date") == {"0000417": date(1980, 3, 5), "0000418": date(1980, 3, 5)}
    assert set(contacts("kind").values()) == {"individual"}


@pytest.mark.parametrize(
    "form", ['0.0" d"', "#,##0.00 [$USD]", "[Red]0.000;[Blue]-0.000", r"0\d", "0_d", '"Day "0', "0.0%"]
)
def test_a_format_with_letters_of_dates_in_it_does_not_make_a_date(
    bring: Any, items: Any, tmp_path: Path, form: str
) -> None:
    for path, code in ((tmp_path / "a.xls", "X"), (tmp_path / "a.xlsx", "Y")):
        if code == "X":
            book, _sheet = old(path, [HEADER, [code, "Lamp", 12.5]], {(1, 2): form})
            book.save(str(path))
        else:
            xlsx(path, [HEADER, [code, "Lamp", 12.5]], lambda sheet: setattr(sheet["C2"], "number_format", form))
        assert bring("warehouse.items", path).errors == []
    assert items() == {"X": ("Lamp", "12.5"), "Y": ("Lamp", "12.5")}


def test_open_document_errors_missing_results_and_numbers(bring: Any, items: Any, tmp_path: Path) -> None:
    error = (
        '<table:table-cell table:formula="of:=NA()" office:value-type="string" office:string-value=""'
        ' calcext:value-type="error"><text:p>#N/A</text:p></table:table-cell>'
    )
    missing = '<table:table-cell table:formula="of:=1+1"/>'
    padded = (
        '<table:table-cell office:value-type="float" office:value="417"><text:p>0000417</text:p></table:table-cell>'
    )
    price = (
        '<table:table-cell office:value-type="currency" office:value="12.5"><text:p>13 €</text:p></table:table-cell>'
    )
    long = padded.replace("0000417", "1E+15").replace("417", "1234567890123456")
    rows = [
        "code|name|price",
        ods_row(padded, "Lamp", price),
        ods_row("K-2", "Shade", error),
        ods_row("K-3", "Bulb", missing),
        ods_row(long, "Cord", price),
        ods_row("", "", "", attributes=' table:number-rows-repeated="1048000"'),
    ]
    report = bring("warehouse.items", ods(tmp_path / "a.ods", table(*rows)), skip_errors=True)
    assert [(e.row, e.field) for e in report.errors] == [(3, "price"), (4, "price"), (5, "code")]
    assert items() == {"0000417": ("Lamp", "12.5")}
    assert report.rows_read == 4


def test_open_document_merges_repeats_and_hidden_parts(bring: Any, items: Any, tmp_path: Path) -> None:
    merged = (
        '<table:table-cell table:number-rows-spanned="2" table:number-columns-spanned="1" office:value-type="float"'
        ' office:value="7"><text:p>7</text:p></table:table-cell>'
    )
    covered = "<table:covered-table-cell/>"
    rows = [
        '<table:table-column/><table:table-column table:visibility="collapse"/>' + ods_row("code", "name", "price"),
        ods_row("K-1", "Lamp", merged),
        ods_row("K-2", "Shade", covered, attributes=' table:visibility="filter"'),
    ]
    path = ods(tmp_path / "a.ods", table(*rows), table("code|name", "X|Secret", name="B", style="hidden"))
    assert set(bring("warehouse.items", path).notes) == {
        "a.ods: the sheet “B” is hidden, and was not read.",
        "a.ods: hidden rows were read like others: 3",
        "a.ods: hidden columns were read like others: 2",
    }
    assert items() == {"K-1": ("Lamp", "7"), "K-2": ("Shade", "7")}


def test_a_workbook_is_known_by_what_it_holds_and_not_by_its_name(bring: Any, items: Any, tmp_path: Path) -> None:
    path = xlsx(tmp_path / "a.xlsx", [HEADER, ["K-1", "Lamp", 12.5]]).rename(tmp_path / "a.xls")
    assert bring("warehouse.items", path).is_whole
    assert bring("warehouse.items", path.rename(tmp_path / "a.xlsm")).errors == []
    assert items() == {"K-1": ("Lamp", "12.5")}


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"code\tname\r\nK-1\tLamp\r\n", "is a text file named .xls"),
        (b"\xff\xfe" + "code\tname\n".encode("utf-16-le"), "is a text file named .xls"),
        (b'<?xml version="1.0"?><Workbook/>', "is an XML file named .xls"),
        (b"\xef\xbb\xbf\n<!DOCTYPE html><p>", "is a web page named .xls"),
        (b"", "isn't a workbook"),
        (b"\x00\x01\x02\x03", "isn't a workbook"),
        (b"PK\x03\x04broken", "can't be read as a workbook"),
        (b"\xd0\xcf\x11\xe0broken", "can't be read as a workbook"),
    ],
)
def test_what_is_only_named_like_a_workbook_is_called_what_it_is(
    company: Any, tmp_path: Path, content: bytes, why: str
) -> None:
    path = tmp_path / "a.xls"
    path.write_bytes(content)
    with pytest.raises(Invalid, match=why):
        run_import(company, SYSTEM, "warehouse.items", [path])


def test_moments_of_a_sheet_are_not_codes(bring: Any, items: Any, tmp_path: Path) -> None:
    path = xlsx(tmp_path / "a.xlsx", [HEADER, [datetime(2026, 5, 1), "Lamp", 1]])
    assert [(e.row, e.field) for e in bring("warehouse.items", path).errors] == [(2, "code")]
    assert items() == {}


def test_a_cell_beyond_the_header_is_refused_in_a_workbook_too(bring: Any, items: Any, tmp_path: Path) -> None:
    rows = [HEADER, ["K-1", "Lamp", 12, 50], ["K-2", "Shade", 40, None]]
    report = bring("warehouse.items", xlsx(tmp_path / "a.xlsx", rows))
    assert [(e.row, e.message) for e in report.errors] == [(2, "the row has 4 cells, the header has 3")]
    assert items() == {}


def test_an_error_is_refused_where_any_text_would_do(bring: Any, items: Any, tmp_path: Path) -> None:
    path = xlsx(tmp_path / "a.xlsx", [HEADER, ["K-1", "#N/A", 12.5]])
    assert [(e.row, e.field) for e in bring("warehouse.items", path).errors] == [(2, "name")]
    assert items() == {}


def test_a_workbook_behind_a_password_is_refused_as_such(company: Any, tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    path.write_bytes(
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 500 + "EncryptedPackage".encode("utf-16-le") + b"\0" * 500
    )
    with pytest.raises(Invalid, match="is protected by a password; save it without one"):
        run_import(company, SYSTEM, "warehouse.items", [path])


@pytest.mark.parametrize("engine", ["sqlite"], indirect=True)  # no row of it comes as far as a database
def test_a_table_of_repeats_that_nobody_can_mean_is_refused(company: Any, tmp_path: Path) -> None:
    cell = (
        '<table:table-cell table:number-columns-repeated="16000" office:value-type="string"><text:p>x</text:p>'
        "</table:table-cell>"
    )
    rows = ["code|name", ods_row(cell, attributes=' table:number-rows-repeated="1000000"')]
    with pytest.raises(Invalid, match="more than 50000000 cells"):
        run_import(company, SYSTEM, "warehouse.items", [ods(tmp_path / "a.ods", table(*rows))])
