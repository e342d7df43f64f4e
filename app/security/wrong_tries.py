"""How often secrets were wrong, counted in the database for all server processes together."""

from datetime import datetime, timedelta
from typing import NamedTuple

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from app.db import utc_now
from app.security.login import digest_of
from app.security.models import WrongTries


class Counted(NamedTuple):
    """How many tries count, and until when (UTC)."""

    times: int
    until: datetime


def count_wrong(session: Session, key: str, seconds: float, times: int = 1) -> int:
    """Count tries of a key; all of a key's end `seconds` after its first. Gives how many there are. Those of any key that have
    ended go when a new key comes."""
    now, digest = utc_now(), digest_of(key)
    more = update(WrongTries).where(WrongTries.digest == digest, WrongTries.until > now)
    known = session.scalar(more.values(times=WrongTries.times + times).returning(WrongTries.times))
    if known is None:  # of two who are the first one is refused by the database, and begins again
        session.execute(delete(WrongTries).where(WrongTries.until <= now))
        session.add(WrongTries(digest=digest, times=times, until=now + timedelta(seconds=seconds)))
    return known or times


def counted_wrong(session: Session, key: str) -> Counted | None:
    """The tries of a key that count now; None where there are none."""
    query = select(WrongTries.times, WrongTries.until)
    row = session.execute(query.where(WrongTries.digest == digest_of(key), WrongTries.until > utc_now())).first()
    return Counted(*row) if row is not None else None
