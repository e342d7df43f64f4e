"""Rows written by the bare driver: one statement a table, made once.

Names come from declarations in code, never from input; every value is a parameter. PostgreSQL takes a batch as arrays,
SQLite as the driver's own loop.
"""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from functools import cache
from typing import Any

from sqlalchemy import Boolean, Date, DateTime, Integer, SmallInteger, String, Table
from sqlalchemy.exc import IntegrityError

from app.days import roundest_sql
from app.driver import Driver, Row
from app.values import OutOfRange


def insert_rows(driver: Driver, table: Table, rows: Sequence[Mapping[str, Any]]) -> None:
    """Rows of any table, all with the same columns, by one statement; each replaces a row that has its key already."""
    columns = tuple(rows[0])
    _plain_insert(table, columns).run(driver, [tuple(row[c] for c in columns) for row in rows])


@cache
def _plain_insert(table: Table, columns: tuple[str, ...]) -> "Insert":
    return Insert(table, columns, key=tuple(c.name for c in table.primary_key), is_replaced=True)


class Insert:
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
        arrays = ", ".join(f"?::{array_type(table, c)}[]" for c in columns)
        self._sqlite = f"INSERT INTO {name} ({names}) VALUES ({marks})"
        self._postgresql = f"INSERT INTO {name} ({names}) SELECT * FROM unnest({arrays})"
        if grown:
            sums = {c: f"{name}.{c} + excluded.{c}" for c in grown}
            # Beyond 64 bits SQLite goes on with a float; nothing instead breaks the column's NOT NULL, as it should.
            whole = {c: f"CASE typeof({s}) WHEN 'integer' THEN {s} END" for c, s in sums.items()}
            self._sqlite += _on_conflict(key, {**whole, **_widened(name, columns, "min", "max")})
            self._postgresql += _on_conflict(key, {**sums, **_widened(name, columns, "least", "greatest")})
        elif is_replaced:
            said = _on_conflict(key, {c: f"excluded.{c}" for c in columns if c not in key})
            self._sqlite += said
            self._postgresql += said
        elif key:
            self._sqlite += " ON CONFLICT DO NOTHING"
            self._postgresql += " ON CONFLICT DO NOTHING"
        self._grown = frozenset(grown)

    def run(self, driver: Driver, rows: Sequence[Row]) -> None:
        """Write rows; a total that would grow beyond 64 bits is refused (OutOfRange)."""
        if not rows:
            return
        try:
            if driver.is_sqlite:
                driver.run_each(self._sqlite, [self._with_text_moments(row) for row in rows])
            else:
                driver.run(self._postgresql, arrays_of(rows))
        except IntegrityError as error:
            if not any(f".{column}" in str(error.orig) for column in self._grown) or "NOT NULL" not in str(error.orig):
                raise
            raise OutOfRange("a total would be larger than 64 bits hold") from error

    def _with_text_moments(self, row: Row) -> Row:
        values = list(row)
        for i in self._moments:
            values[i] = None if values[i] is None else text_of(values[i])
        return tuple(values)


def _on_conflict(key: tuple[str, ...], values: dict[str, str]) -> str:
    settings = ", ".join(f"{column} = {value}" for column, value in values.items())
    return f" ON CONFLICT ({', '.join(key)}) DO UPDATE SET {settings}"


def _widened(name: str, columns: tuple[str, ...], least: str, greatest: str) -> dict[str, str]:
    """What becomes of the moments and days between which a key has moved."""
    pairs = {c: f"({name}.{c}, excluded.{c})" for c in columns}
    found: dict[str, str] = {c: f"{greatest}{pairs[c]}" for c in ("last_moment", "last_day") if c in pairs}
    if "first_day" in pairs:
        found["first_day"] = f"{least}{pairs['first_day']}"
        found["round_day"] = roundest_sql(found["first_day"], found["last_day"])
    return found


def is_time(type_: Any) -> bool:
    """Whether a column's type is a moment."""
    return isinstance(type_, DateTime)


def text_of(moment: date) -> str:
    """How SQLite keeps a moment, or a day: so that text sorts as time does."""
    return moment.isoformat(" ", "microseconds") if isinstance(moment, datetime) else moment.isoformat()


def arrays_of(rows: Sequence[Row]) -> list[str]:
    """Rows as one array a column, in PostgreSQL's own writing: the driver would take each value to pieces first."""
    return [array_of(column) for column in zip(*rows, strict=True)]


def array_of(column: Row) -> str:
    """The same of one column."""
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


def array_type(table: Table, column: str) -> str:
    """PostgreSQL's name for the type of a column's values."""
    type_ = table.c[column].type
    if isinstance(type_, String):
        return "text"
    if is_time(type_):
        return "timestamp"
    if isinstance(type_, Date):
        return "date"
    if isinstance(type_, Boolean):
        return "boolean"
    if isinstance(type_, SmallInteger):
        return "smallint"
    return "integer" if type(type_) is Integer else "bigint"
