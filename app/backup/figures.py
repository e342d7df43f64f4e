"""What a database comes to, in figures that a copy of it must show as well: exact, and read in one transaction.

Everything is asked by names of registers and tables that the figures themselves keep, so they can be compared in a copy that
an older program has made, before it is migrated.
"""

from collections.abc import Iterator
from typing import Any

from sqlalchemy import (
    BigInteger,
    Connection,
    Table,
    column,
    func,
    inspect,
    literal_column,
    select,
    table,
    text,
    type_coerce,
)
from sqlalchemy.orm import Session

from app.audit import AuditHead
from app.ledger import Register

Figures = dict[str, Any]

#: Sums are asked in two halves: one of all entries of many years may not fit into 64 bits.
_BITS = 30

#: Rows as text, whatever the server's settings are; sums of digests don't mind the rows' order.
_SETTINGS = {
    "DateStyle": "ISO, YMD",
    "IntervalStyle": "postgres",
    "TimeZone": "UTC",
    "bytea_output": "hex",
    "extra_float_digits": "1",
}
_CONTENT = (
    "SELECT count(*), coalesce(sum(('x' || encode(substring(sha256(convert_to(t::text, 'UTF8')) for 8), 'hex'))"
    "::bit(64)::bigint::numeric), 0)::text FROM {} AS t"
)


def figures_of(session: Session) -> Figures:
    """Rows of every table (PostgreSQL: with a digest of what they say), sums of every register's tables, the audit's heads, and
    how far each module's migrations are."""
    connection = session.connection()
    names = sorted(inspect(connection).get_table_names())
    registers = {
        name: {t.name: sums_of(connection, t.name, columns) for t, columns in _tables_of(register) if t.name in names}
        for name, register in sorted(Register.declared.items())
    }
    return {
        "tables": contents_of(connection, names),
        "registers": {name: tables for name, tables in registers.items() if tables},
        "audit": heads_of(connection),
        "migrations": migrations_of(connection, names),
    }


def differences(session: Session, figures: Figures) -> Iterator[str]:
    """Where a copy doesn't show the figures, in words, registers first; nothing when it is equal."""
    connection = session.connection()
    names = sorted(inspect(connection).get_table_names())
    for register, tables in figures["registers"].items():
        for name, expected in tables.items():
            if name not in names:
                yield f"{register}: {name} is missing"
            elif (found := sums_of(connection, name, expected["sums"])) != expected:
                yield f"{register}: {name} has {_said(found)} instead of {_said(expected)}"
    if (heads := heads_of(connection)) != figures["audit"]:
        changed = sorted(c for c in heads.keys() | figures["audit"].keys() if heads.get(c) != figures["audit"].get(c))
        yield f"audit: the chains {', '.join(changed)} don't end where they ended"
    found = contents_of(connection, names)
    for name in sorted(found.keys() | figures["tables"].keys()):
        if found.get(name) != figures["tables"].get(name):
            yield f"{name}: {_said(found.get(name))} instead of {_said(figures['tables'].get(name))}"


def contents_of(connection: Connection, names: list[str]) -> dict[str, dict[str, Any]]:
    """How many rows each table has; on PostgreSQL also a digest of what all of them say. (A copied SQLite file is the same
    bytes, for which its checksum stands.)"""
    if connection.dialect.name != "postgresql":
        count = {name: select(func.count()).select_from(table(name)) for name in names}
        return {name: {"rows": int(connection.execute(count[name]).scalar_one())} for name in names}
    for name, value in _SETTINGS.items():
        connection.execute(text("SELECT set_config(:name, :value, true)"), {"name": name, "value": value})
    quote = connection.dialect.identifier_preparer.quote
    found = {}
    for name in names:
        rows, content = connection.execute(text(_CONTENT.format(quote(name)))).one()
        found[name] = {"rows": int(rows), "content": str(content)}
    return found


def sums_of(connection: Connection, name: str, columns: Any) -> dict[str, Any]:
    """How many rows a table has, and what its columns sum to, in their units."""
    units = [column(c, BigInteger) for c in columns]
    halves = [
        half
        for c in units
        for half in (func.sum(c.op(">>")(literal_column(str(_BITS)))), func.sum(c.op("&")((1 << _BITS) - 1)))
    ]
    row = connection.execute(
        select(func.count(), *(type_coerce(half, BigInteger) for half in halves)).select_from(table(name, *units))
    ).one()
    sums = [(int(row[i] or 0) << _BITS) + int(row[i + 1] or 0) for i in range(1, len(row), 2)]
    return {"rows": int(row[0]), "sums": dict(zip(columns, sums, strict=True))}


def heads_of(connection: Connection) -> dict[str, list[Any]]:
    """Where each chain of the audit ends: its last line's number and digest, by the chain's number as text."""
    heads = AuditHead.__table__.c
    rows = connection.execute(select(heads.chain, heads.sequence, heads.digest))
    return {str(chain): [sequence, digest] for chain, sequence, digest in rows}


def migrations_of(connection: Connection, names: list[str]) -> dict[str, str]:
    """The newest revision of the core and of each module that has tables."""
    found = {}
    for name in names:
        if name.endswith("_migration"):
            version = connection.execute(select(column("version_num")).select_from(table(name))).scalar()
            found[name.removesuffix("_migration")] = str(version)
    return found


def _tables_of(register: type[Register]) -> Iterator[tuple[Table, list[str]]]:
    """The register's tables, each with those of its columns that sum to something."""
    yield register.entries, [a.name for a in register.amounts]
    for totals in register.totals:
        yield totals.table, [*totals.of, "entries"]
        if totals.months is not None:
            yield totals.months, [f"{name}_{side}" for name in totals.of for side in ("in", "out")]


def _said(figures: Any) -> str:
    if figures is None:
        return "no such table"
    rows = f"{figures['rows']} rows"
    if "sums" in figures:
        return ", ".join([rows, *(f"{name} {value}" for name, value in figures["sums"].items())])
    return f"{rows} with the digest {figures['content']}" if "content" in figures else rows
