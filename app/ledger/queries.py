"""Reading registers: every figure the product shows comes from here, and every one unfolds to documents.

A figure at a moment is the months before it plus the entries since the month began, or what stands now less what came
after: whichever is nearer, so that its cost follows neither the history nor the years that have passed since. Confidential
amounts come back as MASKED, and keys outside the actor's scope not at all.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import BigInteger, ColumnElement, cast, func, literal_column, select, type_coerce, union_all
from sqlalchemy.orm import Session

from app.db import Base
from app.ledger.posting import has_tables
from app.ledger.register import Amount, Register, month_of
from app.reference import base_currency
from app.security.policy import MASKED, visible
from app.values import Money, digits_of, from_units, shortest

_LAST_MONTH = datetime(9999, 12, 1)  # of the calendar that Python knows

Where = Mapping[str, Any]
Amounts = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Figure:
    """What stands at a key: the values of the dimensions asked `by`, in that order, and the amounts by name."""

    key: tuple[Any, ...]
    amounts: Amounts


@dataclass(frozen=True, slots=True)
class Turnover:
    """A key over a period: what it opened with, took in and gave out, and closed with."""

    key: tuple[Any, ...]
    opening: Amounts
    taken_in: Amounts
    given_out: Amounts
    closing: Amounts


@dataclass(frozen=True, slots=True)
class Line:
    """One entry of a statement, with what the key stands at after it.

    Of a document of a kind that the actor may not view, neither kind nor number is told: together with what it comes to,
    they would tell what it is about. `summary` names a contact, so it is told only of documents that are open to him.
    """

    moment: datetime
    document_id: int
    kind: str
    number: str
    summary: str
    amounts: Amounts
    balance: Amounts
    #: whether the document itself is open to the actor
    is_open: bool = True


@dataclass(frozen=True, slots=True)
class Statement:
    """A key over a period, line by line."""

    opening: Amounts
    lines: list[Line]
    closing: Amounts


def now(session: Session, register: type[Register], *, by: Sequence[str], where: Where | None = None) -> list[Figure]:
    """What stands now, summed by the dimensions `by`; `where` gives a value, or a list of them, for a dimension.

    Every key that has ever moved has a figure.
    """
    table = register.totals
    amounts = {a.name: table.c[a.name] for a in _open_amounts(session, register)}
    return _figures(session, register, table, amounts, by, _criteria(session, register, table, where))


def at(
    session: Session,
    register: type[Register],
    moment: date | datetime,
    *,
    by: Sequence[str],
    where: Where | None = None,
) -> list[Figure]:
    """What stood at the end of a day, or at a moment, everything of that very moment included.

    A key that stood at nought has no figure, whether it had moved before or not.
    """
    amounts = _open_amounts(session, register)
    if not amounts:
        return []
    parts = _standing_parts(session, register, _after(moment), amounts, by, where).subquery()
    figures = _figures(session, register, parts, {a.name: parts.c[a.name] for a in amounts}, by)
    return [f for f in figures if any(value is not MASKED and value for value in f.amounts.values())]


def standing(session: Session, register: type[Register], moment: date | datetime, *, by: Sequence[str]) -> Any:
    """What stood at a moment as a subquery, for lists that join it: columns named as the register's own.

    Amounts that are closed to the actor are not among its columns.
    """
    amounts = _open_amounts(session, register)
    parts = _standing_parts(session, register, _after(moment), amounts, by, None).subquery()
    keys = [parts.c[_column(register, name)] for name in by]
    sums = [type_coerce(cast(func.sum(parts.c[a.name]), BigInteger), a.exact()).label(a.name) for a in amounts]
    return select(*keys, *sums).group_by(*keys).subquery("standing")


def _standing_parts(
    session: Session,
    register: type[Register],
    before: datetime,
    amounts: Sequence[Amount],
    by: Sequence[str],
    where: Where | None,
) -> Any:
    """Tables that sum up to what stood just before `before`: each summed by itself, so that the database puts together
    short tables and not every row of all."""
    totals, months, entries = register.totals, register.turnovers, register.entries
    columns = [_column(register, name) for name in by]

    def part(table: Any, net: Callable[[Amount], Any], *when: ColumnElement[bool]) -> Any:
        keys = [table.c[c] for c in columns]
        sums = [cast(func.sum(net(a)), BigInteger).label(a.name) for a in amounts]
        return select(*keys, *sums).where(*when, *_criteria(session, register, table, where)).group_by(*keys)

    def units(table: Any, name: str) -> Any:
        return type_coerce(table.c[name], BigInteger)

    def turned(a: Amount) -> Any:
        return units(months, f"{a.name}_in") - units(months, f"{a.name}_out")

    def entered(a: Amount) -> Any:
        return units(entries, a.name)

    if not _is_late(session, register, before):
        return union_all(
            part(months, turned, months.c.month < month_of(before)),
            part(entries, entered, entries.c.moment >= _month_start(before), entries.c.moment < before),
        )
    whole = _first_whole_month(before)
    return union_all(
        part(totals, lambda a: units(totals, a.name)),
        part(months, lambda a: -turned(a), months.c.month >= month_of(whole)),
        part(entries, lambda a: -entered(a), entries.c.moment >= before, entries.c.moment < whole),
    )


def _is_late(session: Session, register: type[Register], moment: datetime) -> bool:
    """Whether `moment` is nearer to the register's last entry than to its first: a matter of speed, told to nobody."""
    at = register.entries.c.moment
    ends = select(*(select(end(at)).scalar_subquery() for end in (func.min, func.max)))  # each from the index's own end
    first, last = session.connection().execute(ends).one()
    return first is not None and last - moment < moment - first  # type: ignore[no-any-return]


