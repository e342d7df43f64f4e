"""What a session has read once of records that many documents name; it forgets them when they change or were never so."""

from collections.abc import Iterable
from typing import Any

from sqlalchemy import event
from sqlalchemy.orm import Session

from app.db import KontorSession

_KEY = "remembered"


def remembered(session: Session, what: str) -> dict[int, Any]:
    """The session's rows of `what` by id, to be filled by who asks for more.

    While the actor's scope is left, an empty one that nobody keeps: what it finds may not be open to them.
    """
    if session.info.get("unrestricted"):
        return {}
    rows: dict[int, Any] = session.info.setdefault(_KEY, {}).setdefault(what, {})
    return rows


def forget(session: Session, what: str, record_id: int) -> None:
    """Read a record from the database the next time, as it has changed."""
    session.info.get(_KEY, {}).get(what, {}).pop(record_id, None)


def forget_what_others_change(session: Session, what: str, ids: Iterable[int]) -> None:
    """Read records again that others may have changed while the session waited for a lock; where there is one writer at a
    time, nobody has."""
    if not session.info["database"].is_sqlite:
        for record_id in ids:
            forget(session, what, record_id)


def forget_all(session: Session, what: str) -> None:
    """Read every record of `what` again the next time."""
    session.info.get(_KEY, {}).pop(what, None)


def set_aside(session: Session, others: dict[str, dict[int, Any]] | None = None) -> dict[str, dict[int, Any]]:
    """Let the session know `others` instead of all that it remembers, which is given back."""
    known: dict[str, dict[int, Any]] = session.info.pop(_KEY, {})
    if others:
        session.info[_KEY] = others
    return known


@event.listens_for(KontorSession, "after_soft_rollback")
def _forget_all(session: Session, _transaction: Any) -> None:
    session.info.pop(_KEY, None)
