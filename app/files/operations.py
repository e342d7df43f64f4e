"""Putting files on a card, and into folders; whoever calls has opened the card's record for the actor."""

from collections.abc import Sequence

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from app.audit import record
from app.db import utc_now
from app.errors import Conflict, Invalid, NotFound
from app.files.models import TOP, FileBlob, FileEntry
from app.files.names import free_name, key_of, name_of
from app.files.queries import DEEPEST, folders_of, of, path_of
from app.files.store import Stored
from app.security import Actor, require
from app.translation import lazy_gettext as _l
from app.versions import begin_version

EDIT = "core.file.edit"
#: files and folders of a card, and bytes
MOST_ENTRIES, MOST_OF_CARD = 5_000, 2 << 30


def put_files(
    session: Session,
    actor: Actor,
    subject: str,
    subject_id: int,
    folder_id: int,
    files: Sequence[tuple[str, Stored]],
    *,
    author_id: int | None = None,
) -> list[FileEntry]:
    """Put files that are stored already into a folder of a card, all or none; where a name is taken it gets a number.

    `author_id`: who puts them there, where it isn't the actor, by whose right they are kept.

    Refused (Invalid): what `name_of` refuses, a card that would have more than MOST_ENTRIES or MOST_OF_CARD; NotFound: a folder
    that isn't there.
    """
    require(actor, EDIT)
    _folder(session, subject, subject_id, folder_id)
    _require_room(session, subject, subject_id, len(files), sum(stored.size for _, stored in files), field="file")
    taken, entries = _taken(session, subject, subject_id, folder_id), []
    for name, stored in files:
        _hold(session, stored)
        entry = _entry(actor, subject, subject_id, folder_id, free_name(name_of(name, field="file"), taken))
        entry.author_id = author_id or actor.user_id
        entry.digest, entry.size, entry.media_type = stored.digest, stored.size, stored.media_type
        taken.add(entry.name_key)
        session.add(entry)
        session.flush()
        _record(session, "upload", entry, f"{stored.size} bytes")
        entries.append(entry)
    return entries


def make_folder(session: Session, actor: Actor, subject: str, subject_id: int, folder_id: int, name: str) -> FileEntry:
    """A new folder within another. Refused: a name that is taken (Conflict) or of which nothing is left; folders more than
    DEEPEST deep, a card that is full."""
    require(actor, EDIT)
    if len(_folder(session, subject, subject_id, folder_id)) >= DEEPEST:
        raise Invalid(_l("Folders can lie %(n)d deep at most.", n=DEEPEST), field="name")
    _require_room(session, subject, subject_id, 1, 0, field="name")
    entry = _entry(actor, subject, subject_id, folder_id, _unused(session, subject, subject_id, folder_id, name))
    session.add(entry)
    session.flush()
    _record(session, "create", entry)
    return entry


def rename_entry(session: Session, actor: Actor, entry: FileEntry, name: str) -> None:
    """Call a file or folder otherwise. Refused: what `make_folder` refuses of a name."""
    require(actor, EDIT)
    begin_version(session, entry, None)
    if key_of(name_of(name)) != entry.name_key:
        _unused(session, entry.subject, entry.subject_id, entry.folder_id, name)
    _name(entry, name_of(name))
    session.flush()
    _record(session, "rename", entry)


def move_entry(session: Session, actor: Actor, entry: FileEntry, folder_id: int) -> None:
    """Put a file or folder into another folder of its card; where its name is taken there, it gets a number.

    Refused: a folder that isn't there (NotFound), one within the folder itself, folders more than DEEPEST deep (Invalid).
    """
    require(actor, EDIT)
    begin_version(session, entry, None)
    path = _folder(session, entry.subject, entry.subject_id, folder_id)
    if entry in path:
        raise Invalid(_l("A folder can't be put into itself."), field="folder")
    if entry.is_folder and len(path) + _depth(session, entry) > DEEPEST:
        raise Invalid(_l("Folders can lie %(n)d deep at most.", n=DEEPEST), field="folder")
    if entry.folder_id != folder_id:
        _place(session, entry, folder_id)
    session.flush()
    _record(session, "move", entry)


def remove_entry(session: Session, actor: Actor, entry: FileEntry) -> None:
    """Remove a file, or a folder with what is in it; for thirty days it can be restored."""
    require(actor, EDIT)
    begin_version(session, entry, None)
    entry.removed_at = utc_now()
    session.flush()
    _record(session, "remove", entry)


def remove_files_of(session: Session, subject: str, subject_id: int) -> None:
    """Remove all files and folders of a record that is removed itself, whoever may remove files otherwise: for good, as its
    number may become that of another record, on whose card nobody may find them."""
    session.execute(delete(FileEntry).where(*of(subject, subject_id)))


def restore_entry(session: Session, actor: Actor, entry: FileEntry) -> None:
    """Restore what was removed, into its folder, or to the top where that isn't there any more."""
    require(actor, EDIT)
    begin_version(session, entry, None)
    folders = _locked_folders(session, entry.subject, entry.subject_id)
    if entry.removed_at is not None:
        _place(session, entry, TOP if path_of(folders, entry.folder_id) is None else entry.folder_id)
        entry.removed_at = None
    session.flush()
    _record(session, "restore", entry)


