"""Reports: figures with parameters, found on one page, and the same on the screen, in the file and over the API."""

import io
import re
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from openpyxl import load_workbook
from sqlalchemy import select

from app.ledger import at, turnover
from app.registry.lifecycle import disable
from app.security import SYSTEM
from modules.contacts.models import Contact
from modules.contacts.registers import Settlements
from modules.trade.models import Sale
from modules.trade.registers import Sales
from modules.warehouse.models import Item

pytestmark = pytest.mark.one_engine  # pages and their words: no engine decides


def rows_of(browser: Any, name: str, **asked: str) -> list[dict[str, Any]]:
    answer = browser.get(f"/api/v1/lists/{name}", query_string={"limit": "500", **asked})
    assert answer.status_code == 200, answer.text
    return answer.json["rows"]


@pytest.fixture
def days(ask: Any) -> list[Any]:
    """The days of posted sales, in order."""
    return ask(None, lambda s: sorted({m.date() for m in s.scalars(select(Sale.moment).where(Sale.state == "posted"))}))


def reports_on(page: str) -> dict[str, str]:
    return {title: address for address, title in re.findall(r'<dt><a href="([^"]*)">([^<]*)</a></dt><dd>\w', page)}


ALL = {
    "What was open": "/contacts/ageing/documents",
    "Ageing of debts": "/contacts/ageing",
    "Contacts by kind": "/reports/contacts.analysis",
    "Balances": "/contacts/balances",
    "Open items": "/contacts/open-items",
    "Turnover of goods": "/warehouse/turnover",
    "Value of stock": "/warehouse/stock-value",
    "Stock on hand": "/warehouse/stock",
    "Items by ABC and XYZ": "/reports/trade.item_class",
    "On commission": "/trade/on-commission",
    "Complaints in figures": "/reports/trade.complaint_figure",
    "Sales by document": "/trade/results/documents",
    "Between own organisations": "/trade/own-balances",
    "Purchase pipeline": "/reports/trade.pipeline_in",
    "Sales pipeline": "/reports/trade.pipeline_out",
    "Orders to arrive": "/reports/trade.to_arrive",
    "Orders to ship": "/reports/trade.to_ship",
    "Bonus points": "/trade/points",
    "Documents of the tax report": "/trade/taxes/documents",
    "Tax report": "/trade/taxes",
    "Sales figures": "/trade/results",
}


def test_all_reports_are_on_one_page_for_whoever_may_see_them(sign_in: Any) -> None:
    assert reports_on(sign_in("admin").get("/reports").text) == ALL
    steves = ["Turnover of goods", "Stock on hand"]  # not what it is worth: costs are closed to this role
    assert list(reports_on(sign_in("steve").get("/reports").text)) == steves
    bellas = [
        "Turnover of goods",
        "Value of stock",
        "Stock on hand",
        "On commission",
        "Purchase pipeline",
        "Orders to arrive",
    ]
    assert list(reports_on(sign_in("bella").get("/reports").text)) == bellas
    for address in ALL.values():
        assert sign_in("admin").get(address).status_code == 200
    assert 'href="/reports"' in sign_in("steve").get("/").text


def test_without_any_report_there_is_no_line_in_the_menu(app: Any, employ: Any) -> None:
    employ("nobody")
    browser = app.test_client()
    browser.post("/login", data={"login": "nobody", "password": "nobody-sample"})
    assert 'href="/reports"' not in browser.get("/").text
    assert "No report is open to you." in browser.get("/reports").text


def test_a_report_that_is_not_open_is_not_found(sign_in: Any) -> None:
    for name in ("trade.result", "no.such"):
        assert sign_in("steve").get(f"/reports/{name}").status_code == 404
        assert sign_in("steve").get(f"/api/v1/lists/{name}").status_code == 404
    assert (
        sign_in("admin")
        .get("/reports/trade.result?since=2026-01-01")
        .headers["Location"]
        .endswith("/trade/results?since=2026-01-01")
    )


def test_the_api_says_what_parameters_a_report_takes(sign_in: Any) -> None:
    lists = {each["name"]: each for each in sign_in("admin").get("/api/v1/lists").json["lists"]}
    assert lists["warehouse.stock"]["parameters"] == [{"name": "at", "title": "At the end of", "kind": "date"}]
    assert [each["name"] for each in lists["contacts.open_item"]["parameters"]] == ["group"]
    assert "parameters" not in lists["warehouse.item"]


