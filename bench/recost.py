"""A receipt that comes late: one item whose every later movement costs otherwise by it.

Two items have the same history; of the one the program recosts the rest, of the other the floor does, in one transaction,
with a replay of its own. Their books must come out alike.
"""

import random
import time
from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any

from app import ledger
from app.security import SYSTEM
from bench.company import Subject
from bench.floor import CUSTOMERS, SUPPLIERS, Floor
from bench.history import go_on_counting, settle_down
from bench.measuring import Result
from bench.writes import Order, by_hand, open_floor, receive
from modules.trade.taxes.register import Taxes
from modules.warehouse.jobs import recost_parts
from modules.warehouse.operations import create_group, create_item, set_costing

METHODS = ("average", "fifo")
#: In pieces: what the item begins with, and what comes late. An average is still felt after 100,000 movements of some ten
#: pieces each; a queue is moved by less, and yet every sale of it costs otherwise.
_BEGINNING = {"average": (100_000, 100_000), "fifo": (1_000, 500)}
_LATE, _FIRST = datetime(2023, 12, 31, 12), datetime(2024, 1, 1)
_BETWEEN = timedelta(minutes=5)
_PIECE, _PENNY = 10**6, 100
#: documents of the history that are written at once
_AT_ONCE = 5_000

_TABLES = {
    "core_document": "id kind number moment is_dated state organisation_id currency amount summary note created_at version",
    "trade_document": "id contact_id place_id tax_included rate net tax",
    "trade_line": "document_id line item_id quantity price discount tax_rate net tax",
    "warehouse_stock_entry": "organisation_id document_id line moment item_id place_from_id place_to_id lot_from_id"
    " lot_to_id claim_from_id claim_to_id work_order_from_id work_order_to_id warehouse_from_id warehouse_to_id"
    " pool_from_id pool_to_id layer_from_id layer_to_id basis happened quantity value",
    "trade_sales_entry": "organisation_id document_id line moment side item_id contact_id quantity revenue cost",
    "warehouse_open_layer": "organisation_id item_id pool_id layer_id position document_id line quantity value",
}


@dataclass(slots=True)
class Moved:
    """A movement of the item, in units: above zero it came in, below it went out. `value` is of what came in; of what went
    out `walk` finds it."""

    document: int
    quantity: int
    value: int


def walk(method: str, moves: Sequence[Moved]) -> tuple[list[int], list[Moved]]:
    """What each movement is worth, and what is left of each inflow (average: nothing is said of it)."""
    return _average(moves) if method == "average" else _fifo(moves)


def _average(moves: Sequence[Moved]) -> tuple[list[int], list[Moved]]:
    held = worth = 0
    values = []
    for m in moves:
        value = m.value
        if m.quantity < 0:
            value = worth if -m.quantity == held else _share(worth, -m.quantity, held)
            worth -= value
        else:
            worth += value
        held += m.quantity
        values.append(value)
    return values, []


def _fifo(moves: Sequence[Moved]) -> tuple[list[int], list[Moved]]:
    layers: deque[Moved] = deque()
    values = []
    for m in moves:
        if m.quantity > 0:
            layers.append(Moved(m.document, m.quantity, m.value))
            values.append(m.value)
            continue
        left, value = -m.quantity, 0
        while left and left >= layers[0].quantity:
            layer = layers.popleft()
            left, value = left - layer.quantity, value + layer.value
        if left:
            part = _share(layers[0].value, left, layers[0].quantity)
            layers[0].quantity, layers[0].value = layers[0].quantity - left, layers[0].value - part
            value += part
        values.append(value)
    return values, list(layers)


def _share(value: int, part: int, whole: int) -> int:
    """To the penny, half up."""
    return (2 * value * part + whole * _PENNY) // (2 * whole * _PENNY) * _PENNY


def recost(engine: str, subject: Subject, method: str, count: int) -> Result:
    """The program's way and the floor's once each; the note says what of the program's time the posting took, and the
    longest that it kept others from the item."""
    floor = open_floor(subject)
    items = [_new_item(subject, method, owner) for owner in ("ours", "floor")]
    for item in items:
        _write_history(floor, subject, method, count, item)
    subject.company.database.run(_rebuild, actor=SYSTEM)
    settle_down(subject)
    late = [Order(subject.partners[0], [(item, _BEGINNING[method][1], 250)], _LATE) for item in items]

    times = [time.perf_counter()]
    receive(subject, late[0])
    times.append(time.perf_counter())
    for _ in recost_parts(subject.company.database):
        times.append(time.perf_counter())
    ours = times[-1] - times[0]

    begun = time.perf_counter()
    floor.purchase(*by_hand(late[1]), then=lambda cause: _correct(floor, method, items[1], cause))
    hand = time.perf_counter() - begun
    found = [_outcome(floor, item) for item in items]
    floor.close()
    if found[0] != found[1]:
        raise SystemExit(f"The program's corrections and the floor's differ: {found}")
    longest = max(after - before for before, after in pairwise(times))
    note = (
        f"{found[0][0]:,} corrections; posting returns after {times[1] - times[0]:.2f} s, then {len(times) - 2} parts,"
        f" the longest {longest:.2f} s"
    )
    return Result(engine, f"late receipt, {method}", count, ours * 1000, hand * 1000, hand / ours, note)