def turnover(
    session: Session,
    register: type[Register],
    since: date,
    until: date,
    *,
    by: Sequence[str],
    where: Where | None = None,
) -> list[Turnover]:
    """Opening, in, out and closing by the dimensions `by`, for the days from `since` to `until`, both included."""
    opening = {f.key: f.amounts for f in at(session, register, since - timedelta(days=1), by=by, where=where)}
    moved = _movements(session, register, _start(since), _after(until), where).subquery()
    open_names = [a.name for a in _open_amounts(session, register)]
    ins, outs = (
        {f.key: f.amounts for f in _figures(session, register, moved, {n: moved.c[n + side] for n in open_names}, by)}
        for side in ("_in", "_out")
    )
    nothing = _masked_as(session, register, dict.fromkeys((a.name for a in register.amounts), Decimal(0)))
    rows = []
    for key in sorted(opening.keys() | ins.keys() | outs.keys()):
        before, taken, given = opening.get(key, nothing), ins.get(key, nothing), outs.get(key, nothing)
        closing = {n: v if v is MASKED else v + taken[n] - given[n] for n, v in before.items()}
        rows.append(Turnover(key, before, taken, given, closing))
    return rows


def statement(session: Session, register: type[Register], since: date, until: date, *, where: Where) -> Statement:
    """The entries of a key from `since` to `until`, both days included, with the running balance."""
    before = at(session, register, since - timedelta(days=1), by=(), where=where)
    zero = dict.fromkeys((a.name for a in register.amounts), Decimal(0))
    opening = before[0].amounts if before else _masked_as(session, register, zero)
    table = register.entries
    documents = _documents()
    amounts = _open_amounts(session, register)
    query = (
        select(
            table.c.moment,
            table.c.document_id,
            documents.c.kind,
            documents.c.number,
            documents.c.summary,
            *(table.c[a.name] for a in amounts),
        )
        .join(documents, documents.c.id == table.c.document_id)
        .where(*_criteria(session, register, table, where))
        .where(table.c.moment >= _start(since), table.c.moment < _after(until))
        .order_by(table.c.moment, table.c.id)
    )
    rows = session.execute(query).all()
    kinds, opened = _told(session, rows)
    lines, balance = [], dict(opening)
    for row in rows:
        moved = _masked_as(session, register, {a.name: getattr(row, a.name) for a in amounts})
        balance = {n: v if v is MASKED else v + moved[n] for n, v in balance.items()}
        is_open = row.document_id in opened
        kind, number = (row.kind, row.number or "") if row.kind in kinds else ("", "")
        summary = row.summary if is_open else ""
        lines.append(Line(row.moment, row.document_id, kind, number, summary, moved, balance, is_open))
    return Statement(opening, lines, balance)


def _told(session: Session, rows: Sequence[Any]) -> tuple[set[str], set[int]]:
    """Kinds among the documents of the rows that the actor may view, and which of the documents are open to him."""
    from app.documents.models import Document  # documents post to the ledger, so the ledger can't import them above

    ids = {row.kind: set[int]() for row in rows}
    for row in rows:
        ids[row.kind].add(row.document_id)
    if visible(session, Document) is None:
        return set(ids), {row.document_id for row in rows}
    scopes = {kind: Document.scope_over(session.info["actor"], kind) for kind in ids}
    kinds = {kind for kind, scope in scopes.items() if scope is not None}
    opened = {i for kind in kinds if scopes[kind] == "all" for i in ids[kind]}
    asked = sorted(i for kind in kinds if scopes[kind] != "all" for i in ids[kind])
    for i in range(0, len(asked), 5000):  # SQLite takes 32,766 values in a statement at most
        opened.update(session.scalars(select(Document.id).where(Document.id.in_(asked[i : i + 5000]))))
    return kinds, opened


def totals(session: Session) -> dict[str, dict[str, Any]]:
    """Per register: how many entries it has and what its amounts sum to (nought each, where it balances)."""
    answer: dict[str, dict[str, Any]] = {}
    for name, register in sorted(Register.declared.items()):
        if not has_tables(session, register):
            continue
        table = register.totals
        sums = [func.coalesce(func.sum(type_coerce(table.c[a.name], BigInteger)), 0) for a in register.amounts]
        row = session.connection().execute(select(func.coalesce(func.sum(table.c.entries), 0), *sums)).one()
        answer[name] = {"entries": int(row[0])}
        for a, units in zip(register.amounts, row[1:], strict=True):
            digits = digits_of(base_currency(session)) if a.exact is Money else 0
            answer[name][a.name] = shortest(from_units(int(units), a.scale), digits)
    return answer


