"""Banks' tables: columns guessed, confirmed once, and known the next time; what they can't be read as is said."""

import io
from decimal import Decimal as D
from typing import Any

import pytest

from app.security import SYSTEM
from modules.contacts.bank_models import BankLine, BankPreset
from modules.contacts.bank_presets import WANTED, table_of
from modules.contacts.money.accounts import save_account
from modules.contacts.money.models import MoneyAccount
from tests.modules.web.browser_forms import Page

pytestmark = pytest.mark.one_engine  # files and pages

RUSSIAN = """Выписка по счёту;;;;;
Дата операции;Дебет;Кредит;Контрагент;Назначение платежа;Остаток
01.02.2026;1 250,50;;ООО «Ромашка»;Оплата по счёту 7;8 749,50
02.02.2026;;2 000,00;ИП Петров;Аванс;10 749,50
""".encode("cp1251")
AMERICAN = b"Posting Date,Description,Amount,Balance\n01/31/2026,Fee,-12.50,987.50\n02/01/2026,Ada,1000.00,1987.50\n"
WAYS = "Ngày,Số tiền,Loại,Nội dung\n05/02/2026,1500,Có,Thu tiền\n06/02/2026,200,Nợ,Phí\n".encode()


@pytest.fixture
def account(company: Any) -> int:
    def work(session: Any) -> int:
        return save_account(
            session, SYSTEM, kind="bank", name="Current", currency="GBP", number="40702810900000000001"
        ).id

    made: int = company.database.run(work, actor=SYSTEM)
    return made


@pytest.fixture
def browser(app: Any) -> Any:
    client = app.test_client()
    client.post("/login", data={"login": "admin", "password": "correct horse"})
    return client


def send(browser: Any, account: int, content: bytes, name: str = "bank.csv") -> Any:
    data = {"account_id": str(account), "file": (io.BytesIO(content), name)}
    return browser.post("/contacts/bank/tables/new", data=data, content_type="multipart/form-data")


def lines(company: Any) -> list[Any]:
    def work(session: Any) -> list[Any]:
        found = session.query(BankLine).order_by(BankLine.id)
        return [(f"{x.day}", x.amount, x.name, x.purpose) for x in found]

    found: list[Any] = company.database.run(work, actor=SYSTEM, write=False)
    return found


def confirm(browser: Any, page: str) -> Any:
    form = next(f for f in Page(page).forms if f.method == "post" and "/tables/columns" in f.action)
    return browser.post(form.action, data=form.fields)


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (
            RUSSIAN,
            [
                ("2026-02-01", D("-1250.50"), "ООО «Ромашка»", "Оплата по счёту 7"),
                ("2026-02-02", D(2000), "ИП Петров", "Аванс"),
            ],
        ),
        (AMERICAN, [("2026-01-31", D("-12.50"), "", "Fee"), ("2026-02-01", D(1000), "", "Ada")]),
        (WAYS, [("2026-02-05", D(1500), "", "Thu tiền"), ("2026-02-06", D(-200), "", "Phí")]),
    ],
    ids=["two columns, decimal comma, windows-1251", "month first, signed", "a column says which way"],
)
def test_a_table_asks_once_and_the_next_one_comes_in_at_once(
    browser: Any, company: Any, account: int, content: bytes, expected: list[Any]
) -> None:
    asked = send(browser, account, content)
    assert asked.status_code == 302
    page = browser.get(asked.location).text
    assert "Import, and remember the columns" in page
    assert lines(company) == []
    assert confirm(browser, page).status_code == 302
    assert lines(company) == expected
    again = send(browser, account, content)
    assert again.location.endswith("/contacts/bank")
    assert "0 new lines; 2 were there already" in browser.get(again.location).text
    assert lines(company) == expected
    assert company.database.run(lambda s: s.query(BankPreset).count(), actor=SYSTEM, write=False) == 1


def test_columns_that_were_confirmed_wrong_are_asked_for_again(browser: Any, company: Any, account: int) -> None:
    first = b"Date,Amount,A,B\n2026-01-31,-12.50,Fee,Bank\n"
    confirm(browser, browser.get(send(browser, account, first).location).text)
    before = lines(company)
    content = first.replace(b"31", b"30")
    data = {"account_id": str(account), "file": (io.BytesIO(content), "bank.csv"), "asks": "y"}
    asked = browser.post("/contacts/bank/tables/new", data=data, content_type="multipart/form-data")
    assert lines(company) == before
    form = next(f for f in Page(browser.get(asked.location).text).forms if "header" in f.fields)
    assert form.fields["amount"] == ["1"], "as it was confirmed"
    page = browser.get("/contacts/bank/tables/columns", query_string={**form.fields, "purpose": "2", "name": "3"}).text
    confirm(browser, page)
    send(browser, account, first.replace(b"31", b"29"))
    found = [line[2:] for line in lines(company)]
    assert found.count(("Bank", "Fee")) == 2, found


def test_what_a_table_does_not_say_is_asked_for(browser: Any, company: Any, account: int) -> None:
    for content, words in (
        (b"Date,What\n2026-01-01,x\n", "Choose the columns with the amounts"),
        (b"Date,Amount,D/C\n2026-01-01,5,maybe\n", "Row 2: “maybe” says neither in nor out."),
        (b"Date,Amount,Balance\n2026-01-01,5,10\n2026-01-02,5,16\n", "rows are missing"),
        (b"Day,Amount\n2026-01-01,5\n", "Choose the column: Date"),
    ):
        asked = send(browser, account, content)
        form = next(f for f in Page(browser.get(asked.location).text).forms if "header" in f.fields)
        page = browser.get("/contacts/bank/tables/columns", query_string=form.fields)
        assert page.status_code == 200
        assert words in page.text.replace("&#34;", '"'), words
        assert "remember the columns" not in page.text
    assert "Choose a file whose name ends in" in send(browser, account, b"x", "bank.doc").text
    assert browser.get("/contacts/bank/tables/columns?account=1&kept=9-0123456789abcdef").status_code == 404
    assert lines(company) == []


def test_an_account_without_a_number_takes_no_table(company: Any) -> None:
    from app.errors import Invalid
    from app.importing.mapping import guessed

    rows = [["Date", "Amount"], ["2026-01-01", "5"]]
    with pytest.raises(Invalid, match="has its number"):
        table_of(MoneyAccount(kind="bank", number="", currency="GBP"), rows, guessed(rows, WANTED))
