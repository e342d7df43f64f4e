"""The SQL by which a register is written: one statement a table, made once from the declaration.

Names come from declarations in code, never from input; every value is a parameter. PostgreSQL takes a batch as arrays,
SQLite as the driver's own loop: both run one prepared statement, with rows in key order, so that writers who meet wait
and never deadlock.
"""

import json
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from functools import cache
from typing import TYPE_CHECKING, Any

from sqlalchemy import Date, DateTime, Integer, SmallInteger, String, Table
from sqlalchemy.exc import IntegrityError

from app.bare import Bare, Question, Row
from app.values import OutOfRange

if TYPE_CHECKING:
    from app.ledger.register import Register
    from app.ledger.totals import Totals

#: of a total that has no entry yet
NEVER = datetime(1, 1, 1)


class EntrySql:
    """The statements by which a register's entries are written and read back."""

    def __init__(self, register: "type[Register]") -> None:
        self._insert = _Insert(register.entries, register.columns)
        #: what tells the moves of a document apart; entries of one move sum up
        self.grouped = _apart(register)
        kept = {d.name: d.kept for d in register.details}
        group = ", ".join(_kept_only(c, kept[c]) if kept.get(c) else c for c in self.grouped)
        sums = ", ".join(f"CAST(sum({a.name}) AS bigint)" for a in register.amounts)
        self._of_document = (
            f"SELECT {group}, {sums}, min(moment) FROM {register.entries.name} WHERE document_id = ?"
            f" GROUP BY {group} ORDER BY max(id) DESC"
        )
        self._times = [i for i, c in enumerate(self.grouped) if _is_time(register.entries.c[c].type)]

    def insert(self, bare: Bare, rows: Sequence[Row]) -> None:
        """Entries with the register's columns."""
        self._insert.run(bare, rows)

    def of_document(self, bare: Bare, document_id: int) -> list[Row]:
        """The columns `grouped`, the sums of amounts and the first moment of a document's moves, those written last first."""
        rows = bare.rows(self._of_document, (document_id,))
        return _dated(rows, *self._times, -1) if bare.is_sqlite else rows