def hand_over_files(session: Session, subject: str, source: int, target: int, folder: str) -> list[int]:
    """Let all files of one card lie on another one, in a new folder of that name: its number, and theirs. Empty without any."""
    entries = session.scalars(select(FileEntry).where(*of(subject, source))).all()
    if not entries:
        return []
    box = FileEntry(subject=subject, subject_id=target, folder_id=TOP)
    _name(box, free_name(name_of(folder), _taken(session, subject, target, TOP)))
    session.add(box)
    session.flush()
    for entry in entries:
        entry.subject_id = target
        if entry.folder_id == TOP:
            entry.folder_id = box.id
    session.flush()
    return [box.id, *(entry.id for entry in entries)]


def hand_back_files(session: Session, subject: str, source: int, numbers: Sequence[int]) -> None:
    """Undo it, as far as they are still there; what was put into their folder since stays in it."""
    if not numbers:
        return
    box, *own = numbers
    for entry in session.scalars(select(FileEntry).where(FileEntry.id.in_(own)).order_by(FileEntry.id)).all():
        entry.subject_id = source
        if entry.folder_id not in own:
            _place(session, entry, TOP)
        session.flush()
    if session.scalar(select(func.count()).where(FileEntry.folder_id == box)) == 0:
        session.execute(delete(FileEntry).where(FileEntry.id == box))


def entry_of(session: Session, subject: str, subject_id: int, entry_id: int, *, removed: bool = False) -> FileEntry:
    """A file or folder of a card that is there, or that was `removed`; otherwise NotFound."""
    entry = session.get(FileEntry, entry_id)
    if entry is None or (entry.subject, entry.subject_id) != (subject, subject_id):
        raise NotFound
    if (entry.removed_at is not None) != removed:
        raise NotFound
    if not removed and path_of(folders_of(session, subject, subject_id), entry.folder_id) is None:
        raise NotFound
    return entry


def _folder(session: Session, subject: str, subject_id: int, folder_id: int) -> list[FileEntry]:
    """The path to a folder that is there, with the card's folders locked: nobody moves one meanwhile."""
    path = path_of(_locked_folders(session, subject, subject_id), folder_id)
    if path is None:
        raise NotFound(_l("This folder isn't there any more."))
    return path


def _locked_folders(session: Session, subject: str, subject_id: int) -> dict[int, FileEntry]:
    """The card's folders that are there, as they are now that they are locked."""
    session.flush()
    own = select(FileEntry).where(*of(subject, subject_id), FileEntry.digest.is_(None)).order_by(FileEntry.id)
    session.scalars(own.with_for_update().execution_options(populate_existing=True)).all()
    return folders_of(session, subject, subject_id)


def _require_room(session: Session, subject: str, subject_id: int, more: int, size: int, *, field: str) -> None:
    sums = select(func.count(), func.coalesce(func.sum(FileEntry.size), 0)).where(*of(subject, subject_id))
    count, bytes_there = session.execute(sums).one()
    if count + more > MOST_ENTRIES or bytes_there + size > MOST_OF_CARD:
        raise Invalid(_l("This card is full: it can have %(n)d files, and 2 GB.", n=MOST_ENTRIES), field=field)


def _hold(session: Session, stored: Stored) -> None:
    """Say that the content is there, and new: nobody collects it."""
    blob = session.get(FileBlob, stored.digest, with_for_update=True)
    if blob is None:
        session.add(FileBlob(digest=stored.digest, size=stored.size))
    else:
        blob.stored_at = utc_now()
    session.flush()


def _depth(session: Session, folder: FileEntry) -> int:
    """How many folders lie one in the other from this one on."""
    folders = folders_of(session, folder.subject, folder.subject_id)
    paths = (path_of(folders, number) or [] for number in folders)
    return max((len(path) - path.index(folder) for path in paths if folder in path), default=1)


def _taken(session: Session, subject: str, subject_id: int, folder_id: int) -> set[str]:
    here = (*of(subject, subject_id), FileEntry.folder_id == folder_id, FileEntry.removed_at.is_(None))
    return set(session.scalars(select(FileEntry.name_key).where(*here)))


def _unused(session: Session, subject: str, subject_id: int, folder_id: int, name: str) -> str:
    kept = name_of(name)
    if key_of(kept) in _taken(session, subject, subject_id, folder_id):
        raise Conflict(_l("There is “%(name)s” already.", name=kept), field="name")
    return kept


def _place(session: Session, entry: FileEntry, folder_id: int) -> None:
    _name(entry, free_name(entry.name, _taken(session, entry.subject, entry.subject_id, folder_id)))
    entry.folder_id = folder_id


def _entry(actor: Actor, subject: str, subject_id: int, folder_id: int, name: str) -> FileEntry:
    entry = FileEntry(subject=subject, subject_id=subject_id, folder_id=folder_id, author_id=actor.user_id)
    _name(entry, name)
    return entry


def _name(entry: FileEntry, name: str) -> None:
    entry.name, entry.name_key = name, key_of(name)


def _record(session: Session, verb: str, entry: FileEntry, more: str = "") -> None:
    """As of the card's record; never by name, which may say what not everybody sees."""
    what = f"{'folder' if entry.is_folder else 'file'} {entry.id} {more}".strip()
    record(session, f"core.file.{verb}", subject=entry.subject, subject_id=entry.subject_id, summary=what)
