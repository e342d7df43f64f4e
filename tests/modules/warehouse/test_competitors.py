"""Prices of competitors: one of a day, compared with ours by the newest, closed to whom sales prices are."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal as D
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event, select

from app.errors import Changed, Conflict, Forbidden, Invalid, NoRate, NotFound
from app.importing import run_import, targets
from app.reference.operations import set_rate
from app.reference.queries import base_currency
from app.security import SYSTEM
from app.values import ExchangeRate
from modules.warehouse.competitors.models import CompetitorPrice
from modules.warehouse.competitors.operations import (
    add_competitor_price,
    change_competitor_price,
    checked_price,
    competitor_price_by_id,
    remove_competitor_price,
    set_competitor_prices,
)
from modules.warehouse.competitors.tables import difference
from modules.warehouse.models import Item
from modules.warehouse.operations import create_item
from tests.statements import counted

LAMP, SHADE = 1, 2
DAY = date(2026, 3, 1)


@pytest.fixture
def shop(proved: Any) -> Any:
    """A lamp that we sell for 45, and a shade without a price."""

    def prepare(session: Any) -> None:
        create_item(session, SYSTEM, code="LAMP", name="Lamp", price=D(45))
        create_item(session, SYSTEM, code="SHADE", name="Shade")

    proved(prepare)
    return proved


def add(session: Any, competitor: str = "Obi", price: str = "40", actor: Any = SYSTEM, **said: Any) -> int:
    values = {"item_id": LAMP, "day": DAY, **said}
    return add_competitor_price(session, actor, competitor=competitor, price=D(price), **values).id


def rows(session: Any) -> list[tuple[Any, ...]]:
    c = CompetitorPrice
    query = select(c.competitor, c.in_base, difference()).join(Item, Item.id == c.item_id).order_by(c.id)
    return [tuple(row) for row in session.execute(query)]


def test_ours_is_compared_to_a_tenth_of_a_per_cent_in_our_own_currency(shop: Any, refused: Any) -> None:
    refused(lambda s: add(s, currency="EUR"), NoRate)
    shop(lambda s: set_rate(s, SYSTEM, currency="EUR", day=DAY, rate=ExchangeRate(D("0.5"))))
    shop(lambda s: (add(s), add(s, "Ikea", "120", currency="EUR"), add(s, "Obi", "9", item_id=SHADE)))
    assert shop(rows) == [("Obi", D(40), D("12.5")), ("Ikea", D(60), D(-25)), ("Obi", D(9), None)]


def test_what_cannot_be_right_is_refused(shop: Any, refused: Any, employ: Any) -> None:
    shop(add)
    for said, field in (
        ({"competitor": " "}, "competitor"),
        ({"competitor": "\ufdfa" * 190}, "competitor"),  # 18 letters each, without case
        ({"price": "0"}, "price"),
        ({"price": "0.0000001"}, "price"),
        ({"currency": "XYZ"}, "currency"),
        ({"day": None}, "day"),
        ({"item_id": None}, "item_id"),
    ):
        refused(lambda s, x=said: add(s, **x), Invalid, field=field)
    refused(lambda s: add(s, "OBI"), Conflict, field="day")
    refused(lambda s: add(s, item_id=99), NotFound)
    steve = employ("steve", "storekeeper")
    refused(lambda s: add(s, "Ikea", actor=steve), Forbidden)
    shop(lambda s: change_competitor_price(s, SYSTEM, competitor_price_by_id(s, 1), price=D(50), version=1))
    refused(lambda s: change_competitor_price(s, SYSTEM, competitor_price_by_id(s, 1), price=D(1), version=1), Changed)
    assert shop(rows) == [("Obi", D(50), D(-10))]
    refused(lambda s: remove_competitor_price(s, SYSTEM, competitor_price_by_id(s, 1), version=1), Changed)
    shop(lambda s: remove_competitor_price(s, SYSTEM, competitor_price_by_id(s, 1), version=2))
    assert shop(rows) == []


def test_many_prices_are_kept_by_as_few_statements_as_a_few_and_no_other_day_is_read(shop: Any) -> None:
    shop(lambda s: [create_item(s, SYSTEM, code=f"I{n}", name="Item") for n in range(28)] and None)
    shop(lambda s: [add(s, day=DAY + timedelta(days=n)) for n in range(9)] and None)
    usual = shop(base_currency)

    def keep(session: Any, count: int, price: int) -> int:
        prices = {}
        for item in range(1, count + 1):
            day = DAY if item % 2 else DAY + timedelta(days=20)
            said = {"competitor": "Obi", "price": D(price), "currency": usual, "day": day, "note": ""}
            prices[item, "obi", day] = checked_price(session, said)
        read: list[Any] = []
        event.listen(session, "loaded_as_persistent", lambda _session, row: read.append(row))
        with counted(session) as statements:
            assert set_competitor_prices(session, SYSTEM, prices) == ((0, count) if price > 1 else (count - 1, 1))
        assert len(read) == (count if price > 1 else 1)  # though others of the first item lie between the two days
        return len(statements)

    shop(lambda s: keep(s, 30, 1) and None)
    assert shop(lambda s: keep(s, 3, 2)) == shop(lambda s: keep(s, 30, 3))


def test_the_report_compares_with_the_newest_of_each(shop: Any, app: Any) -> None:
    client = app.test_client()
    client.post("/login", data={"login": "admin", "password": "correct horse"})
    form = {"item_id": LAMP, "competitor": "Obi", "price": "40", "day": "2026-03-01", "currency": shop(base_currency)}
    assert client.post("/warehouse/competitors/new", data=form).location == f"/warehouse/items/{LAMP}/competitors"
    shop(lambda s: add(s, "Obi", "50", day=date(2026, 3, 2)))
    assert "Obi" not in client.get("/warehouse/competitors?compared=dearer").text
    assert "Obi" in client.get("/warehouse/competitors?compared=cheaper").text
    assert "Obi" in client.get("/warehouse/competitors?compared=dearer&shown=all").text
    card = client.get(f"/warehouse/items/{LAMP}/competitors").text
    assert card.index("−10") < card.index("12.5")  # the newest first
    client.post("/warehouse/competitors/1", data={**form, "version": 1, "then": "remove"})
    assert len(shop(rows)) == 1


def test_a_file_brings_prices_in_and_says_of_each_row_what_is_wrong(
    company: Any, shop: Any, employ: Any, tmp_path: Any
) -> None:
    shop(lambda s: (add(s), add(s, "Ikea", "50")))
    file = tmp_path / "prices.csv"
    file.write_text(
        "Code,Competitor,Price,Currency,Day,Note\nLAMP,OBI,41,,2026-03-01,leaflet\nLAMP,Ikea,50,,2026-03-01,\n"
        "SHADE,Obi,9.5,,,\n"
    )
    before = shop(rows)
    preview = run_import(company, SYSTEM, "warehouse.competitors", [file], dry_run=True)
    assert shop(rows) == before
    report = run_import(company, SYSTEM, "warehouse.competitors", [file])
    for each in (preview, report):
        assert (each.errors, dict(each.created), dict(each.updated), len(each.skipped)) == (
            [],
            {"warehouse.competitor_price": 1},
            {"warehouse.competitor_price": 1},
            1,
        )
    after = [("OBI", D(41), D("9.7")), ("Ikea", D(50), D(-10)), ("Obi", D("9.5"), None)]
    assert [row[:2] for row in shop(rows)] == [row[:2] for row in after]
    notes = select(CompetitorPrice.note).order_by(CompetitorPrice.id)
    assert shop(lambda s: s.scalars(notes).all()) == ["leaflet", "", ""]
    file.write_text("Code,Competitor,Price,Day\nLAMP,OBI,41,2026-03-01\n")  # what a file has no column for stays
    assert not run_import(company, SYSTEM, "warehouse.competitors", [file]).updated
    assert shop(lambda s: s.scalars(notes).all()) == ["leaflet", "", ""]
    file.write_text(
        "Code,Competitor,Price,Currency,Day\nLAMP,Obi,1,,2026-03-02\nSAW,Obi,1,,\nLAMP,,1,,\nLAMP,Obi,0,,\n"
        "LAMP,Obi,1,XYZ,\nLAMP,Obi,1,EUR,\nLAMP,obi,2,,2026-03-02\nLAMP,Obi,,,\n"
    )
    report = run_import(company, SYSTEM, "warehouse.competitors", [file])
    assert sorted(error.row for error in report.errors) == [3, 4, 5, 6, 7, 8, 9]
    assert [(entry.row, report.waiting) for entry in report.skipped] == [(2, 1)]  # no row counts twice
    sofia = employ("sofia", "salesperson")
    blind = replace(sofia, permissions=sofia.permissions | {"core.import.run"}, groups=frozenset())
    file.write_text("Code,Competitor,Price\nLAMP,Obi,1\n")
    assert len(run_import(company, blind, "warehouse.competitors", [file]).errors) == 1
    assert [row[:2] for row in shop(rows)] == [row[:2] for row in after]


@pytest.mark.parametrize(
    ("login", "role", "may"),
    [
        (
            "bella",
            "buyer",
            {
                "contacts.contacts",
                "warehouse.items",
                "warehouse.models",
                "warehouse.competitors",
                "trade.item_suppliers",
            },
        ),
        ("steve", "storekeeper", {"warehouse.items", "warehouse.models", "warehouse.bin"}),
        ("sofia", "salesperson", set()),
    ],
)
def test_buyers_and_storekeepers_import_what_they_may_type_and_nothing_else(
    shop: Any, company: Any, employ: Any, tmp_path: Path, login: str, role: str, may: set[str]
) -> None:
    clerk, file = employ(login, role), tmp_path / "rows.csv"
    file.write_text("Code,Competitor,Price\nLAMP,Obi,1\n")
    every = targets(company)
    open_ = {name for name, each in every.items() if all(clerk.may(p) for p in ("core.import.run", *each.permissions))}
    assert may <= open_
    assert (role == "storekeeper") is ("warehouse.openings" in open_)  # who may also type them
    assert not open_ & {"contacts.opening_balances", "trade.sales"}
    before = shop(rows)
    for name in every.keys() - open_:
        with pytest.raises(Forbidden):
            run_import(company, clerk, name, [file], "x")
    assert shop(rows) == before
    if "warehouse.competitors" in open_:
        assert run_import(company, clerk, "warehouse.competitors", [file]).created
        assert len(shop(rows)) == len(before) + 1
