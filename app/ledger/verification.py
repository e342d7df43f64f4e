"""Proving the projections from the facts, and making them anew."""

from collections.abc import Callable, Iterator
from typing import Any

from sqlalchemy import BigInteger, Integer, case, cast, delete, extract, func, insert, or_, select, type_coerce
from sqlalchemy.orm import Session

from app.audit import record
from app.db import Base
from app.ledger.posting import has_tables
from app.ledger.register import Register


def verify(session: Session, begin: Callable[[type[Register]], None] | None = None) -> Iterator[str]:
    """Every disagreement, in words: totals and turnovers against entries, balanced documents, reversed documents.

    Nothing comes back when the books are proven. Documents and entries themselves are taken as given. `begin` is told
    each register before it is read.
    """
    for name, register in sorted(Register.declared.items()):
        if not has_tables(session, register):
            continue
        if begin is not None:
            begin(register)
        for table, made in ((register.totals, _totals_of(register)), (register.turnovers, _turnovers_of(register))):
            yield from _differences(session, name, table, made)
        yield from _unbalanced(session, register)
        yield from _not_nought(session, register)


def rebuild(session: Session) -> None:
    """Drop current totals and turnovers of every register and make them anew from the entries."""
    record(session, "core.ledger.rebuild")
    for register in Register.declared.values():
        if not has_tables(session, register):
            continue
        for table, made in ((register.totals, _totals_of(register)), (register.turnovers, _turnovers_of(register))):
            session.execute(delete(table))
            session.execute(insert(table).from_select([c.name for c in table.columns], made))


def _totals_of(register: type[Register]) -> Any:
    e = register.entries
    keys = [e.c[d.column] for d in register.dimensions]
    sums = [_sum(e.c[a.name], a.name) for a in register.amounts]
    return select(*keys, *sums, func.count().label("entries"), func.max(e.c.moment).label("last_moment")).group_by(
        *keys
    )


def _turnovers_of(register: type[Register]) -> Any:
    e = register.entries
    keys = [e.c[d.column] for d in register.dimensions]
    month = cast(extract("year", e.c.moment) * 100 + extract("month", e.c.moment), Integer).label("month")
    sums = []
    for a in register.amounts:
        units = type_coerce(e.c[a.name], BigInteger)
        sums.append(_sum(case((units > 0, units), else_=0), f"{a.name}_in"))
        sums.append(_sum(case((units < 0, -units), else_=0), f"{a.name}_out"))
    return select(*keys, month, *sums).group_by(*keys, month)


def _sum(column: Any, name: str) -> Any:
    return cast(func.sum(type_coerce(column, BigInteger)), BigInteger).label(name)


def _differences(session: Session, name: str, table: Any, made: Any) -> Iterator[str]:
    """Rows of the one that the other lacks: set difference, in the database, both ways."""
    kept = select(*(_plain(c) for c in table.columns))
    for left, right, word in ((kept, made, "is not what its entries sum to"), (made, kept, "is missing or differs")):
        for row in session.connection().execute(left.except_(right).limit(20)):
            yield f"{name}: {table.name} {tuple(row)} {word}"


def _plain(column: Any) -> Any:
    return type_coerce(column, BigInteger).label(column.name) if hasattr(column.type, "scale") else column


def _unbalanced(session: Session, register: type[Register]) -> Iterator[str]:
    if register.balanced_over is None:
        return
    e = register.entries
    within = [e.c[d.column] for d in register.dimensions if d.name in register.balanced_over]
    sums = [func.sum(type_coerce(e.c[a.name], BigInteger)) for a in register.amounts]
    query = select(e.c.document_id, *within).group_by(e.c.document_id, *within).having(or_(*(s != 0 for s in sums)))
    for row in session.connection().execute(query.limit(20)):
        yield f"{register.name}: document {row[0]} does not balance"


def _not_nought(session: Session, register: type[Register]) -> Iterator[str]:
    """Only posted documents move figures: a draft has no entries, and a reversed one sums to nought per key."""
    # By name: documents stand on the ledger, not the reverse.
    e, documents = register.entries, Base.metadata.tables["core_document"]
    keys = [e.c[d.column] for d in register.dimensions]
    sums = [func.sum(type_coerce(e.c[a.name], BigInteger)) for a in register.amounts]
    query = (
        select(e.c.document_id)
        .join(documents, documents.c.id == e.c.document_id)
        .where(documents.c.state != "posted")
        .group_by(e.c.document_id, *keys)
        .having(or_(*(s != 0 for s in sums)))
    )
    for row in session.connection().execute(query.limit(20)):
        yield f"{register.name}: document {row[0]} is not posted, yet moves figures"
