"""ABC and XYZ of what was sold: the list, the matrix that leads to it, and who sees which of it."""

import io
import re
from dataclasses import replace
from datetime import datetime
from decimal import Decimal as D
from html import unescape
from typing import Any

import pytest
from openpyxl import load_workbook
from sqlalchemy import select

from app.documents import post, save
from app.errors import Invalid
from app.security import SYSTEM
from app.web.kit.tables import Query, everything
from modules.contacts.operations import create_contact
from modules.trade.drafts import TradeDraft, TradeLineDraft
from modules.trade.models import Sale, SalesReturn
from modules.trade.reports import item_classes
from modules.warehouse.kinds import MovementDraft, MovementLineDraft
from modules.warehouse.models import FIRST_WAREHOUSE, Item, Opening
from modules.warehouse.operations import create_item, create_place
from tests.statements import counted

#: price, cost, and what is sold from January to April; below zero: comes back
SOLD = {
    "LATHE": (100, 90, [10, 10, 10, 10]),
    "DRILL": (100, 10, [0, 6, 0, 0]),
    "SAW": (10, 5, [9, 6, 9, 6]),
    "NAIL": (1, 1, [20, 0, -5, 5]),
}
DAYS = {"since": "2026-01-01", "until": "2026-04-30"}


@pytest.fixture
def sold(proved: Any) -> Any:
    def work(session: Any) -> None:
        buyer = create_contact(session, SYSTEM, kind="legal_entity", name="Adler").id
        for code, (price, cost, months) in SOLD.items():
            item = create_item(session, SYSTEM, code=code, name=code.title()).id
            lines = [MovementLineDraft(item, D(99), D(cost))]
            draft = MovementDraft(lines, target_id=FIRST_WAREHOUSE, moment=datetime(2025, 12, 1))
            post(session, SYSTEM, [save(session, SYSTEM, Opening, draft)])
            for month, quantity in enumerate(months, 1):
                if quantity:
                    drawn = [TradeLineDraft(item, D(abs(quantity)), D(price))]
                    of = TradeDraft(buyer, drawn, place_id=FIRST_WAREHOUSE, moment=datetime(2026, month, 15))
                    post(session, SYSTEM, [save(session, SYSTEM, Sale if quantity > 0 else SalesReturn, of)])

    proved(work)
    return proved


def classes(session: Any, **said: str) -> dict[str, str]:
    table = item_classes.asked(session, {**DAYS, **said})
    return {row.code: row.abc + row.xyz for row in everything(session, table, Query())}


def test_classes_are_what_they_are_by_hand(sold: Any) -> None:
    # Revenue 4000, 600, 300, 20 of 4920: 81.3 %, 93.5 %, 99.6 %. Variation 0, 173.2, 20 and 190.4 %.
    assert sold(classes) == {"LATHE": "AX", "DRILL": "BZ", "SAW": "BY", "NAIL": "CZ"}
    # Margin 400, 540, 150, 0 of 1090: 49.5 %, 86.2 %.
    assert sold(lambda s: classes(s, by="margin")) == {"DRILL": "AZ", "LATHE": "AX", "SAW": "BY", "NAIL": "CZ"}
    # 40, 6, 30 and 20 pieces of 96: 41.7 %, 72.9 %, 93.8 %.
    assert sold(lambda s: classes(s, by="quantity")) == {"LATHE": "AX", "SAW": "AY", "NAIL": "AZ", "DRILL": "BZ"}
    said = {"a": "82", "b": "93", "x": "20", "y": "180"}
    assert sold(lambda s: classes(s, **said)) == {"LATHE": "AX", "DRILL": "AY", "SAW": "CX", "NAIL": "CZ"}
    assert sold(lambda s: classes(s, abc="B")) == {"DRILL": "BZ", "SAW": "BY"}
    assert sold(lambda s: classes(s, abc="B", xyz="Y")) == {"SAW": "BY"}
    assert sold(lambda s: classes(s, since="2025-01-01", until="2025-12-31")) == {}


def test_a_warehouse_has_classes_of_its_own_and_whoever_is_limited_to_it_has_those_alone(
    company: Any, employ: Any, sold: Any
) -> None:
    def sell(session: Any) -> int:
        shop = create_place(session, SYSTEM, code="shop", name="Shop").id
        nail = session.scalars(select(Item.id).where(Item.code == "NAIL")).one()
        opened = MovementDraft([MovementLineDraft(nail, D(9), D(1))], target_id=shop, moment=datetime(2025, 12, 1))
        post(session, SYSTEM, [save(session, SYSTEM, Opening, opened)])
        for month in (3, 4):
            of = TradeDraft(1, [TradeLineDraft(nail, D(4), D(1))], place_id=shop, moment=datetime(2026, month, 15))
            post(session, SYSTEM, [save(session, SYSTEM, Sale, of)])
        return int(shop)

    shop = sold(sell)
    main = {"LATHE": "AX", "DRILL": "BZ", "SAW": "BY", "NAIL": "CZ"}
    assert sold(lambda s: classes(s, warehouse=str(FIRST_WAREHOUSE))) == main
    # Four in each of the two months since the shop sells anything.
    assert sold(lambda s: classes(s, warehouse=str(shop))) == {"NAIL": "AX"}
    assert sold(lambda s: classes(s, warehouse="999")) == {}
    maria = replace(employ("maria", "manager"), limits={"warehouse.place": frozenset({shop})})
    for said in ({}, {"warehouse": str(shop)}):
        assert company.database.run(lambda s, said=said: classes(s, **said), actor=maria) == {"NAIL": "AX"}
    assert company.database.run(lambda s: classes(s, warehouse=str(FIRST_WAREHOUSE)), actor=maria) == {}


