"""Relatives of the text files that went wrong: delimiters, encodings, rows that are too long, numbers, titles and totals."""

from pathlib import Path
from typing import Any

import pytest

from app.errors import Invalid
from app.importing import Choices, run_import
from app.security import SYSTEM

pytestmark = pytest.mark.one_engine  # how files are read: no engine decides


@pytest.fixture
def sheet(tmp_path: Path) -> Any:
    """A text file that says this."""

    def write(content: str | bytes, name: str = "items.csv") -> Path:
        path = tmp_path / name
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return path

    return write


@pytest.mark.parametrize(
    "content",
    [
        "code,name,price\nK-1,Lamp,12.50,\n",
        "code,name,price\nK-1,Lamp,12.50, ,\n",
        "code,name,price,,\nK-1,Lamp,12.50,,\n",
        "code\tname\tprice\nK-1\tLamp\t12.50\n",
        "code|name|price\nK-1|Lamp|12.50\n",
        "sep=|\ncode|name|price\nK-1|Lamp|12.50\n",
        '"sep=^"\r\ncode^name^price\r\nK-1^Lamp^12.50\r\n',
        "\ufeffsep=;\ncode;name;price\nK-1;Lamp;12.50\n",
        "Price list; of 1 May\n\ncode;name;price\nK-1;Lamp;12,50\n",
        "CODE , Na\u200bme,\xa0price\nK-1,Lamp,12.50\n",
        'code,"name\n",price\nK-1,Lamp,12.50\n',
    ],
)
def test_tables_that_are_written_in_different_ways_say_the_same(
    bring: Any, items: Any, sheet: Any, content: str
) -> None:
    assert bring("warehouse.items", sheet(content)).errors == []
    assert items() == {"K-1": ("Lamp", "12.5")}


@pytest.mark.parametrize("name", ["items.csv", "items.tsv", "items.txt", "Товары 🛒.csv", "Bảng giá.CSV"])
def test_text_files_of_every_ending_and_script_are_read(bring: Any, items: Any, sheet: Any, name: str) -> None:
    assert bring("warehouse.items", sheet("code\tname\nK-1\tLamp\n", name)).is_whole
    assert items() == {"K-1": ("Lamp", None)}


@pytest.mark.parametrize("header", ["code,name,price", "code,name,price,", "code,name,price, ,"])
def test_a_cell_beyond_the_last_name_of_the_header_is_refused(bring: Any, items: Any, sheet: Any, header: str) -> None:
    report = bring("warehouse.items", sheet(f"{header}\nK-1,Lamp,12,50\nK-2,Shade,40\n"), skip_errors=True)
    assert [(e.row, e.message) for e in report.errors] == [(2, "the row has 4 cells, the header has 3")]
    assert items() == {"K-2": ("Shade", "40")}


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-32"])
def test_a_mark_says_the_encoding_whatever_is_chosen(bring: Any, items: Any, sheet: Any, encoding: str) -> None:
    path = sheet("code,name\nK-1,Лампа\n".encode(encoding))
    assert bring("warehouse.items", path, choices=Choices(encoding="cp1251")).is_whole
    assert items() == {"K-1": ("Лампа", None)}


@pytest.mark.parametrize(
    ("encoding", "name"),
    [("cp1251", "Абажур"), ("cp866", "Лампа"), ("koi8-r", "Лампа"), ("cp1252", "Stühle"), ("shift_jis", "ランプ")],
)
def test_an_old_encoding_is_read_once_it_is_chosen_and_refused_before(
    bring: Any, items: Any, sheet: Any, company: Any, encoding: str, name: str
) -> None:
    path = sheet(f"code,name\nK-1,{name}\n".encode(encoding))
    with pytest.raises(Invalid, match=f"{encoding} “K-1,{name}”"):
        run_import(company, SYSTEM, "warehouse.items", [path])
    assert items() == {}
    assert bring("warehouse.items", path, choices=Choices(encoding=encoding)).is_whole
    assert items() == {"K-1": (name, None)}


def test_utf_16_without_its_mark_and_a_letter_cut_in_half_are_refused(company: Any, sheet: Any, items: Any) -> None:
    for content in ("code,name\nK-1,Lamp\n".encode("utf-16-le"), "code,name\nK-1,Л".encode()[:-1]):
        with pytest.raises(Invalid, match="encoding"):
            run_import(company, SYSTEM, "warehouse.items", [sheet(content)])
    assert items() == {}


def test_a_wrong_choice_of_encoding_is_refused_and_not_stored(bring: Any, items: Any, sheet: Any) -> None:
    path = sheet("code,name\nK-1,Лампа\n")
    report = bring("warehouse.items", path, choices=Choices(encoding="latin-1"))
    assert [(e.row, e.field) for e in report.errors] == [(2, "name")]
    assert items() == {}


def test_one_number_that_can_be_read_in_one_way_only_decides_for_its_file(bring: Any, items: Any, sheet: Any) -> None:
    point = sheet("code;name;price\nK-1;Lamp;1.250\nK-2;Shade;12.5\n", "a.csv")
    comma = sheet("code;name;price\nK-3;Lamp;1.250\nK-4;Shade;12,5\n", "b.csv")
    assert bring("warehouse.items", point, comma).is_whole
    assert {code: price for code, (_name, price) in items().items()} == {
        "K-1": "1.25", "K-2": "12.5", "K-3": "1250", "K-4": "12.5"
    }  # fmt: skip