def _rebuild(session: Any) -> None:
    go_on_counting(session.connection(), "core_document")  # ids were given by hand
    Taxes.enter_past(session.connection())
    ledger.rebuild(session)


def _write_history(floor: Floor, subject: Subject, method: str, count: int, item: int) -> None:
    """A purchase to begin with, then purchases and sales by turns: `count` movements, each a document of one line."""
    chance = random.Random(1)
    first = floor.one("SELECT max(id) + 1 FROM core_document", ())[0]
    moves = [Moved(first, _BEGINNING[method][0] * _PIECE, _BEGINNING[method][0] * 10 * 10**4)]
    for document in range(first + 1, first + count + 1, 2):
        pieces, pence = chance.randint(1, 20), chance.randint(50, 9999)
        moves.append(Moved(document, pieces * _PIECE, pieces * pence * 100))
        moves.append(Moved(document + 1, -pieces * _PIECE, 0))
    values, layers = walk(method, moves)
    floor.run("BEGIN")
    for start in range(0, len(moves), _AT_ONCE):
        rows: dict[str, list[tuple[Any, ...]]] = {table: [] for table in _TABLES}
        for n in range(start, min(start + _AT_ONCE, len(moves))):
            moment = (_FIRST + n * _BETWEEN).isoformat(" ", "microseconds")
            _add_document(rows, moves[n], values[n], item, subject.partners[n % len(subject.partners)], moment)
        for table, some in rows.items():
            floor.many(_insert(table), some)
    floor.many(_insert("warehouse_open_layer"), list(_layer_rows(item, layers)))
    floor.run("COMMIT")


