"""Rows are locked and written in one order, whatever order they were added in: who meets waits, and nobody is done again."""

from collections.abc import Callable
from datetime import datetime
from functools import partial
from typing import Any

import pytest
from own_registers import ATTIC, CELLAR, SHELF

from app.inserts import Insert
from app.ledger import Posting, Written
from app.ledger.sql import Sql
from tests import kinds
from tests.at_once import at_once

NOON = datetime(2026, 2, 10, 12)
SUPPLIERS = -1

Seen = list[tuple[str, list[Any]]]


@pytest.fixture
def seen(monkeypatch: pytest.MonkeyPatch) -> Seen:
    """Of the tests' registers: which table is locked or written, and the keys or rows that the driver is given, in order."""
    found: Seen = []
    run, ask, ask_all = Insert.run, Sql.key_question, Sql.all_question

    def written(self: Insert, bare: Any, rows: Any) -> None:
        table = self._sqlite.split()[2]
        if rows and table.startswith("own_"):
            found.append((table, [] if table.endswith("_entry") else list(rows)))
        run(self, bare, rows)

    def locked(self: Sql, bare: Any, organisation_id: int, keys: Any) -> Any:
        found.append(("locked", list(keys)))
        return ask(self, bare, organisation_id, keys)

    def all_locked(self: Sql, bare: Any, organisation_id: int, firsts: Any) -> Any:
        found.append(("all locked", list(firsts)))
        return ask_all(self, bare, organisation_id, firsts)

    monkeypatch.setattr(Insert, "run", written)
    monkeypatch.setattr(Sql, "all_question", all_locked)
    monkeypatch.setattr(Sql, "key_question", locked)
    return found


def entries(books: Any) -> list[Any]:
    return [
        books.flow(3, SUPPLIERS, ATTIC, thing=2),
        books.debt(5, side=1, party=9, currency="USD"),
        books.flow(2, SUPPLIERS, CELLAR),
        books.flow(-1, SHELF, CELLAR),
        books.flow(1, SUPPLIERS, SHELF),
        books.debt(5, side=1, party=9, currency="GBP"),
        books.debt(5, side=-1, party=2),
        books.cash(7, till=4),
        books.cash(-7, till=3),
        books.cash(7, till=3),
    ]


def test_rows_are_locked_and_written_in_one_order(books: Any, seen: Seen) -> None:
    orders = [entries(books), entries(books)[::-1], sorted(entries(books), key=str)]
    runs = []
    for added in [orders[0], *orders]:  # the first begins the keys
        seen.clear()
        books.post(*added, moment=NOON)
        runs.append(list(seen))
    assert runs[1] == runs[2] == runs[3]
    assert all(rows == sorted(rows) for run in runs for _, rows in run)
    assert sum(len(rows) > 1 for _, rows in runs[1]) > 8, "most of them have an order"
    assert [table for table, _ in runs[1] if table.endswith("_entry")] == [
        "own_cash_entry",
        "own_debts_entry",
        "own_flow_entry",
    ]


def test_keys_are_locked_in_order_however_they_are_asked_for(books: Any, seen: Seen) -> None:
    keys = [(2, ATTIC), (1, CELLAR), (1, SHELF), (1, CELLAR)]
    totals = books.registers.Flow.in_bins

    def work(session: Any) -> None:
        posting = Posting(session, [Written(1, NOON, 1)])
        posting.hold(totals, keys[:1])
        posting.hold(totals, keys)
        posting.hold_all(totals, [1000, 2, 1000])

    books.do(work)
    assert [rows for table, rows in seen if table == "all locked"] == [[2, 1000]]
    asked = [rows for table, rows in seen if table == "locked"]
    assert asked[0] == [(2, ATTIC)]
    assert asked[-1] == [(1, SHELF), (1, CELLAR)], "what is held already is not asked for again"
    made = [[row[1:3] for row in rows] for table, rows in seen if table.endswith("_total")]
    assert made in ([], [[(2, ATTIC)], [(1, SHELF), (1, CELLAR)]])


@pytest.fixture
def unhurried(books: Any) -> Any:
    """The books on a server that dwells on each row of a total that it holds, so that whoever can meet does."""
    if not books.company.database.is_sqlite:  # which has one writer at a time
        dwell = "BEGIN PERFORM pg_sleep(0.02); RETURN NEW; END"
        books.sql(f"CREATE FUNCTION dwell() RETURNS trigger LANGUAGE plpgsql AS $$ {dwell} $$")
        for table in ("own_debts_balance", "own_cash_in_tills", "own_flow_in_bins"):
            for kept in ("total", "turnover"):
                books.sql(f"CREATE TRIGGER dwell BEFORE UPDATE ON {table}_{kept} FOR EACH ROW EXECUTE FUNCTION dwell()")
    return books


@pytest.mark.parametrize("register", ["debts", "cash", "flow"])
def test_who_post_the_same_in_opposite_order_never_lock_each_other(
    unhurried: Any, tries: list[str], register: str
) -> None:
    """The edge repeats what a deadlock has ended, so the books would be right: that there is none is what is asked here."""
    one: dict[str, Callable[[int], Any]] = {
        "debts": lambda n: unhurried.debt(1, side=1, party=n),
        "cash": lambda n: unhurried.cash(1, till=n),
        "flow": lambda n: unhurried.flow(1, SUPPLIERS, SHELF, thing=n),
    }
    lines = [one[register](n) for n in range(1, 11)]
    unhurried.post(*lines, moment=NOON)

    def post(kind: Any, order: int) -> None:
        for _ in range(2):
            unhurried.do(lambda s: unhurried.posting(s, *lines[::order], moment=NOON, kind=kind) and None)

    ways = [
        (kinds.Order, 1),
        (kinds.LandedCost, -1),
    ]  # each with a series of its own, so that neither waits for its number
    assert at_once(*[partial(post, *way) for way in ways]) == [None, None]
    assert [why for why in tries if "deadlock" in why] == []
    assert unhurried.verify() == []
