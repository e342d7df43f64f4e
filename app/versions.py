"""Records that two people may edit at once: each saving is a version, and who began from an older one is told."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Mapped, Session, mapped_column

from app.db import pieces
from app.errors import Changed


class Versioned:
    """Mixed into models: `version` counts from 1 how often a record was saved."""

    version: Mapped[int] = mapped_column(default=1)


def begin_versions(session: Session, seen: Mapping[Any, int | None]) -> None:
    """Lock stored records of one table, in the order of their ids, and let each be the next version. Refused (Changed): one
    saved since the version that was `seen` of it; None takes any."""
    records = {record.id: record for record in seen}
    for some in pieces(sorted(records)):
        table = records[some[0]].__table__.c
        locked = select(table.id, table.version).where(table.id.in_(some)).order_by(table.id)
        for row in session.connection().execute(locked.with_for_update(key_share=True)):
            record = records[row.id]
            if row.version != record.version:
                session.refresh(record)
            if seen[record] not in (None, row.version):
                raise Changed(record)
            record.version = row.version + 1
