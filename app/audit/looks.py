"""Looks: what people were shown of confidential fields beyond a single card, such as a page of a list with phone numbers.

A look is one row, written before its page is sent. What one person saw of one list within a minute becomes one line of the
audit, with how many rows on how many pages: once the minute is over, as a server looks after its jobs, or when somebody reads
or proves the audit. Nobody waits for a look: where others hold the database, it is kept in memory until the next one.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import groupby
from typing import Any

from sqlalchemy import BigInteger, String, event
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Mapped, Session, mapped_column

from app.audit.chain import note_line
from app.db import Base, Database, Id, KontorSession, is_transient, utc_now
from app.driver import Driver

#: action of the audit's lines
VIEW = "core.list.view"
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


@dataclass
class _Waiting:
    """Looks of a process that are still to be written, as others hold the database."""

    rows: list[tuple[Any, ...]] = field(default_factory=list)


_waiting: dict[str, _Waiting] = {}


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
    _write(session, _taken(session.info["database"]))
    until = "9999" if before is None else before.isoformat(" ", "microseconds")
    looks = sorted(Driver(session).rows(_TAKE, (until,)), key=lambda look: (_alike(look), look[1], look[0]))
    count = 0
    for _key, some in groupby(looks, key=_alike):
        _record(session, list(some))
        count += 1
    return count


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
    if looks := session.info.pop("looks", None):
        _write_at_once(session.info["database"], session.info["actor"], looks)


@event.listens_for(KontorSession, "after_rollback")
def _forget_noted(session: Session) -> None:
    session.info.pop("looks", None)


def _write_at_once(database: Database, actor: Any, looks: list[tuple[Any, ...]]) -> None:
    """Write looks unless others hold the database; then they wait in memory."""
    looks = [*_taken(database), *looks]
    try:
        with database.session(actor, write=True, patience=0) as session:
            _write(session, looks)
            session.commit()
    except DBAPIError as error:
        _waiting.setdefault(database.url, _Waiting()).rows += looks
        if not is_transient(error):
            raise


def _taken(database: Database) -> list[tuple[Any, ...]]:
    waiting = _waiting.pop(database.url, None)
    return waiting.rows if waiting is not None else []


def _write(session: Session, looks: Iterable[tuple[Any, ...]]) -> None:
    if looks := list(looks):
        Driver(session).run_each(_INSERT, looks)
