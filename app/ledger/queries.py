"""Reading registers: every figure the product shows comes from here, and every one unfolds to documents.

A figure at a moment is the months before it plus the entries since the month began, or what stands now less what came
after: whichever is nearer, so that its cost follows neither the history nor the years that have passed since. Confidential
amounts come back as MASKED, and keys outside the actor's scope not at all.

"Now" is the present moment: what is dated ahead counts when its day comes.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Integer,
    Select,
    cast,
    extract,
    func,
    literal,
    or_,
    select,
    type_coerce,
    union_all,
)
from sqlalchemy.orm import Session

from app.clock import wall_clock
from app.db import Base
from app.ledger.parts import (
    Where,
    criteria_of,
    first_whole_month,
    is_narrowed_beside,
    is_of_entries,
    month_start,
    parts_of,
    present_parts,
    sides_of,
    standing_parts,
    units_of,
)
from app.ledger.posting import has_tables
from app.ledger.register import Amount, Register, month_of
from app.ledger.reversals import reversals_of
from app.ledger.totals import Totals
from app.past_policy import PastPolicy
from app.reference import base_currency, organisation_id
from app.security.policy import MASKED, sees, visible
from app.values import Money, digits_of, from_units, shortest

_BOOKS = PastPolicy("what a register comes to as a whole, and whether it lies ahead, says nothing of any record")

_DAY, _TICK = timedelta(days=1), timedelta(microseconds=1)

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
class Movement:
    """A key over a period: what it took in and gave out."""

    key: tuple[Any, ...]
    taken_in: Amounts
    given_out: Amounts


@dataclass(frozen=True, slots=True)
class Line:
    """One entry of a statement, with what the key stands at after it.

    Of a document of a kind that the actor may not view, neither kind nor number is given: together with what it comes to,
    they would say what it is about. Nor is the number of one beyond what the actor is limited to. `summary` names a contact, so
    only documents that are open to the actor have one.
    """

    moment: datetime
    document_id: int
    #: the document whose posting wrote it, when that is another
    cause_id: int | None
    kind: str
    number: str
    summary: str
    amounts: Amounts
    balance: Amounts
    #: whether the document itself is open to the actor
    is_open: bool = True
    #: the document's state, where it is open
    state: str = ""
    #: whether it reverses what its document, which is reversed by now, had entered, in this period or before it
    is_reversal: bool = False
    #: the values of what the statement was asked `by`
    key: tuple[Any, ...] = ()


@dataclass(frozen=True, slots=True)
class Statement:
    """A key over a period, line by line."""

    opening: Amounts
    lines: list[Line]
    closing: Amounts
    #: whether older lines of the period were left out; `opening` stands before the first that is there
    is_cut: bool = False


def now(session: Session, totals: Totals, *, by: Sequence[str], where: Where | None = None) -> list[Figure]:
    """What stands at the present moment, summed by the dimensions `by`; `where` gives a value, or a list of them, for a
    dimension. Every key that has ever moved has a figure."""
    amounts = _open_amounts(session, totals)
    if not amounts:
        return []
    return _figures(totals, present_parts(session, totals, amounts, by, where), amounts, session, by)


def at(
    session: Session, totals: Totals, moment: date | datetime, *, by: Sequence[str], where: Where | None = None
) -> list[Figure]:
    """What stood at the end of a day, or at a moment, everything of that very moment included.

    A key that stood at zero has no figure, whether it had moved before or not.
    """
    return _before(session, totals, _after(moment), by, where)


def _before(session: Session, totals: Totals, before: datetime, by: Sequence[str], where: Where | None) -> list[Figure]:
    """What stood just before a moment."""
    amounts = _open_amounts(session, totals)
    if not amounts:
        return []
    parts = standing_parts(session, totals, before, amounts, by, where)
    figures = _figures(totals, parts, amounts, session, by)
    return [f for f in figures if any(value is not MASKED and value for value in f.amounts.values())]


def standing(
    session: Session,
    totals: Totals,
    moment: date | datetime | None = None,
    *,
    by: Sequence[str],
    where: Where | None = None,
    name: str = "standing",
) -> Any:
    """What stood at a moment, or stands now, as a subquery `name` for lists that join it: columns named as the totals' own;
    `where` as of `now`.

    Amounts that are closed to the actor are not among its columns.
    """
    amounts = _open_amounts(session, totals)
    parts = (
        present_parts(session, totals, amounts, by, where)
        if moment is None
        else standing_parts(session, totals, _after(moment), amounts, by, where)
    )
    source = union_all(*parts).subquery()
    keys = [source.c[totals.column(name)] for name in by]
    sums = [type_coerce(cast(func.sum(source.c[a.name]), BigInteger), a.exact()).label(a.name) for a in amounts]
    return select(*keys, *sums).group_by(*keys).subquery(name)


def moved_between(
    session: Session,
    totals: Totals,
    since: date | None,
    until: date | None,
    *,
    by: Sequence[str],
    where: Where | None = None,
    by_month: bool = False,
    name: str = "moved",
) -> Any:
    """What came in less what went out in the days from `since` to `until`, both included, as a subquery `name` for lists that
    join it: columns named as the totals' own, and with `_in` and `_out` after the name what came in and went out. Keys of
    which nothing did are left out.

    None: from the beginning, to the end. `where` as of `now`. `by_month`: each month apart, in a column `month` (202512).
    Amounts that are closed to the actor are not among its columns.
    """
    moves = _moves(session, totals, _start(since or date.min), _after(until or date.max), by, where, by_month=by_month)
    keys = [moves.c[totals.column(dimension)] for dimension in by]
    keys += [moves.c.month] if by_month else []
    sums = {}
    for a in _open_amounts(session, totals):
        taken, given = (func.sum(moves.c[f"{a.name}_{side}"]) for side in ("in", "out"))
        for label, units in ((a.name, taken - given), (f"{a.name}_in", taken), (f"{a.name}_out", given)):
            sums[label] = type_coerce(cast(units, BigInteger), a.exact()).label(label)
    moved = or_(*(func.sum(moves.c[label]) != 0 for label in sums if label in moves.c))
    return select(*keys, *sums.values()).group_by(*keys).having(moved).subquery(name)


def entries_between(
    session: Session, register: type[Register], since: date | None, until: date | None, where: Where | None = None
) -> Select[Any]:
    """The entries of the days from `since` to `until`, both included, within the actor's scope, as a SELECT without columns: to
    add those of `register.entries` to, and what is joined. Its cost goes with the period. None and `where` as of
    `moved_between`."""
    e = register.entries.c
    keys = {d.name: e[d.column] for d in register.dimensions}
    return (
        select()
        .select_from(register.entries)
        .where(
            e.organisation_id == organisation_id(session),
            e.moment >= _start(since or date.min),
            e.moment < _after(until or date.max),
            *criteria_of(session, register.totals[0], keys, where),
        )
    )


def lies_ahead(session: Session, totals: Totals) -> bool:
    """Whether anything of the register is dated after the present moment, or may be of another of the company's organisations,
    or beyond what the session's actor is limited to: otherwise the rows of its totals are what stands now."""
    if (actor := session.info["actor"]).organisation or actor.limits:
        return True
    e = totals.register.entries.c
    last = select(func.max(e.moment)).where(e.organisation_id == organisation_id(session))
    found = _BOOKS(session).scalar(last)
    return found is not None and found > wall_clock()


