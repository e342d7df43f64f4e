"""Records that two people may edit at once: each saving is a version, and who began from an older one gets a message."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import inspect, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from app.db import pieces
from app.errors import Changed
from app.past_policy import PastPolicy

_LOCKS = PastPolicy("rows are locked that the session has already, by their keys")


class Versioned:
    """Mixed into models: `version` counts from 1 how often a record was saved."""

    version: Mapped[int] = mapped_column(default=1)


def begin_versions(session: Session, seen: Mapping[Any, int | None]) -> None:
    """Lock stored records of one table, in the order of their keys, and let each be the next version. Refused (Changed): one
    saved since the version that was `seen` of it; None takes any."""
    by_key = {inspect(record).identity[0]: record for record in seen}
    for some in pieces(sorted(by_key)):
        table = by_key[some[0]].__table__
        (key,) = table.primary_key
        locked = select(key, table.c.version).where(key.in_(some)).order_by(key)
        for number, version in _LOCKS(session).execute(locked.with_for_update(key_share=True)):
            record = by_key[number]
            if version != record.version:
                session.refresh(record)
            if seen[record] not in (None, version):
                raise Changed(record)
            record.version = version + 1


def begin_version(session: Session, record: Any, seen: int | None) -> None:
    """The same of one record."""
    begin_versions(session, {record: seen})
