"""`python -m bench.shapes [--engine sqlite|postgresql] [--quick] [--json FILE]`: what each shape of the ledger costs.

The same goods are booked in every shape, in plain SQL on the bare driver, without the program: two lines of the table differ
by the shape alone. ADR 12 rests on these figures. Tables have their foreign keys, each document is one transaction with full
durability, and sales and transfers lock and read what they take. Quantities are in millionths, values in 10**-4.
"""

import argparse
import json
import random
import sqlite3
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack, nullcontext
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property, partial
from pathlib import Path
from statistics import median
from typing import Any

import psycopg

from bench.server import postgresql
from bench.shape_tables import FACT, SHAPES, Row, Shape, type_of

SIZES, QUICK_SIZES = (10_000, 1_000_000), (1_000,)
ITEMS, LINES = 1_000, 5
SUPPLIERS, CUSTOMERS, HERE, THERE = -1, -2, 100, 101
KINDS = {"receipt": (SUPPLIERS, HERE), "sale": (HERE, CUSTOMERS), "transfer": (HERE, THERE)}
UNFLUSHED = ", no flush"  # without waiting for the disk, which on some machines takes longer than everything else
#: Three years; the day asked for isn't nearer to the last entry than to the first (ADR 8).
BEGUN, SPAN, LATEST = datetime(2023, 1, 1), timedelta(days=3 * 365), datetime(2025, 12, 31, 10)
Order = Sequence[tuple[int, int]]  # of items and quantities
Figures = dict[str, Any]  # of one shape
MONTH, PAST, NEXT_MONTH = ("2024-06-01 00:00:00.000000", "2024-06-18 00:00:00.000000", "2024-07-01 00:00:00.000000")


