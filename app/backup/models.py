"""The backups that this company has made of itself, and how it does so every night."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, BigInteger, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from app.db import Base, Id
from app.versions import Versioned


class Backup(Base):
    """One backup in the data folder, or one that could not be made."""

    audited_as = ""

    __tablename__ = "core_backup"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    #: the file in the folder `backups`; nothing where none came of it
    name: Mapped[str | None] = mapped_column(String(100), unique=True)
    #: UTC: when it was begun
    made_at: Mapped[datetime] = mapped_column(index=True)
    #: of the file
    bytes: Mapped[int] = mapped_column(BigInteger, default=0)
    is_encrypted: Mapped[bool] = mapped_column(default=False)
    #: whether it was restored into a scratch place with equal figures, and its books were proven there
    is_proven: Mapped[bool] = mapped_column(default=False)
    #: UTC: when it was proved last, whatever came of it
    proved_at: Mapped[datetime | None]
    #: why it isn't proven, in words
    errors: Mapped[list[Any]] = mapped_column(JSON, default=list)
    #: UTC: when its file went, as newer ones had come
    removed_at: Mapped[datetime | None]


class BackupPlan(Versioned, Base):
    """One row: what is kept of the nightly backups, and who may read them."""

    __tablename__ = "core_backup_plan"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    #: of so many newest days and weeks the last proven backup is kept
    keep_daily: Mapped[int] = mapped_column(default=7)
    keep_weekly: Mapped[int] = mapped_column(default=5)
    #: public keys of age or SSH, one a line, for which backups are encrypted; empty: they stay plain
    recipients: Mapped[str] = mapped_column(Text, default="")
