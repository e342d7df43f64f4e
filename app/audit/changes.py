"""What is changed of stored records, field by field: noted at each flush, for the audit's lines to say.

What is kept of which records is worked out by `kept.py`; what is changed past the unit of work goes through `rows.py`. A new
record has no changes: what it began with is what the first change of a field replaced. Drafts are not kept until they are
posted. Values are those that are stored, whatever whoever changes them may see.
"""

import json
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import Connection, event, inspect
from sqlalchemy.orm import Mapper, Session, SessionTransaction, UOWTransaction, object_session

from app.audit.kept import CUSTOM, Kept, emptied_with, kept_of
from app.audit.stored import ROWS, UNREAD, is_known, row_of, rows_of
from app.db import Base, KontorSession
from app.values import shortest

_TRACKED = "audit_changes"
#: what a flush is about to write, as it was before it
_WRITTEN = "audit_written"
#: savepoint → what had been noted when it began
_SAVEPOINTS = "audit_savepoints"
#: stood where a field was set without being read, before what was stored was looked up
UNKNOWN = "?"

#: attributes of a row; None where there is no row
Said = Mapping[str, Any] | None


@dataclass(slots=True)
class Change:
    """What one field of a record said before and says after."""

    subject: str
    subject_id: int
    #: `table.attribute`; of a custom field `table.` and the field's number
    field: str
    #: the row of the table, where a record may have several; as text
    part: str
    group: str
    before: str | None
    after: str | None
    #: how many lines of the audit had been noted when it was made
    noted: int


def said(value: Any) -> str | None:
    """A value as the audit keeps it; None for nothing."""
    if value is None or value == "":
        return None
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Decimal):
        return format(shortest(value), "f")  # 9.9 is what 9.900000 was
    if isinstance(value, datetime):
        return value.isoformat(" ", "seconds")
    if isinstance(value, date):
        return value.isoformat()
    return json.dumps(value, ensure_ascii=False, sort_keys=True) if isinstance(value, dict | list) else str(value)


def changes_of(session: Session) -> list[Change]:
    """What was changed since the session began or committed, without what was changed back; what a row of a record repeats of
    the record itself is said once. Forgets them."""
    tracked: dict[Any, Change] = session.info.pop(_TRACKED, {})
    session.info.pop("audit_new", None)
    made = [change for change in tracked.values() if change.before != change.after]
    own = {(c.subject, c.subject_id, c.group, c.before, c.after) for c in made if not c.part}
    return [c for c in made if not c.part or (c.subject, c.subject_id, c.group, c.before, c.after) not in own]


@event.listens_for(Base, "before_update", propagate=True)
def _learn_changed(mapper: Mapper[Any], connection: Connection, record: Any) -> None:
    session, kept = object_session(record), kept_of(type(record))
    if kept is None or session is None:
        return
    state = inspect(record)
    before = {key: state.committed_state.get(key, UNREAD) for key in kept.together_with(state.committed_state)}
    before = {key: state.dict.get(key, UNREAD) if value is UNREAD else value for key, value in before.items()}
    before |= _stored(connection, mapper, state.identity, before, held=True)
    session.info.setdefault(_WRITTEN, []).append((record, before, False))


@event.listens_for(Base, "before_delete", propagate=True)
def _learn_deleted(mapper: Mapper[Any], connection: Connection, record: Any) -> None:
    session, kept, identity = object_session(record), kept_of(type(record)), inspect(record).identity
    if session is None:
        return
    if len(identity) == 1:
        note_emptied(session, mapper, identity)
    if kept is not None:
        before = {key: record.__dict__.get(key, UNREAD) for key in kept.keys}
        before |= _stored(connection, mapper, identity, before, held=True)
        session.info.setdefault(_WRITTEN, []).append((record, before, True))


