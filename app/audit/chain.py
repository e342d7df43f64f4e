"""Recording audit lines and proving that none was changed or removed."""

import hashlib
import json
from collections.abc import Callable, Iterator
from contextlib import closing
from typing import Any

from sqlalchemy import event, select
from sqlalchemy.orm import Session

from app.audit.models import AuditHead, AuditLine
from app.db import KontorSession, utc_now
from app.driver import Driver

_START = "0" * 64
#: The chain of what the program does by itself.
SYSTEM = 0
#: Says in it that a user's chain has begun.
BEGIN = "audit.chain.begin"
_READ_ALONE = "SELECT sequence, digest FROM core_audit_head WHERE chain = ?"
_READ_LOCKING = _READ_ALONE + " FOR UPDATE"
_FIRST = "INSERT INTO core_audit_head (sequence, digest, chain) VALUES (0, ?, ?) ON CONFLICT (chain) DO NOTHING"
_LINE = (
    "INSERT INTO core_audit (chain, sequence, moment, actor, action, subject, subject_id, summary, digest)"
    " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)"
)
_HEAD = "UPDATE core_audit_head SET sequence = ?, digest = ? WHERE chain = ?"


def record(
    session: Session,
    action: str,
    *,
    subject: str | None = None,
    subject_id: int | None = None,
    summary: str = "",
    actor: Any = None,
) -> None:
    """Note a line for the session's actor, or for `actor`: no act without it, nor the reverse.

    It is written when the session commits, last of all, so that a long act of a user does not keep their other acts waiting
    for the end of their chain. What a session that only reads has noted is written in a transaction of its own, before
    anybody sees what was read.
    """
    actor = actor or session.info["actor"]
    note_line(
        session,
        actor.user_id or SYSTEM,
        moment=utc_now().isoformat(" ", "microseconds"),
        actor=actor.name,
        action=action,
        subject=subject,
        subject_id=subject_id,
        summary=summary,
    )


def note_line(
    session: Session,
    chain: int,
    *,
    moment: str,
    actor: str,
    action: str,
    subject: str | None,
    subject_id: int | None,
    summary: str,
) -> None:
    """Note a line of what happened at a `moment` (UTC) for a chain: a user's id, or SYSTEM. It is written as `record` says."""
    noted = {
        "moment": moment,
        "actor": actor,
        "action": action,
        "subject": subject,
        "subject_id": subject_id,
        "summary": summary,
    }
    session.info.setdefault("audit", []).append((chain, noted))


@event.listens_for(KontorSession, "before_commit")
def _write_noted(session: Session) -> None:
    if session.info["writes"] and session.info.get("audit"):
        session.flush()
        _write(session, session.info.pop("audit"))


@event.listens_for(KontorSession, "after_commit")
def _write_seen(session: Session) -> None:
    noted = session.info.pop("audit", None)
    if noted:
        session.info["database"].run(lambda writing: _write(writing, noted), actor=session.info["actor"])


@event.listens_for(KontorSession, "after_rollback")
def _forget_noted(session: Session) -> None:
    session.info.pop("audit", None)


def _write(session: Session, noted: list[tuple[int, dict[str, Any]]]) -> None:
    """Lines onto the ends of their chains; in one order, the system's own last, so that two writers never lock each
    other. The beginning of a user's chain is recorded in the system's, so that one that is gone whole is missed."""
    driver = Driver(session)
    own = [line for chain, line in noted if chain == SYSTEM]
    for chain in sorted({chain for chain, _ in noted} - {SYSTEM}):
        lines = [line for of, line in noted if of == chain]
        if _append(driver, chain, lines):
            own.append({**lines[0], "action": BEGIN, "subject": "core.user", "subject_id": chain, "summary": ""})
    if own:
        _append(driver, SYSTEM, own)


def _append(driver: Driver, chain: int, lines: list[dict[str, Any]]) -> bool:
    """Write the lines; whether the chain has begun with them."""
    sequence, digest = _hold_head(driver, chain)
    begins = bool(sequence == 0)
    with driver.together():
        for line in lines:
            sequence += 1
            digest = _digest(digest, {"chain": chain, "sequence": sequence, **line})
            driver.run(_LINE, (chain, sequence, *line.values(), digest))
        driver.run(_HEAD, (sequence, digest, chain))
    return begins


def _hold_head(driver: Driver, chain: int) -> tuple[Any, ...]:
    """Where the chain ends, held against other writers of the same chain until the transaction ends."""
    read = _READ_ALONE if driver.is_sqlite else _READ_LOCKING  # SQLite has one writer anyway, and no FOR UPDATE
    head = driver.row(read, (chain,))
    if head is None:
        # Two who begin a chain at once must meet on a row: the second waits here, then finds what the first has left.
        driver.run(_FIRST, (_START, chain))
        head = driver.row(read, (chain,))
    assert head is not None
    return head


def verify(session: Session, read: Callable[[int], None] | None = None) -> Iterator[str]:
    """Every error of the chains, in words; nothing when they are whole. Reads one line at a time.

    `read` is called now and then with how many were read.
    """
    heads = {head.chain: head for head in session.scalars(select(AuditHead))}
    known = set(heads)
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
        if line.action == BEGIN and line.chain == SYSTEM and line.subject_id not in known:
            yield f"audit: chain {line.subject_id} is missing"
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
