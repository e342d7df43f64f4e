"""Proving that no line of the audit was changed or removed, and that what was erased was erased by an act that has its line."""

from collections.abc import Callable, Iterator
from contextlib import closing
from itertools import groupby
from typing import Any

from sqlalchemy import and_, select
from sqlalchemy.orm import Session

from app.audit.chain import BEGIN, ERASE, START, SYSTEM, chained, digest_of
from app.audit.models import AuditChange, AuditHead, AuditLine, AuditValue

Record = tuple[str | None, int | None]


def verify(session: Session, read: Callable[[int], None] | None = None) -> Iterator[str]:
    """Every error of the chains, in words; nothing when they are whole. Reads one line at a time.

    `read` is called now and then with how many were read.
    """
    heads = {head.chain: head for head in session.scalars(select(AuditHead))}
    known = set(heads)
    chain, sequence, previous = None, 0, START
    gone: dict[Record, str] = {}
    erased: set[Record] = set()
    with closing(_lines(session)) as lines, closing(_changes(session)) as changes:
        waiting: Any = next(changes, None)
        for count, line in enumerate(lines):
            if read is not None and count % 1000 == 0:
                read(count)
            if line.chain != chain:
                if chain is not None:
                    yield from _end_of(chain, sequence, previous, heads)
                chain, sequence, previous = line.chain, 0, START
            sequence += 1
            digests: list[str] = []
            while waiting is not None and waiting[0] <= (line.chain, line.sequence):
                if waiting[0] < (line.chain, line.sequence):
                    yield f"audit: changes of a line that isn't there: chain {waiting[0][0]}, line {waiting[0][1]}"
                else:
                    digests = [change.digest for change, _value in waiting[1]]
                    yield from _of_changes(line, waiting[1], gone)
                waiting = next(changes, None)
            if line.sequence != sequence:
                yield f"audit: chain {chain} lacks line {sequence}"
                sequence = line.sequence
            elif line.digest != chained(previous, _fields(line)) or not _is_sealed(line, gone):
                yield f"audit: line {line.id} was changed"
            if line.changes != (digest_of(*digests) if digests else None):
                yield f"audit: what line {line.id} says of changes was changed"
            previous = line.digest
            if line.action == ERASE:
                erased.add((line.subject, line.subject_id))
            if line.action == BEGIN and line.chain == SYSTEM and line.subject_id not in known:
                yield f"audit: chain {line.subject_id} is missing"
        if waiting is not None:
            yield f"audit: changes of a line that isn't there: chain {waiting[0][0]}, line {waiting[0][1]}"
    if chain is not None:
        yield from _end_of(chain, sequence, previous, heads)
    for chain in heads:
        yield f"audit: chain {chain} is missing"
    for record, where in gone.items():
        if record not in erased:
            yield f"audit: {where} was erased, and no line says so"


def _lines(session: Session) -> Any:
    """The lines in their order; the database's cursor is closed with them, also when nobody reads to the end."""
    query = select(AuditLine).order_by(AuditLine.chain, AuditLine.sequence)
    with closing(session.scalars(query.execution_options(yield_per=1000))) as lines:
        yield from lines


def _changes(session: Session) -> Any:
    """The changes of each line with their values, in the order of the lines."""
    of, value = AuditChange, AuditValue
    same = (value.chain == of.chain, value.sequence == of.sequence, value.position == of.position)
    query = select(of, value).outerjoin(value, and_(*same)).order_by(of.chain, of.sequence, of.position)
    with closing(session.execute(query.execution_options(yield_per=1000))) as rows:
        for key, some in groupby(rows, key=lambda row: (row[0].chain, row[0].sequence)):
            yield key, [tuple(row) for row in some]


def _of_changes(line: AuditLine, changes: list[Any], gone: dict[Record, str]) -> Iterator[str]:
    for change, value in changes:
        if value is None:
            gone[change.subject, change.subject_id] = f"what line {line.id} says of a change"
            continue
        where = (change.subject, str(change.subject_id), change.field, change.part)
        if change.digest != digest_of(value.salt, *where, value.field_group, value.before, value.after):
            yield f"audit: what line {line.id} says of changes was changed"


def _is_sealed(line: AuditLine, gone: dict[Record, str]) -> bool:
    """Whether the summary is the one that was sealed; one that was erased is noted in `gone`."""
    if line.sealed is None:
        return True
    if line.salt is None and not line.summary:
        gone[line.subject, line.subject_id] = f"the text of line {line.id}"
        return True
    return line.salt is not None and line.sealed == digest_of(line.salt, line.summary)


def _end_of(chain: int, sequence: int, digest: str, heads: dict[int, AuditHead]) -> Iterator[str]:
    head = heads.pop(chain, None)
    if head is None or (head.sequence, head.digest) != (sequence, digest):
        yield f"audit: chain {chain} does not end where its head says"


def _fields(line: AuditLine) -> dict[str, Any]:
    names = ("chain", "sequence", "moment", "actor", "action", "subject", "subject_id")
    fields = {
        name: getattr(line, name)
        for name in (*names, *(("summary",) if line.sealed is None else ("sealed", "changes")))
    }
    fields["moment"] = line.moment.isoformat(" ", "microseconds")
    return fields
