"""Reading folders."""

from collections.abc import Sequence

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from app.files.models import TOP, FileEntry

#: folders within folders
DEEPEST = 12
#: of what was removed lately, so many are shown
_REMOVED = 20


def entries_in(session: Session, subject: str, subject_id: int, folder_id: int) -> Sequence[FileEntry]:
    """What is in a folder of a card: folders first, each by name."""
    here = (*of(subject, subject_id), FileEntry.folder_id == folder_id, FileEntry.removed_at.is_(None))
    order = (FileEntry.digest.is_not(None), FileEntry.name_order, FileEntry.id)
    return session.scalars(select(FileEntry).where(*here).order_by(*order)).all()


def folders_of(session: Session, subject: str, subject_id: int) -> dict[int, FileEntry]:
    """The folders of a card that are there, by number."""
    own = select(FileEntry).where(*of(subject, subject_id), FileEntry.digest.is_(None), FileEntry.removed_at.is_(None))
    return {folder.id: folder for folder in session.scalars(own.order_by(FileEntry.name_order, FileEntry.id))}


def path_of(folders: dict[int, FileEntry], folder_id: int) -> list[FileEntry] | None:
    """The folders that lead to one, itself last; None where one of them isn't there any more."""
    path: list[FileEntry] = []
    while folder_id != TOP:
        folder = folders.get(folder_id)
        if folder is None or len(path) > DEEPEST:
            return None
        path.insert(0, folder)
        folder_id = folder.folder_id
    return path


def files_of(session: Session, subject: str, subject_id: int) -> Sequence[FileEntry]:
    """All files of a card that are there, in whatever folder, by name."""
    folders = folders_of(session, subject, subject_id)
    own = select(FileEntry).where(
        *of(subject, subject_id), FileEntry.removed_at.is_(None), FileEntry.digest.is_not(None)
    )
    files = session.scalars(own.order_by(FileEntry.name_order, FileEntry.id))
    return [file for file in files if path_of(folders, file.folder_id) is not None]


def removed_of(session: Session, subject: str, subject_id: int) -> Sequence[FileEntry]:
    """What was removed from a card lately and can be restored, last first."""
    own = select(FileEntry).where(*of(subject, subject_id), FileEntry.removed_at.is_not(None))
    return session.scalars(own.order_by(FileEntry.removed_at.desc(), FileEntry.id.desc()).limit(_REMOVED)).all()


def of(subject: str, subject_id: int) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    """Of one card."""
    return FileEntry.subject == subject, FileEntry.subject_id == subject_id