class Sql:
    """The statements of one `Totals`: written, locked, and looked back on."""

    def __init__(self, totals: "Totals") -> None:
        table, keys = totals.table, ("organisation_id", *totals.columns)
        self._add = _Insert(
            table, (*keys, *totals.of, "entries", "last_moment"), key=keys, grown=(*totals.of, "entries")
        )
        self._make = _Insert(table, (*keys, *totals.of, "entries", "last_moment"), key=keys)
        self._turn: _Insert | None = None
        if totals.months is not None:
            sides = tuple(f"{a}_{side}" for a in totals.of for side in ("in", "out"))
            self._turn = _Insert(totals.months, (*keys, "month", *sides), key=(*keys, "month"), grown=sides)
        asked = ", ".join(f"t.{c}" for c in (*totals.columns, *totals.of, "last_moment"))
        order = ", ".join(f"t.{c}" for c in totals.columns)
        each = " AND ".join(f"t.{c} = json_extract(k.value, '$[{i}]')" for i, c in enumerate(totals.columns))
        self._lock_sqlite = (
            f"SELECT {asked} FROM json_each(?) k CROSS JOIN {table.name} t ON t.organisation_id = ? AND {each}"
        )
        arrays = ", ".join(f"?::{_array(table, c)}[]" for c in totals.columns)
        names = ", ".join(totals.columns)
        self._lock_postgresql = (
            f"SELECT {asked} FROM {table.name} t JOIN unnest({arrays}) k({names}) USING ({names})"
            f" WHERE t.organisation_id = ? ORDER BY {order} FOR UPDATE OF t"
        )
        first = totals.columns[0]
        self._all_sqlite = (
            f"SELECT {asked} FROM json_each(?) k CROSS JOIN {table.name} t"
            f" ON t.organisation_id = ? AND t.{first} = k.value"
        )
        self._all_postgresql = (
            f"SELECT {asked} FROM {table.name} t WHERE t.{first} = ANY(?::{_array(table, first)}[])"
            f" AND t.organisation_id = ? ORDER BY {order} FOR UPDATE OF t"
        )
        self._since = {amount: _since_of(totals, amount) for amount in totals.of}
        self._lowest = {amount: _lowest_of(totals, amount) for amount in totals.of}
        transfers = totals.register.is_transfer
        self._ends = [i for i, d in enumerate(totals.dimensions) if transfers and d.is_end]
        self._fixed = [i for i, d in enumerate(totals.dimensions) if not d.is_end]

    def key_question(self, bare: Bare, organisation_id: int, keys: Sequence[Row]) -> Question:
        """Asks for the totals that exist of these keys (key, amounts and last moment) and holds them until commit."""
        if bare.is_sqlite:
            return self._lock_sqlite, (json.dumps(keys), organisation_id)
        return self._lock_postgresql, (*_columns(keys), organisation_id)

    def all_question(self, bare: Bare, organisation_id: int, firsts: Sequence[Any]) -> Question:
        """The same of every key that begins with one of `firsts`."""
        if bare.is_sqlite:
            return self._all_sqlite, (json.dumps(firsts), organisation_id)
        return self._all_postgresql, (_array_of(tuple(firsts)), organisation_id)

    def make(self, bare: Bare, organisation_id: int, keys: Sequence[Row], width: int) -> None:
        """Rows of zero for keys that have none, so that they can be locked; waits for whoever makes the same."""
        self._make.run(bare, [(organisation_id, *key, *(0,) * width, 0, NEVER) for key in sorted(keys)])

    def add_to_totals(self, bare: Bare, rows: Sequence[Row]) -> None:
        """Rows of organisation, keys, amounts, count of entries, moment; in key order."""
        self._add.run(bare, rows)

    def add_to_turnovers(self, bare: Bare, rows: Sequence[Row]) -> None:
        """Rows of organisation, keys, month, and in and out of each amount; in key order."""
        if self._turn is not None:
            self._turn.run(bare, rows)

    def lowest_after(self, bare: Bare, organisation_id: int, key: Row, moment: datetime, amount: str) -> Row | None:
        """Of what a key's entries after `moment` add, document by document in their order: the moment at which their running
        sum of `amount` is lowest, that sum, and the sum of all; in units. None when there are none."""
        after = _text(moment) if bare.is_sqlite else moment
        fixed, ends = tuple(key[i] for i in self._fixed), tuple(key[i] for i in self._ends)
        twice = (*ends, *ends)
        row = bare.row(self._lowest[amount], (*twice, organisation_id, *fixed, after, *twice))
        if row is None:
            return None
        lowest, level, whole = row
        return datetime.fromisoformat(lowest) if bare.is_sqlite else lowest, int(level), int(whole)

    def entries_since(self, bare: Bare, organisation_id: int, key: Row, moment: datetime, amount: str) -> list[Row]:
        """Moment, document and `amount` in units of what the key's entries from `moment` on add, in their order."""
        since = _text(moment) if bare.is_sqlite else moment
        fixed, ends = tuple(key[i] for i in self._fixed), tuple(key[i] for i in self._ends)
        twice = (*ends, *ends)
        values = (*twice, organisation_id, *fixed, since, *twice)
        return (
            _dated(bare.rows(self._since[amount], values), 0)
            if bare.is_sqlite
            else bare.rows(self._since[amount], values)
        )


def insert_rows(bare: Bare, table: Table, rows: Sequence[Mapping[str, Any]]) -> None:
    """Rows of any table, all with the same columns, by one statement; each replaces a row that has its key already."""
    columns = tuple(rows[0])
    _plain_insert(table, columns).run(bare, [tuple(row[c] for c in columns) for row in rows])


@cache
def _plain_insert(table: Table, columns: tuple[str, ...]) -> "_Insert":
    return _Insert(table, columns, key=tuple(c.name for c in table.primary_key), is_replaced=True)


