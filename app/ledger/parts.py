"""What figures are made of: selects over totals, months and entries that sum up to what stood at a moment.

Each part is summed by itself, so that the database puts together short tables and not every row of all.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, ColumnElement, case, cast, func, literal, or_, select, type_coerce
from sqlalchemy.orm import Session

from app.clock import wall_clock
from app.ledger.register import Amount, Register, month_of
from app.ledger.spans import standing_before
from app.ledger.totals import Totals
from app.past_policy import PastPolicy
from app.reference import organisation_id
from app.security.policy import visible

_BOOKS = PastPolicy("whichever end of the books is nearer: a matter of speed alone")

_LAST_MONTH = datetime(9999, 12, 1)  # of the calendar that Python knows

Where = Mapping[str, Any]


@dataclass(frozen=True)
class Part:
    """Entries of a total as seen from one of their ends: which columns make the key there, and with which sign."""

    keys: Mapping[str, ColumnElement[Any]]
    sign: int
    where: tuple[ColumnElement[bool], ...]
    #: whether an entry counts as in and as out here; None where it says so itself
    is_in: bool | None


def present_parts(
    session: Session, totals: Totals, amounts: Sequence[Amount], by: Sequence[str], where: Where | None
) -> list[Any]:
    """The totals, less what is dated ahead."""
    moment = totals.register.entries.c.moment
    if is_of_entries(session, totals.register):
        return _entry_parts(session, totals, amounts, by, where, [moment <= wall_clock()])
    ahead = moment > wall_clock()
    return [
        _total_part(session, totals, amounts, by, where),
        *_entry_parts(session, totals, amounts, by, where, [ahead], sign=-1),
    ]


def standing_parts(
    session: Session,
    totals: Totals,
    before: datetime,
    amounts: Sequence[Amount],
    by: Sequence[str],
    where: Where | None,
) -> list[Any]:
    """Selects that sum up to what stood just before `before`, from whichever end of the books is nearer (ADR 8); of totals with
    spans, what the entries of the keys of that day come to (ADR 48)."""
    entries = totals.register.entries.c
    if totals.spans:
        columns = {d.name: totals.table.c[d.column] for d in totals.dimensions}
        scope, asked = (criteria_of(session, totals, columns, some) for some in (None, where))
        found = standing_before(session, totals, before, scope=scope, asked=asked)
        when = [entries.moment < before, entries[totals.column(totals.spans)].in_(found)]
        return _entry_parts(session, totals, amounts, by, where, when)
    if is_of_entries(session, totals.register):
        return _entry_parts(session, totals, amounts, by, where, [entries.moment < before])
    if not _is_late(session, totals, before):
        if totals.months is None:
            return _entry_parts(session, totals, amounts, by, where, [entries.moment < before])
        broken = [entries.moment >= month_start(before), entries.moment < before]
        months = _month_part(session, totals, amounts, by, where, lambda m: m < month_of(before))
        return [months, *_entry_parts(session, totals, amounts, by, where, broken)]
    parts = [_total_part(session, totals, amounts, by, where)]
    later = [entries.moment >= before]
    if totals.months is not None:
        whole = first_whole_month(before)
        parts.append(_month_part(session, totals, amounts, by, where, lambda m: m >= month_of(whole), sign=-1))
        later.append(entries.moment < whole)
    return [*parts, *_entry_parts(session, totals, amounts, by, where, later, sign=-1)]


def _total_part(
    session: Session, totals: Totals, amounts: Sequence[Amount], by: Sequence[str], where: Where | None
) -> Any:
    """The current totals, summed by key."""
    table = totals.table
    keys = [table.c[totals.column(name)] for name in by]
    sums = [cast(func.sum(units_of(table.c[a.name])), BigInteger).label(a.name) for a in amounts]
    criteria = criteria_of(session, totals, {d.name: table.c[d.column] for d in totals.dimensions}, where)
    own = table.c.organisation_id == organisation_id(session)
    return select(*keys, *sums).where(own, *criteria).group_by(*keys)


def _month_part(
    session: Session,
    totals: Totals,
    amounts: Sequence[Amount],
    by: Sequence[str],
    where: Where | None,
    when: Callable[[Any], Any],
    *,
    sign: int = 1,
) -> Any:
    months = totals.months
    assert months is not None
    keys = [months.c[totals.column(name)] for name in by]
    net = {a.name: units_of(months.c[f"{a.name}_in"]) - units_of(months.c[f"{a.name}_out"]) for a in amounts}
    sums = [cast(func.sum(sign * net[a.name]), BigInteger).label(a.name) for a in amounts]
    criteria = criteria_of(session, totals, {d.name: months.c[d.column] for d in totals.dimensions}, where)
    own = months.c.organisation_id == organisation_id(session)
    return select(*keys, *sums).where(own, when(months.c.month), *criteria).group_by(*keys)


def _entry_parts(
    session: Session,
    totals: Totals,
    amounts: Sequence[Amount],
    by: Sequence[str],
    where: Where | None,
    when: Sequence[ColumnElement[bool]],
    *,
    sign: int = 1,
) -> list[Any]:
    """Entries summed by key, once for each of their ends."""
    entries = totals.register.entries.c
    own = entries.organisation_id == organisation_id(session)
    selects = []
    for part in parts_of(totals):
        keys = [part.keys[name].label(totals.column(name)) for name in by]
        net = sign * part.sign
        sums = [cast(func.sum(net * units_of(entries[a.name])), BigInteger).label(a.name) for a in amounts]
        criteria = criteria_of(session, totals, part.keys, where)
        grouped = [part.keys[name] for name in by]
        selects.append(select(*keys, *sums).where(own, *when, *part.where, *criteria).group_by(*grouped))
    return selects


def parts_of(totals: Totals) -> Iterator[Part]:
    """The entries once for each of their ends that a total is kept for: once where they have none."""
    entries = totals.register.entries.c
    if not totals.register.is_transfer:
        yield Part({d.name: entries[d.column] for d in totals.dimensions}, 1, (), None)
        return
    ends = [d for d in totals.dimensions if d.is_end]
    apart = or_(*(entries[d.columns[0]] != entries[d.columns[1]] for d in ends))
    for side, sign in ((1, 1), (0, -1)):
        keys = {d.name: entries[d.columns[side] if d.is_end else d.column] for d in totals.dimensions}
        inside = keys[totals.dimensions[totals.inside].name] > 0
        yield Part(keys, sign, (apart, inside), sign > 0)


def _is_late(session: Session, totals: Totals, moment: datetime) -> bool:
    """Whether `moment` is nearer to the register's last entry than to its first: a matter of speed alone."""
    e = totals.register.entries.c
    own = e.organisation_id == organisation_id(session)
    # Each from the index's own end.
    ends = select(*(select(end(e.moment)).where(own).scalar_subquery() for end in (func.min, func.max)))
    first, last = _BOOKS(session).execute(ends).one()
    return first is not None and last - moment < moment - first  # type: ignore[no-any-return]


