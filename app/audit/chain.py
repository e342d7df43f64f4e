"""Recording audit lines, and what the acts they tell of have changed (ADR 56)."""

import hashlib
import json
import secrets
from typing import Any

from sqlalchemy import event
from sqlalchemy.orm import Session

from app.audit.changes import Change, changes_of
from app.audit.models import AuditChange, AuditValue
from app.db import KontorSession, utc_now
from app.driver import Driver
from app.inserts import Insert

START = "0" * 64
#: The chain of what the program does by itself.
SYSTEM = 0
#: Says in it that a user's chain has begun.
BEGIN = "audit.chain.begin"
_READ_ALONE = "SELECT sequence, digest FROM core_audit_head WHERE chain = ?"
_READ_LOCKING = _READ_ALONE + " FOR UPDATE"
_FIRST = "INSERT INTO core_audit_head (sequence, digest, chain) VALUES (0, ?, ?) ON CONFLICT (chain) DO NOTHING"
#: Says that the values of a record's changes were erased, and the summaries of its lines.
ERASE = "core.audit.erase"
#: Records were changed and no operation has said so.
UNSAID = "core.record.change"
_LINE = (
    "INSERT INTO core_audit"
    " (chain, sequence, moment, actor, action, subject, subject_id, summary, salt, sealed, changes, digest)"
    " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
)
_HEAD = "UPDATE core_audit_head SET sequence = ?, digest = ? WHERE chain = ?"
_CHANGES = Insert(
    AuditChange.__table__,  # type: ignore[arg-type]
    ("chain", "sequence", "position", "subject", "subject_id", "field", "part", "digest"),
)
_VALUES = Insert(
    AuditValue.__table__,  # type: ignore[arg-type]
    ("chain", "sequence", "position", "field_group", "before", "after", "salt"),
)


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
    if not session.info["writes"] or session.in_nested_transaction():
        return  # lines are written last of all, not with a savepoint
    session.flush()  # what a commit does next: what it changes is said too
    changes = changes_of(session)
    if changes and not session.info.get("audit"):
        _say_unsaid(session, changes)
    if session.info.get("audit"):
        _write(session, session.info.pop("audit"), changes)


@event.listens_for(KontorSession, "after_commit")
def _write_seen(session: Session) -> None:
    noted = None if session.in_nested_transaction() else session.info.pop("audit", None)
    if noted:
        session.info["database"].run(lambda writing: _write(writing, noted, []), actor=session.info["actor"])


def _say_unsaid(session: Session, changes: list[Change]) -> None:
    """Note a line of what was changed without one: of one record, or of several together."""
    records = {(change.subject, change.subject_id) for change in changes}
    subject, subject_id = records.pop() if len(records) == 1 else (None, None)
    record(session, UNSAID, subject=subject, subject_id=subject_id)


def _write(session: Session, noted: list[tuple[int, dict[str, Any]]], changes: list[Change]) -> None:
    """Lines onto the ends of their chains; in one order, the system's own last, so that two writers never lock each
    other. The beginning of a user's chain is recorded in the system's, so that one that is gone whole is missed."""
    driver = Driver(session)
    _give(noted, changes)
    own = [line for chain, line in noted if chain == SYSTEM]
    for chain in sorted({chain for chain, _ in noted} - {SYSTEM}):
        lines = [line for of, line in noted if of == chain]
        if _append(driver, chain, lines):
            begun = {"action": BEGIN, "subject": "core.user", "subject_id": chain, "summary": "", "changes": []}
            own.append({**lines[0], **begun})
    if own:
        _append(driver, SYSTEM, own)


def _give(noted: list[tuple[int, dict[str, Any]]], changes: list[Change]) -> None:
    """Give each change to the line that tells of it: of its record, the first since it was made, or else the last; else the
    next line, as of an import that tells of many records."""
    for _chain, line in noted:
        line["changes"] = []
    of_record: dict[tuple[str | None, int | None], list[int]] = {}
    for number, (_chain, line) in enumerate(noted):
        of_record.setdefault((line["subject"], line["subject_id"]), []).append(number)
    for change in changes:
        own = of_record.get((change.subject, change.subject_id), [])
        since = [number for number in own if number >= change.noted]
        number = since[0] if since else own[-1] if own else min(change.noted, len(noted) - 1)
        noted[number][1]["changes"].append(change)


def _append(driver: Driver, chain: int, lines: list[dict[str, Any]]) -> bool:
    """Write the lines and their changes; whether the chain has begun with them."""
    sequence, digest = _hold_head(driver, chain)
    begins = bool(sequence == 0)
    changed: list[tuple[Any, ...]] = []
    values: list[tuple[Any, ...]] = []
    with driver.together():
        for line in lines:
            sequence += 1
            changes, summary, salt = line.pop("changes"), line.pop("summary"), secrets.token_hex(16)
            rows = [_rows(chain, sequence, position, change) for position, change in enumerate(changes, 1)]
            changed += [row for row, _value in rows]
            values += [value for _row, value in rows]
            sealed = digest_of(salt, summary)
            together = digest_of(*(row[-1] for row, _value in rows)) if rows else None
            said = {"chain": chain, "sequence": sequence, **line, "sealed": sealed, "changes": together}
            digest = chained(digest, said)
            driver.run(_LINE, (chain, sequence, *line.values(), summary, salt, sealed, together, digest))
        if changed:
            _CHANGES.run(driver, changed)
            _VALUES.run(driver, values)
        driver.run(_HEAD, (sequence, digest, chain))
    return begins


def _rows(chain: int, sequence: int, position: int, change: Change) -> tuple[tuple[Any, ...], tuple[Any, ...]]:
    """A change, and its values beside it."""
    salt = secrets.token_hex(16)
    where = (change.subject, str(change.subject_id), change.field, change.part)
    digest = digest_of(salt, *where, change.group, change.before, change.after)
    row = (chain, sequence, position, change.subject, change.subject_id, change.field, change.part, digest)
    return row, (chain, sequence, position, change.group, change.before, change.after, salt)


def _hold_head(driver: Driver, chain: int) -> tuple[Any, ...]:
    """Where the chain ends, held against other writers of the same chain until the transaction ends."""
    read = _READ_ALONE if driver.is_sqlite else _READ_LOCKING  # SQLite has one writer anyway, and no FOR UPDATE
    head = driver.row(read, (chain,))
    if head is None:
        # Two who begin a chain at once must meet on a row: the second waits here, then finds what the first has left.
        driver.run(_FIRST, (START, chain))
        head = driver.row(read, (chain,))
    assert head is not None
    return head


def digest_of(*parts: str | None) -> str:
    """SHA-256 of texts, each by itself."""
    return hashlib.sha256(json.dumps(parts, ensure_ascii=False).encode()).hexdigest()


def chained(previous: str, line: dict[str, Any]) -> str:
    """The digest of a line that follows one with the digest `previous`."""
    body = json.dumps(line, ensure_ascii=False, sort_keys=True)
    return hashlib.sha256((previous + body).encode()).hexdigest()
