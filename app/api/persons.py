"""All that is kept of a person, to be found, given to them and erased."""

from app.audit import erase_values
from app.persons import Found, Person, archive_of, erase_kept, erase_parts, erase_values_saying, found_of, says

__all__ = [
    "Found",
    "Person",
    "archive_of",
    "erase_kept",
    "erase_parts",
    "erase_values",
    "erase_values_saying",
    "found_of",
    "says",
]
