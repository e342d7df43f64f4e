"""One order of texts for every language and database: as dictionaries have it, not as the numbers of signs do (ADR 30).

Accents stand after their letter, capitals after small letters that are otherwise alike, Cyrillic as in its alphabets, ё after
е, Vietnamese with its tones after the plain vowel: the default order of Unicode (UTS 10, CLDR root), as far as these scripts
need it. A key is kept beside the text, so that lists sort, page and export by an index, alike on every database.
"""

import unicodedata
from collections.abc import Iterator
from functools import cache, lru_cache
from itertools import chain
from typing import Any

from sqlalchemy import Text, event
from sqlalchemy.orm import Mapped, mapped_column

from app.db import MADE, Base
from app.search import fold

#: Compared byte by byte on every engine.
ORDER_KEY = Text().with_variant(Text(collation="C"), "postgresql")

#: A key is as long at most: PostgreSQL indexes 2,700 bytes. Texts that agree so far stand in the order in which they were made.
LONGEST = 400

_LEVEL, _PLAIN, _CAPITAL, _AFTER = "\x01", "\x02", "\x03", "\uf8ff"
#: Letters of their own that stand right after another, though Unicode numbers them elsewhere; those that are taken for others.
_LETTERS = str.maketrans(
    {
        "æ": "ae", "œ": "oe", "ø": "o\u0338", "đ": "d\u0335", "ð": "d\u0336", "ł": "l\u0335", "ı": "i\u0307", "þ": "th",
        "ґ": f"г{_AFTER}", "ђ": f"д{_AFTER}", "ѓ": f"г{_AFTER}{_AFTER}", "є": f"е{_AFTER}", "ѕ": f"з{_AFTER}",
        "і": f"и{_AFTER}", "ї": f"и{_AFTER}{_AFTER}", "ј": f"й{_AFTER}", "љ": f"л{_AFTER}", "њ": f"н{_AFTER}",
        "ћ": f"т{_AFTER}", "ќ": f"к{_AFTER}", "ў": f"у{_AFTER}", "џ": f"ц{_AFTER}", "ё": "е\u0308",
    }
)  # fmt: skip
#: The short и is a letter, and no и with an accent.
_WHOLE = frozenset("й" + _AFTER)
#: Accents in their order: tones as Vietnamese has them, then those that make another vowel, with any tone behind them.
_TONES = {"\u0300": "\u0300", "\u0309": "\u0301", "\u0303": "\u0302", "\u0301": "\u0303", "\u0323": "\u0304"}
_VOWELS = {"\u0306": "\ue001", "\u0302": "\ue002", "\u031b": "\ue003"}


def order_key(text: str) -> str:
    """The key by whose signs' numbers texts stand in order."""
    if text.isascii():
        low = text.lower()
        return _cut(low, "", "" if low == text else "".join(_CAPITAL if c.isupper() else _PLAIN for c in text))
    levels = [_levels(sign) for sign in unicodedata.normalize("NFC", text)]
    letters, accents, capitals = ("".join(parts) for parts in zip(*levels, strict=True))
    return _cut(letters, accents, capitals)


def order_span(word: str) -> tuple[str, str]:
    """Between which keys every text stands that is folded (`app.search.fold`) into one that begins with a short word."""
    ways = list(_ways(word))
    return min(ways), max(ways) + "\U0010ffff"


def _ways(word: str) -> Iterator[str]:
    """What the key of a text may begin with whose folded form begins with the word."""
    if not word:
        yield ""
        return
    yield from (word[0] + rest for rest in _ways(word[1:]))
    for folded, letters in _ordered_apart().get(word[0], ()):
        if word.startswith(folded):
            yield from (letters + rest for rest in _ways(word[len(folded) :]))
        elif folded.startswith(word):
            yield letters


@cache
def _ordered_apart() -> dict[str, set[tuple[str, str]]]:
    """First sign → what signs are folded into that have other letters in a key, with these: й is an и for the search."""
    found: dict[str, set[tuple[str, str]]] = {}
    for number in chain(range(0xC0, 0x530), range(0x1E00, 0x2000), range(0x2C60, 0x2C80), range(0xA720, 0xA800)):
        folded, letters = fold(chr(number)), _levels(chr(number))[0]
        if folded and folded != letters:
            found.setdefault(folded[0], set()).add((folded, letters))
    return found


@lru_cache(maxsize=20_000)
def _levels(sign: str) -> tuple[str, str, str]:
    """What a sign adds to each level: its letters; for each letter a place that its accents follow; which are capitals."""
    letters, accents = "", ""
    for part in sign.casefold().translate(_LETTERS):
        bare = part if part in _WHOLE else unicodedata.normalize("NFKD", part)
        marks = [c for c in bare if unicodedata.combining(c)]
        plain = "".join(c for c in bare if not unicodedata.combining(c))
        letters += plain
        accents += _PLAIN * len(plain) + "".join(sorted(map(_accent, marks), key=lambda mark: mark < "\ue000"))
    return letters, accents, (_CAPITAL if sign.isupper() or sign.istitle() else _PLAIN) * len(letters)


def _accent(mark: str) -> str:
    return _TONES.get(mark) or _VOWELS.get(mark) or chr(ord(mark) + 0x200)


def _cut(letters: str, accents: str, capitals: str) -> str:
    """The levels of a key, one behind the other; what says nothing at an end is left out."""
    rest = f"{_LEVEL}{accents.rstrip(_PLAIN)}{_LEVEL}{capitals.rstrip(_PLAIN)}".rstrip(_LEVEL)
    return (letters + rest)[:LONGEST]


def ordered() -> Mapped[str]:
    """The column of a key; the column of the text says whose it is by `info=order("…")`."""
    return mapped_column(ORDER_KEY, default="", server_default="", info=MADE)


def order(key: str) -> dict[str, Any]:
    """The `info` of a column whose texts have a key in the column `key`."""
    return {"order": key}


def ordering(expression: Any) -> Any:
    """What a text sorts by: the key of a column that has one, of an alias too; else the text itself, as the database has it."""
    info = getattr(expression, "info", None) or {}
    parent = getattr(expression, "parent", None)
    return getattr(parent.entity, info["order"]) if "order" in info and parent is not None else expression


@event.listens_for(Base, "attribute_instrument", propagate=True)
def _follow(_class: type[Any], _name: str, attribute: Any) -> None:
    """Let a key follow its text wherever the text is set."""
    columns = getattr(attribute.property, "columns", ())
    key = columns[0].info.get("order") if columns else None
    if key is not None:
        event.listen(attribute, "set", lambda target, value, *_: setattr(target, key, order_key(value or "")))