def _movements(
    session: Session, register: type[Register], since: datetime, before: datetime, where: Where | None
) -> Any:
    """Rows of keys with ins and outs over [since, before): whole months from turnovers, broken ones from entries."""
    months, entries = register.turnovers, register.entries
    first, last = _first_whole_month(since), _month_start(before)
    spans = [(since, before)] if first >= last else [(since, first), (last, before)]
    keys = [d.column for d in register.dimensions]
    amounts = _open_amounts(session, register)
    selects = [
        select(*(entries.c[k] for k in keys), *_sides(entries, amounts)).where(
            entries.c.moment >= start, entries.c.moment < end, *_criteria(session, register, entries, where)
        )
        for start, end in spans
    ]
    if first < last:
        sides = [months.c[f"{a.name}_{side}"] for a in amounts for side in ("in", "out")]
        whole = (months.c.month >= month_of(first), months.c.month < month_of(last))
        selects.append(
            select(*(months.c[k] for k in keys), *sides).where(*whole, *_criteria(session, register, months, where))
        )
    return union_all(*selects)


def _month_start(moment: datetime) -> datetime:
    return datetime(moment.year, moment.month, 1)


def _first_whole_month(since: datetime) -> datetime:
    """Where the first month begins that lies in [since, …) whole."""
    start = _month_start(since)
    if start == since:
        return start
    return datetime(start.year + start.month // 12, start.month % 12 + 1, 1) if start < _LAST_MONTH else datetime.max


def _sides(table: Any, amounts: Sequence[Amount]) -> list[ColumnElement[Any]]:
    """In and out of each amount of an entry: its positive and its negative part, (x + |x|) / 2 and (−x + |x|) / 2."""
    columns: list[ColumnElement[Any]] = []
    for a in amounts:
        units = type_coerce(table.c[a.name], BigInteger)
        for side, value in (("in", units), ("out", -units)):
            columns.append(
                type_coerce((value + func.abs(value)) / literal_column("2"), a.exact()).label(f"{a.name}_{side}")
            )
    return columns


def _figures(
    session: Session,
    register: type[Register],
    source: Any,
    amounts: Mapping[str, ColumnElement[Any]],
    by: Sequence[str],
    criteria: Sequence[ColumnElement[bool]] = (),
) -> list[Figure]:
    """`amounts` of `source` summed by dimensions. An actor who sees no amount gets no figure."""
    columns = [source.c[_column(register, name)] for name in by]
    sums = [cast(func.sum(type_coerce(column, BigInteger)), BigInteger) for column in amounts.values()]
    if not sums:
        return []
    query = select(*columns, *sums).where(*criteria).group_by(*columns)
    width = len(columns)
    at = {name: width + i for i, name in enumerate(amounts)}
    cells = [(a.name, at.get(a.name), a.scale) for a in register.amounts]
    return [
        Figure(tuple(row[:width]), {n: MASKED if i is None else from_units(row[i], scale) for n, i, scale in cells})
        for row in session.execute(query).all()
        if row[width] is not None  # there are no rows at all, and it was asked without dimensions
    ]


def _criteria(
    session: Session, register: type[Register], source: Any, where: Where | None
) -> list[ColumnElement[bool]]:
    criteria = []
    for name, value in (where or {}).items():
        column = source.c[_column(register, name)]
        criteria.append(column.in_(value) if isinstance(value, (list, tuple, set, frozenset)) else column == value)
    for d in register.dimensions:
        if d.model is not None and (criterion := visible(session, d.model)) is not None:
            criteria.append(source.c[d.column].in_(select(d.model.id).where(criterion)))
    return criteria


def _column(register: type[Register], name: str) -> str:
    return next(d.column for d in register.dimensions if d.name == name)


def _sees(session: Session, amount: Amount) -> bool:
    return bool(session.info.get("unrestricted")) or session.info["actor"].sees(amount.group)


def _open_amounts(session: Session, register: type[Register]) -> list[Amount]:
    return [a for a in register.amounts if _sees(session, a)]


def _masked_as(session: Session, register: type[Register], amounts: Amounts) -> Amounts:
    return {a.name: amounts[a.name] if _sees(session, a) else MASKED for a in register.amounts}


def _start(day: date) -> datetime:
    return datetime(day.year, day.month, day.day)


def _after(moment: date | datetime) -> datetime:
    """The first instant that no longer counts: the day after a date, the microsecond after a moment."""
    if isinstance(moment, datetime):
        return moment + timedelta(microseconds=1)
    return _start(moment) + timedelta(days=1)


def _documents() -> Any:
    return Base.metadata.tables["core_document"]  # by name: documents stand on the ledger, not the reverse
