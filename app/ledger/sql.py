"""The SQL by which a register is written: one statement a table, made once from the declaration.

Names come from declarations in code, never from input; every value is a parameter. PostgreSQL takes a batch as arrays,
SQLite as the driver's own loop: both run one prepared statement, with rows in key order, so that writers who meet wait
and never deadlock.
"""

import json
from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

from app.driver import Driver, Question, Row
from app.inserts import Insert, array_of, array_type, arrays_of, is_time, text_of
from app.ledger.spans import NO_SPAN, SPAN

if TYPE_CHECKING:
    from app.ledger.register import Register
    from app.ledger.totals import Totals

#: of a total that has no entry yet
NEVER = datetime(1, 1, 1)


class EntrySql:
    """The statements by which a register's entries are written and read back."""

    def __init__(self, register: "type[Register]") -> None:
        self._insert = Insert(register.entries, register.columns)
        #: what tells the moves of a document apart; entries of one move sum up
        self.grouped = _apart(register)
        kept = {d.name: d.kept for d in register.details}
        group = ", ".join(_kept_only(c, kept[c]) if kept.get(c) else c for c in self.grouped)
        sums = ", ".join(f"CAST(sum({a.name}) AS bigint)" for a in register.amounts)
        self._of_document = (
            f"SELECT {group}, {sums}, moment FROM {register.entries.name} WHERE document_id = ?"
            f" GROUP BY {group}, moment ORDER BY max(id) DESC"
        )
        self._times = [i for i, c in enumerate(self.grouped) if is_time(register.entries.c[c].type)]

    def insert(self, driver: Driver, rows: Sequence[Row]) -> None:
        """Entries with the register's columns."""
        self._insert.run(driver, rows)

    def of_document(self, driver: Driver, document_id: int) -> list[Row]:
        """The columns `grouped`, the sums of amounts and the moment of a document's moves, those written last first: one that
        was corrected may have moved at several."""
        rows = driver.rows(self._of_document, (document_id,))
        return _dated(rows, *self._times, -1) if driver.is_sqlite else rows


