"""Changing many rows at once, past the unit of work, so that the audit still says what each said before and says after.

Every UPDATE and DELETE of a table whose changes are kept goes through here; a test finds those that don't
(`tests/unit/test_changes_are_noted.py`). Whoever calls has asked for the right: rows are changed whoever sees them.
"""

from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from sqlalchemy import delete, select, tuple_, update
from sqlalchemy.orm import Mapper, Session
from sqlalchemy.orm.attributes import set_committed_value

from app.audit.changes import note_differences, note_emptied, note_row, numbers
from app.audit.kept import kept_of, listed_in
from app.audit.stored import ROWS, is_known, rows_of
from app.db import mapper_of, pieces

Row = tuple[Any, ...]


def change_rows(session: Session, of: Any, *where: Any, **values: Any) -> int:
    """Let rows of a model or a table say these values, by attribute; gives how many there were. `where`: of its table."""
    session.flush()
    if (mapper := _mapper(of)) is None:
        with _noting_lists(session, of, where, values):
            return ROWS(session).execute(update(of).where(*where).values(values)).rowcount
    kept, said = kept_of(mapper.class_), {mapper.columns[key]: value for key, value in values.items()}
    found = list(rows_of(ROWS(session), mapper, kept.together_with(values) if kept else (), *where, held=True))
    for some in pieces(found):
        ROWS(session).execute(update(_table(mapper)).where(_are(mapper, some)).values(said))
    for row, before in found:
        if kept is not None:
            note_row(session, mapper, kept, row, before, {**before, **values})
        _tell(session, mapper, row, values)
    return len(found)


def remove_rows(session: Session, of: Any, *where: Any) -> int:
    """Remove rows of a model or a table; gives how many there were. `where`: of its table."""
    session.flush()
    if (mapper := _mapper(of)) is None:
        with _noting_lists(session, of, where, {}):
            return ROWS(session).execute(delete(of).where(*where)).rowcount
    kept = kept_of(mapper.class_)
    found = list(rows_of(ROWS(session), mapper, kept.keys if kept else (), *where, held=True))
    for some in pieces(found):
        if len(mapper.primary_key) == 1:
            note_emptied(session, mapper, [row[0] for row, _said in some])
        ROWS(session).execute(delete(_table(mapper)).where(_are(mapper, some)))
    for row, before in found:
        if kept is not None:
            note_row(session, mapper, kept, row, before, None)
        if (known := _known(session, mapper, row)) is not None:
            session.expunge(known)
    return len(found)


def _table(mapper: Mapper[Any]) -> Any:
    return mapper.local_table


def _mapper(of: Any) -> Mapper[Any] | None:
    """The mapper of a model's or a table's rows; None of a table that holds lists, or nothing that has a model."""
    return mapper_of(getattr(of, "__table__", of))


def _are(mapper: Mapper[Any], rows: Collection[tuple[Row, Any]]) -> Any:
    keys = [row for row, _said in rows]
    own = list(_table(mapper).primary_key)
    return own[0].in_([key[0] for key in keys]) if len(own) == 1 else tuple_(*own).in_(keys)


def _known(session: Session, mapper: Mapper[Any], row: Row) -> Any:
    """The record of a row that the session has loaded."""
    keys = {kind.identity_key_from_primary_key(row) for kind in mapper.self_and_descendants}
    return next((session.identity_map[key] for key in keys if key in session.identity_map), None)


def _tell(session: Session, mapper: Mapper[Any], row: Row, values: Mapping[str, Any]) -> None:
    """Let a record that the session has say what its row says now; what it shows as dots stays so."""
    known = _known(session, mapper, row)
    for key, value in values.items() if known is not None else ():
        if key in known.__dict__ and is_known(known.__dict__[key]):
            set_committed_value(known, key, value)


@contextmanager
def _noting_lists(session: Session, table: Any, where: Collection[Any], values: Mapping[str, Any]) -> Iterator[None]:
    """Note which records the lists of others have, when the table holds such lists, before the block and after it."""
    relationship = listed_in(table)
    if relationship is None:
        yield
        return
    ((_own, owner),), ((_their, target),) = relationship.synchronize_pairs, relationship.secondary_synchronize_pairs
    owners = set(ROWS(session).scalars(select(owner).where(*where))) | {values[n] for n in values if n == owner.name}

    def lists() -> dict[int, set[int]]:
        found: dict[int, set[int]] = {number: set() for number in owners}
        for some in pieces(sorted(owners)):
            for row in ROWS(session).execute(select(owner, target).where(owner.in_(some))):
                found[row[0]].add(row[1])
        return found

    before = lists()
    yield
    mapper, after = relationship.parent, lists()
    kept, field = kept_of(mapper.class_), f"{mapper.local_table.name}.{relationship.key}"
    assert kept is not None
    for number in sorted(owners):
        said = (field, "", numbers(before[number]), numbers(after[number]))
        note_differences(session, (kept.subject, number), kept, (number,), iter((said,)))
        if (known := _known(session, mapper, (number,))) is not None:
            session.expire(known, [relationship.key])
