"""A preview says what stock is worth before and after as the books say it, now and at the ends of months."""

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, time, timedelta
from decimal import Decimal as D
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from app.clock import wall_clock
from app.db import utc_now
from app.documents import correct, post, preview, save
from app.formats import day
from app.security import SYSTEM
from modules.warehouse.kinds import MovementDraft, MovementLineDraft
from modules.warehouse.models import Issue, Receipt, Transfer
from modules.warehouse.operations import create_group, create_item, create_place, set_costing, set_pool
from modules.warehouse.registers import Stock
from tests.kinds import land
from tests.statements import counted

MAIN, SHOP = 100, 101
NAMES = {MAIN: "Main warehouse", SHOP: "Shop"}
#: days before today, of what stands already and of what comes late
FIRST, LAST = 130, 1
Act = Callable[[Any], Any]


def ago(days: int) -> datetime:
    return datetime.combine(wall_clock().date() - timedelta(days=days), time(9))


def moved(session: Any, model: Any, item: int, days: int, quantity: Any, price: Any = None) -> Any:
    ends = {Receipt: {"target_id": MAIN}, Issue: {"source_id": MAIN}}
    line = MovementLineDraft(item, D(quantity), None if price is None else D(price))
    draft = MovementDraft([line], moment=ago(days), **ends.get(model, {"source_id": MAIN, "target_id": SHOP}))
    document = save(session, SYSTEM, model, draft)
    post(session, SYSTEM, [document])
    return document


def month_ends() -> list[tuple[str, datetime]]:
    """What the page calls them, and when they are; the last is now."""
    found, first = [], wall_clock().date().replace(day=1)
    while first > ago(FIRST).date():
        before = first - timedelta(days=1)
        found.append((day(before), datetime.combine(before, time.max)))
        first = before.replace(day=1)
    return [*reversed(found), ("Now", wall_clock())]


def books(session: Any, item: int) -> dict[tuple[str, str], tuple[D, D]]:
    """Warehouse and month end → quantity and value, added up entry by entry."""
    e = Stock.entries.c
    rows = session.execute(select(e.moment, e.pool_from_id, e.pool_to_id, e.quantity, e.value).where(e.item_id == item))
    found = {(name, when): (D(0), D(0)) for name in NAMES.values() for when, _ in month_ends()}
    for moment, source, target, quantity, value in rows:
        for when, until in month_ends():
            for place, sign in ((source, -1), (target, 1)):
                if moment <= until and place in NAMES:
                    had = found[NAMES[place], when]
                    found[NAMES[place], when] = (had[0] + sign * quantity, had[1] + sign * value)
    return found


def said(found: Any, title: str) -> list[dict[str, Any]]:
    return next((list(map(dict, p.rows)) for p in found.parts if p.title == title), [])


@pytest.fixture
def shop(company: Any) -> Any:
    """Two warehouses, two groups: of what costs an average, and of what costs by layers."""

    def work(session: Any) -> list[int]:
        create_place(session, SYSTEM, code="shop", name="Shop")
        groups = [create_group(session, SYSTEM, name=name) for name in ("Average", "FIFO")]
        set_costing(session, SYSTEM, groups[1], "fifo")
        return [group.id for group in groups]

    groups = company.database.run(work, actor=SYSTEM)
    return company, groups


def compared(company: Any, item: int, act: Act, actor: Any = SYSTEM) -> Any:
    """See what an act would change, do it, and find in the books what was said. Refused acts are refused by both."""

    def read(session: Any) -> Any:
        return books(session, item)

    before = company.database.run(read, actor=SYSTEM, write=False)
    found = company.database.run(lambda s: preview(s, actor, lambda: act(s)), actor=actor)
    assert company.database.run(read, actor=SYSTEM, write=False) == before
    if found.refusal is not None:
        with pytest.raises(type(found.refusal), match=re.escape(str(found.refusal))):
            company.database.run(act, actor=SYSTEM)
        return found
    company.database.run(act, actor=SYSTEM)
    after = company.database.run(read, actor=SYSTEM, write=False)
    rows = said(found, "What goods are worth")
    shown = {
        (r["place"], r["when"]): ((r["quantity"], r["value"]), (r["quantity_after"], r["value_after"])) for r in rows
    }
    assert shown == {key: (before[key], after[key]) for key in before if before[key] != after[key]}
    assert all(r["difference"] == r["value_after"] - r["value"] for r in rows)
    if whole := said(found, "What these goods are worth in all"):
        for row in whole:
            sums = [sum(of[name, row["when"]][1] for name in NAMES.values()) for of in (before, after)]
            assert [row["value"], row["value_after"]] == sums
    return found


def late(kind: str, item: int, days: int, quantity: int, cents: int, first: int) -> Act:
    """What is done late: dated so many days ago."""

    def act(session: Any) -> Any:
        price = D(cents) / 100
        if kind == "land":
            return land(session, origin=(first, 1), value=price, moment=ago(days))
        if kind == "correct":
            document = session.get(Receipt, first)
            draft = MovementDraft([MovementLineDraft(item, D(quantity), price)], moment=ago(FIRST), target_id=MAIN)
            correct(session, SYSTEM, document, draft)
            return document
        model = {"receive": Receipt, "issue": Issue, "transfer": Transfer}[kind]
        return moved(session, model, item, days, quantity, price if model is Receipt else None)

    return act


