"""Proving the projections from the facts, and rebuilding them."""

from collections.abc import Callable, Collection, Iterator
from functools import cache
from typing import Any

from sqlalchemy import (
    BigInteger,
    Connection,
    Integer,
    case,
    cast,
    delete,
    extract,
    func,
    insert,
    literal,
    literal_column,
    null,
    or_,
    select,
    type_coerce,
    union_all,
)
from sqlalchemy.orm import Session

from app.audit import record
from app.days import roundest_sql
from app.db import Base
from app.ledger.posting import has_tables
from app.ledger.register import Register
from app.ledger.spans import spans_of
from app.ledger.sql import NEVER
from app.ledger.totals import Totals
from app.past_policy import PastPolicy
from app.reference.own_organisations import books_of, own_organisations

_BOOKS = PastPolicy("a proof of the books counts every entry")

#: so many disagreements of one kind are reported; more would say nothing new
_REPORTED = 20


def verify(session: Session, begin: Callable[[type[Register]], None] | None = None) -> Iterator[str]:
    """Every disagreement, in words: totals and turnovers against entries, lines that gave back more than went, documents
    that are not posted and yet move figures, and what registers prove by themselves.

    Nothing comes back when the books are proven. Documents and entries themselves are taken as given. `begin` is called
    with each register before it is read.
    """
    for name, register in sorted(Register.declared.items()):
        if not has_tables(session, register):
            continue
        if begin is not None:
            begin(register)
        for totals in register.totals:
            for table, query, words in _differences(totals):
                for row in _BOOKS(session).execute(query):
                    yield f"{name}: {table} {tuple(row)} {words}"
        for row in _BOOKS(session).execute(_moved_by_unposted(register)):  # type: ignore[arg-type] # a class has a hash
            yield f"{name}: document {row[0]} is not posted, yet moves figures"
        for organisation in own_organisations(session):
            with books_of(session, organisation.id):
                yield from register.prove(session)


def rebuild(session: Session) -> None:
    """Drop current totals and turnovers of every register and rebuild them from the entries."""
    record(session, "core.ledger.rebuild")
    for register in Register.declared.values():
        if has_tables(session, register):
            for totals in register.totals:
                rebuild_totals(session, totals)


def rebuild_named(connection: Connection, names: Collection[str]) -> None:
    """Rebuild totals by their names (`module.register.totals`), after a migration has changed what they are kept by."""
    for register in Register.declared.values():
        for totals in register.totals:
            if f"{register.name}.{totals.name}" in names:
                rebuild_totals(connection, totals)


def rebuild_totals(session: Session | Connection, totals: Totals, firsts: Collection[Any] | None = None) -> None:
    """Rebuild one total from the entries; with `firsts` that of every key that begins with one of them, and no other."""
    made = [(totals.table, _totals_from_entries(totals, firsts))]
    if totals.months is not None:
        made.append((totals.months, _turnovers_from_entries(totals, firsts)))
    for table, query in made:
        old = delete(table)
        session.execute(old if firsts is None else old.where(table.c[totals.columns[0]].in_(firsts)))
        session.execute(insert(table).from_select([c.name for c in table.columns], query))


def _totals_from_entries(totals: Totals, firsts: Collection[Any] | None = None) -> Any:
    seen = _shares(totals, firsts)
    if totals.parts:
        seen = _with_wholes(totals, seen)
    keys = [seen.c[c] for c in ("organisation_id", *totals.columns)]
    sums = [_sum(seen.c[a.name], a.name) for a in totals.amounts]
    last = func.max(seen.c.moment).label("last_moment")
    made = select(*keys, *sums, func.count(seen.c.side).label("entries"), last)
    if not totals.spans:
        return made.group_by(*keys)
    spanned = made.add_columns(*spans_of(seen.c.moment)).group_by(*keys).subquery()
    return select(*spanned.c, literal_column(roundest_sql("first_day", "last_day"), Integer).label("round_day"))


def _turnovers_from_entries(totals: Totals, firsts: Collection[Any] | None = None) -> Any:
    seen = _shares(totals, firsts)
    keys = [seen.c[c] for c in ("organisation_id", *totals.columns)]
    month = cast(extract("year", seen.c.moment) * 100 + extract("month", seen.c.moment), Integer).label("month")
    sums = []
    for a in totals.amounts:
        units = type_coerce(seen.c[a.name], BigInteger)
        sums.append(_sum(case((seen.c.side == 1, units), else_=0), f"{a.name}_in"))
        sums.append(_sum(case((seen.c.side == -1, -units), else_=0), f"{a.name}_out"))
    return select(*keys, month, *sums).group_by(*keys, month)


