"""Files on the card of a record of one's own: a tab whose function gives `files_tab`."""

from app.web.kit.files import files_tab

__all__ = ["files_tab"]
