"""All that is kept of a person, to be found, given to them and erased."""

from app.persons import Found, Person, archive_of, erase_kept, found_of

__all__ = ["Found", "Person", "archive_of", "erase_kept", "found_of"]
