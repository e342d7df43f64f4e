"""Files on the card of a record of one's own: a tab whose function gives `files_tab`."""

from app.files import Stored, hand_back_files, hand_over_files, put_files, remove_files_of, store
from app.web.kit.files import files_tab

__all__ = ["Stored", "files_tab", "hand_back_files", "hand_over_files", "put_files", "remove_files_of", "store"]
