"""Reading which backups there are, and how they are made."""

from pathlib import Path
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.backup.models import Backup, BackupPlan
from app.backup.names import FOLDER
from app.config import Config
from app.errors import NotFound
from app.past_policy import PastPolicy

_STATE = PastPolicy("when the company was last backed up is for anybody who watches over the server")


def backups_kept(session: Session) -> list[Backup]:
    """The backups whose files have not been removed, and the failures since the newest of them; the newest first."""
    there = select(Backup).where(Backup.removed_at.is_(None))
    newest_first = there.order_by(Backup.made_at.desc(), Backup.id.desc()).limit(500)
    kept = list(session.scalars(newest_first.where(Backup.name.is_not(None))))
    newest = max((b.id for b in kept), default=0)
    failed = session.scalars(newest_first.where(Backup.name.is_(None), Backup.id > newest))
    return [*failed, *kept]


def backup_plan(session: Session) -> BackupPlan:
    """How backups are made; as the program does it by itself, until somebody has changed it."""
    return session.get(BackupPlan, 1) or BackupPlan(id=1, keep_daily=7, keep_weekly=5, recipients="", version=0)


def backup_file(session: Session, config: Config, backup_id: int) -> tuple[Backup, Path]:
    """A backup and its file. NotFound: no such backup, or the file is gone."""
    backup = session.get(Backup, backup_id)
    if backup is None or not backup.name or not (path := folder_of(config) / backup.name).is_file():
        raise NotFound
    return backup, path


def folder_of(config: Config) -> Path:
    """Where the program keeps its own backups."""
    return config.data_dir / FOLDER


def backup_state(session: Session) -> dict[str, Any] | None:
    """For /healthz, which anybody may ask: when the company was last backed up here, and whether that is proven; None: never.

    A backup whose file was removed doesn't count: not after a restore on another server either.
    """
    made = Backup.__table__.c
    query = (
        select(made.made_at, made.is_proven)
        .where(made.removed_at.is_(None))
        .order_by(made.made_at.desc(), made.id.desc())
        .limit(1)
    )
    latest = _STATE(session).execute(query).first()
    return latest and {"at": f"{latest.made_at.isoformat(timespec='seconds')}Z", "proven": latest.is_proven}
