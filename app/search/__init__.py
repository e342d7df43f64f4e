"""Finding text whatever its case and accents, in Latin, Cyrillic and Vietnamese; the indexes by which records are found.

`words.py` reads what is typed, `index.py` is what a module declares, `keeping.py` keeps it, `asking.py` asks it (ADR 35).
"""

import unicodedata

# Letters that no decomposition reaches, yet people type without their stroke or ligature.
_LETTERS = str.maketrans({"đ": "d", "ł": "l", "ø": "o", "æ": "ae", "œ": "oe", "ı": "i", "ё": "е"})


def fold(*parts: str | None) -> str:
    """The parts joined, lower case, without accents: what a search column keeps, and what a query is turned into.

    SQLite's LIKE and lower() know ASCII only, so there is a column. й and ё are folded alike in the column and in the query.
    """
    joined = " ".join(part for part in parts if part)
    if joined.isascii():
        return joined.lower()
    bare = unicodedata.normalize("NFKD", joined.casefold().translate(_LETTERS))
    return "".join(c for c in bare if not unicodedata.combining(c)).translate(_LETTERS)


#: Russian letters, folded, as people write them in Latin ones
_LATIN = str.maketrans(
    dict(zip("абвгдезийклмнопрстуфыэ", "abvgdeziiklmnoprstufye", strict=True))
    | {"ж": "zh", "х": "kh", "ц": "ts", "ч": "ch", "ш": "sh", "щ": "shch", "ъ": "", "ь": "", "ю": "yu", "я": "ya"}
)


def latin(text: str) -> str:
    """The text folded, in Latin letters: so that a name is known in Cyrillic and in Latin ones alike."""
    return fold(text).translate(_LATIN)