def _add_document(
    rows: dict[str, list[tuple[Any, ...]]], m: Moved, value: int, item: int, partner: int, moment: str
) -> None:
    comes = m.quantity > 0
    quantity, net = abs(m.quantity), m.value if comes else abs(m.quantity) // _PIECE * 99 * 10**4
    kind, inside = ("trade.purchase", (0, 100)) if comes else ("trade.sale", (100, 0))
    places, basis = ((SUPPLIERS, 100), "own") if comes else ((100, CUSTOMERS), "carried")
    rows["core_document"].append(
        (m.document, kind, f"L-{m.document}", moment, True, "posted", 1, "GBP", net, "history", "", moment, 1)
    )
    rows["trade_document"].append((m.document, partner, 100, False, 10**9, net, 0))
    rows["trade_line"].append((m.document, 1, item, quantity, net * 10**8 // quantity, 0, 0, net, 0))
    ends = (*places, 0, 0, 0, 0, 0, 0, *inside, *inside, 0, 0)
    rows["warehouse_stock_entry"].append((1, m.document, 1, moment, item, *ends, basis, moment, quantity, value))
    if not comes:
        rows["trade_sales_entry"].append((1, m.document, 1, moment, 1, item, partner, quantity, net, value))


def _layer_rows(item: int, layers: Sequence[Moved]) -> Iterator[tuple[Any, ...]]:
    for position, layer in enumerate(layers, 1):
        yield 1, item, 100, 0, position, layer.document, 1, layer.quantity, layer.value


def _insert(table: str) -> str:
    columns = _TABLES[table].split()
    return f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({', '.join('?' * len(columns))})"


def _new_item(subject: Subject, method: str, owner: str) -> int:
    def work(session: Any) -> int:
        group = create_group(session, SYSTEM, name=f"{owner}, {method}")
        set_costing(session, SYSTEM, group, method)
        item = create_item(session, SYSTEM, code=f"{owner}-{method}", name=f"{owner}, {method}", group_id=group.id)
        return item.id

    return subject.company.database.run(work, actor=SYSTEM)


def _correct(floor: Floor, method: str, item: int, cause: int) -> None:
    """By hand: replay everything, write what differs, and what follows from it, in the late receipt's own transaction."""
    rows = floor.all(_MOVES, (item,))
    values, layers = walk(method, [Moved(document, quantity, value) for document, _, quantity, value in rows])
    found = [
        (document, cause, moment, item, moment, value - booked)
        for (document, moment, _, booked), value in zip(rows, values, strict=True)
        if value != booked
    ]
    floor.many(_CORRECTION, found)
    for statement in _FROM_CORRECTIONS:
        floor.run(statement, (cause,))
    floor.run("DELETE FROM warehouse_open_layer WHERE organisation_id = 1 AND item_id = ?", (item,))
    floor.many(_insert("warehouse_open_layer"), list(_layer_rows(item, layers)))


def _outcome(floor: Floor, item: int) -> tuple[Any, ...]:
    """How many corrections the item has, and what its books have come to."""
    corrections = floor.one(
        "SELECT count(*), sum(value) FROM warehouse_stock_entry WHERE item_id = ? AND basis = 'corrected'", (item,)
    )
    worth = floor.one("SELECT quantity, value, entries FROM warehouse_stock_worth_total WHERE item_id = ?", (item,))
    sold = floor.one("SELECT sum(cost), sum(entries) FROM trade_sales_results_total WHERE item_id = ?", (item,))
    return (*corrections, *worth, *sold)


_MOVES = (
    "SELECT document_id, moment, CASE pool_to_id WHEN 100 THEN quantity ELSE -quantity END, value"
    " FROM warehouse_stock_entry WHERE organisation_id = 1 AND item_id = ? ORDER BY moment, id"
)
_CORRECTION = (
    "INSERT INTO warehouse_stock_entry (organisation_id, document_id, cause_id, line, moment, item_id, place_from_id,"
    " place_to_id, lot_from_id, lot_to_id, claim_from_id, claim_to_id, work_order_from_id, work_order_to_id,"
    " warehouse_from_id, warehouse_to_id, pool_from_id, pool_to_id, layer_from_id, layer_to_id, basis, happened,"
    f" quantity, value) VALUES (1, ?, ?, 1, ?, ?, 100, {CUSTOMERS}, 0, 0, 0, 0, 0, 0, 100, 0, 100, 0, 0, 0, 'corrected',"
    " ?, 0, ?)"
)
_SALES = (
    "INSERT INTO trade_sales_entry (organisation_id, document_id, cause_id, line, moment, side, item_id, contact_id,"
    " quantity, revenue, cost) SELECT 1, s.document_id, e.cause_id, s.line, s.moment, s.side, s.item_id, s.contact_id,"
    " 0, 0, e.value FROM warehouse_stock_entry e JOIN trade_sales_entry s ON s.document_id = e.document_id"
    " AND s.line = e.line WHERE e.cause_id = ?"
)
_FROM_CORRECTIONS = (
    _SALES,
    "INSERT INTO warehouse_stock_worth_total (organisation_id, item_id, pool_id, layer_id, quantity, value, entries,"
    " last_moment) SELECT 1, item_id, 100, 0, 0, -sum(value), count(*), max(moment) FROM warehouse_stock_entry"
    " WHERE cause_id = ? GROUP BY item_id ON CONFLICT (organisation_id, item_id, pool_id, layer_id) DO UPDATE SET"
    " value = warehouse_stock_worth_total.value + excluded.value,"
    " entries = warehouse_stock_worth_total.entries + excluded.entries",
    "INSERT INTO warehouse_stock_worth_turnover (organisation_id, item_id, pool_id, layer_id, month, quantity_in,"
    " quantity_out, value_in, value_out) SELECT 1, item_id, 100, 0, {month}, 0, 0, 0, sum(value)"
    " FROM warehouse_stock_entry WHERE cause_id = ? GROUP BY item_id, {month}"
    " ON CONFLICT (organisation_id, item_id, pool_id, layer_id, month) DO UPDATE SET"
    " value_out = warehouse_stock_worth_turnover.value_out + excluded.value_out",
    "INSERT INTO trade_sales_results_total (organisation_id, item_id, contact_id, quantity, revenue, cost, entries,"
    " last_moment) SELECT 1, item_id, contact_id, 0, 0, sum(cost), count(*), max(moment) FROM trade_sales_entry"
    " WHERE cause_id = ? GROUP BY item_id, contact_id ON CONFLICT (organisation_id, item_id, contact_id) DO UPDATE SET"
    " cost = trade_sales_results_total.cost + excluded.cost,"
    " entries = trade_sales_results_total.entries + excluded.entries",
    "INSERT INTO trade_sales_results_turnover (organisation_id, item_id, contact_id, month, quantity_in, quantity_out,"
    " revenue_in, revenue_out, cost_in, cost_out) SELECT 1, item_id, contact_id, {month}, 0, 0, 0, 0, sum(cost), 0"
    " FROM trade_sales_entry WHERE cause_id = ? GROUP BY item_id, contact_id, {month}"
    " ON CONFLICT (organisation_id, item_id, contact_id, month) DO UPDATE SET"
    " cost_in = trade_sales_results_turnover.cost_in + excluded.cost_in",
)
