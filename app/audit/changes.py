"""What the unit of work changes of stored records, field by field: noted at each flush, for the audit's lines to say.

It needs no word of whoever writes a model. A table whose rows go with another's (a foreign key that cascades, or that is part
of the primary key) speaks for that record: a phone number removed is a change of its contact. A model may say otherwise by
`audited_as`: another noun, or "" for what isn't kept. A new record has no changes: what it began with is what the first change
of a field replaced. Drafts are not kept until they are posted.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from functools import cache
from typing import Any

from sqlalchemy import Column, event, inspect
from sqlalchemy.orm import Mapper, Session, SessionTransaction, UOWTransaction

from app.db import Base, KontorSession, mapper_of

#: an attribute's `info`: the audit never keeps what it says
UNKEPT = {"unkept": True}
_PLAIN = (str, int, bool, Decimal, date, type(None), dict, list)
#: of any record, and of a document: what says by itself what was done, or goes with another field
_UNSAID = {"version", "is_dated", "operation_id", "created_at", "organisation_id", "owner_id", "is_sample"}
_UNSAID_OF_DOCUMENTS = {"kind", "state", "number", "summary", "amount"}
_TRACKED = "audit_changes"
#: stands where a field was set without being read, as by somebody to whom it is closed
UNKNOWN = "?"


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


@dataclass(frozen=True, slots=True)
class _Kept:
    """How the audit calls records of one model, and which of their attributes it keeps."""

    subject: str
    #: the attribute that has the owner's number; empty: the record's own
    through: str
    #: the owner's mapper
    owner: Any
    attributes: tuple[tuple[str, str], ...]
    #: values of several columns: the attribute, what makes it of them, theirs
    composed: tuple[tuple[str, Any, tuple[str, ...]], ...]
    #: relationships that are a list of other records
    lists: tuple[str, ...]
    #: whether a row is the value of a custom field
    is_custom: bool = False


def said(value: Any) -> str | None:
    """A value as the audit keeps it; None for nothing."""
    if value is None or value == "":
        return None
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Decimal):
        return format(value, "f")
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


def tables_of_records() -> frozenset[str]:
    """Tables whose rows are records by themselves, of those whose changes are kept."""
    models: list[Any] = [mapper.class_ for mapper in Base.registry.mappers]
    kept = ((inspect(model).base_mapper.local_table.name, kept_of(model)) for model in models)
    return frozenset(name for name, how in kept if how is not None and not how.through)


@event.listens_for(KontorSession, "after_flush")
def _note_flushed(session: Session, _context: UOWTransaction) -> None:
    new: set[tuple[str, int]] = session.info.setdefault("audit_new", set())
    rows = list(session.new)
    for each in rows:
        kept = _kept_of(each)
        if kept is not None and not kept.through:
            new.add((kept.subject, _own_id(each)))
    for records, how in ((rows, "new"), (session.dirty, "dirty"), (session.deleted, "deleted")):
        for each in records:
            kept = _kept_of(each)
            if kept is not None and (how != "new" or kept.through):
                _note(session, each, kept, how, new)


@event.listens_for(KontorSession, "after_rollback")
def _forget(session: Session) -> None:
    session.info.pop(_TRACKED, None)
    session.info.pop("audit_new", None)


@event.listens_for(KontorSession, "after_transaction_create")
def _remember(session: Session, transaction: SessionTransaction) -> None:
    if transaction.nested:
        tracked = {key: replace(change) for key, change in session.info.get(_TRACKED, {}).items()}
        session.info.setdefault("audit_before", {})[transaction] = tracked, len(session.info.get("audit", ()))


@event.listens_for(KontorSession, "after_soft_rollback")
def _put_back(session: Session, transaction: SessionTransaction) -> None:
    """What was rolled back to a savepoint is neither said nor changed."""
    if transaction.nested and (before := session.info.get("audit_before", {}).pop(transaction, None)):
        session.info[_TRACKED] = before[0]
        del session.info.get("audit", [])[before[1] :]


@event.listens_for(KontorSession, "after_transaction_end")
def _forget_savepoint(session: Session, transaction: SessionTransaction) -> None:
    session.info.get("audit_before", {}).pop(transaction, None)


def _note(session: Session, record: Any, kept: _Kept, how: str, new: set[tuple[str, int]]) -> None:
    subject = _subject(session, record, kept)
    if subject is None or subject in new:
        return
    tracked: dict[Any, Change] = session.info.setdefault(_TRACKED, {})
    row = ",".join(map(str, inspect(record).identity or _key(record))) if kept.through else ""
    for field, group, before, after in _differences(record, kept, how):
        key = (*subject, field, row)
        known = tracked.get(key)
        if known is None:
            noted = len(session.info.get("audit", ()))
            tracked[key] = Change(*subject, field, row, group, said(before), said(after), noted)
        else:
            known.after = said(after)


def _differences(record: Any, kept: _Kept, how: str) -> Iterator[tuple[str, str, Any, Any]]:
    state = inspect(record)
    table = state.mapper.base_mapper.local_table.name
    if kept.is_custom:
        yield from _custom_difference(record, state, table, how)
    elif how != "dirty":
        yield from _whole(record, kept, table, is_new=how == "new")
    else:
        for key, group in kept.attributes:
            history = state.attrs[key].history
            if history.has_changes():
                before = history.deleted[0] if history.deleted else UNKNOWN
                yield (
                    f"{table}.{key}",
                    group,
                    before if isinstance(before, _PLAIN) else UNKNOWN,
                    record.__dict__.get(key),
                )
        for key, make, parts in kept.composed:
            histories = [state.attrs[part].history for part in parts]
            if any(history.has_changes() for history in histories):
                before = [(history.deleted or history.unchanged or (None,))[0] for history in histories]
                yield f"{table}.{key}", "", UNKNOWN if None in before else str(make(*before)), str(getattr(record, key))
        for key in kept.lists:
            history = state.attrs[key].history
            if history.has_changes():
                stayed = {_own_id(each) for each in history.unchanged or ()}
                went, came = ({_own_id(each) for each in some or ()} for some in (history.deleted, history.added))
                yield f"{table}.{key}", "", _numbers(stayed | went), _numbers(stayed | came)


def _whole(record: Any, kept: _Kept, table: str, *, is_new: bool) -> Iterator[tuple[str, str, Any, Any]]:
    """What a row that is added, or goes, says; that it is there, where it says nothing."""
    values = [(key, group, record.__dict__.get(key)) for key, group in kept.attributes]
    for key, group, value in [each for each in values if each[2] not in (None, "", False)] or [("", "", True)]:
        yield f"{table}.{key}", group, None if is_new else value, value if is_new else None


def _custom_difference(record: Any, state: Any, table: str, how: str) -> Iterator[tuple[str, str, Any, Any]]:
    names = ("text", "number", "day", "flag")
    values = {name: record.__dict__.get(name) for name in names}
    now = next((value for value in values.values() if value is not None), None)
    gone = (h.deleted[0] for name in names if (h := state.attrs[name].history).deleted and h.deleted[0] is not None)
    before = None if how == "new" else now if how == "deleted" else next(gone, now)
    yield f"{table}.{record.field_id}", f"custom:{record.field_id}", before, None if how == "deleted" else now


def _subject(session: Session, record: Any, kept: _Kept) -> tuple[str, int] | None:
    """The record that changed, as the audit calls it; None of one that is a draft."""
    number = record.__dict__.get(kept.through) if kept.through else _own_id(record)
    if number is None:
        return None
    subject, owner = kept.subject, record
    if kept.owner is not None and kept.owner.polymorphic_on is not None and not subject:
        if kept.through:
            owner = session.identity_map.get(kept.owner.base_mapper.identity_key_from_primary_key((number,)))
        if owner is None:
            return None
        subject = owner.kind
        if "draft" in (owner.state, *(inspect(owner).attrs.state.history.deleted or ())):
            return None
    return subject, number


def _kept_of(record: object) -> _Kept | None:
    model: Any = type(record)
    found: _Kept | None = kept_of(model)
    return found


@cache
def kept_of(model: type) -> _Kept | None:
    """How the audit keeps records of a model; None where it doesn't."""
    mapper: Mapper[Any] = inspect(model)
    subject, through, owner = _named(mapper)
    if subject is None:
        return None
    is_custom = "field_id" in mapper.columns and "record_id" in mapper.columns
    composed = tuple((c.key, c.composite_class, tuple(p.key for p in c.props)) for c in mapper.composites)
    parts = {key for _key, _make, keys in composed for key in keys}
    attributes = tuple(
        (p.key, p.columns[0].info.get("group", ""))
        for p in mapper.column_attrs
        if p.key not in parts and _is_kept(mapper, p, through)
    )
    lists = tuple(r.key for r in mapper.relationships if r.secondary is not None and not r.viewonly)
    return _Kept(subject, through, owner, attributes, composed, lists, is_custom)