def turnover(
    session: Session, totals: Totals, since: date, until: date, *, by: Sequence[str], where: Where | None = None
) -> list[Turnover]:
    """Opening, in, out and closing by the dimensions `by`, for the days from `since` to `until`, both included.

    What was reversed lessens the side that it came in or went out by; a period's side may be below zero by that.
    """
    opening = {f.key: f.amounts for f in _before(session, totals, _start(since), by, where)}
    amounts = _open_amounts(session, totals)
    moved = _moved(session, totals, _start(since), _after(until), by, where) if amounts else {}
    nothing = _masked_as(session, totals, dict.fromkeys(totals.of, Decimal(0)))
    rows = []
    for key in sorted(opening.keys() | moved.keys()):
        before = opening.get(key, nothing)
        taken, given = moved.get(key, (nothing, nothing))
        closing = {n: v if v is MASKED else v + taken[n] - given[n] for n, v in before.items()}
        rows.append(Turnover(key, before, taken, given, closing))
    return rows


def moved_in_period(
    session: Session, totals: Totals, since: date, until: date, *, by: Sequence[str], where: Where | None = None
) -> list[Movement]:
    """What came in and went out by the dimensions `by`, for the days from `since` to `until`, both included: as `turnover`, but
    without asking what stood before, which takes longer than a day's or a month's entries."""
    amounts = _open_amounts(session, totals)
    moved = _moved(session, totals, _start(since), _after(until), by, where) if amounts else {}
    return [Movement(key, taken, given) for key, (taken, given) in sorted(moved.items())]


