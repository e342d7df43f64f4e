"""The reconciliation act: as files, as a letter, and beside what the contact sent."""

import io
import re
from datetime import datetime
from decimal import Decimal as D
from typing import Any

import pypdfium2
import pytest
from openpyxl import Workbook, load_workbook

from app.documents import post, save
from app.security import SYSTEM
from modules.contacts.operations import create_contact, record_payment
from modules.trade.drafts import TradeDraft, TradeLineDraft
from modules.trade.models import Sale
from modules.warehouse.operations import create_item


@pytest.fixture
def contact(company: Any) -> int:
    """A client with three sales, and a payment of two of them."""

    def work(session: Any) -> int:
        made = create_contact(session, SYSTEM, kind="legal_entity", name="Ёлка", code="E-1", country="RU")
        item = create_item(session, SYSTEM, code="CUT", name="Cutting", kind="service").id
        for day, price in ((5, "100"), (6, "1234.5"), (7, "40")):
            draft = TradeDraft(made.id, [TradeLineDraft(item, D(1), D(price))], moment=datetime(2026, 1, day))
            document = save(session, SYSTEM, Sale, draft)
            post(session, SYSTEM, [document])
        paid = datetime(2026, 1, 20)
        record_payment(session, SYSTEM, contact_id=made.id, direction="in", amount=D(140), moment=paid)
        return made.id

    found: int = company.database.run(work, actor=SYSTEM)
    return found


@pytest.fixture
def client(app: Any) -> Any:
    made = app.test_client()
    made.post("/login", data={"login": "admin", "password": "correct horse"})
    return made


def text_of(pdf: bytes) -> str:
    texts = [page.get_textpage().get_text_bounded() for page in pypdfium2.PdfDocument(pdf)]
    return " ".join(" ".join(texts).split())


ASKED = {"since": "2026-01-01", "until": "2026-01-31", "currency": "GBP"}


def test_the_act_is_a_sheet_for_both_to_sign_and_a_workbook(client: Any, contact: int) -> None:
    address = f"/contacts/{contact}/act"
    page = client.get(f"/contacts/{contact}/statement?since=2026-01-01&until=2026-01-31").text
    assert f"{address}?since=2026-01-01&amp;until=2026-01-31&amp;currency=GBP" in page
    assert "1,234.50" in client.get(address, query_string=ASKED).text
    sheet = text_of(client.get(address, query_string={**ASKED, "as": "pdf", "language": "ru"}).data)
    assert "Акт сверки" in sheet
    assert "На 31 янв. 2026 задолженность Ёлка перед Testing Ltd: 1 234,50 GBP" in sheet.replace("\xa0", " ")
    assert "тысяча двести тридцать четыре фунта стерлингов 50 пенсов" in sheet
    rows = load_workbook(io.BytesIO(client.get(address, query_string={**ASKED, "as": "xlsx"}).data)).active
    assert [row[2].value for row in rows.iter_rows(min_row=6, max_row=8)] == [100, 1234.5, 40]
    assert rows["D9"].value == 140
    letter = client.get(f"/contacts/{contact}/letters/new", query_string={**ASKED, "what": "contacts.act"})
    assert "Акт сверки 2026-01-01" in letter.text
    assert client.get(address, query_string={**ASKED, "currency": "XXX"}).status_code == 404
    assert client.get(address, query_string={**ASKED, "since": "2027-01-01"}).status_code == 422


def theirs() -> io.BytesIO:
    """Their books: our sales are credits. One amount differs, two payments are one of ours, one sale is missing."""
    book = Workbook()
    sheet = book.active
    for row in (
        ["Акт сверки за январь"],
        ["Дата", "Документ", "Дебет", "Кредит"],
        [None, "Сальдо начальное", None, 0],
        [datetime(2026, 1, 5), "Поступление № 1 от 05.01.2026", None, 100],
        ["06.01.2026", "Поступление 2", None, "1 234,00"],
        [datetime(2026, 1, 18), "п/п", 90, None],
        [datetime(2026, 1, 20), "п/п", 50, None],
    ):
        sheet.append(row)
    kept = io.BytesIO()
    book.save(kept)
    kept.seek(0)
    return kept


def test_what_they_sent_is_compared_line_by_line(app: Any, client: Any, contact: int, employ: Any) -> None:
    address = f"/contacts/{contact}/act"
    assert "ends in" in client.post(address, query_string=ASKED, data={"file": (theirs(), "act.exe")}).text
    answer = client.post(address, query_string=ASKED, data={"file": (theirs(), "act.xlsx")})
    assert answer.status_code == 302
    columns = client.get(answer.location).text
    chosen = dict(re.findall(r'id="map-(\w+)".*?<option value="(\w*|[.,])" selected', columns, re.S))
    assert chosen["day"] == "0"
    asked = {"day": "0", "document": "1", "debit": "2", "credit": "3", "header": "1", "decimal": ","}
    for name, value in asked.items():
        assert re.search(rf'name="{name}">(?:(?!</select>).)*value="{value}" selected', columns, re.S), name
    query = "&".join(f"{name}={value}" for name, value in asked.items())
    page = client.get(f"{answer.location}&{query}").text
    remarks = [" ".join(text.split()) for text in re.findall(r'<span class="state[^>]*>(.*?)</span>', page)]
    assert remarks[-4:] == [
        "the same",
        "the amounts differ: 0.50",
        "only in our books: 40.00",
        "several lines come to one",
    ]
    sheet = text_of(client.get(f"{answer.location}&{query}&as=pdf&language=en").data)
    assert "Differences" in sheet
    assert "the amounts differ: 0.50" in sheet
    # What can't be read says so on the page of the columns.
    assert "Choose the column" in client.get(f"{answer.location}&header=1&debit=2").text
    assert "with the amounts" in client.get(f"{answer.location}&header=1&day=0").text
    assert "chosen for two things" in client.get(f"{answer.location}&header=1&day=0&debit=0").text
    assert "No row says" in client.get(f"{answer.location}&header=1&day=1&debit=2").text
    # Somebody else's file isn't found.
    employ("max", "manager")
    other = app.test_client()
    other.post("/login", data={"login": "max", "password": "max-sample"})
    assert other.get(answer.location).status_code == 404
    assert client.get(answer.location.replace("kept=1-", "kept=1-../")).status_code == 404