class Sql:
    """The statements of one `Totals`: written, locked, and looked back on."""

    def __init__(self, totals: "Totals") -> None:
        table, keys = totals.table, ("organisation_id", *totals.columns)
        columns = (*keys, *totals.of, "entries", "last_moment", *(SPAN if totals.spans else ()))
        self._add = Insert(table, columns, key=keys, grown=(*totals.of, "entries"))
        self._make = Insert(table, columns, key=keys)
        self._no_span = NO_SPAN if totals.spans else ()
        self._turn: Insert | None = None
        if totals.months is not None:
            sides = tuple(f"{a}_{side}" for a in totals.of for side in ("in", "out"))
            self._turn = Insert(totals.months, (*keys, "month", *sides), key=(*keys, "month"), grown=sides)
        asked = ", ".join(f"t.{c}" for c in (*totals.columns, *totals.of, "last_moment"))
        order = ", ".join(f"t.{c}" for c in totals.columns)
        each = " AND ".join(f"t.{c} = json_extract(k.value, '$[{i}]')" for i, c in enumerate(totals.columns))
        self._lock_sqlite = (
            f"SELECT {asked} FROM json_each(?) k CROSS JOIN {table.name} t ON t.organisation_id = ? AND {each}"
        )
        arrays = ", ".join(f"?::{array_type(table, c)}[]" for c in totals.columns)
        names = ", ".join(totals.columns)
        # Each key by its own way through the index and in the order given, which is that of locking. Joined as sets, a server
        # that has not counted the table yet reads all rows of the organisation.
        same = " AND ".join(f"t.{c} = k.{c}" for c in totals.columns)
        self._lock_postgresql = (
            f"SELECT h.* FROM unnest({arrays}) k({names}) CROSS JOIN LATERAL"
            f" (SELECT {asked} FROM {table.name} t WHERE t.organisation_id = ? AND {same} FOR UPDATE) h"
        )
        first = totals.columns[0]
        held = whole = ""
        if totals.parts:
            is_whole = f"t.{totals.column(totals.parts)} = 0"
            whole = f" AND {is_whole}"
            held = f" AND ({is_whole} OR {' OR '.join(f't.{a} <> 0' for a in totals.of)})"
        self._all_sqlite = (
            f"SELECT {asked} FROM json_each(?) k CROSS JOIN {table.name} t"
            f" ON t.organisation_id = ? AND t.{first} = k.value{held}"
        )
        each_first = f"unnest(?::{array_type(table, first)}[]) k({first})"
        self._all_postgresql = (
            f"SELECT h.* FROM {each_first} CROSS JOIN LATERAL (SELECT {asked} FROM {table.name} t"
            f" WHERE t.organisation_id = ? AND t.{first} = k.{first}{held} ORDER BY {order} FOR UPDATE) h"
        )
        later = f"t.{first} = {{first}} AND t.organisation_id = ? AND t.last_moment > ?{whole}"
        self._later_sqlite = (
            f"SELECT EXISTS (SELECT 1 FROM json_each(?) k CROSS JOIN {table.name} t ON {later.format(first='k.value')})"
        )
        self._later_postgresql = (
            f"SELECT EXISTS (SELECT 1 FROM {each_first} CROSS JOIN LATERAL"
            f" (SELECT 1 FROM {table.name} t WHERE {later.format(first=f'k.{first}')} LIMIT 1) h)"
        )
        self._since = {amount: _since_of(totals, amount) for amount in totals.of}
        self._lowest = {amount: _lowest_of(totals, amount) for amount in totals.of}
        transfers = totals.register.is_transfer
        self._ends = [i for i, d in enumerate(totals.dimensions) if transfers and d.is_end]
        self._fixed = [i for i, d in enumerate(totals.dimensions) if not d.is_end]

    def key_question(self, driver: Driver, organisation_id: int, keys: Sequence[Row]) -> Question:
        """Asks for the totals that exist of these keys (key, amounts and last moment) and holds them until commit."""
        if driver.is_sqlite:
            return self._lock_sqlite, (json.dumps(keys), organisation_id)
        return self._lock_postgresql, (*arrays_of(keys), organisation_id)

    def all_question(self, driver: Driver, organisation_id: int, firsts: Sequence[Any]) -> Question:
        """The same of every key that begins with one of `firsts`, without parts (`Totals.parts`) that stand at zero."""
        if driver.is_sqlite:
            return self._all_sqlite, (json.dumps(firsts), organisation_id)
        return self._all_postgresql, (array_of(tuple(firsts)), organisation_id)

    def later_question(self, driver: Driver, organisation_id: int, firsts: Sequence[Any], moment: datetime) -> Question:
        """Asks whether one of those keys has an entry after `moment`."""
        if driver.is_sqlite:
            return self._later_sqlite, (json.dumps(firsts), organisation_id, text_of(moment))
        return self._later_postgresql, (array_of(tuple(firsts)), organisation_id, moment)

    def make(self, driver: Driver, organisation_id: int, keys: Sequence[Row], width: int) -> None:
        """Rows of zero for keys that have none, so that they can be locked; waits for whoever makes the same."""
        self._make.run(
            driver, [(organisation_id, *key, *(0,) * width, 0, NEVER, *self._no_span) for key in sorted(keys)]
        )

    def add_to_totals(self, driver: Driver, rows: Sequence[Row]) -> None:
        """Rows of organisation, keys, amounts, count of entries, last moment, and where they are kept spans; in key order."""
        self._add.run(driver, rows)

    def add_to_turnovers(self, driver: Driver, rows: Sequence[Row]) -> None:
        """Rows of organisation, keys, month, and in and out of each amount; in key order."""
        if self._turn is not None:
            self._turn.run(driver, rows)

    def lowest_after(self, driver: Driver, organisation_id: int, key: Row, moment: datetime, amount: str) -> Row | None:
        """Of what a key's entries after `moment` add, document by document in their order: the moment at which their running
        sum of `amount` is lowest, that sum, and the sum of all; in units. None when there are none."""
        after = text_of(moment) if driver.is_sqlite else moment
        fixed, ends = tuple(key[i] for i in self._fixed), tuple(key[i] for i in self._ends)
        twice = (*ends, *ends)
        row = driver.row(self._lowest[amount], (*twice, organisation_id, *fixed, after, *twice))
        if row is None:
            return None
        lowest, level, whole = row
        return datetime.fromisoformat(lowest) if driver.is_sqlite else lowest, int(level), int(whole)

    def entries_since(self, driver: Driver, organisation_id: int, key: Row, moment: datetime, amount: str) -> list[Row]:
        """Moment, document and `amount` in units of what the key's entries from `moment` on add, in their order."""
        since = text_of(moment) if driver.is_sqlite else moment
        fixed, ends = tuple(key[i] for i in self._fixed), tuple(key[i] for i in self._ends)
        twice = (*ends, *ends)
        values = (*twice, organisation_id, *fixed, since, *twice)
        return (
            _dated(driver.rows(self._since[amount], values), 0)
            if driver.is_sqlite
            else driver.rows(self._since[amount], values)
        )


