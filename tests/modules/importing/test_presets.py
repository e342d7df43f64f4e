"""A preset that is wrong is refused with its line and with what is allowed, before any file is read."""

from pathlib import Path
from typing import Any

import pytest

from app.errors import Invalid
from app.importing import run_import
from app.security import SYSTEM

pytestmark = pytest.mark.one_engine  # how files are read: no engine decides

ITEMS = 'target = "warehouse.items"\n{}\n[columns]\ncode = "code"\nname = "name"\n{}\n'
SALES = (Path(__file__).parents[3] / "modules/trade/presets/online_retail.toml").read_text(encoding="utf-8")


@pytest.fixture
def refusal(company: Any, preset: Any, tmp_path: Path, items: Any) -> Any:
    """Why a preset is refused."""

    def of(text: str, target: str = "warehouse.items") -> str:
        path = tmp_path / "items.csv"
        path.write_text("code,name\nK-1,Lamp\n")
        with pytest.raises(Invalid) as caught:
            run_import(company, SYSTEM, target, [path], preset(text))
        assert items() == {}
        return str(caught.value.message)

    return of


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ('encoding = "klingon"', "“encoding”: “klingon” isn't an encoding; utf-8, utf-16, cp1251"),
        ('encoding = "rot13"', "isn't an encoding"),
        ('encoding = "undefined"', "isn't an encoding"),
        ("encoding = 5", "“encoding”: must be a text"),
        ('delimiter = ";;"', "“delimiter”: must be one sign"),
        ('delimiter = ""', "“delimiter”: must be one sign"),
        ('delimiter = "\\n"', "“delimiter”: must be one sign"),
        ("delimiter = 1", "“delimiter”: must be a text"),
        ("sheet = 1", "“sheet”: must be a text"),
        ('decimal = ";"', "“decimal”: must be one of: “.”, “,”"),
        ('thousands = "."', "“thousands”: needs “decimal” beside it"),
        ('decimal = "."\nthousands = "."', "“thousands”: can't be the sign before the decimals"),
        ("header_row = 3", "“header_row”: isn't known; known are: target, columns, title, sheet, encoding"),
        ('optional = "note"', "“optional”: must be a list"),
        ('optional = ["colour"]', "“optional”: must be one of: “code”, “name”"),
        ('moments = ["%q"]', "“moments”: isn't a form of dates"),
        ('moments = ["%m/%d"]', "“moments”: isn't a form of dates"),
        ('moments = "%d.%m.%Y"', "“moments”: must be a list"),
        ('group_separator = ""', "“group_separator”: must be a text that isn't blank"),
    ],
)
def test_a_key_that_is_wrong_is_refused_with_its_line(refusal: Any, line: str, words: str) -> None:
    message = refusal(ITEMS.format(line, ""))
    assert message.startswith(f"The preset mine.toml, line {2 + line.count(chr(10))}, ")
    assert words in message