@dataclass
class Books:
    """The books of one shape, on a connection of the bare driver."""

    shape: Shape
    raw: Any
    is_sqlite: bool

    def wait_for_disk(self, *, waits: bool) -> None:
        """Whether a commit is safe when it returns; else what is left is what the shape itself costs."""
        level = ("FULL" if waits else "OFF") if self.is_sqlite else ("on" if waits else "off")
        self.ask(f"PRAGMA synchronous = {level}" if self.is_sqlite else f"SET synchronous_commit = {level}")

    def ask(self, sql: str, values: Sequence[Any] = ()) -> list[Row]:
        cursor = self.raw.execute(sql if self.is_sqlite else sql.replace("?", "%s"), values)
        return cursor.fetchall() if cursor.description else []

    def fill(self, moves: int) -> None:
        """Three years of moves, as they look after a clean-up: indexes packed, statistics up to date."""
        self.ask("PRAGMA foreign_keys = OFF" if self.is_sqlite else "SET session_replication_role = replica")
        self.ask(f"CREATE TEMP TABLE fact ({', '.join(f'{name} {type_of(name)}' for name in FACT)})")
        self._load(_history(moves // LINES))
        self.ask("CREATE TABLE document (id BIGINT NOT NULL PRIMARY KEY)")
        self.ask("INSERT INTO document SELECT DISTINCT document FROM fact ORDER BY 1")
        self.ask("CREATE TABLE known (id BIGINT NOT NULL PRIMARY KEY)")  # stands for items, places, lots and so on
        known = {0, *range(1, ITEMS + 1), *(place for ends in KINDS.values() for place in ends)}
        self.ask(f"INSERT INTO known VALUES {', '.join(f'({i})' for i in sorted(known))}")
        for table in self.shape.tables:
            self.ask(table.definition(self.is_sqlite))
            self.ask(table.fill())
            for number, columns in enumerate(table.indexes):
                self.ask(f"CREATE INDEX {table.name}_{number} ON {table.name} ({columns})")
        self.ask("DROP TABLE fact")
        for sql in _SETTLE[self.is_sqlite]:
            self.ask(sql)

    def _load(self, facts: Iterator[Row]) -> None:
        if self.is_sqlite:
            self.raw.execute("BEGIN")
            self.raw.executemany(f"INSERT INTO fact VALUES ({', '.join('?' * len(FACT))})", facts)
            self.raw.execute("COMMIT")
            return
        with self.raw.cursor().copy("COPY fact FROM STDIN") as copy:
            for fact in facts:
                copy.write_row(fact)

    def megabytes(self) -> float:
        sql = "SELECT page_count * page_size FROM pragma_page_count, pragma_page_size"
        if not self.is_sqlite:
            mine = "relkind = 'r' AND relnamespace = current_schema::regnamespace"
            sql = f"SELECT sum(pg_total_relation_size(oid)) FROM pg_class WHERE {mine}"
        return round(float(self.ask(sql)[0][0]) / 2**20, 1)

    def post(self, document: int, kind: str, lines: Order) -> int:
        """A document of (item, quantity), on the last day; says how many rows of the ledger it wrote."""
        self.ask("BEGIN IMMEDIATE" if self.is_sqlite else "BEGIN")
        values = {item: 50_000 * quantity // 10**6 for item, quantity in lines}
        if kind != "receipt":
            values = self._taken(lines)
        facts = [_fact(document, n, LATEST, kind, i, quantity, values[i]) for n, (i, quantity) in enumerate(lines, 1)]
        written = [(table, table.rows(facts)) for table in self.shape.tables]
        with nullcontext() if self.is_sqlite else self.raw.pipeline():
            self.ask("INSERT INTO document (id) VALUES (?)", (document,))
            for table, rows in written:
                self._insert(self._inserts[table.name], rows)
            self.ask("COMMIT")
        return sum(len(rows) for _, rows in written)

    def _taken(self, lines: Order) -> dict[int, int]:
        """What the lines cost at the average; refuses what isn't there, and lets nobody else take it meanwhile."""
        where = f"organisation_id = 1 AND item_id IN ({', '.join('?' * len(lines))})"
        end = "" if self.is_sqlite else " ORDER BY item_id FOR UPDATE"
        items = [item for item, _ in lines]
        on_hand = f"SELECT item_id, quantity FROM on_hand_total WHERE {where} AND place_id = {HERE} AND lot_id = 0{end}"
        worth = (
            f"SELECT item_id, quantity, value FROM worth_total WHERE {where} AND pool_id = {HERE} AND layer_id = 0{end}"
        )
        held: dict[int, int] = dict(self.ask(on_hand, items))
        assert all(held[item] >= quantity for item, quantity in lines), "the fill leaves enough of everything"
        pools = {item: (quantity, value) for item, quantity, value in self.ask(worth, items)}
        return {item: pools[item][1] * quantity // pools[item][0] for item, quantity in lines}

    def _insert(self, sql: str, rows: Sequence[Row]) -> None:
        if self.is_sqlite:
            self.raw.executemany(sql, rows)
        else:
            self.ask(sql, ["{" + ",".join(map(_element, column)) + "}" for column in zip(*rows, strict=True)])

    @cached_property
    def _inserts(self) -> dict[str, str]:
        return {table.name: table.insert(self.is_sqlite) for table in self.shape.tables}

    @cached_property
    def questions(self) -> dict[str, str]:
        """`at`: quantity and value of every item in a warehouse at the end of a past day, as the months before and the days
        since. `statement`: what came and went of one item at one place within a month."""
        of_month = f"organisation_id = 1 AND moment >= '{MONTH}' AND moment <"
        parts = [
            "SELECT item_id, quantity_in - quantity_out AS quantity, value_in - value_out AS value FROM worth_turnover"
            f" WHERE organisation_id = 1 AND month < 202406 AND pool_id = {HERE}"
        ]
        if self.shape.separate:
            parts.append(f"SELECT item_id, quantity, value FROM cost WHERE {of_month} '{PAST}' AND pool_id = {HERE}")
            line, there = "quantity", f"stock WHERE place_id = {HERE} AND lot_id = 0"
        else:
            differs = "(pool_from <> pool_to OR layer_from <> layer_to)"
            for end, sign in (("to", ""), ("from", "-")):
                days = f"FROM entry WHERE {of_month} '{PAST}' AND pool_{end} = {HERE} AND {differs}"
                parts.append(f"SELECT item_id, {sign}quantity, {sign}value {days}")
            line = f"CASE place_to WHEN {HERE} THEN quantity ELSE -quantity END"
            there = f"entry WHERE (place_to = {HERE} OR place_from = {HERE}) AND place_to <> place_from"
        lines = f"SELECT moment, document_id, {line} FROM {there} AND item_id = {ITEMS // 2}"
        return {
            "at": f"SELECT item_id, sum(quantity), sum(value) FROM ({' UNION ALL '.join(parts)}) AS p GROUP BY item_id",
            "statement": f"{lines} AND {of_month} '{NEXT_MONTH}' ORDER BY moment, id",
        }

    def plan(self, question: str) -> list[str]:
        rows = self.ask(f"EXPLAIN {'QUERY PLAN ' if self.is_sqlite else '(ANALYZE) '}{question}")
        return [row[-1] for row in rows]


#: After a fill: on PostgreSQL (False) and SQLite (True).
_SETTLE = {
    False: ("VACUUM ANALYZE", "CHECKPOINT", "SET session_replication_role = origin"),
    True: ("VACUUM", "ANALYZE", "PRAGMA wal_checkpoint(TRUNCATE)", "PRAGMA foreign_keys = ON"),
}


def _element(value: Any) -> str:
    return "NULL" if value is None else f'"{value}"'


def _fact(document: int, line: int, moment: datetime, kind: str, item: int, quantity: int, value: int) -> Row:
    month, text = moment.year * 100 + moment.month, moment.isoformat(" ", "microseconds")
    amounts = (quantity, value, -quantity, -value)
    return (document, line, text, month, item, *KINDS[kind], *amounts, "own", 1, -1, 0, None)


def _history(documents: int) -> Iterator[Row]:
    """Every item in turn: a round of receipts of 10 pieces, then one of sales of 8 or, each fifth time, of transfers."""
    for number in range(documents):
        turn = number * LINES // ITEMS
        kind = "receipt" if turn % 2 == 0 else "transfer" if turn % 10 == 9 else "sale"
        late = timedelta(days=30 if number % 19 == 18 else 0)  # one in 19 is dated a month before its neighbours
        moment = max(BEGUN, BEGUN + SPAN * number / documents - late)
        pieces = 10 if kind == "receipt" else 8
        for line in range(LINES):
            item = 1 + (number * LINES + line) % ITEMS
            yield _fact(number + 1, line + 1, moment, kind, item, pieces * 10**6, pieces * 50_000)


def main() -> None:
    """Measure and print; leaves nothing behind."""
    parser = argparse.ArgumentParser(prog="python -m bench.shapes", description="What each shape of the ledger costs.")
    parser.add_argument("--engine", choices=("sqlite", "postgresql"), help="only this one")
    parser.add_argument("--quick", action="store_true", help="few rounds, little history: does it run at all?")
    parser.add_argument("--json", metavar="FILE", help="write the figures and plans here too, a line for each shape")
    options = parser.parse_args()
    lines = []
    for engine in [options.engine] if options.engine else ["sqlite", "postgresql"]:
        for moves in QUICK_SIZES if options.quick else SIZES:
            found = _measure(engine, moves, rounds=3 if options.quick else 150)
            print(_table(engine, moves, found))
            lines += [json.dumps({"engine": engine, "moves": moves, **figures}) for figures in found]
    if options.json:
        Path(options.json).write_text("\n".join(lines) + "\n")


def _measure(engine: str, moves: int, *, rounds: int) -> list[Figures]:
    """For each shape its rows, milliseconds and ratios to the first shape by kind of work, megabytes, and plans."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        address = "" if engine == "sqlite" else stack.enter_context(postgresql(folder))
        shelf = [
            Books(shape, _connect(stack, folder, address, number), not address) for number, shape in enumerate(SHAPES)
        ]
        for books in shelf:
            books.fill(moves)
        found: list[Figures] = [
            {"shape": b.shape.name, "title": b.shape.title, "mb": b.megabytes(), "rows": {}, "ms": {}} for b in shelf
        ]
        for work in (*KINDS, *(kind + UNFLUSHED for kind in KINDS)):
            for books in shelf:
                books.wait_for_disk(waits=work in KINDS)
            post = partial(_post, work=work, first=moves + 1 + len(found[0]["ms"]) * (rounds + 1))
            _by_turns(shelf, found, work, post, rounds)
        for question in shelf[0].questions:
            answers = _by_turns(shelf, found, question, partial(_ask, question=question), min(rounds, 30))
            assert all(sorted(answer) == sorted(answers[0]) for answer in answers), "all shapes give the same figures"
        for books, figures in zip(shelf, found, strict=True):
            figures["plans"] = {name: books.plan(question) for name, question in books.questions.items()}
        return found


def _post(books: Books, number: int, *, work: str, first: int) -> int:
    """The same document in every shape: pieces of five items, one each."""
    items = random.Random(number).sample(range(1, ITEMS + 1), LINES)
    return books.post(first + number, work.removesuffix(UNFLUSHED), [(item, 10**6) for item in sorted(items)])


def _ask(books: Books, _number: int, *, question: str) -> list[Row]:
    return books.ask(books.questions[question])


def _connect(stack: ExitStack, folder: Path, address: str, number: int) -> Any:
    if address:
        raw: Any = stack.enter_context(psycopg.connect(address, autocommit=True, prepare_threshold=0))
        raw.execute(f"CREATE SCHEMA shape_{number}")
        raw.execute(f"SET search_path = shape_{number}")
        raw.execute("SET max_parallel_workers_per_gather = 0")  # as the program does (ADR 8)
        return raw
    raw = sqlite3.connect(folder / f"shape_{number}.db", isolation_level=None)
    stack.callback(raw.close)
    for pragma in ("journal_mode = WAL", "synchronous = FULL", "cache_size = -32000"):
        raw.execute(f"PRAGMA {pragma}")
    return raw


def _by_turns(
    shelf: Sequence[Books], found: Sequence[Figures], work: str, act: Callable[[Books, int], Any], rounds: int
) -> list[Any]:
    """Note the median of the rounds, each beginning with another shape; the first round warms up. Gives the last answers."""
    seconds: list[list[float]] = [[] for _ in shelf]
    answers: list[Any] = [None] * len(shelf)
    for number in range(rounds + 1):
        for position in range(len(shelf)):
            place = (position + number) % len(shelf)
            begun = time.perf_counter()
            answers[place] = act(shelf[place], number)
            seconds[place].append(time.perf_counter() - begun)
    for figures, taken, answer in zip(found, seconds, answers, strict=True):
        ratio = median(t / first for t, first in zip(taken[1:], seconds[0][1:], strict=True))
        figures["ms"][work] = (round(median(taken[1:]) * 1000, 3), round(ratio, 2))
        if isinstance(answer, int):
            figures["rows"][work] = answer
    return answers


def _table(engine: str, moves: int, found: Sequence[Figures]) -> str:
    """For people: milliseconds, in brackets as a multiple of the first shape's."""

    def line(head: str, cells: Iterable[str]) -> str:
        return f"{head:<22}" + "".join(f"{cell:>16}" for cell in cells)

    return "\n".join(
        [
            line(f"{engine}, {moves:,} moves", (f["shape"] for f in found)),
            *(line(f"rows of a {work}", (str(f["rows"][work]) for f in found)) for work in KINDS),
            line("megabytes", (str(f["mb"]) for f in found)),
            *(line(w, (f"{f['ms'][w][0]:.3g} ({f['ms'][w][1]:.2f})" for f in found)) for w in found[0]["ms"]),
            *(f"  {f['shape']:<3}{f['title']}" for f in found),
        ]
    )


if __name__ == "__main__":
    main()
