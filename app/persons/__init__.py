"""All that is kept of one person: found across modules, given to them as a file, and erased while the books stay (ADR 53)."""

from app.persons.erasing import erase_kept, erase_parts, erase_values_saying
from app.persons.export import archive_of
from app.persons.finding import Found, found_of
from app.persons.person import Person
from app.persons.saying import says

__all__ = ["Found", "Person", "archive_of", "erase_kept", "erase_parts", "erase_values_saying", "found_of", "says"]
