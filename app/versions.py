"""Records that two people may edit at once: each saving is a version, and who began from an older one is told."""

from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Mapped, Session, mapped_column

from app.errors import Changed


class Versioned:
    """Mixed into models: `version` counts from 1 how often a record was saved."""

    version: Mapped[int] = mapped_column(default=1)


def begin_version(session: Session, record: Any, seen: int | None) -> None:
    """Lock a stored record and let it be the next version. Refused (Changed): one saved since `seen`; None takes any."""
    table = record.__table__
    key = (column == getattr(record, column.name) for column in table.primary_key)
    stored: Any = session.connection().scalar(select(table.c.version).where(*key).with_for_update(key_share=True))
    if stored != record.version:
        session.refresh(record)
    if seen is not None and seen != stored:
        raise Changed(record)
    record.version = stored + 1
