"""Recording audit lines and proving that none was changed or removed."""

import hashlib
import json
from collections.abc import Callable, Iterator
from contextlib import closing
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.audit.models import AuditHead, AuditLine
from app.bare import Bare
from app.db import utc_now

_START = "0" * 64
_READ_ALONE = "SELECT sequence, digest FROM core_audit_head WHERE chain = ?"
_READ_LOCKING = _READ_ALONE + " FOR UPDATE"
_FIRST = "INSERT INTO core_audit_head (sequence, digest, chain) VALUES (0, ?, ?) ON CONFLICT (chain) DO NOTHING"
_LINE = (
    "INSERT INTO core_audit (chain, sequence, moment, actor, action, subject, subject_id, summary, digest)"
    " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)"
)
_HEAD = "UPDATE core_audit_head SET sequence = ?, digest = ? WHERE chain = ?"


def record(
    session: Session, action: str, *, subject: str | None = None, subject_id: int | None = None, summary: str = ""
) -> None:
    """Add a line for the session's actor, within the session's transaction: no act without its line, nor the reverse."""
    actor = session.info["actor"]
    bare = Bare(session)
    chain = actor.user_id or 0
    last, previous = _hold_head(bare, chain)
    sequence, moment = last + 1, utc_now().isoformat(" ", "microseconds")
    line = {
        "chain": chain,
        "sequence": sequence,
        "moment": moment,
        "actor": actor.name,
        "action": action,
        "subject": subject,
        "subject_id": subject_id,
        "summary": summary,
    }
    digest = _digest(previous, line)
    with bare.together():
        bare.run(_LINE, (*line.values(), digest))
        bare.run(_HEAD, (sequence, digest, chain))


def _hold_head(bare: Bare, chain: int) -> tuple[Any, ...]:
    """Where the chain ends, held against other writers of the same chain until the transaction ends."""
    read = _READ_ALONE if bare.is_sqlite else _READ_LOCKING  # SQLite has one writer anyway, and no FOR UPDATE
    head = bare.row(read, (chain,))
    if head is None:
        # Two who begin a chain at once must meet on a row: the second waits here, then finds what the first has left.
        bare.run(_FIRST, (_START, chain))
        head = bare.row(read, (chain,))
    assert head is not None
    return head


def verify(session: Session, read: Callable[[int], None] | None = None) -> Iterator[str]:
    """Every fault of the chains, in words; nothing when they are whole. Reads one line at a time.

    `read` is told now and then how many were read.
    """
    heads = {head.chain: head for head in session.scalars(select(AuditHead))}
    chain, sequence, previous = None, 0, _START
    lines = select(AuditLine).order_by(AuditLine.chain, AuditLine.sequence).execution_options(yield_per=1000)
    for count, line in enumerate(_closed_after(session.scalars(lines))):
        if read is not None and count % 1000 == 0:
            read(count)
        if line.chain != chain:
            if chain is not None:
                yield from _end_of(chain, sequence, previous, heads)
            chain, sequence, previous = line.chain, 0, _START
        sequence += 1
        if line.sequence != sequence:
            yield f"audit: chain {chain} lacks line {sequence}"
            sequence = line.sequence
        elif line.digest != _digest(previous, _fields(line)):
            yield f"audit: line {line.id} was changed"
        previous = line.digest
    if chain is not None:
        yield from _end_of(chain, sequence, previous, heads)
    for chain in heads:
        yield f"audit: chain {chain} is missing"


def _closed_after(lines: Any) -> Iterator[AuditLine]:
    """The lines, and the database's cursor closed after them, also when nobody reads to the end."""
    with closing(lines):
        yield from lines


def _end_of(chain: int, sequence: int, digest: str, heads: dict[int, AuditHead]) -> Iterator[str]:
    head = heads.pop(chain, None)
    if head is None or (head.sequence, head.digest) != (sequence, digest):
        yield f"audit: chain {chain} does not end where its head says"


def _fields(line: AuditLine) -> dict[str, Any]:
    names = ("chain", "sequence", "moment", "actor", "action", "subject", "subject_id", "summary")
    fields = {name: getattr(line, name) for name in names}
    fields["moment"] = line.moment.isoformat(" ", "microseconds")
    return fields


def _digest(previous: str, line: dict[str, Any]) -> str:
    body = json.dumps(line, ensure_ascii=False, sort_keys=True)
    return hashlib.sha256((previous + body).encode()).hexdigest()
