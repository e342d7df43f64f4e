"""Files that went in wrong, were refused without reason, or crashed: each comes in as meant, or is refused by row.

The files stand beside this one; `docs/importing.md` states the rules.
"""

from datetime import date
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select

from app.errors import Invalid
from app.importing import Choices, run_import
from app.security import SYSTEM
from modules.trade.models import Sale

pytestmark = pytest.mark.one_engine  # how files are read: no engine decides

CONTACTS = 'target = "contacts.contacts"\n[columns]\ncode = "Nr"\nname = "Firma"\n'


def errors(report: Any) -> list[tuple[int, str, str]]:
    """Row, column and words of what is in error."""
    return [(e.row, e.field, e.message) for e in report.errors]


@pytest.mark.parametrize("name", ["surplus-cells-comma.csv", "surplus-cells-semicolon.csv"])
def test_a_row_longer_than_the_header_is_refused_by_its_number(bring: Any, case: Any, items: Any, name: str) -> None:
    report = bring("warehouse.items", case(name))
    assert errors(report) == [(2, "", "the row has 4 cells, the header has 3")]
    assert items() == {}


def test_a_longer_row_of_an_invoice_is_refused_and_its_invoice_with_it(bring: Any, case: Any, company: Any) -> None:
    report = bring("trade.sales", case("surplus-cells-sales.csv"), preset="online_retail")
    assert errors(report) == [(2, "", "the row has 9 cells, the header has 8")]
    sales = company.database.run(lambda s: s.scalar(select(func.count()).select_from(Sale)), actor=SYSTEM, write=False)
    assert sales == 0


def test_an_ambiguous_price_of_an_invoice_is_refused_and_read_once_chosen(
    bring: Any, case: Any, preset: Any, tmp_path: Path
) -> None:
    rows = case("surplus-cells-sales.csv").read_text().splitlines()
    path = tmp_path / "sales.csv"
    path.write_text("\n".join([rows[0], '700003,90001,LAMP,1,2024-05-02 10:00,"1,250",17850,United Kingdom']))
    shipped = Path(__file__).parents[3] / "modules/trade/presets/online_retail.toml"
    mine = preset(shipped.read_text(encoding="utf-8").replace('decimal = "."', ""))
    report = bring("trade.sales", path, preset=mine)
    assert [(e.row, e.field) for e in report.errors] == [(2, "UnitPrice")]
    assert bring("trade.sales", path, preset=mine, choices=Choices(decimal=".")).control.amount_posted == 1250


def test_zeros_that_a_format_shows_are_part_of_a_code(bring: Any, case: Any, items: Any) -> None:
    assert bring("warehouse.items", case("leading-zeros-by-format.xlsx")).is_whole
    assert items() == {"0000417": ("Lamp", "12.5"), "0390017": ("Shade", "40")}


def test_own_formats_of_old_workbooks_do_not_make_dates(bring: Any, case: Any, items: Any, company: Any) -> None:
    from modules.warehouse.models import Item

    assert bring("warehouse.items", case("own-number-format.xls")).is_whole
    assert items() == {"K-1": ("Lamp", "12.5"), "K-2": ("Shade", "40")}
    notes = company.database.run(
        lambda s: list(s.scalars(select(Item.note).order_by(Item.code))), actor=SYSTEM, write=False
    )
    assert notes == ["7", "12"]


def test_a_formula_without_its_result_is_refused(bring: Any, case: Any, items: Any) -> None:
    report = bring("warehouse.items", case("formula-without-result.xlsx"))
    why = "the file holds a formula whose result was never stored; open and save it in a spreadsheet program"
    assert errors(report) == [(2, "price", why), (3, "price", why)]
    assert items() == {}


def test_an_error_cell_of_an_old_workbook_is_refused(bring: Any, case: Any, items: Any) -> None:
    report = bring("warehouse.items", case("error-cell.xls"))
    assert errors(report) == [(3, "price", "“#N/A” is an error of the spreadsheet")]
    assert items() == {}


