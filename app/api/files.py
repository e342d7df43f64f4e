"""Files on the card of a record of one's own: a tab whose function gives `files_tab`."""

from app.files import hand_back_files, hand_over_files
from app.web.kit.files import files_tab

__all__ = ["files_tab", "hand_back_files", "hand_over_files"]