class _Insert:
    """An INSERT of many rows.

    Where a row of the same `key` is there already, its columns `grown` grow by the new ones; without any it stays, or is
    replaced.
    """

    def __init__(
        self,
        table: Table,
        columns: tuple[str, ...],
        *,
        key: tuple[str, ...] = (),
        grown: tuple[str, ...] = (),
        is_replaced: bool = False,
    ) -> None:
        names, name = ", ".join(columns), table.name
        self._moments = [i for i, c in enumerate(columns) if isinstance(table.c[c].type, Date | DateTime)]
        marks = ", ".join("?" * len(columns))
        arrays = ", ".join(f"?::{_array(table, c)}[]" for c in columns)
        self._sqlite = f"INSERT INTO {name} ({names}) VALUES ({marks})"
        self._postgresql = f"INSERT INTO {name} ({names}) SELECT * FROM unnest({arrays})"
        if grown:
            sums = {c: f"{name}.{c} + excluded.{c}" for c in grown}
            # Beyond 64 bits SQLite goes on with a float; nothing instead breaks the column's NOT NULL, as it should.
            whole = {c: f"CASE typeof({s}) WHEN 'integer' THEN {s} END" for c, s in sums.items()}
            latest = {c: f"({name}.{c}, excluded.{c})" for c in columns if c == "last_moment"}
            self._sqlite += _on_conflict(key, {**whole, **{c: f"max{pair}" for c, pair in latest.items()}})
            self._postgresql += _on_conflict(key, {**sums, **{c: f"greatest{pair}" for c, pair in latest.items()}})
        elif is_replaced:
            said = _on_conflict(key, {c: f"excluded.{c}" for c in columns if c not in key})
            self._sqlite += said
            self._postgresql += said
        elif key:
            self._sqlite += " ON CONFLICT DO NOTHING"
            self._postgresql += " ON CONFLICT DO NOTHING"
        self._grown = frozenset(grown)

    def run(self, bare: Bare, rows: Sequence[Row]) -> None:
        if not rows:
            return
        try:
            if bare.is_sqlite:
                bare.run_each(self._sqlite, [self._with_text_moments(row) for row in rows])
            else:
                bare.run(self._postgresql, _columns(rows))
        except IntegrityError as error:
            if not any(f".{column}" in str(error.orig) for column in self._grown) or "NOT NULL" not in str(error.orig):
                raise
            raise OutOfRange("a total would be larger than 64 bits hold") from error

    def _with_text_moments(self, row: Row) -> Row:
        values = list(row)
        for i in self._moments:
            values[i] = None if values[i] is None else _text(values[i])
        return tuple(values)


def _on_conflict(key: tuple[str, ...], values: dict[str, str]) -> str:
    settings = ", ".join(f"{column} = {value}" for column, value in values.items())
    return f" ON CONFLICT ({', '.join(key)}) DO UPDATE SET {settings}"


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
    """The columns that tell the moves of a document apart: its keys, its side, and details but for words that no reversal
    keeps."""
    said = {d.name for d in register.details if d.kind == "word" and not d.kept} | {a.name for a in register.amounts}
    head = {"organisation_id", "document_id", "cause_id", "moment"}
    return tuple(c for c in register.columns if c not in said | head)


def _kept_only(column: str, words: tuple[str, ...]) -> str:
    """A word where a reversal keeps it, else none; words stand in declarations, never in data."""
    kept = ", ".join(f"'{word}'" for word in words)
    return f"CASE WHEN {column} IN ({kept}) THEN {column} ELSE '' END"


def _is_time(type_: Any) -> bool:
    return isinstance(type_, DateTime)


def _text(moment: date) -> str:
    """How SQLite keeps a moment, or a day: so that text sorts as time does."""
    return moment.isoformat(" ", "microseconds") if isinstance(moment, datetime) else moment.isoformat()


def _dated(rows: list[Row], *times: int) -> list[Row]:
    """Rows from SQLite with the times among their columns made times; their last column, unless it is said which."""
    at = {i % len(row) for row in rows[:1] for i in times or (-1,)}
    return [tuple(datetime.fromisoformat(v) if i in at else v for i, v in enumerate(row)) for row in rows]


def _columns(rows: Sequence[Row]) -> list[str]:
    """Rows as one array a column, in PostgreSQL's own writing: the driver would take each value to pieces first."""
    return [_array_of(column) for column in zip(*rows, strict=True)]


def _array_of(column: Row) -> str:
    if set(map(type, column)) == _WHOLE:  # most of them, and written at once
        return "{" + str(list(column))[1:-1] + "}"
    return "{" + ",".join(map(_element, column)) + "}"


_WHOLE = {int}


def _element(value: Any) -> str:
    if isinstance(value, int):
        return str(value)
    if value is None:
        return "NULL"
    written = str(value).replace("\\", "\\\\").replace('"', '\\"')
    return f'"{written}"'


def _array(table: Table, column: str) -> str:
    type_ = table.c[column].type
    if isinstance(type_, String):
        return "text"
    if _is_time(type_):
        return "timestamp"
    if isinstance(type_, Date):
        return "date"
    if isinstance(type_, SmallInteger):
        return "smallint"
    return "integer" if type(type_) is Integer else "bigint"