def test_months_before_anything_was_sold_are_not_counted(sold: Any) -> None:
    # Of 25 months asked for, four: without them the same classes.
    assert sold(lambda s: classes(s, since="2024-04-01")) == sold(classes)
    # Of one month nothing can be compared.
    assert sold(lambda s: classes(s, since="2025-10-01", until="2026-01-31")) == {
        "LATHE": "AZ",
        "SAW": "BZ",
        "NAIL": "CZ",
    }


def test_of_what_was_sold_before_the_period_months_without_sales_count(sold: Any) -> None:
    since = {"since": "2026-05-01", "until": "2026-08-31"}

    def sell(session: Any) -> None:
        nail = session.scalars(select(Item.id).where(Item.code == "NAIL")).one()
        for month in (7, 8):
            drawn = [TradeLineDraft(nail, D(4), D(1))]
            of = TradeDraft(1, drawn, place_id=FIRST_WAREHOUSE, moment=datetime(2026, month, 15))
            post(session, SYSTEM, [save(session, SYSTEM, Sale, of)])

    sold(sell)
    for said in (since, {**since, "warehouse": str(FIRST_WAREHOUSE)}):
        assert sold(lambda s, said=said: classes(s, **said)) == {"NAIL": "AZ"}  # 0, 0, 4, 4: 100 %


def test_a_row_says_its_figures(sold: Any) -> None:
    def saw(session: Any) -> Any:
        table = item_classes.asked(session, {**DAYS, "xyz": "Y"})
        return [(r.quantity, r.revenue, r.margin, r.variation) for r in everything(session, table, Query())]

    assert sold(saw) == [(D(30), D(300), D(150), D(20))]


def test_whoever_sees_no_cost_is_neither_shown_nor_ranked_by_margins(
    company: Any, employ: Any, sold: Any, refused: Any
) -> None:
    sam = employ("sam", "salesperson")

    def names(session: Any) -> set[str]:
        with pytest.raises(Invalid):
            item_classes.asked(session, {**DAYS, "by": "margin"})
        return {c.name for c in item_classes.asked(session, DAYS).columns}

    found = company.database.run(names, actor=sam)
    assert found == {"code", "name", "abc", "xyz", "quantity", "unit", "revenue", "variation", "item_id"}


@pytest.mark.one_engine  # what a question refuses
@pytest.mark.parametrize(
    ("said", "field"),
    [
        ({"by": "colour"}, "by"),
        ({"abc": "D"}, "abc"),
        ({"xyz": "A"}, "xyz"),
        ({"warehouse": "x"}, "warehouse"),
        ({"since": "2026-04-01"}, "since"),
        ({"since": "2026-05-01"}, "since"),
        ({"since": "2001-01-01"}, "since"),
        ({"a": "95"}, "b"),
        ({"a": "0"}, "b"),
        ({"b": "101"}, "b"),
        ({"x": "25"}, "y"),
        ({"y": "2000"}, "y"),
    ],
)
def test_what_cannot_be_asked_is_refused(sold: Any, refused: Any, said: dict[str, str], field: str) -> None:
    refused(lambda s: classes(s, **said), Invalid, field=field)


def test_each_cell_of_the_matrix_leads_to_its_items(company: Any, app: Any, sold: Any) -> None:
    browser = app.test_client()
    browser.post("/login", data={"login": "admin", "password": "correct horse"})
    page = browser.get("/trade/item-classes?since=2026-01-01&until=2026-04-30").text
    cells = re.findall(r'<a href="([^"]*)">(\d) items?<br>([\d.]+) %</a>', page)
    assert [(count, share) for _, count, share in cells] == [("1", "81.3"), ("1", "6.1"), ("1", "12.2"), ("1", "0.4")]
    assert "Saw" in browser.get(unescape(cells[1][0])).text
    assert "Lathe" not in browser.get(unescape(cells[1][0])).text
    sheet = load_workbook(io.BytesIO(browser.get(unescape(cells[0][0]) + "&as=xlsx").data)).active
    assert [cell.value for cell in sheet[2]][:4] == ["LATHE", "Lathe", "A", "X"]
    assert (
        "Choose a period of 2 to 120 months."
        in browser.get("/trade/item-classes?since=2026-01-01&until=2026-01-31").text
    )


def test_it_asks_once_for_figures_and_once_for_rows_however_much_was_sold(sold: Any) -> None:
    def ask(session: Any) -> tuple[list[str], list[str]]:
        with counted(session, "trade_sales_results") as of_figures, counted(session, "warehouse_item") as of_rows:
            classes(session)
        return of_figures, of_rows

    assert [len(statements) for statements in sold(ask)] == [1, 2]  # figures read items, too
