"""The SQL by which a register is written: one statement a table, made once from the declaration.

Names come from declarations in code, never from input; every value is a parameter. PostgreSQL takes a batch as arrays,
SQLite as the driver's own loop: both run one prepared statement, with rows in key order, so that writers who meet wait
and never deadlock.
"""

import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy.exc import IntegrityError

from app.bare import Bare, Row
from app.values import OutOfRange


class Sql:
    """The statements of one register."""

    def __init__(self, prefix: str, keys: tuple[str, ...], amounts: tuple[str, ...], codes: frozenset[str]) -> None:
        self.keys, self.amounts, self.codes = keys, amounts, codes
        key_list = ", ".join(keys)
        total, turnover, entry = f"{prefix}_total", f"{prefix}_turnover", f"{prefix}_entry"
        sides = tuple(f"{a}_{side}" for a in amounts for side in ("in", "out"))
        self._entry = _Insert(entry, ("document_id", "line", "moment", *keys, *amounts), codes)
        self._total = _Insert(
            total, (*keys, *amounts, "entries", "last_moment"), codes, key=keys, grown=(*amounts, "entries")
        )
        self._turnover = _Insert(turnover, (*keys, "month", *sides), codes, key=(*keys, "month"), grown=sides)
        wanted = f"SELECT {', '.join(f't.{c}' for c in (*keys, *amounts, 'last_moment'))} FROM"
        each = " AND ".join(f"t.{k} = json_extract(k.value, '$[{i}]')" for i, k in enumerate(keys))
        self._lock_sqlite = f"{wanted} json_each(?) k CROSS JOIN {total} t ON {each}"
        arrays = ", ".join(f"?::{_array(k, codes)}[]" for k in keys)
        order = ", ".join(f"t.{k}" for k in keys)
        self._lock_postgresql = (
            f"{wanted} {total} t JOIN unnest({arrays}) k({key_list}) USING ({key_list})"
            f" ORDER BY {order} FOR UPDATE OF t"
        )
        same = " AND ".join(f"{k} = ?" for k in keys)
        self._since = (
            f"SELECT moment, document_id, {{amount}} FROM {entry} WHERE {same} AND moment >= ? ORDER BY moment, id"
        )
        sums = ", ".join(f"CAST(sum({a}) AS bigint)" for a in amounts)
        self._of_document = (
            f"SELECT line, {key_list}, {sums} FROM {entry} WHERE document_id = ?"
            f" GROUP BY line, {key_list} ORDER BY max(id) DESC"
        )

    def insert_entries(self, bare: Bare, rows: Sequence[Row]) -> None:
        """Rows of document_id, line, moment, keys, amounts."""
        self._entry.run(bare, rows)

    def add_to_totals(self, bare: Bare, rows: Sequence[Row]) -> None:
        """Rows of keys, amounts, count of entries, moment; in key order."""
        self._total.run(bare, rows)

    def add_to_turnovers(self, bare: Bare, rows: Sequence[Row]) -> None:
        """Rows of keys, month, and in and out of each amount; in key order."""
        self._turnover.run(bare, rows)

    def lock_totals(self, bare: Bare, keys: Sequence[Row]) -> list[Row]:
        """The totals that exist of these keys: key, amounts and last moment, held against other writers until commit."""
        if bare.is_sqlite:
            rows = bare.rows(self._lock_sqlite, (json.dumps(keys),))
            return [(*row[:-1], datetime.fromisoformat(row[-1])) for row in rows]
        return bare.rows(self._lock_postgresql, _columns(keys))

    def entries_since(self, bare: Bare, key: Row, moment: datetime, amount: str) -> list[Row]:
        """Moment, document and `amount` in units of the key's entries from `moment` on, in their order."""
        since = _text(moment) if bare.is_sqlite else moment
        rows = bare.rows(self._since.format(amount=amount), (*key, since))
        return [(datetime.fromisoformat(row[0]), *row[1:]) for row in rows] if bare.is_sqlite else rows

    def sums_of(self, bare: Bare, document_id: int) -> list[Row]:
        """Line, key and sums of amounts that a document's entries come to, those written last first."""
        return bare.rows(self._of_document, (document_id,))


class _Insert:
    """An INSERT of many rows; where a row of the same `key` is there already, its columns `grown` grow by the new ones."""

    def __init__(
        self,
        table: str,
        columns: tuple[str, ...],
        codes: frozenset[str],
        *,
        key: tuple[str, ...] = (),
        grown: tuple[str, ...] = (),
    ) -> None:
        names = ", ".join(columns)
        self._moments = [i for i, c in enumerate(columns) if c.endswith("moment")]
        marks = ", ".join("?" * len(columns))
        arrays = ", ".join(f"?::{_array(c, codes)}[]" for c in columns)
        self._sqlite = f"INSERT INTO {table} ({names}) VALUES ({marks})"
        self._postgresql = f"INSERT INTO {table} ({names}) SELECT * FROM unnest({arrays})"
        if key:
            sums = {c: f"{table}.{c} + excluded.{c}" for c in grown}
            # Beyond 64 bits SQLite goes on with a float; nothing instead breaks the column's NOT NULL, as it should.
            whole = {c: f"CASE typeof({s}) WHEN 'integer' THEN {s} END" for c, s in sums.items()}
            latest = {c: f"({table}.{c}, excluded.{c})" for c in columns if c == "last_moment"}
            self._sqlite += _on_conflict(key, {**whole, **{c: f"max{pair}" for c, pair in latest.items()}})
            self._postgresql += _on_conflict(key, {**sums, **{c: f"greatest{pair}" for c, pair in latest.items()}})

    def run(self, bare: Bare, rows: Sequence[Row]) -> None:
        try:
            if bare.is_sqlite:
                bare.run_each(self._sqlite, [self._with_text_moments(row) for row in rows])
            else:
                bare.run(self._postgresql, _columns(rows))
        except IntegrityError as error:
            if "NOT NULL" not in str(error.orig):
                raise
            raise OutOfRange("a total would be larger than 64 bits hold") from error

    def _with_text_moments(self, row: Row) -> Row:
        values = list(row)
        for i in self._moments:
            values[i] = _text(values[i])
        return tuple(values)


def _on_conflict(key: tuple[str, ...], values: dict[str, str]) -> str:
    settings = ", ".join(f"{column} = {value}" for column, value in values.items())
    return f" ON CONFLICT ({', '.join(key)}) DO UPDATE SET {settings}"


def _text(moment: datetime) -> str:
    """How SQLite keeps a moment: so that text sorts as time does."""
    return moment.isoformat(" ", "microseconds")


def _columns(rows: Sequence[Row]) -> list[str]:
    """Rows as one array a column, in PostgreSQL's own writing: the driver would take each value to pieces first."""
    return ["{" + ",".join(map(_element, column)) + "}" for column in zip(*rows, strict=True)]


def _element(value: Any) -> str:
    if isinstance(value, int):
        return str(value)
    written = str(value).replace("\\", "\\\\").replace('"', '\\"')
    return f'"{written}"'


def _array(column: str, codes: frozenset[str]) -> str:
    if column in codes:
        return "text"
    if column.endswith("moment"):
        return "timestamp"
    return "integer" if column in ("line", "month") else "bigint"
