"""Files that people keep on cards, in folders within folders: rows in the database, what they hold in the data folder."""

from app.files.models import FileBlob, FileEntry
from app.files.operations import (
    entry_of,
    hand_back_files,
    hand_over_files,
    make_folder,
    move_entry,
    put_files,
    remove_entry,
    remove_files_of,
    rename_entry,
    restore_entry,
)
from app.files.queries import entries_in, files_of, folders_of, path_of, removed_of
from app.files.store import MOST_OF_FILE, Stored, opened, store

__all__ = [
    "MOST_OF_FILE",
    "FileBlob",
    "FileEntry",
    "Stored",
    "entries_in",
    "entry_of",
    "files_of",
    "folders_of",
    "hand_back_files",
    "hand_over_files",
    "make_folder",
    "move_entry",
    "opened",
    "path_of",
    "put_files",
    "remove_entry",
    "remove_files_of",
    "removed_of",
    "rename_entry",
    "restore_entry",
    "store",
]