def test_numbers_of_more_digits_than_a_sheet_keeps_are_refused(bring: Any, case: Any, contacts: Any) -> None:
    report = bring("contacts.contacts", case("long-numbers.xlsx"))
    assert [(e.row, e.field) for e in report.errors] == [(2, "bank_account"), (3, "bank_account")]
    assert all("more than 15 digits" in e.message for e in report.errors)
    assert contacts("name") == {}


def test_what_may_be_thousands_or_thousandths_has_to_be_chosen(bring: Any, case: Any, items: Any) -> None:
    report = bring("warehouse.items", case("german-thousands.csv"))
    why = "“1.250” may be 1.250 or 1250; choose whether decimals come after a point or a comma"
    assert errors(report)[0] == (2, "price", why)
    assert items() == {}
    assert bring("warehouse.items", case("german-thousands.csv"), choices=Choices(decimal=",")).is_whole
    assert items() == {"K-1": ("Lamp", "1250"), "K-2": ("Shade", "12500")}


def test_numbers_that_can_be_read_in_one_way_only_are(bring: Any, case: Any, items: Any) -> None:
    assert bring("warehouse.items", case("german-decimals.csv")).is_whole
    assert items() == {"K-1": ("Lamp", "1250"), "K-2": ("Shade", "12.5")}


def test_signs_of_currencies_and_blanks_are_not_part_of_a_number(bring: Any, case: Any, items: Any) -> None:
    assert bring("warehouse.items", case("currency-signs.csv")).is_whole
    assert items() == {"K-1": ("Lamp", "12.5"), "K-2": ("Shade", "1250"), "K-3": ("Bulb", "1250")}


def test_an_old_workbook_that_does_not_name_its_encoding_needs_it(
    bring: Any, case: Any, items: Any, preset: Any, company: Any
) -> None:
    path = case("cyrillic-without-codepage.xls")
    with pytest.raises(Invalid, match="doesn't say its encoding"):
        run_import(company, SYSTEM, "warehouse.items", [path])
    assert items() == {}
    mine = preset(
        'target = "warehouse.items"\nencoding = "cp1251"\n[columns]\ncode = "code"\nname = "name"\nprice = "price"'
    )
    assert bring("warehouse.items", path, preset=mine).is_whole
    assert items() == {"K-1": ("Лампа", "12.5"), "K-2": ("Абажур", "40")}
    again = bring("warehouse.items", path, choices=Choices(encoding="cp1251"))
    assert [s.reason for s in again.skipped] == ["is so already"] * 2


def test_a_file_of_prices_changes_what_is_there_and_makes_nothing_without_a_name(
    bring: Any, case: Any, items: Any, tmp_path: Any
) -> None:
    there = tmp_path / "there.csv"
    there.write_text("code,name\nK-1,Lamp\n")
    bring("warehouse.items", there)
    report = bring("warehouse.items", case("prices-only.csv"))
    assert errors(report) == [(3, "name", "a new item needs a name")]
    assert items() == {"K-1": ("Lamp", None)}
    rest = bring("warehouse.items", case("prices-only.csv"), skip_errors=True)
    assert (dict(rest.created), dict(rest.updated)) == ({}, {"warehouse.item": 1})
    assert items() == {"K-1": ("Lamp", "5.5")}


def test_countries_are_known_by_name_and_by_a_map(bring: Any, case: Any, contacts: Any, preset: Any) -> None:
    mapped = preset(f'{CONTACTS}country = "Land"\n[values.country]\n"Deutschland" = "DE"\n"Österreich" = "AT"\n')
    assert bring("contacts.contacts", case("country-names.csv"), preset=mapped).is_whole
    assert contacts("country") == {"1": "DE", "2": "AT"}


def test_kinds_are_known_by_a_map(bring: Any, case: Any, contacts: Any, preset: Any) -> None:
    mapped = preset(f'{CONTACTS}kind = "Art"\n[values.kind]\n"Firma" = "legal_entity"\n"Person" = "individual"\n')
    assert bring("contacts.contacts", case("kind-words.csv"), preset=mapped).is_whole
    assert contacts("kind") == {"1": "legal_entity", "2": "individual"}


def test_a_table_needs_no_name(bring: Any, case: Any, items: Any) -> None:
    assert bring("warehouse.items", case("table-without-name.ods")).is_whole
    assert items() == {"K-1": ("Lamp", "12.5")}