def _shares(totals: Totals, firsts: Collection[Any] | None = None) -> Any:
    """What each entry adds to each key of the total, with its side: as `Totals.shares`, in SQL. `firsts`: as in
    `rebuild_totals`."""
    e, first = totals.register.entries.c, totals.dimensions[0]
    says = or_(*(type_coerce(e[name], BigInteger) != 0 for name in totals.of))
    if not totals.register.is_transfer:
        return (
            select(
                e.organisation_id, e.moment, e.side, *(e[c] for c in totals.columns), *(_plain(e[n]) for n in totals.of)
            )
            .where(says, *([e[first.column].in_(firsts)] if firsts is not None else []))
            .subquery()
        )
    parts = []
    ends = [d for d in totals.dimensions if d.is_end]
    apart = or_(*(e[d.columns[0]] != e[d.columns[1]] for d in ends))
    for side, column in ((1, 1), (-1, 0)):
        keys = [e[d.columns[column] if d.is_end else d.column].label(d.column) for d in totals.dimensions]
        amounts = [(side * type_coerce(e[name], BigInteger)).label(name) for name in totals.of]
        inside = e[totals.dimensions[totals.inside].columns[column]] > 0
        at = (e.organisation_id, e.moment, cast(side, Integer).label("side"))
        asked = [keys[0].in_(firsts)] if firsts is not None else []
        parts.append(select(*at, *keys, *amounts).where(says, apart, inside, *asked))
    return union_all(*parts).subquery()


def _with_wholes(totals: Totals, seen: Any) -> Any:
    """The same, and of each part its moment for part 0, on no side (`Totals.parts`)."""
    part = totals.column(totals.parts)
    instead = {part: literal(0, BigInteger), "side": null(), **dict.fromkeys(totals.of, literal(0, BigInteger))}
    wholes = select(*(instead.get(c.name, c).label(c.name) for c in seen.c)).where(seen.c[part] != 0)
    return union_all(select(*seen.c), wholes).subquery()


def _sum(column: Any, name: str) -> Any:
    return cast(func.sum(type_coerce(column, BigInteger)), BigInteger).label(name)


# What a proof asks is the same of every database, and takes longer to put together than to answer of a small one: once.


@cache
def _differences(totals: Totals) -> list[tuple[str, Any, str]]:
    """Table, question, words: rows of what is kept or of what its entries make that the other lacks."""
    # A key that was only locked has a row that says so: no entry, never.
    t = totals.table.c
    moved = or_(t.entries != 0, t.last_moment != NEVER, *(type_coerce(t[n], BigInteger) != 0 for n in totals.of))
    found = _both_ways(totals.table, _totals_from_entries(totals), moved)
    if totals.months is not None:
        found += _both_ways(totals.months, _turnovers_from_entries(totals))
    return found


def _both_ways(table: Any, made: Any, *kept_where: Any) -> list[tuple[str, Any, str]]:
    """Set difference, in the database, both ways."""
    kept = select(*(_plain(c) for c in table.columns)).where(*kept_where)
    return [
        (table.name, kept.except_(made).limit(_REPORTED), "is not what its entries sum to"),
        (table.name, made.except_(kept).limit(_REPORTED), "is missing or differs"),
    ]


def _plain(column: Any) -> Any:
    return type_coerce(column, BigInteger).label(column.name) if hasattr(column.type, "scale") else column


@cache
def _moved_by_unposted(register: type[Register]) -> Any:
    """Only documents that count move figures: a draft has no entries, and a reversed one sums to zero per key."""
    # By name: documents stand on the ledger, not the reverse.
    e, documents = register.entries, Base.metadata.tables["core_document"]
    keys = [e.c[column] for d in register.dimensions for column in d.columns]
    left = [func.sum(type_coerce(e.c[a.name], BigInteger)) != 0 for a in register.amounts]
    return (
        select(e.c.document_id)
        .distinct()
        .join(documents, documents.c.id == e.c.document_id)
        .where(documents.c.state.in_(("draft", "reversed")))
        .group_by(e.c.document_id, documents.c.state, *keys)
        .having(or_(documents.c.state == "draft", *left))
        .order_by(e.c.document_id)
        .limit(_REPORTED)
    )
