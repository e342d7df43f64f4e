"""Paging by key against a naive sort: whatever ties and empty cells there are, each row comes once and in order."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import pytest
import sqlalchemy as sql
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy.orm import Session

from app.db import Database
from app.security import SYSTEM
from app.values import Money, Quantity
from app.web.kit.tables import Column, Query, Table, everything, fetch

goods = sql.Table(
    "test_goods",
    sql.MetaData(),
    sql.Column("id", sql.BigInteger, primary_key=True, autoincrement=False),
    sql.Column("name", sql.String(20)),
    sql.Column("price", Money),
    sql.Column("held", Quantity),
    sql.Column("lots", sql.Integer),
    sql.Column("since", sql.Date),
    sql.Column("moved", sql.DateTime),
    sql.Column("is_sold", sql.Boolean),
)
KINDS = {"name": "text", "price": "money", "held": "quantity", "lots": "integer", "since": "date", "moved": "moment"}
#: What stands for no value when sorting.
LOWEST = {
    "name": "",
    "price": Decimal(0),
    "held": Decimal(0),
    "lots": 0,
    "since": date.min,
    "moved": datetime.min,
    "is_sold": False,
}
table = Table(
    name="test.goods",
    title="Goods",
    needs="test.goods.view",
    source=lambda _session: sql.select().select_from(goods),
    key=goods.c.id,
    columns=(
        Column("id", "", goods.c.id, "integer"),
        *(Column(name, name, goods.c[name], kind, nullable=True) for name, kind in KINDS.items()),
        Column("is_sold", "", goods.c.is_sold, "flag", nullable=True),
    ),
    order="id",
)

# Few values, so that there are ties; ASCII letters of one case, so that every collation sorts them as Python does.
rows = st.fixed_dictionaries(
    {
        "name": st.sampled_from([None, "", "a", "ab", "b", "c"]),
        "price": st.sampled_from([None, Decimal(0), Decimal("-1.5"), Decimal("0.0001"), Decimal("99999999.9999")]),
        "held": st.sampled_from([None, Decimal("0.000001"), Decimal(3), Decimal(-3)]),
        "lots": st.sampled_from([None, 0, 1, -1, 2**31 - 1]),
        "since": st.sampled_from([None, date(2025, 1, 31), date(2025, 2, 1)]),
        "moved": st.sampled_from([None, datetime(2025, 1, 31), datetime(2025, 1, 31, 23, 59, 59, 999999)]),
        "is_sold": st.sampled_from([None, True, False]),
    }
)
lists = st.lists(rows, max_size=25).flatmap(
    lambda found: st.permutations(range(1, len(found) + 1)).map(
        lambda ids: [{"id": i, **row} for i, row in zip(ids, found, strict=True)]
    )
)


@pytest.fixture
def database(empty_url: str) -> Iterator[Database]:
    """A database with an empty table of goods."""
    made = Database(empty_url)
    goods.metadata.create_all(made.engine)
    yield made
    made.dispose()


def forwards(session: Session, query: Query) -> Iterator[list[Any]]:
    """The pages from the first to the last, by following "next"."""
    page = fetch(session, table, query)
    yield page.rows
    for _ in range(30):
        if page.following is None:
            return
        page = fetch(session, table, replace(query, after=page.following))
        assert page.previous
        yield page.rows
    raise AssertionError("the pages never end")


def backwards(session: Session, query: Query) -> Iterator[list[Any]]:
    """The pages before the last to the first, by following "previous"."""
    page = fetch(session, table, query)
    while page.following:
        page = fetch(session, table, replace(query, after=page.following))
    while page.previous:
        page = fetch(session, table, replace(query, before=page.previous))
        assert page.following
        yield page.rows


def sorted_naively(found: list[dict[str, Any]], name: str, *, descending: bool) -> list[int]:
    """The ids in the order that the list should have."""
    place: Callable[[dict[str, Any]], Any] = lambda row: (  # noqa: E731 - a key, nothing more
        row[name] if row.get(name) is not None else LOWEST[name],
        row["id"],
    )
    return [row["id"] for row in sorted(found, key=place, reverse=descending)]


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(found=lists, name=st.sampled_from(["id", *LOWEST]), descending=st.booleans(), limit=st.integers(1, 8))
def test_pages_hold_every_row_once_and_in_order(
    database: Database, found: list[dict[str, Any]], name: str, descending: bool, limit: int
) -> None:
    query = Query(order="-" * descending + name, limit=limit)
    with database.session(SYSTEM, write=True) as session:
        if found:
            session.execute(sql.insert(goods), found)
        wanted = sorted_naively(found, name, descending=descending)
        pages = [[row.id for row in page] for page in forwards(session, query)]
        assert [i for page in pages for i in page] == wanted
        assert all(len(page) == limit for page in pages[:-1])
        back = [[row.id for row in page] for page in backwards(session, query)]
        assert [i for page in reversed(back) for i in page] == wanted[: sum(map(len, pages[:-1]))]
        assert [row.id for row in everything(session, table, query)] == wanted


def test_a_row_that_goes_meanwhile_does_not_shift_the_next_page(database: Database) -> None:
    with database.session(SYSTEM, write=True) as session:
        session.execute(sql.insert(goods), [{"id": i, "lots": i // 3} for i in range(1, 10)])
        first = fetch(session, table, Query(order="lots", limit=4))
        assert [row.id for row in first.rows] == [1, 2, 3, 4]
        session.execute(sql.delete(goods).where(goods.c.id.in_([2, 4])))
        following = fetch(session, table, Query(order="lots", limit=4, after=first.following or ""))
        assert [row.id for row in following.rows] == [5, 6, 7, 8]