def statement(
    session: Session,
    totals: Totals,
    since: date,
    until: date,
    *,
    where: Where,
    newest: int | None = None,
    by: Sequence[str] = (),
) -> Statement:
    """The entries of a key from `since` to `until`, both days included, with the running balance; of many only the `newest`,
    so that a page costs the same however much has moved. Each line says of which key it is, `by` these dimensions."""
    amounts = _open_amounts(session, totals)
    most = None if newest is None else newest + 1  # one more tells whether there are older ones
    rows = _entries_between(session, totals, _start(since), _after(until), where, amounts, most, by)
    is_cut = newest is not None and len(rows) > newest
    rows = rows[1:] if is_cut else rows
    before = _before(session, totals, _after(until) if is_cut else _start(since), (), where)
    zero = dict.fromkeys(totals.of, Decimal(0))
    opening = before[0].amounts if before else _masked_as(session, totals, zero)
    if is_cut:  # back from the closing
        shown = {a.name: from_units(sum(getattr(row, a.name) for row in rows), a.scale) for a in amounts}
        opening = {n: v if v is MASKED else v - shown[n] for n, v in opening.items()}
    kinds, opened = _open_to_actor(session, rows)
    undone = {row.document_id for row in rows if row.state == "reversed" and row.document_id in opened}
    reversals = reversals_of(session, totals.register, undone)
    closed: Amounts = {a.name: MASKED for a in totals.amounts if a not in amounts}
    lines, balance, is_limited = [], dict(opening), bool(session.info["actor"].limits)
    for row in rows:
        moved = {a.name: from_units(getattr(row, a.name), a.scale) for a in amounts} | closed
        balance = {n: v if v is MASKED else v + moved[n] for n, v in balance.items()}
        is_open = row.document_id in opened
        kind, number = (row.kind, row.number or "") if row.kind in kinds else ("", "")
        number = number if is_open or not is_limited else ""
        summary = row.summary if is_open else ""
        state = row.state if is_open else ""
        key = tuple(getattr(row, f"key_{name}") for name in by)
        of_document = (row.moment, row.document_id, row.cause_id, kind, number, summary)
        lines.append(Line(*of_document, moved, balance, is_open, state, row.entry_id in reversals, key))
    return Statement(opening, lines, balance, is_cut)


def _entries_between(
    session: Session,
    totals: Totals,
    since: datetime,
    before: datetime,
    where: Where,
    amounts: Sequence[Amount],
    newest: int | None,
    by: Sequence[str],
) -> Sequence[Any]:
    if not amounts:
        return []
    table, documents = totals.register.entries, _documents()
    entries = table.c
    selects = [
        select(
            entries.id.label("entry_id"),
            entries.moment.label("moment"),
            entries.document_id.label("document_id"),
            entries.cause_id.label("cause_id"),
            literal(part.sign, Integer).label("sign"),
            documents.c.kind.label("kind"),
            documents.c.number.label("number"),
            documents.c.summary.label("summary"),
            documents.c.state.label("state"),
            *((part.sign * units_of(entries[a.name])).label(a.name) for a in amounts),
            *(part.keys[name].label(f"key_{name}") for name in by),
        )
        # Beside the entries themselves: which document made one is for whoever may see it (app.security.inspection).
        .join_from(table, documents, documents.c.id == entries.document_id)
        .where(
            entries.organisation_id == organisation_id(session),
            entries.moment >= since,
            entries.moment < before,
            or_(*(units_of(entries[a.name]) != 0 for a in amounts)),
            *part.where,
            *criteria_of(session, totals, part.keys, where),
        )
        for part in parts_of(totals)
    ]
    found = union_all(*selects).subquery()
    order = [found.c[n] for n in ("moment", "entry_id", "sign")]
    if newest is None:
        return session.execute(select(found).order_by(*order)).all()
    return session.execute(select(found).order_by(*(c.desc() for c in order)).limit(newest)).all()[::-1]


