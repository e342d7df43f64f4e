"""Search: the index by which a module's records are found, and asking it."""

from app.search import fold, latin
from app.search import keeping as keeping  # whoever declares an index has it kept
from app.search.asking import FoundBy, Hit, first_found
from app.search.index import Searched, SearchIndex, searched
from app.search.words import as_number

write_index = keeping.write  # of records whose rows were moved past the session

__all__ = [
    "FoundBy",
    "Hit",
    "SearchIndex",
    "Searched",
    "as_number",
    "first_found",
    "fold",
    "latin",
    "searched",
    "write_index",
]
