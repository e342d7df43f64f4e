"""How many events the audit has, by person and kind."""

from collections.abc import Sequence
from datetime import date, datetime, time
from typing import Any

from sqlalchemy import BigInteger, String, case, cast, func, literal, select
from sqlalchemy.orm import Session

from app.audit.models import AuditLine

#: what was only looked at or taken along, and changed nothing
_SEEN = (AuditLine.action.endswith(".view"), AuditLine.action == "core.list.export")


def events_between(since: date, until: date, by: Sequence[str]) -> Any:
    """A subquery: what people did and saw in the days (UTC) from `since` to `until`, both included, `by` chain (whose: the
    user's number, 0 for the program itself), action or both: `done` and `seen`. Its cost goes with the period."""
    line = AuditLine
    is_seen = _SEEN[0] | _SEEN[1]
    columns: dict[str, Any] = {"chain": line.chain, "action": line.action}
    keys = [columns[name].label(name) for name in by]
    sums = [
        cast(func.sum(case((is_seen, int(seen)), else_=int(not seen))), BigInteger).label(name)
        for name, seen in (("done", False), ("seen", True))
    ]
    within = (line.moment >= since, line.moment <= datetime.combine(until, time.max))
    return select(*keys, *sums).where(*within).group_by(*(columns[name] for name in by)).subquery("events")


def key_of(events: Any, by: Sequence[str]) -> Any:
    """What tells rows of `events_between` apart, as a text."""
    key: Any = literal("")
    for name in by:
        key = key + cast(events.c[name], String) + literal(":")
    return key


def counts_by_person(session: Session, since: date, until: date) -> list[Any]:
    """Rows of chain, done and seen; who did most is first."""
    events = events_between(since, until, ("chain",))
    return list(session.execute(select(events).order_by(events.c.done.desc(), events.c.chain)))


def counts_by_action(session: Session, since: date, until: date, most: int) -> list[Any]:
    """Rows of action, done and seen of what was done most."""
    events = events_between(since, until, ("action",))
    query = select(events).where(events.c.done > 0).order_by(events.c.done.desc(), events.c.action)
    return list(session.execute(query.limit(most)))
