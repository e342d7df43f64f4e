"""Imports understand the program's own words: what a list was exported as comes in again, in whatever language."""

import io
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook
from sqlalchemy import select

from app.importing import run_import
from app.reference import Unit
from app.security import SYSTEM
from modules.contacts.models import Contact
from modules.warehouse.models import Item

pytestmark = pytest.mark.one_engine  # pages and their words: no engine decides


def bring(house: Any, language: str, target: str, path: Path, **options: Any) -> Any:
    """An import by somebody who reads the program in a language."""
    with house.test_request_context(headers={"Accept-Language": language}):
        return run_import(house.company, SYSTEM, target, [path], **options)


@pytest.mark.parametrize("language", ["en", "ru", "vi"])
@pytest.mark.parametrize(
    ("address", "target"),
    [
        ("/warehouse/items", "warehouse.items"),
        ("/contacts/companies", "contacts.contacts"),
        ("/contacts/people", "contacts.contacts"),
    ],
)
def test_a_list_that_was_exported_comes_in_again_and_changes_nothing(
    house: Any, sign_in: Any, tmp_path: Path, language: str, address: str, target: str
) -> None:
    answer = sign_in("admin").get(f"{address}?as=xlsx", headers={"Accept-Language": language})
    path = tmp_path / "list.xlsx"
    path.write_bytes(answer.data)
    rows = len(list(load_workbook(io.BytesIO(answer.data)).active.values)) - 1
    report = bring(house, language, target, path)
    assert (report.errors, dict(report.created), dict(report.updated)) == ([], {}, {})
    assert [s.reason for s in report.skipped].count(report.skipped[0].reason) == rows > 1


def test_units_kinds_and_countries_are_read_by_code_or_by_word(house: Any, tmp_path: Path) -> None:
    path = tmp_path / "items.csv"
    query = select(Unit.name).where(Unit.code == "C62")
    piece = house.company.database.run(lambda s: s.scalars(query).one(), actor=SYSTEM, write=False).title()
    rows = f"RU-1,Гвоздь,Товар,{piece}\nRU-2,Доставка,service,C62\n"
    path.write_text(f"Код,Название,Вид,Единица\n{rows}", encoding="utf-8")
    report = bring(house, "ru", "warehouse.items", path)
    assert report.errors == []
    path.write_text(
        "code,Name,Вид,Страна\nRU-A,Берген,Юридическое лицо,Норвегия\nRU-B,An,individual,Viet Nam\n"
        "RU-C,Ли,Физическое лицо,vietnam\nRU-D,Ло,,XX\n",
        encoding="utf-8",
    )
    report = bring(house, "ru", "contacts.contacts", path, skip_errors=True)
    assert [(e.row, e.field) for e in report.errors] == [(3, "Страна"), (5, "Страна")]

    def read(session: Any) -> Any:
        items = session.scalars(select(Item).where(Item.code.startswith("RU-")).order_by(Item.code))
        contacts = session.scalars(select(Contact).where(Contact.code.startswith("RU-")).order_by(Contact.code))
        return [(i.kind, i.unit.code) for i in items], [(c.kind, c.country) for c in contacts]

    assert house.company.database.run(read, actor=SYSTEM, write=False) == (
        [("goods", "C62"), ("service", "C62")],
        [("legal_entity", "NO"), ("individual", "VN")],
    )


def test_the_import_page_lists_the_columns_that_a_plain_table_can_have(sign_in: Any) -> None:
    page = sign_in("admin").get("/admin/import").text
    assert "Columns of a plain table: Items" in page
    assert "<code>barcode</code> – Barcode" in page
    assert "<code>credit_limit</code> – Credit limit" in page


@pytest.mark.parametrize(("rows", "is_offered"), [("A-1,,\n", False), ("A-1,,\nA-2,Beta,\n", True)])
def test_the_rest_is_offered_only_where_a_row_is_right(house: Any, sign_in: Any, rows: str, is_offered: bool) -> None:
    admin = sign_in("admin")
    files = (io.BytesIO(f"code,name,kind\n{rows}".encode()), "clients.csv")
    upload = {"what": "contacts.contacts|", "files": files}
    page = admin.post("/admin/import", data=upload, content_type="multipart/form-data").headers["Location"]
    house.extensions["kontor.jobs"].run_waiting()
    text = admin.get(page).text
    assert "Rows in error" in text
    assert ("Import the rest" in text) is is_offered


def test_a_report_is_in_the_language_of_whoever_asked_whether_they_chose_it_or_their_browser_did(
    house: Any, sign_in: Any
) -> None:
    admin = sign_in("admin")
    rows = "A1,,1\nA2,Two,abc\nA3,Three,-1\n"

    def report(language: str, content: str, *more: tuple[str, str]) -> str:
        files = [(io.BytesIO(text.encode()), name) for name, text in (("items.csv", content), *more)]
        sent = {"what": "warehouse.items|", "files": files}
        headers = {"Accept-Language": language}
        page = admin.post("/admin/import", data=sent, headers=headers, content_type="multipart/form-data")
        house.extensions["kontor.jobs"].run_waiting()
        return str(admin.get(page.headers["Location"], headers=headers).text)

    said = report("ru", f"Код,Название,price\n{rows}")
    for words in ("новой позиции нужно название", "«abc» — не число", "Цена не бывает ниже нуля", "<th>Столбец</th>"):
        assert words in said
    assert "Сумма в файле" not in said
    said = report("vi", "foo,bar\n1,2\n")
    assert "items.csv không có cột “code” (cũng có thể gọi là Mã)." in said
    assert "items.csv has no column “code” (it may be called Code, too)." not in said
    named = report("en", f"code,name,price\n{rows}", ("more.csv", "code,name,price\nA9,Nine,x\n"))
    assert '<td data-label="File">more.csv</td>' in named
    assert "“x” isn&#39;t a number" in named


def test_a_long_report_says_how_much_of_it_is_shown(house: Any, sign_in: Any) -> None:
    admin = sign_in("admin")
    rows = "".join(f"L{n},,1\n" for n in range(1234))
    sent = {"what": "warehouse.items|", "files": (io.BytesIO(f"code,name,price\n{rows}".encode()), "items.csv")}
    page = admin.post("/admin/import", data=sent, content_type="multipart/form-data").headers["Location"]
    house.extensions["kontor.jobs"].run_waiting()
    said = admin.get(page).text
    assert "These are the first 50 of 1,234." in said
    assert "<dt>Rows in error</dt><dd>1,234</dd>" in said