def _named(mapper: Mapper[Any]) -> tuple[str | None, str, Any]:
    """Noun, attribute with the owner's number and the owner's mapper; the noun is None where nothing is kept, and empty where
    each record says its own, as documents do."""
    model = mapper.class_
    if (named := getattr(model, "audited_as", None)) is not None:
        return named or None, "", None
    if noun := getattr(model, "noun", ""):
        return noun, "", None
    if (owning := _owning(mapper)) is not None:
        attribute, owner = owning
        subject, above, _mapper = _named(owner)
        return (None, "", None) if above else (subject, attribute, owner)
    if mapper.polymorphic_on is not None and hasattr(model, "state"):
        return "", "", mapper
    if len(mapper.primary_key) != 1 or mapper.primary_key[0].name != "id":
        return None, "", None
    module, _, name = mapper.base_mapper.local_table.name.partition("_")  # type: ignore[attr-defined]
    return f"{module}.{name}", "", None


def _owning(mapper: Mapper[Any]) -> tuple[str, Mapper[Any]] | None:
    """The attribute that names the record with which the model's rows go, and that record's mapper."""
    for column in mapper.local_table.columns if mapper.inherits is None else ():
        for key in column.foreign_keys:
            if key.ondelete == "CASCADE" or column.primary_key:
                owner = mapper_of(key.column.table)
                if owner is not None:
                    return mapper.get_property_by_column(column).key, owner
    return None


def _is_kept(mapper: Mapper[Any], attribute: Any, through: str) -> bool:
    column, key = attribute.columns[0], attribute.key
    if not isinstance(column, Column) or column.primary_key or key in _UNSAID or key == through:
        return False
    if mapper.polymorphic_on is not None and hasattr(mapper.class_, "state") and key in _UNSAID_OF_DOCUMENTS:
        return False
    return not ("unkept" in column.info or "made" in column.info)


def _own_id(record: Any) -> int:
    return record.__dict__.get("id") or 0


def _key(record: Any) -> tuple[Any, ...]:
    return tuple(inspect(record).mapper.primary_key_from_instance(record))


def _numbers(some: set[int]) -> str | None:
    return ", ".join(map(str, sorted(some))) or None