def _open_to_actor(session: Session, rows: Sequence[Any]) -> tuple[set[str], set[int]]:
    """Kinds among the documents of the rows that the actor may know of, and which of the documents are open to them."""
    from app.documents.models import Document  # documents post to the ledger, so the ledger can't import them above

    ids = {row.kind: set[int]() for row in rows}
    for row in rows:
        ids[row.kind].add(row.document_id)
    if visible(session, Document) is None:
        return set(ids), {row.document_id for row in rows}
    actor = session.info["actor"]
    scopes = {kind: scope for kind in ids if (scope := Document.scope_over(actor, kind)) is not None}
    kinds = {kind for kind in ids if not Document.is_closed(actor, kind)}
    # Of a kind that is open as a whole all are, unless somebody is limited.
    whole = set() if actor.limits else {kind for kind, scope in scopes.items() if scope == "all"}
    opened = {i for kind in whole for i in ids[kind]}
    asked = sorted(i for kind in scopes.keys() - whole for i in ids[kind])
    for i in range(0, len(asked), 5000):  # SQLite takes 32,766 values in a statement at most
        opened.update(session.scalars(select(Document.id).where(Document.id.in_(asked[i : i + 5000]))))
    return kinds, opened


def entries_of(session: Session) -> dict[str, int]:
    """How many entries each register has."""
    counts = {}
    for name, register in sorted(Register.declared.items()):
        if has_tables(session, register):
            count = select(func.count()).select_from(register.entries)
            counts[name] = int(_BOOKS(session).execute(count).scalar_one())
    return counts


def totals_of(session: Session) -> dict[str, dict[str, Any]]:
    """Per register: how many entries it has, and what its amounts sum to: of transfers, what is inside the company.

    MASKED: amounts of closed groups, and all of a register of which the session's actor sees but a part, or nothing.
    """
    answer: dict[str, dict[str, Any]] = {}
    for name, count in entries_of(session).items():
        register = Register.declared[name]
        answer[name] = {"entries": count}
        is_whole = _sees_whole(session, register)
        for a in register.amounts:
            kept = next((t for t in register.totals if t.turnovers and a.name in t.of), None)
            if kept is None:
                continue
            if not (is_whole and sees(session, a.group)):
                answer[name][a.name] = MASKED
                continue
            sums = select(func.coalesce(func.sum(units_of(kept.table.c[a.name])), 0))
            units = int(_BOOKS(session).execute(sums).scalar_one())
            digits = digits_of(base_currency(session)) if a.exact is Money else 0
            answer[name][a.name] = shortest(from_units(units, a.scale), digits)
    return answer


def _sees_whole(session: Session, register: type[Register]) -> bool:
    """Whether the session's actor may see what all of a register comes to: none of it is beyond their scope."""
    may = not register.needs or session.info["actor"].may(register.needs)
    is_part = is_narrowed_beside(session, register)
    return may and not is_part and all(visible(session, d.scope) is None for d in register.dimensions if d.scope)


def _moved(
    session: Session, totals: Totals, since: datetime, before: datetime, by: Sequence[str], where: Where | None
) -> dict[tuple[Any, ...], tuple[Amounts, Amounts]]:
    """What came in and went out over [since, before), by key."""
    amounts = _open_amounts(session, totals)
    moved = _moves(session, totals, since, before, by, where)
    keys = [moved.c[totals.column(name)] for name in by]
    sums = [
        cast(func.sum(moved.c[f"{a.name}_{side}"]), BigInteger).label(f"{a.name}_{side}")
        for a in amounts
        for side in ("in", "out")
    ]
    found = {}
    for row in session.execute(select(*keys, *sums).group_by(*keys)):
        if row[len(keys)] is None:
            continue  # there are no rows at all, and it was asked without dimensions
        taken, given = (
            _masked_as(
                session, totals, {a.name: from_units(getattr(row, f"{a.name}_{side}"), a.scale) for a in amounts}
            )
            for side in ("in", "out")
        )
        found[tuple(row[: len(keys)])] = (taken, given)
    return found