def test_a_file_that_writes_numbers_in_two_ways_is_refused_where_it_matters(bring: Any, items: Any, sheet: Any) -> None:
    path = sheet("code;name;price\nK-1;Lamp;1.250\nK-2;Shade;12,5\nK-3;Bulb;12.5\n")
    assert [(e.row, e.field) for e in bring("warehouse.items", path).errors] == [(2, "price"), (3, "price")]
    assert items() == {}


def test_the_presets_own_signs_of_numbers_are_used(bring: Any, items: Any, sheet: Any, preset: Any) -> None:
    mine = preset(
        'target = "warehouse.items"\ndecimal = ","\nthousands = "."\n'
        '[columns]\ncode = "code"\nname = "name"\nprice = "price"\n'
    )
    path = sheet("code;name;price\nK-1;Lamp;1.250\nK-2;Shade;1'250,5\n")
    report = bring("warehouse.items", path, preset=mine, skip_errors=True)
    assert [(e.row, e.message) for e in report.errors] == [(3, "“1'250,5” isn't a number")]
    assert items() == {"K-1": ("Lamp", "1250")}


@pytest.mark.parametrize(
    ("written", "message"),
    [
        ("1.250", "“1.250” may be 1.250 or 1250; choose whether decimals come after a point or a comma"),
        ("12.50", "“12.50” isn't a number"),
        (f"1.{'0' * 50}", f"“1.{'0' * 50}” isn't a number"),
    ],
)
def test_a_point_where_the_preset_has_the_comma_and_blanks_is_refused(
    bring: Any, items: Any, sheet: Any, preset: Any, written: str, message: str
) -> None:
    mine = preset(
        'target = "warehouse.items"\ndecimal = ","\nthousands = " "\n'
        '[columns]\ncode = "code"\nname = "name"\nprice = "price"\n'
    )
    path = sheet(f"code;name;price\nK-1;Lamp;{written}\nK-2;Shade;1 250,5\n")
    assert [(e.row, e.field, e.message) for e in bring("warehouse.items", path, preset=mine).errors] == [
        (2, "price", message)
    ]
    assert items() == {}


@pytest.mark.parametrize("word", ["Total", "TOTAL:", "Grand total", "Итого:", "Tổng cộng"])
def test_a_row_of_totals_is_left_out_and_reported(bring: Any, items: Any, sheet: Any, word: str) -> None:
    report = bring("warehouse.items", sheet(f"code,name,price\nK-1,Lamp,12.5\n,{word},12.5\n"))
    assert ([(s.row, s.reason) for s in report.skipped], report.errors) == (
        [(3, "a row of totals: it has no code")],
        [],
    )
    assert list(items()) == ["K-1"]


def test_a_row_without_a_code_that_does_not_say_total_is_in_error(bring: Any, items: Any, sheet: Any) -> None:
    report = bring("warehouse.items", sheet("code,name,price\nK-1,Lamp,12.5\n,Totally new lamp,12.5\n"))
    assert [(e.row, e.field) for e in report.errors] == [(3, "code")]
    assert items() == {}


@pytest.mark.parametrize("country", ["Germany", "Германия", "Đức", "germany", "DE"])
def test_countries_have_names_in_all_languages_of_the_program(
    bring: Any, contacts: Any, sheet: Any, country: str
) -> None:
    assert bring("contacts.contacts", sheet(f"code,name,country\n1,Sample,{country}\n")).is_whole
    assert contacts("country") == {"1": "DE"}


def test_a_file_without_names_changes_contacts_and_makes_none(bring: Any, contacts: Any, sheet: Any) -> None:
    bring("contacts.contacts", sheet("code,name\n1,Sample\n"))
    report = bring("contacts.contacts", sheet("code,note\n1,paid\n2,new\n"), skip_errors=True)
    assert [(e.row, e.field, e.message) for e in report.errors] == [(3, "name", "a new contact needs a name")]
    assert contacts("note") == {"1": "paid"}


@pytest.mark.parametrize(
    ("form", "written"), [("day", "05.03.1980"), ("day", "5/3/1980"), ("month", "03/05/1980"), ("", "1980-03-05")]
)
def test_dates_begin_with_what_was_chosen(bring: Any, contacts: Any, sheet: Any, form: str, written: str) -> None:
    path = sheet(f"code,name,kind,birth_date\n1,Ann,individual,{written}\n")
    assert bring("contacts.contacts", path, choices=Choices(dates=form)).is_whole
    assert f"{contacts('birth_date')['1']}" == "1980-03-05"


def test_what_is_neither_workbook_nor_text_is_refused_with_what_is_taken(company: Any, sheet: Any) -> None:
    with pytest.raises(Invalid, match=r"a\.pdf can't be read here\. Files end in \.xlsx, \.xlsm, \.xls, \.ods, \.csv"):
        run_import(company, SYSTEM, "warehouse.items", [sheet("%PDF", "a.pdf")])


@pytest.mark.parametrize("said", [{"encoding": "klingon"}, {"decimal": ";"}, {"dates": "year"}])
def test_choices_that_there_are_not_are_refused(said: dict[str, str]) -> None:
    with pytest.raises(Invalid):
        Choices(**said)