def sides_of(entries: Any, a: Amount, part: Part) -> tuple[ColumnElement[Any], ColumnElement[Any]]:
    """What an entry counts for as in and as out: a transfer by its end, another by its side."""
    units, nothing = units_of(entries[a.name]), literal(0, BigInteger)
    if part.is_in is not None:
        taken, given = (units, nothing) if part.is_in else (nothing, units)
    else:
        taken = case((entries.side == 1, units), else_=nothing)
        given = case((entries.side == -1, -units), else_=nothing)
    return taken.label(f"{a.name}_in"), given.label(f"{a.name}_out")


def month_start(moment: datetime) -> datetime:
    """When the month of a moment begins."""
    return datetime(moment.year, moment.month, 1)


def first_whole_month(since: datetime) -> datetime:
    """Where the first month begins that lies in [since, …) whole."""
    start = month_start(since)
    if start == since:
        return start
    return datetime(start.year + start.month // 12, start.month % 12 + 1, 1) if start < _LAST_MONTH else datetime.max


def units_of(column: Any) -> Any:
    """An amount's column as the integer of small units that it is kept as, which sums exactly."""
    return type_coerce(column, BigInteger)


def is_narrowed_beside(session: Session, register: type[Register]) -> bool:
    """Whether the session's actor sees but a part of what a register's rows belong to beside their dimensions."""
    return any(visible(session, model) is not None for model in register.beside)


def is_of_entries(session: Session, register: type[Register]) -> bool:
    """Whether figures are for the session's actor what entries sum up to, as the totals have more than is open to them. That
    costs by the period: pages ask for no longer one than they are asked for."""
    return register.is_by_document and is_narrowed_beside(session, register)


def criteria_of(
    session: Session, totals: Totals, keys: Mapping[str, ColumnElement[Any]], where: Where | None
) -> list[ColumnElement[bool]]:
    """What narrows a part: the values asked for, and the scope of the session's actor over scoped dimensions."""
    criteria = []
    for name, value in (where or {}).items():
        is_list = isinstance(value, (list, tuple, set, frozenset))
        criteria.append(keys[name].in_(value) if is_list else keys[name] == value)
    if is_narrowed_beside(session, totals.register):
        criteria.append(totals.register.narrowing(session, keys))
    narrowed: dict[Any, bool] = {}
    for d in totals.register.dimensions:
        if d.scope is None or (criterion := visible(session, d.scope)) is None:
            continue
        if d.name in keys:
            opened = select(d.scope.id).where(criterion)
            criteria.append(totals.register.within(session, d.name, keys[d.name], opened))
        narrowed[d.scope] = narrowed.get(d.scope, False) or d.name in keys
    if not all(narrowed.values()):
        raise RuntimeError(f"{totals.register.name}.{totals.name} is kept by nothing that a scope reaches")
    return criteria