def test_a_number_counts_as_a_spreadsheet_shows_it(bring: Any, case: Any, items: Any) -> None:
    assert bring("warehouse.items", case("float-tail.xlsx")).is_whole
    assert items() == {"K-1": ("Lamp", "15.3")}


def test_dates_may_begin_with_the_day_once_it_is_chosen(bring: Any, case: Any, contacts: Any, preset: Any) -> None:
    path = case("day-first-birth-dates.csv")
    assert [(e.row, e.field) for e in bring("contacts.contacts", path).errors] == [(2, "birth_date")]
    mine = preset(
        'target = "contacts.contacts"\nmoments = ["%d.%m.%Y"]\n[columns]\n'
        'code = "code"\nname = "name"\nkind = "kind"\nbirth_date = "birth_date"\n'
    )
    assert bring("contacts.contacts", path, preset=mine).is_whole
    assert contacts("birth_date") == {"P-1": date(1980, 3, 5)}
    again = bring("contacts.contacts", path, choices=Choices(dates="day"))
    assert [s.reason for s in again.skipped] == ["is so already"]


def test_a_cell_of_blanks_is_not_filled(bring: Any, case: Any, items: Any, preset: Any) -> None:
    mine = preset('target = "warehouse.items"\n[columns]\ncode = "code"\nname = ["full", "short"]\n')
    assert bring("warehouse.items", case("space-is-not-filled.csv"), preset=mine).is_whole
    assert items() == {"K-1": ("Lamp", None), "K-2": ("Shade lamp", None)}


def test_the_first_line_may_say_the_delimiter(bring: Any, case: Any, items: Any) -> None:
    assert bring("warehouse.items", case("sep-line.csv")).is_whole
    assert items() == {"K-1": ("Lamp", "12.5")}


def test_headers_are_compared_in_one_form_of_unicode(bring: Any, case: Any, items: Any, preset: Any) -> None:
    mine = preset('target = "warehouse.items"\n[columns]\ncode = "Mã hàng"\nname = "Tên hàng"\n')
    assert bring("warehouse.items", case("decomposed-header.csv"), preset=mine).is_whole
    assert items() == {"K-1": ("Đèn bàn", None)}


def test_utf_16_is_known_by_its_mark(bring: Any, case: Any, items: Any) -> None:
    assert bring("warehouse.items", case("utf16.csv")).is_whole
    assert items() == {"K-1": ("Лампа", "12.5")}


def test_another_encoding_is_shown_and_has_to_be_chosen(bring: Any, case: Any, items: Any, company: Any) -> None:
    with pytest.raises(Invalid, match=r"Choose its encoding, by what makes sense: cp1251 “K-1;Лампа;12.50”"):
        run_import(company, SYSTEM, "warehouse.items", [case("cp1251.csv")])
    assert items() == {}
    assert bring("warehouse.items", case("cp1251.csv"), choices=Choices(encoding="cp1251")).is_whole
    assert items() == {"K-1": ("Лампа", "12.5")}


def test_codes_that_look_alike_are_alike(bring: Any, case: Any, items: Any) -> None:
    report = bring("warehouse.items", case("zero-width-code.csv"))
    assert errors(report) == [(3, "code", "“K-1” is in row 2 already")]
    assert items() == {}


def test_a_web_page_named_like_a_workbook_is_called_what_it_is(company: Any, case: Any) -> None:
    with pytest.raises(Invalid, match=r"is a web page named \.xls; open it and save it as XLSX"):
        run_import(company, SYSTEM, "warehouse.items", [case("html-named.xls")])


def test_titles_above_the_header_and_a_total_below_are_left_out(bring: Any, case: Any, items: Any) -> None:
    report = bring("warehouse.items", case("title-rows-and-total.xlsx"))
    assert report.errors == []
    assert report.notes == ["title-rows-and-total.xlsx: the header is row 3; what stands above it is not used."]
    assert [(s.row, s.reason) for s in report.skipped] == [(5, "a row of totals: it has no code")]
    assert items() == {"K-1": ("Lamp", "12.5")}
    assert report.rows_read == 2
