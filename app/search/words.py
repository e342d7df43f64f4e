"""What is typed into a search, how numbers are spelled in what is searched, and which part of a text was found: no database."""

from dataclasses import dataclass
from functools import lru_cache
from itertools import groupby

from app.search import fold

#: An index of trigrams finds no shorter part of a text.
SHORTEST = 3
#: of a text that is a number with signs between: so many of its letters and digits are digits
_DIGITS, _SHARE = 3, 0.5


@dataclass(frozen=True)
class Asked:
    """What is asked for: each of the `words` has to be found, or instead of them the `number` that they are together."""

    words: tuple[str, ...]
    #: a phone, tax or account number without what stands between its digits; empty where the words are none
    number: str = ""

    @property
    def ways(self) -> list[tuple[str, ...]]:
        """The words, and the number as one word: a record is found by either."""
        return [self.words, (self.number,)] if self.number else [self.words]


@lru_cache(maxsize=200)
def asked(text: str) -> Asked:
    """What a text asks for, folded as what is searched."""
    words = tuple(dict.fromkeys(fold(text).split()))
    number = bare(text)
    digits = sum(map(str.isdigit, number))
    is_number = digits >= max(_DIGITS, len(number) * _SHARE) and words != (number,)
    return Asked(words, number if is_number else "")


def bare(text: str) -> str:
    """The folded letters and digits of a text, and nothing between them."""
    return "".join(c for c in fold(text) if c.isalnum())


def as_it_is(text: str) -> list[str]:
    """A text is found by its words alone."""
    return [text]


def as_number(text: str) -> list[str]:
    """A tax or account number is found as it was typed, and without what stands between its digits."""
    return [text, bare(text)]


def marked(text: str, words: tuple[str, ...]) -> list[tuple[str, bool]]:
    """The text in parts, each with whether one of the words was found there: as it stands, or without the signs between letters
    and digits; of a number also without what it begins with at home."""
    found = {at for word in words for at in _place(text, word)}
    runs = groupby(enumerate(text), key=lambda place: place[0] in found)
    return [("".join(sign for _, sign in run), is_found) for is_found, run in runs]


def _place(text: str, word: str) -> range:
    """Where the word stands in the text; nowhere: an empty one."""
    for spelled, needle in ((fold, word), (bare, bare(word)), (bare, bare(word)[1:] if word.isdigit() else "")):
        signs = [(folded, at) for at, sign in enumerate(text) for folded in spelled(sign)]
        start = "".join(folded for folded, _ in signs).find(needle) if needle else -1
        if start >= 0:
            return range(signs[start][1], signs[start + len(needle) - 1][1] + 1)
    return range(0)