def _stored(
    connection: Connection, mapper: Mapper[Any], identity: Any, said: Mapping[str, Any], *, held: bool = False
) -> dict[str, Any]:
    """What is stored of attributes of which a record doesn't say it."""
    unknown = [key for key, value in said.items() if not is_known(value)]
    return (row_of(connection, mapper, identity, unknown, held=held) or {}) if unknown else {}


@event.listens_for(KontorSession, "after_flush")
def _note_flushed(session: Session, _context: UOWTransaction) -> None:
    new: set[tuple[str, int]] = session.info.setdefault("audit_new", set())
    rows = [(each, kept) for each in session.new if (kept := kept_of(type(each))) is not None]
    new.update((kept.subject, _own_id(each)) for each, kept in rows if not kept.through)
    for record, kept in rows:
        if kept.through:
            _note_record(session, record, kept, None, record.__dict__)
    for record, before, is_gone in session.info.pop(_WRITTEN, ()):
        kept, state = kept_of(type(record)), inspect(record)
        assert kept is not None
        after = None
        if not is_gone:
            after = {key: state.dict.get(key, UNREAD) for key in before}
            after |= _stored(ROWS(session), state.mapper, state.identity, after)
        _note_record(session, record, kept, before, after)


@event.listens_for(KontorSession, "after_transaction_create")
def _remember(session: Session, transaction: SessionTransaction) -> None:
    if transaction.nested:
        before = {"audit": [*session.info.get("audit", ())], "audit_new": {*session.info.get("audit_new", ())}}
        before[_TRACKED] = {key: replace(change) for key, change in session.info.get(_TRACKED, {}).items()}
        session.info.setdefault(_SAVEPOINTS, {})[transaction] = before


@event.listens_for(KontorSession, "after_rollback")
def _forget(session: Session) -> None:
    """What was rolled back is neither said nor changed; what was before the savepoint, is."""
    before = session.info.get(_SAVEPOINTS, {}).pop(session.get_nested_transaction(), {})
    for noted in (_TRACKED, _WRITTEN, "audit_new", "audit"):
        session.info.pop(noted, None)
    session.info.update(before)


@event.listens_for(KontorSession, "after_transaction_end")
def _forget_savepoint(session: Session, transaction: SessionTransaction) -> None:
    session.info.get(_SAVEPOINTS, {}).pop(transaction, None)


def _note_record(session: Session, record: Any, kept: Kept, before: Said, after: Said) -> None:
    state = inspect(record)
    row = state.identity or state.mapper.primary_key_from_instance(record)
    note_row(session, state.mapper, kept, row, before, after, record=record)
    if before is not None and after is not None:
        lists = (key for key in kept.lists if state.attrs[key].history.has_changes())
        note_differences(session, _subject(session, kept, row, after, record), kept, row, _lists(state, lists))


def note_row(
    session: Session,
    mapper: Mapper[Any],
    kept: Kept,
    row: Collection[Any],
    before: Said,
    after: Said,
    *,
    record: Any = None,
) -> None:
    """Note what a row with this primary key said and says; None where it wasn't there, or isn't any more."""
    pairs = [(before, after)]
    if kept.through and before is not None and after is not None and before[kept.through] != after[kept.through]:
        pairs = [(before, None), (None, after)]  # it is gone from one record, and new at the other
    table = mapper.base_mapper.local_table.name  # type: ignore[attr-defined]
    for was, now in pairs:
        subject = _subject(session, kept, row, was or now or {}, record)
        note_differences(session, subject, kept, row, _differences(kept, table, was, now))


def note_differences(
    session: Session,
    subject: tuple[str, int] | None,
    kept: Kept,
    row: Collection[Any],
    differences: Iterator[tuple[str, str, Any, Any]],
) -> None:
    """Note fields of a record, each with its group, what it said before and says now; of a new record nothing."""
    if subject is None or subject in session.info.get("audit_new", ()):
        return
    tracked: dict[Any, Change] = session.info.setdefault(_TRACKED, {})
    part = ",".join(map(str, row)) if kept.through else ""
    for field, group, before, after in differences:
        key = (*subject, field, part)
        known = tracked.get(key)
        if known is None:
            noted = len(session.info.get("audit", ()))
            tracked[key] = Change(*subject, field, part, group, said(before), said(after), noted)
        else:
            known.after = said(after)


