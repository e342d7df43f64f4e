"""Every list that is declared, on the sample company: each of its orders pages right, and a page is one statement."""

import io
import shutil
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from openpyxl import load_workbook
from sqlalchemy import event, select

from app.company import actor_of
from app.security import SYSTEM, User
from app.values.types import Scaled
from app.web.kit.tables import NUMERIC, Filter, Query, Table, everything, fetch
from modules.warehouse import tables as warehouse
from tests.conftest import opened


@pytest.fixture(scope="module")
def house(sample_file: Path, shell: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """The application of the sample company, with every module on."""
    from app.config import Config
    from app.registry.lifecycle import enable

    folder = tmp_path_factory.mktemp("lists")
    shutil.copy(sample_file, folder / "kontor.db")
    with opened(shell, Config(folder, f"sqlite:///{folder / 'kontor.db'}", "tests")) as app:
        app.company.database.run(lambda s: enable(s, SYSTEM, app.company, "production"), actor=SYSTEM)
        yield app


@pytest.fixture(scope="module")
def browser_of(house: Any) -> Any:
    """A signed-in client for a sample user."""

    @cache
    def sign_in(login: str) -> Any:
        client = house.test_client()
        assert client.post("/login", data={"login": login, "password": f"{login}-sample"}).status_code == 302
        return client

    return sign_in


def tables(house: Any, session: Any) -> list[Table]:
    """Every declared list."""
    house.company.refresh(session)
    return list(house.company.contributed("tables", Table))


def test_every_order_of_every_list_gives_each_row_once(house: Any) -> None:
    paged = 0
    with house.test_request_context(), house.company.database.session(SYSTEM) as session:
        for table in (declared.present(session) for declared in tables(house, session)):
            for column in (c for c in table.columns if c.sortable):
                for order in (column.name, f"-{column.name}"):
                    wanted = [row._key for row in everything(session, table, Query(order=order))]
                    found = [row._key for row in pages_of(session, table, Query(order=order, limit=7))]
                    assert found == wanted, f"{table.name} by {order}"
                    assert max(Counter(wanted).values(), default=1) == 1, f"{table.name}: the key is not unique"
                    paged += len(wanted) > 7
    assert paged > 20


def test_amounts_and_quantities_are_kept_as_such(house: Any) -> None:
    with house.test_request_context(), house.company.database.session(SYSTEM) as session:
        plain = [
            f"{table.name}.{column.name}"
            for table in tables(house, session)
            for column in table.columns
            if column.kind in ("money", "price", "quantity") and not isinstance(column.expression.type, Scaled)
        ]
        kinds = {column.kind for table in tables(house, session) for column in table.columns}
    assert plain == []
    assert kinds <= {*NUMERIC, "text", "state", "flag", "date", "moment", "phone", "rate"}


def test_the_margin_is_what_is_left_of_the_revenue(browser_of: Any) -> None:
    row = browser_of("admin").get("/api/v1/lists/trade.result?order=-margin&limit=1").json["rows"][0]
    assert Decimal(row["margin"]) == Decimal(row["revenue"]) - Decimal(row["cost"]) < 10_000


def pages_of(session: Any, table: Table, query: Query) -> Iterator[Any]:
    """The rows of all pages."""
    page = fetch(session, table, query)
    yield from page.rows
    while page.following:
        page = fetch(session, table, replace(query, after=page.following))
        yield from page.rows


def test_a_page_is_one_statement_however_long_it_is(house: Any, browser_of: Any) -> None:
    statements: list[str] = []
    engine = house.company.database.engine
    event.listen(engine, "before_cursor_execute", lambda *given: statements.append(given[2]))
    counts = {}
    for limit in (1, 25):
        client = browser_of("admin")
        client.get("/trade/sales")
        statements.clear()
        client.get(f"/trade/sales?limit={limit}")
        counts[limit] = [s for s in statements if "BEGIN" not in s]
    assert len(counts[1]) == len(counts[25]) <= 4, counts


def test_the_file_holds_what_the_filters_show(browser_of: Any) -> None:
    client = browser_of("steve")
    part = client.get("/warehouse/items?q=bolt", headers={"HX-Request": "true", "HX-Target": "list"}).text
    assert 'hx-swap-oob="true" href="/warehouse/items?q=bolt&amp;as=xlsx"' in part
    sheet = load_workbook(io.BytesIO(client.get("/warehouse/items?q=bolt&as=xlsx").data)).active
    assert [row[1].value for row in sheet.iter_rows(min_row=2)] == ["Hex bolt M8 × 50, zinc"]


@pytest.mark.parametrize("day", ['{"a": 1}', "[x]", "x" * 300, "2026-13-01"])
def test_a_file_of_what_is_not_a_day_is_refused_as_the_page_is(browser_of: Any, day: str) -> None:
    client, address = browser_of("admin"), f"/warehouse/receipts?since={quote(day)}"
    for asked in (address, f"{address}&as=xlsx"):
        answer = client.get(asked)
        assert answer.status_code == 422
        assert "isn&#39;t a date; write it as 2026-01-31." in answer.text


def test_a_day_is_written_in_the_file_as_it_is_kept(browser_of: Any) -> None:
    answer = browser_of("admin").get("/warehouse/receipts?since=20260131&as=xlsx")
    assert load_workbook(io.BytesIO(answer.data)).active.title == "Goods receipts 2026-01-31"
    assert "Goods receipts 2026-01-31.xlsx" in answer.headers["Content-Disposition"]


def test_the_file_speaks_as_the_page_does(browser_of: Any) -> None:
    sheet = load_workbook(io.BytesIO(browser_of("admin").get("/trade/sales?as=xlsx").data)).active
    column = next(cell.column for cell in sheet[1] if cell.value == "State")
    assert {row[column - 1].value for row in sheet.iter_rows(min_row=2)} - {None} <= {"Draft", "Posted", "Reversed"}


def test_a_service_has_no_quantity_on_hand(browser_of: Any) -> None:
    rows = browser_of("admin").get("/api/v1/lists/warehouse.item?q=delivery").json["rows"]
    assert [(row["kind"], row["on_hand"]) for row in rows] == [("service", None)]


def test_filtering_keeps_the_day_that_the_address_names(browser_of: Any) -> None:
    page = browser_of("steve").get("/warehouse/stock?at=2026-01-31").text
    assert '<input class="form-control" type="date" name="at" value="2026-01-31">' in page


@pytest.mark.parametrize(
    "address",
    [
        "/trade/sales?endpoint=x&_external=1&_scheme=javascript",
        "/trade/sales?order=--moment&limit=-5",
        "/trade/sales?order=cost",
        "/trade/sales?state=nothing",
        "/trade/sales?q=%25%5F%5C",
        "/search?q=%25%25",
        "/search?q=a%00b",
        "/lookup/items?q=a%00b",
    ],
)
def test_strange_addresses_are_borne(browser_of: Any, address: str) -> None:
    answer = browser_of("admin").get(address)
    assert answer.status_code == 200
    assert "javascript:" not in answer.text


@pytest.mark.parametrize(
    "address",
    ["/trade/sales?after=x", "/trade/sales?before=W10", "/trade/sales?since=soon", "/trade/sales?after=WyJ4IiwgMV0"],
)
def test_addresses_that_are_not_whole_are_refused_in_words(browser_of: Any, address: str) -> None:
    assert browser_of("admin").get(address).status_code == 422


def test_a_filter_of_a_closed_group_is_neither_offered_nor_heard(house: Any) -> None:
    heard: list[str] = []
    asked = Filter(
        "dear", "Dear", lambda value: heard.append(value) or True, (("yes", "Dear"),), group="warehouse.cost"
    )
    table = replace(warehouse.items, filters=(asked,))
    with house.test_request_context(), house.company.database.session(SYSTEM) as session:
        house.company.refresh(session)
        sam = session.scalars(select(User.id).where(User.login == "sam")).one()
        actor = actor_of(session, sam, frozenset(m.name for m in house.company.enabled))
    assert actor is not None
    assert table.open_filters(actor) == []
    with house.test_request_context(), house.company.database.session(actor) as session:
        fetch(session, table, Query(filters={"dear": "yes"}))
    assert heard == []