def _moves(
    session: Session,
    totals: Totals,
    since: datetime,
    before: datetime,
    by: Sequence[str],
    where: Where | None,
    *,
    by_month: bool = False,
) -> Any:
    """What came in and went out over [since, before), in parts to be summed: whole months from turnovers, broken ones from
    entries."""
    entries, months = totals.register.entries.c, totals.months
    first, last = first_whole_month(since), month_start(before)
    is_whole = months is not None and first < last and not is_of_entries(session, totals.register)
    spans = [(since, first), (last, before)] if is_whole else [(since, before)]
    amounts = _open_amounts(session, totals)
    own = organisation_id(session)
    moves = or_(*(units_of(entries[a.name]) != 0 for a in amounts))
    keys: list[Any]
    selects = []
    for start, until in spans:
        for part in parts_of(totals):
            sides = [column for a in amounts for column in sides_of(entries, a, part)]
            keys = [part.keys[name].label(totals.column(name)) for name in by]
            keys += [_month(entries.moment).label("month")] if by_month else []
            when = (entries.organisation_id == own, entries.moment >= start, entries.moment < until)
            criteria = criteria_of(session, totals, part.keys, where)
            selects.append(select(*keys, *sides).where(*when, moves, *part.where, *criteria))
    if is_whole:
        assert months is not None
        sides = [
            units_of(months.c[f"{a.name}_{side}"]).label(f"{a.name}_{side}") for a in amounts for side in ("in", "out")
        ]
        keys = [months.c[totals.column(name)] for name in by]
        keys += [months.c.month] if by_month else []
        when = (months.c.organisation_id == own, months.c.month >= month_of(first), months.c.month < month_of(last))
        criteria = criteria_of(session, totals, {d.name: months.c[d.column] for d in totals.dimensions}, where)
        selects.append(select(*keys, *sides).where(*when, *criteria))
    return union_all(*selects).subquery()


def _figures(
    totals: Totals, parts: Sequence[Any], amounts: Sequence[Amount], session: Session, by: Sequence[str]
) -> list[Figure]:
    """What selects of keys and sums add up to, by key."""
    source = union_all(*parts).subquery()
    columns = [source.c[totals.column(name)] for name in by]
    query = select(*columns, *(cast(func.sum(source.c[a.name]), BigInteger) for a in amounts)).group_by(*columns)
    width = len(columns)
    position = {a.name: width + i for i, a in enumerate(amounts)}
    cells = [(a.name, position.get(a.name), a.scale) for a in totals.amounts]
    return [
        Figure(tuple(row[:width]), {n: MASKED if i is None else from_units(row[i], scale) for n, i, scale in cells})
        for row in session.execute(query).all()
        if row[width] is not None  # there are no rows at all, and it was asked without dimensions
    ]


def _sees(session: Session, amount: Amount) -> bool:
    return sees(session, amount.group)


def _open_amounts(session: Session, totals: Totals) -> list[Amount]:
    return [a for a in totals.amounts if _sees(session, a)]


def _masked_as(session: Session, totals: Totals, amounts: Amounts) -> Amounts:
    return {a.name: amounts[a.name] if _sees(session, a) else MASKED for a in totals.amounts}


def _start(day: date) -> datetime:
    return datetime(day.year, day.month, day.day)


def _after(moment: date | datetime) -> datetime:
    """The first instant that no longer counts: the day after a date, the microsecond after a moment."""
    start, step = (moment, _TICK) if isinstance(moment, datetime) else (_start(moment), _DAY)
    return start + step if start <= datetime.max - step else datetime.max


def _month(moment: Any) -> ColumnElement[int]:
    """The month of a column of moments, as turnovers are keyed by."""
    return cast(extract("year", moment), Integer) * 100 + cast(extract("month", moment), Integer)


def _documents() -> Any:
    return Base.metadata.tables["core_document"]  # by name: documents stand on the ledger, not the reverse
