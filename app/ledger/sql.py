"""The SQL by which a register is written: one statement a table, made once from the declaration.

Names come from declarations in code, never from input; every value is a parameter. PostgreSQL takes a batch as arrays,
SQLite as the driver's own loop: both run one prepared statement, with rows in key order, so that writers who meet wait
and never deadlock.
"""

import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

Row = tuple[Any, ...]


class Sql:
    """The statements of one register."""

    def __init__(self, prefix: str, keys: tuple[str, ...], amounts: tuple[str, ...], codes: frozenset[str]) -> None:
        self.keys, self.amounts, self.codes = keys, amounts, codes
        key_list = ", ".join(keys)
        total, turnover, entry = f"{prefix}_total", f"{prefix}_turnover", f"{prefix}_entry"
        sides = tuple(f"{a}_{side}" for a in amounts for side in ("in", "out"))
        grown = ", ".join(f"{a} = {total}.{a} + excluded.{a}" for a in (*amounts, "entries"))
        turned = ", ".join(f"{s} = {turnover}.{s} + excluded.{s}" for s in sides)
        self._entry = _Insert(entry, ("document_id", "line", "moment", *keys, *amounts), codes)
        self._total = _Insert(
            total,
            (*keys, *amounts, "entries", "last_moment"),
            codes,
            f"({key_list}) DO UPDATE SET {grown}, last_moment = {{later}}({total}.last_moment, excluded.last_moment)",
        )
        self._turnover = _Insert(
            turnover, (*keys, "month", *sides), codes, f"({key_list}, month) DO UPDATE SET {turned}"
        )
        wanted = f"SELECT {', '.join(f't.{c}' for c in (*keys, *amounts, 'last_moment'))} FROM"
        each = " AND ".join(f"t.{k} = json_extract(k.value, '$[{i}]')" for i, k in enumerate(keys))
        self._lock_sqlite = f"{wanted} json_each(?) k CROSS JOIN {total} t ON {each}"
        arrays = ", ".join(f"%s::{_array(k, codes)}[]" for k in keys)
        order = ", ".join(f"t.{k}" for k in keys)
        self._lock_postgresql = (
            f"{wanted} {total} t JOIN unnest({arrays}) k({key_list}) USING ({key_list}) ORDER BY {order} FOR UPDATE OF t"
        )

    def insert_entries(self, connection: Connection, rows: Sequence[Row]) -> None:
        """Rows of document_id, line, moment, keys, amounts."""
        self._entry.run(connection, rows)

    def add_to_totals(self, connection: Connection, rows: Sequence[Row]) -> None:
        """Rows of keys, amounts, count of entries, moment; in key order."""
        self._total.run(connection, rows)

    def add_to_turnovers(self, connection: Connection, rows: Sequence[Row]) -> None:
        """Rows of keys, month, and in and out of each amount; in key order."""
        self._turnover.run(connection, rows)

    def lock_totals(self, connection: Connection, keys: Sequence[Row]) -> list[Row]:
        """The totals that exist of these keys: key, amounts and last moment, held against other writers until commit."""
        if connection.dialect.name == "sqlite":
            result = connection.exec_driver_sql(self._lock_sqlite, (json.dumps(keys),))
            return [(*row[:-1], datetime.fromisoformat(row[-1])) for row in result]
        columns = tuple(list(column) for column in zip(*keys, strict=True))
        return [tuple(row) for row in connection.exec_driver_sql(self._lock_postgresql, columns)]


class _Insert:
    """An INSERT of many rows, with what to do when a row's key is there already."""

    def __init__(self, table: str, columns: tuple[str, ...], codes: frozenset[str], conflict: str = "") -> None:
        names = ", ".join(columns)
        on_conflict = f" ON CONFLICT {conflict}" if conflict else ""
        self._moments = [i for i, c in enumerate(columns) if c.endswith("moment")]
        marks = ", ".join("?" * len(columns))
        self._sqlite = f"INSERT INTO {table} ({names}) VALUES ({marks})" + on_conflict.replace("{later}", "max")
        arrays = ", ".join(f"%s::{_array(c, codes)}[]" for c in columns)
        self._postgresql = (
            f"INSERT INTO {table} ({names}) SELECT * FROM unnest({arrays})" + on_conflict.replace("{later}", "greatest")
        )

    def run(self, connection: Connection, rows: Sequence[Row]) -> None:
        if connection.dialect.name == "sqlite":
            connection.exec_driver_sql(self._sqlite, [self._with_text_moments(row) for row in rows])
        else:
            columns = tuple(list(column) for column in zip(*rows, strict=True))
            connection.exec_driver_sql(self._postgresql, columns)

    def _with_text_moments(self, row: Row) -> Row:
        values = list(row)
        for i in self._moments:
            values[i] = values[i].isoformat(" ", "microseconds")
        return tuple(values)


def _array(column: str, codes: frozenset[str]) -> str:
    if column in codes:
        return "text"
    if column.endswith("moment"):
        return "timestamp"
    return "integer" if column in ("line", "month") else "bigint"
