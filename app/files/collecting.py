"""Collecting what nobody has any more: files removed long ago, and content that no file holds."""

import os
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from app.db import pieces, utc_now
from app.files.models import FileBlob, FileEntry
from app.files.store import leftovers
from app.jobs.schedules import Schedule
from app.jobs.work import Kind, Run
from app.security.actor import SYSTEM
from app.translation import lazy_gettext as _l

#: how long what was removed can be restored; how long content may wait for the row of its file, or for a backup under way
KEPT, GRACE = timedelta(days=30), timedelta(days=1)


def collect_rows(session: Session) -> int:
    """Forget files and folders that were removed longer ago than KEPT, with all that is in them, and content that no file holds
    and that nobody put there within GRACE; how many rows."""
    gone = set(session.scalars(select(FileEntry.id).where(FileEntry.removed_at < utc_now() - KEPT)))
    inside = gone
    while inside:
        found: set[int] = set()
        for some in pieces(sorted(inside)):
            found |= set(session.scalars(select(FileEntry.id).where(FileEntry.folder_id.in_(some))))
        inside = found - gone
        gone |= inside
    for some in pieces(sorted(gone)):
        session.execute(delete(FileEntry).where(FileEntry.id.in_(some)))
    held = select(FileEntry.id).where(FileEntry.digest == FileBlob.digest).exists()
    unheld = session.execute(delete(FileBlob).where(~held, FileBlob.stored_at < utc_now() - GRACE))
    return len(gone) + int(unheld.rowcount)  # type: ignore[attr-defined]


def collect_files(session: Session, data_dir: Path) -> int:
    """Remove what lies in the data folder and has no row, and lay there longer than GRACE; how many."""
    removed = 0
    since = utc_now() - GRACE
    for some in pieces(leftovers(data_dir, before=since)):
        names = {path.name for path in some}
        known = set(session.scalars(select(FileBlob.digest).where(FileBlob.digest.in_(names))))
        for path in some:
            if path.name not in known:
                with suppress(FileNotFoundError):
                    removed += _unlink(path, before=since)
    return removed


def _unlink(path: Path, *, before: datetime) -> bool:
    """Remove what lies there since before a moment; whether it did. Who puts the same content there meanwhile finds it: it is
    looked at once nobody can."""
    aside = path.with_name(f".gone-{path.name}")
    os.rename(path, aside)
    if aside.stat().st_mtime >= before.replace(tzinfo=UTC).timestamp():
        os.replace(aside, path)
        return False
    os.unlink(aside)
    return True


def _collect(run: Run) -> dict[str, Any]:
    database = run.company.database
    rows: int = database.run(collect_rows, actor=SYSTEM)
    data_dir = run.company.config.data_dir
    files: int = database.run(lambda session: collect_files(session, data_dir), actor=SYSTEM)
    return {"rows": rows, "files": files}


collect = Kind("core.collect_files", _l("Collect removed files"), _collect, is_resumable=True)
every_night = Schedule("core.collect_files", _l("Collect removed files"), collect.name, "40 3 * * *")
