"""What killed backups, proofs, restores and rehearsals have left behind: folders in the data folder, scratch databases."""

import shutil
import time
from datetime import timedelta
from pathlib import Path

from sqlalchemy.engine import make_url

from app.backup import postgresql
from app.backup.names import FOLDER
from app.company import Company

#: Left-overs go after this; nothing that is under way takes as long.
ABANDONED = timedelta(days=1)
#: how the names of folders begin in which something is under way, in the data folder and in that of its backups
_PLACES = (".kontor-backup-", ".kontor-proof-", ".kontor-restore-", ".kontor-upload-")


def remove_abandoned(company: Company) -> None:
    """Remove what is older than ABANDONED. What can't be removed stays, and is tried again the next time."""
    until = time.time() - ABANDONED.total_seconds()
    for folder in (company.config.data_dir, company.config.data_dir / FOLDER):
        for path in folder.glob(".kontor-*"):
            if path.name.startswith(_PLACES) and _is_folder_before(path, until):
                shutil.rmtree(path, ignore_errors=True)
    if not company.database.is_sqlite:
        for purpose in ("proof", "rehearsal"):
            postgresql.drop_scratch(make_url(company.database.url), purpose, until)


def _is_folder_before(path: Path, until: float) -> bool:
    try:
        return path.is_dir() and not path.is_symlink() and path.stat().st_mtime < until
    except FileNotFoundError:  # whoever works in it has just ended
        return False