def begun(company: Any, group: int, moves: Any) -> tuple[int, int]:
    """An item that came 130 days ago, and moved since; gives it and how it came."""

    def work(session: Any) -> tuple[int, int]:
        code = f"A{utc_now().timestamp()}"
        item = create_item(session, SYSTEM, code=code, name="Anvil", group_id=group).id
        first = moved(session, Receipt, item, FIRST, 20, "2.5").id
        for kind, days, quantity, cents in moves:
            late(kind, item, days, quantity, cents, first)(session)
        return item, first

    return company.database.run(work, actor=SYSTEM)  # type: ignore[no-any-return]


_DAYS = st.integers(LAST, FIRST - 1)


@pytest.mark.parametrize("engine", ["sqlite"], indirect=True)
@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    which=st.sampled_from([0, 1]),
    moves=st.lists(
        st.tuples(st.sampled_from(["receive", "issue", "transfer"]), _DAYS, st.integers(1, 4), st.integers(1, 999)),
        max_size=5,
    ),
    kind=st.sampled_from(["receive", "issue", "transfer", "land", "correct"]),
    days=_DAYS,
    quantity=st.integers(1, 30),
    cents=st.integers(1, 999),
)
def test_what_is_said_is_what_the_books_say_before_and_after(
    shop: Any, which: int, moves: Any, kind: str, days: int, quantity: int, cents: int
) -> None:
    company, groups = shop
    item, first = begun(company, groups[which], moves)
    compared(company, item, late(kind, item, days, quantity, cents, first))


MOVES = [("transfer", 100, 8, 0), ("issue", 70, 5, 0), ("receive", 20, 4, 300)]


@pytest.mark.parametrize("which", [0, 1])
def test_a_cost_that_lands_late_on_what_is_in_two_warehouses(shop: Any, which: int) -> None:
    """Twenty came, eight went to the shop, five were sold: of 6.00 the shop bears 2.40, and the five take 1.50 along."""
    company, groups = shop
    item, first = begun(company, groups[which], MOVES)
    found = compared(company, item, late("land", item, 5, 0, 600, first))
    now = [r for r in said(found, "What goods are worth") if r["when"] == "Now"]
    assert {r["place"]: r["difference"] for r in now} == {"Main warehouse": D("2.1"), "Shop": D("2.4")}
    whole = said(found, "What these goods are worth in all")
    assert whole[0] == {"when": "Now", "value": D("49.5"), "value_after": D("54"), "difference": D("4.5")}
    assert {row["difference"] for row in whole[1:]} <= {D("4.5"), D(6)}


def test_who_is_limited_to_a_warehouse_is_shown_what_it_alone_is_worth(shop: Any, employ: Any) -> None:
    company, groups = shop
    item, first = begun(company, groups[0], MOVES)
    clerk = replace(employ("boss", "administrator"), limits={"warehouse.place": frozenset({SHOP})})
    act = late("land", item, 5, 0, 600, first)

    found = company.database.run(lambda s: preview(s, clerk, lambda: act(s)), actor=clerk)
    assert {r["place"] for r in said(found, "What goods are worth")} == {"Shop"}
    assert said(found, "What these goods are worth in all") == []


def test_where_all_share_one_cost_no_warehouse_is_named(company: Any, employ: Any) -> None:
    company.database.run(lambda s: set_pool(s, SYSTEM, "company"), actor=SYSTEM)
    group = company.database.run(lambda s: create_group(s, SYSTEM, name="Average").id, actor=SYSTEM)
    item, first = begun(company, group, MOVES[1:])
    act = late("land", item, 5, 0, 600, first)
    found = company.database.run(lambda s: preview(s, SYSTEM, lambda: act(s)), actor=SYSTEM)
    assert {r["place"] for r in said(found, "What goods are worth")} == {"All warehouses"}
    clerk = replace(employ("boss", "administrator"), limits={"warehouse.place": frozenset({MAIN})})
    found = company.database.run(lambda s: preview(s, clerk, lambda: act(s)), actor=clerk)
    assert said(found, "What goods are worth") == []


def test_who_sees_no_cost_is_not_shown_what_stock_is_worth(shop: Any, employ: Any) -> None:
    company, groups = shop
    item, first = begun(company, groups[0], MOVES)
    actor = employ("steve", "storekeeper")
    act = late("receive", item, 60, 1, 900, first)
    found = company.database.run(lambda s: preview(s, actor, lambda: act(s)), actor=actor)
    assert [str(p.title) for p in found.parts] == ["What is in stock"]


@pytest.mark.one_engine
def test_the_books_are_asked_as_often_however_long_ago_it_was(shop: Any) -> None:
    company, groups = shop
    counts = []
    for days in (40, FIRST - 1):
        item, first = begun(company, groups[0], [("transfer", 30, 8, 0), ("issue", 20, 5, 0)])
        act = late("receive", item, days, 3, 900, first)

        def see(session: Any, act: Act = act) -> int:
            with counted(session) as statements:
                preview(session, SYSTEM, lambda: act(session))
            return len(statements)

        counts.append(company.database.run(see, actor=SYSTEM))
    assert counts[0] == counts[1]