def test_sales_figures_of_a_period_are_the_turnover_of_its_days(sign_in: Any, ask: Any, days: list[Any]) -> None:
    since, until = days[len(days) // 4], days[3 * len(days) // 4]

    def expected(session: Any) -> dict[tuple[str, str], tuple[Decimal, ...]]:
        names = dict(session.execute(select(Item.id, Item.code)).all())
        contacts = dict(session.execute(select(Contact.id, Contact.name)).all())
        moved = turnover(session, Sales.results, since, until, by=("item", "contact"))
        net = {
            (names[t.key[0]], contacts[t.key[1]]): tuple(
                t.taken_in[n] - t.given_out[n] for n in ("quantity", "revenue", "cost")
            )
            for t in moved
        }
        return {key: amounts for key, amounts in net.items() if any(amounts)}

    wanted = ask(None, expected)
    assert len(wanted) > 3
    rows = rows_of(sign_in("admin"), "trade.result", since=str(since), until=str(until))
    found = {(r["code"], r["contact"]): tuple(Decimal(r[n]) for n in ("quantity", "revenue", "cost")) for r in rows}
    assert {key: amounts for key, amounts in found.items() if any(amounts)} == wanted
    of_all = rows_of(sign_in("admin"), "trade.result")
    assert {(r["code"], r["contact"]) for r in rows} < {(r["code"], r["contact"]) for r in of_all}
    of_all_days = rows_of(sign_in("admin"), "trade.result", until="9999-12-31")
    assert sorted(map(str, of_all_days)) == sorted(map(str, of_all))


def test_a_salesperson_sees_no_cost_in_a_period_and_only_the_own_contacts(
    sign_in: Any, ask: Any, actor: Any, days: list[Any]
) -> None:
    me = actor("sam").user_id
    mine = set(ask(None, lambda s: s.scalars(select(Contact.name).where(Contact.responsible_id == me)).all()))
    rows = rows_of(sign_in("sam"), "trade.result", since=str(days[0]))
    assert rows
    assert {row["contact"] for row in rows} <= mine
    assert {"cost", "margin"}.isdisjoint(rows[0])


def test_balances_at_a_past_day_are_what_the_register_says_of_it(sign_in: Any, ask: Any, days: list[Any]) -> None:
    day = days[len(days) // 2]

    def expected(session: Any) -> dict[str, Decimal]:
        codes = dict(session.execute(select(Contact.id, Contact.code)).all())
        figures = at(session, Settlements.balance, day, by=("contact", "currency"))
        return {codes[f.key[0]]: f.amounts["amount"] for f in figures if f.amounts["amount"]}

    wanted = ask(None, expected)
    rows = rows_of(sign_in("admin"), "contacts.balance", at=str(day))
    assert {row["code"]: Decimal(row["amount"]) for row in rows} == wanted != {}
    assert all(row["moved"] < str(day + timedelta(days=1)) for row in rows)


def test_page_file_and_api_say_the_same_of_a_past_day(sign_in: Any, days: list[Any]) -> None:
    admin, day = sign_in("admin"), str(days[len(days) // 2])
    rows = rows_of(admin, "warehouse.stock", at=day)
    sheet = load_workbook(io.BytesIO(admin.get(f"/warehouse/stock?at={day}&as=xlsx").data)).active
    assert [line[0].value for line in sheet.iter_rows(min_row=2)] == [*(row["code"] for row in rows), "Total"]
    page = admin.get(f"/warehouse/stock?at={day}").text
    assert f'<input class="form-control" type="date" name="at" value="{day}">' in page
    assert f"/warehouse/stock?at={day}&amp;as=xlsx" in page
    assert rows[0]["code"] in page
    part = admin.get(f"/warehouse/stock?at={day}", headers={"HX-Request": "true", "HX-Target": "list"}).text
    assert "<form" not in part


@pytest.mark.parametrize(
    ("question", "message"),
    [
        ("warehouse.item?at=2026-01-31", "This list doesn't take “at”. It takes: active, after, as, before, "),
        ("warehouse.stock?when=2026-01-31", "This list doesn't take “when”. It takes: after, as, at, "),
        ("warehouse.stock?order=moment", "This list can't be sorted by “moment”, but by: "),
        ("warehouse.stock?limit=0", "A page has between 1 and 500 rows."),
        ("warehouse.stock?limit=all", "A page has between 1 and 500 rows."),
        ("warehouse.item?q=" + 21 * "a+", "Search for at most 20 words."),
    ],
)
def test_what_a_list_does_not_take_is_refused_and_not_left_out(sign_in: Any, question: str, message: str) -> None:
    answer = sign_in("admin").get(f"/api/v1/lists/{question}")
    assert answer.status_code == 422
    assert message in answer.json["error"]


def test_a_day_that_is_left_empty_is_the_one_that_is_offered(sign_in: Any) -> None:
    admin = sign_in("admin")
    empty, offered = (admin.get(f"/contacts/ageing{asked}") for asked in ("?date=&who=&bounds=", ""))
    assert (empty.status_code, offered.status_code) == (200, 200)
    shown, wanted = (re.findall(r'<input[^>]*name="date"[^>]*>', page.text) for page in (empty, offered))
    assert shown == wanted != []


@pytest.mark.parametrize("address", ["/warehouse/stock?at=soon", "/api/v1/lists/trade.result?since=2026-02-30"])
def test_what_isnt_a_day_is_refused_in_words(sign_in: Any, address: str) -> None:
    answer = sign_in("admin").get(address)
    assert answer.status_code == 422
    assert "t a date; write it as 2026-01-31." in answer.text


@pytest.mark.parametrize("day", ["0001-01-01", "1900-01-01", "9999-12-31"])
def test_the_ends_of_the_calendar_are_borne(sign_in: Any, day: str) -> None:
    for name, parameter in (("warehouse.stock", "at"), ("contacts.balance", "at")):
        assert sign_in("admin").get(f"/api/v1/lists/{name}?{parameter}={day}").status_code == 200
    for parameter in ("since", "until"):
        assert sign_in("admin").get(f"/trade/results?{parameter}={day}").status_code == 200


def test_a_report_goes_with_its_module(company: Any, app: Any) -> None:
    browser = app.test_client()
    browser.post("/login", data={"login": "admin", "password": "correct horse"})
    assert list(reports_on(browser.get("/reports").text)) == list(ALL)
    company.database.run(lambda s: disable(s, SYSTEM, company, "trade"), actor=SYSTEM)
    assert "Sales figures" not in reports_on(browser.get("/reports").text)
    assert browser.get("/reports/trade.result").status_code == 404