def _since_of(totals: "Totals", amount: str) -> str:
    """What a key's entries add: with ends, what comes to it less what goes from it."""
    added, where = _added(totals, amount)
    return f"SELECT moment, document_id, {added} {where.format(since='>=')} ORDER BY moment, id"


def _lowest_of(totals: "Totals", amount: str) -> str:
    added, where = _added(totals, amount)
    documents = f"SELECT moment, min(id) AS first, sum({added}) AS added {where.format(since='>')}"
    levels = (
        "SELECT moment, sum(added) OVER (ORDER BY moment, first) AS level, sum(added) OVER () AS whole"
        f" FROM ({documents} GROUP BY moment, document_id) d"
    )
    return f"SELECT moment, level, whole FROM ({levels}) l ORDER BY level, moment LIMIT 1"


def _added(totals: "Totals", amount: str) -> tuple[str, str]:
    """What an entry adds to a key, and FROM and WHERE of the key's entries, `{since}` a moment."""
    register = totals.register
    fixed = "".join(f" AND {d.column} = ?" for d in totals.dimensions if not d.is_end)
    where = f"FROM {register.entries.name} WHERE organisation_id = ?{fixed} AND moment {{since}} ?"
    if not register.is_transfer:
        return amount, f"{where} AND {amount} <> 0"
    came, went = (" AND ".join(f"{d.columns[side]} = ?" for d in totals.dimensions if d.is_end) for side in (1, 0))
    net = f"CASE WHEN {came} THEN {amount} ELSE 0 END - CASE WHEN {went} THEN {amount} ELSE 0 END"
    return net, f"{where} AND {amount} <> 0 AND (({came}) OR ({went}))"


def _apart(register: "type[Register]") -> tuple[str, ...]:
    """The columns that tell the moves of a document apart: its keys, its side, and details except for words that no reversal
    keeps."""
    said = {d.name for d in register.details if d.kind == "word" and not d.kept} | {a.name for a in register.amounts}
    head = {"organisation_id", "document_id", "cause_id", "moment"}
    return tuple(c for c in register.columns if c not in said | head)


def _kept_only(column: str, words: tuple[str, ...]) -> str:
    """A word where a reversal keeps it, else none; words stand in declarations, never in data."""
    kept = ", ".join(f"'{word}'" for word in words)
    return f"CASE WHEN {column} IN ({kept}) THEN {column} ELSE '' END"


def _dated(rows: list[Row], *times: int) -> list[Row]:
    """Rows from SQLite with the times among their columns made times; their last column, unless it is said which."""
    at = {i % len(row) for row in rows[:1] for i in times or (-1,)}
    return [tuple(datetime.fromisoformat(v) if i in at else v for i, v in enumerate(row)) for row in rows]