@pytest.mark.parametrize(
    ("lines", "words"),
    [
        ("price = 5", "line 6, “columns.price”: must be the name of a column, or a list of such names"),
        ("price = []", "“columns.price”: must be the name of a column"),
        ('price = [""]', "“columns.price”: must be the name of a column"),
        ("price = [1]", "“columns.price”: must be the name of a column"),
        ('colour = "colour"', "line 6, “columns.colour”: isn't known; known are: code, name, kind"),
        ("[values]\nunit = 5", "line 7, “values.unit”: must be a table"),
        ('[values.colour]\n"red" = "r"', "line 6, “values.colour”: isn't known"),
        ('[values.unit]\n"kg" = ["KGM"]', "line 7, “values.unit.kg”: must be a text, a number"),
        ("[defaults]\nprice = []", "line 7, “defaults.price”: must be a text"),
        ('[defaults]\nprice = "cheap"', "line 7, “defaults.price”: “cheap” isn't a number"),
        ("[units]\nBX = 5", "line 7, “units.BX”: must be a table"),
        ("[units]\nBX = { digits = 2 }", "line 7, “units.BX.name”: is missing"),
        ('[units]\nBX = { name = "box", digits = "two" }', "“units.BX.digits”: must be a whole number of at most 6"),
        ('[units]\nbx = { name = "box" }', "“units.bx”: must be a code of at most three capital letters"),
        ('[units]\nBX = { name = "box", digits = 7 }', "“units.BX.digits”: must be a whole number of at most 6"),
        ("[units]\nBX = { name = 1 }", "“units.BX.name”: must be a text that isn't blank"),
    ],
)
def test_what_a_table_of_a_preset_says_is_checked_too(refusal: Any, lines: str, words: str) -> None:
    assert words in refusal(ITEMS.format("", lines))


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ('target = "warehouse.items"\n[columns]\nname = "name"', "line 2, “columns.code”: is missing"),
        ('target = "warehouse.items"', "“columns”: is missing"),
        ('target = "warehouse.items"\ncolumns = 3', "line 2, “columns”: must be a table"),
        ('target = "warehouse.items"\n[columns', "can't be read"),
        ('target = "contacts.contacts"', "is not for warehouse.items"),
    ],
)
def test_a_preset_without_what_it_needs_is_refused(refusal: Any, text: str, words: str) -> None:
    assert words in refusal(text)


@pytest.mark.parametrize(
    ("before", "after", "words"),
    [
        ('pattern = "[0-9]+"', 'pattern = "[0-9"', "“customers.pattern”: isn't a regular expression"),
        ('sale = "[0-9]+"', 'sale = "("', "“invoices.sale”: isn't a regular expression"),
        ('adjustment = "A', 'gift = "A', "“invoices.gift”: isn't known; known are: sale, sales_return, adjustment"),
        ('currency = "GBP"', 'currency = "DEM"', "“currency”: “DEM” isn't a currency code"),
        ('currency = "GBP"', "", "“currency”: is missing"),
        ('services = ["POST"', 'services = [5, "POST"', "“services”: must be a text"),
        (
            'kind = "legal_entity"',
            'kind = "firm"',
            "“customers.kind”: must be one of: “legal_entity”, “sole_proprietor”, “individual”",
        ),
        ('name = "Customer {code}"', 'name = "Customer {number}"', "“customers.name”: may have {code} in it"),
        ('"EIRE" = "IE"', '"EIRE" = "Ireland"', "“countries.EIRE”: “Ireland” isn't a country code"),
        ('code = "WALK-IN"', 'code = ""', "“walk_in.code”: must be a text that isn't blank"),
        ('customer = "CustomerID"', "", "“columns.customer”: is missing"),
    ],
)
def test_a_preset_for_sales_is_checked_like_any(refusal: Any, before: str, after: str, words: str) -> None:
    assert before in SALES
    text = SALES.replace(before, after)
    message = refusal(text, "trade.sales")
    assert words in message
    if after:
        number = next(n for n, line in enumerate(text.splitlines(), 1) if line.startswith(after))
        assert f", line {number}, " in message


def test_a_value_is_read_once_it_is_mapped(bring: Any, contacts: Any, preset: Any, tmp_path: Path) -> None:
    mine = preset(
        'target = "contacts.contacts"\n[columns]\ncode = "Nr"\nname = "Firma"\nkind = "Art"\ncredit_limit = "Limit"\n'
        '[values.kind]\n"P" = "Individual"\n[values.credit_limit]\n"hoch" = 1000.50\n[defaults]\ncountry = "Germany"\n'
    )
    path = tmp_path / "a.csv"
    path.write_text("Nr;Firma;Art;Limit\n1;Ann;P;hoch\n")
    assert bring("contacts.contacts", path, preset=mine).is_whole
    assert (contacts("kind"), contacts("country")) == ({"1": "individual"}, {"1": "DE"})
    assert f"{contacts('credit_limit')['1']:.2f}" == "1000.50"
