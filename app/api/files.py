"""Files on the card of a record of one's own: a tab whose function gives `files_tab`; or, where another right than that to keep
files opens them, pages of one's own by `receive_files` and `give_file`."""

from app.files import (
    Stored,
    entry_of,
    files_of,
    hand_back_files,
    hand_over_files,
    put_files,
    remove_entry,
    remove_files_of,
    store,
)
from app.web.kit.files import MOST_BYTES, authors_of, files_tab, give_file, receive_files, size_of

__all__ = [
    "MOST_BYTES",
    "Stored",
    "authors_of",
    "entry_of",
    "files_of",
    "files_tab",
    "give_file",
    "hand_back_files",
    "hand_over_files",
    "put_files",
    "receive_files",
    "remove_entry",
    "remove_files_of",
    "size_of",
    "store",
]