def note_emptied(session: Session, mapper: Mapper[Any], numbers: Collection[int]) -> None:
    """Note what the database empties in other records when the rows with these numbers go."""
    for naming, key in emptied_with(mapper.local_table):  # type: ignore[arg-type]
        kept = kept_of(naming.class_)
        assert kept is not None
        wanted = kept.together_with([key])
        for row, before in rows_of(ROWS(session), naming, wanted, naming.columns[key].in_(numbers), held=True):
            note_row(session, naming, kept, row, before, {**before, key: None})


def _differences(kept: Kept, table: str, before: Said, after: Said) -> Iterator[tuple[str, str, Any, Any]]:
    if kept.is_custom:
        number = (before or after or {})["field_id"]
        yield f"{table}.{number}", f"custom:{number}", _custom(before), _custom(after)
    elif before is None or after is None:
        yield from _whole(kept, table, before, after)
    else:
        for key, group in kept.attributes:
            if key in before:
                yield f"{table}.{key}", group, before[key], after[key]
        for key, make, parts in kept.composed:
            if parts[0] in before:
                yield f"{table}.{key}", "", _made(make, parts, before), _made(make, parts, after)


def _whole(kept: Kept, table: str, before: Said, after: Said) -> Iterator[tuple[str, str, Any, Any]]:
    """What a row that is added, or goes, says; that it is there, where it says nothing."""
    row = after or before or {}
    values = [(key, group, row.get(key)) for key, group in kept.attributes]
    values += [(key, "", _made(make, parts, row)) for key, make, parts in kept.composed]
    for key, group, value in [each for each in values if each[2] not in (None, "", False)] or [("", "", True)]:
        yield f"{table}.{key}", group, None if before is None else value, None if after is None else value


def _made(make: Any, parts: tuple[str, ...], row: Mapping[str, Any]) -> str | None:
    """A value of several columns; None where one of them is empty."""
    values = [row.get(part) for part in parts]
    return None if None in values else str(make(*values))


def _custom(row: Said) -> Any:
    """What a row of a custom field says, in the column of the field's type."""
    return next((row[name] for name in CUSTOM if row.get(name) is not None), None) if row is not None else None


def _lists(state: Any, names: Iterator[str]) -> Iterator[tuple[str, str, Any, Any]]:
    for name in names:
        history = state.attrs[name].history
        stayed = {_own_id(each) for each in history.unchanged or ()}
        went, came = ({_own_id(each) for each in some or ()} for some in (history.deleted, history.added))
        table = state.mapper.base_mapper.local_table.name
        yield f"{table}.{name}", "", numbers(stayed | went), numbers(stayed | came)


def _subject(
    session: Session, kept: Kept, row: Collection[Any], values: Mapping[str, Any], record: Any
) -> tuple[str, int] | None:
    """The record that changed, as the audit calls it; None of one that is a draft."""
    number = values.get(kept.through) if kept.through else next(iter(row))
    if number is None or kept.subject:
        return None if number is None else (kept.subject, number)
    base = kept.owner.base_mapper
    owner = record
    if record is None or kept.through:
        owner = session.identity_map.get(base.identity_key_from_primary_key((number,)))
    if owner is not None:
        kind, states = owner.kind, (owner.state, *(inspect(owner).attrs.state.history.deleted or ()))
    else:
        stored = row_of(ROWS(session), base, (number,), ("kind", "state")) or {"kind": "", "state": "draft"}
        kind, states = stored["kind"], (stored["state"],)
    return None if "draft" in states else (kind, number)


def _own_id(record: Any) -> int:
    return record.__dict__.get("id") or 0


def numbers(some: Collection[int]) -> str | None:
    """Which records a list has, as the audit keeps it."""
    return ", ".join(map(str, sorted(some))) or None
