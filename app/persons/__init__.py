"""All that is kept of one person: found across modules, given to them as a file, and erased while the books stay (ADR 53)."""

from app.persons.erasing import erase_kept
from app.persons.export import archive_of
from app.persons.finding import Found, found_of
from app.persons.person import Person

__all__ = ["Found", "Person", "archive_of", "erase_kept", "found_of"]
