"""Files on the card of a record of one's own: a tab whose function gives `files_tab`; or, where another right than that to keep
files opens them, pages of one's own by `receive_files` and `give_file`."""

from app.files import Stored, files_of, hand_back_files, hand_over_files, put_files, remove_files_of, store
from app.web.kit.files import MOST_BYTES, files_tab, give_file, receive_files

__all__ = [
    "MOST_BYTES",
    "Stored",
    "files_of",
    "files_tab",
    "give_file",
    "hand_back_files",
    "hand_over_files",
    "put_files",
    "receive_files",
    "remove_files_of",
    "store",
]
