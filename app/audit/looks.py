"""Looks: what people were shown of confidential fields beyond a single card, such as a page of a list with phone numbers.

A look is one row, written before its page is sent. What one person saw of one list within a minute becomes one line of the
audit, with how many rows on how many pages: once the minute is over, as a server looks after its jobs, or when somebody reads
or proves the audit. Nobody waits for a look: where others hold the database, it is kept in memory until the next one, until a
minute has passed or until the server stops. Where it can't be written at all, as the disk is full, its page isn't sent.
"""

import threading
from collections.abc import Iterable, Sequence
from datetime import datetime
from itertools import groupby
from typing import Any

import structlog
from sqlalchemy import BigInteger, String, event, select
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Mapped, Session, SessionTransaction, mapped_column

from app.audit.chain import note_line
from app.db import Base, Database, Id, KontorSession, is_transient, utc_now
from app.driver import Driver

#: action of the audit's lines
VIEW = "core.list.view"
#: Seconds that a server that stops waits for whoever holds the database: less than it is given to end.
LAST_PATIENCE = 3.0
_INSERT = (
    "INSERT INTO core_look (moment, user_id, actor, subject, subject_id, list_name, way, row_count)"
    " VALUES (?, ?, ?, ?, ?, ?, ?, ?)"
)
_TAKE = (
    "DELETE FROM core_look WHERE moment < ?"
    " RETURNING id, moment, user_id, actor, subject, subject_id, list_name, way, row_count"
)


class Look(Base):
    """Rows that somebody was shown, until the audit has its line of them."""

    audited_as = ""

    __tablename__ = "core_look"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    #: UTC, as the audit writes it
    moment: Mapped[str] = mapped_column(String(30), index=True)
    user_id: Mapped[int] = mapped_column(BigInteger)
    actor: Mapped[str] = mapped_column(String(200))
    #: on whose card it was: `module.noun` and its row; the list itself, where it was on none
    subject: Mapped[str] = mapped_column(String(100))
    subject_id: Mapped[int | None] = mapped_column(BigInteger)
    #: the list's name
    list_name: Mapped[str] = mapped_column(String(100))
    #: page, search, or the name of a print
    way: Mapped[str] = mapped_column(String(60))
    row_count: Mapped[int]


class _Waiting:
    """Looks of this process that are still to be written, as others held their database; by its address."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._rows: dict[str, list[tuple[Any, ...]]] = {}

    def add(self, database: Database, rows: Iterable[tuple[Any, ...]]) -> None:
        with self._lock:
            self._rows.setdefault(database.url, []).extend(rows)

    def take(self, database: Database) -> list[tuple[Any, ...]]:
        with self._lock:
            return self._rows.pop(database.url, [])

    def has_any(self, database: Database) -> bool:
        with self._lock:
            return database.url in self._rows


_waiting = _Waiting()
_log = structlog.get_logger("audit")


def note_look(
    session: Session, name: str, *, rows: int, way: str, subject: str | None = None, subject_id: int | None = None
) -> None:
    """Note that the session's actor is shown `rows` of the list `name` by a `way`, on the card of `subject` where it is on
    one. It is written when the session commits; the program itself looks at nothing."""
    actor = session.info["actor"]
    if actor.user_id is None:
        return
    moment = utc_now().isoformat(" ", "microseconds")
    row = (moment, actor.user_id, actor.name, subject or name, subject_id, name, way, rows)
    session.info.setdefault("looks", []).append(row)


def write_down_looks(session: Session, before: datetime | None = None) -> int:
    """Let the audit have its lines of all looks, or of those before a moment (UTC): a line for each person, list and minute.
    Gives how many lines. What other processes keep in memory they write themselves, at their next look."""
    _write_waiting(session)
    until = "9999" if before is None else before.isoformat(" ", "microseconds")
    looks = sorted(Driver(session).rows(_TAKE, (until,)), key=lambda look: (_alike(look), look[1], look[0]))
    count = 0
    for _key, some in groupby(looks, key=_alike):
        _record(session, list(some))
        count += 1
    return count


def are_looks_waiting(session: Session) -> bool:
    """Whether there are looks of which the audit has no line yet: in the database, or in this process's memory."""
    return _waiting.has_any(session.info["database"]) or session.scalar(select(Look.id).limit(1)) is not None


def write_last_looks(database: Database, actor: Any) -> None:
    """Write what waits in memory, as the process ends; what can't be written is in the log."""
    if not _waiting.has_any(database):
        return
    try:
        with database.session(actor, write=True, patience=LAST_PATIENCE) as session:
            _write_waiting(session)
            session.commit()
    except DBAPIError:
        for look in _waiting.take(database):
            _log.error("look.not_written", look=look)


def _alike(look: Any) -> tuple[Any, ...]:
    """Who saw what on which card, how, and in which minute."""
    _id, moment, user_id, _actor, subject, subject_id, name, way, _rows = look
    return user_id, subject, subject_id or 0, name, way, moment[:16]


def _record(session: Session, looks: Sequence[Any]) -> None:
    _id, moment, user_id, actor, subject, subject_id, name, way, _rows = looks[0]
    rows = sum(look[8] for look in looks)
    times = f" ×{len(looks)}" if len(looks) > 1 else ""
    note_line(
        session,
        user_id,
        moment=moment,
        actor=actor,
        action=VIEW,
        subject=subject,
        subject_id=subject_id,
        summary=f"{name}: {rows} rows, {way}{times}",
    )


@event.listens_for(KontorSession, "before_commit")
def _write_noted(session: Session) -> None:
    if session.info["writes"] and session.info.get("looks"):
        _write(session, session.info.pop("looks"))


@event.listens_for(KontorSession, "after_commit")
def _write_seen(session: Session) -> None:
    if not session.in_nested_transaction():
        session.info.pop("taken_looks", None)
    if looks := session.info.pop("looks", None):
        _write_at_once(session.info["database"], session.info["actor"], looks)


@event.listens_for(KontorSession, "after_rollback")
def _forget_noted(session: Session) -> None:
    if not session.in_nested_transaction():  # what was shown before a savepoint was shown
        session.info.pop("looks", None)


@event.listens_for(KontorSession, "after_transaction_end")
def _put_back(session: Session, transaction: SessionTransaction) -> None:
    """What was taken of the memory and not committed waits again."""
    if transaction.parent is None and (looks := session.info.pop("taken_looks", None)):
        _waiting.add(session.info["database"], looks)


def _write_at_once(database: Database, actor: Any, looks: list[tuple[Any, ...]]) -> None:
    """Write looks unless others hold the database; then they wait in memory. Raises DBAPIError where they can't be written:
    nobody is shown what the audit doesn't learn of, and nothing of it is kept."""
    try:
        with database.session(actor, write=True, patience=0) as session:
            _write_waiting(session)
            _write(session, looks)
            session.commit()
    except DBAPIError as error:
        if not is_transient(error):
            raise
        _waiting.add(database, looks)


def _write_waiting(session: Session) -> None:
    """Write what waits in memory; unless the session commits, it waits again."""
    looks = _waiting.take(session.info["database"])
    session.info.setdefault("taken_looks", []).extend(looks)
    _write(session, looks)


def _write(session: Session, looks: Iterable[tuple[Any, ...]]) -> None:
    if looks := list(looks):
        Driver(session).run_each(_INSERT, looks)
