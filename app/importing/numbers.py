"""How a file writes its numbers as text: which sign stands before the decimals, and which between thousands.

Nothing is guessed. `12,50` and `1.250,00` can only be read in one way, and tell how the rest of the file is meant; where all
that a file says is `1.250`, somebody has to choose. Pure: no files, no database.
"""

import re
import unicodedata
from collections.abc import Iterable
from functools import lru_cache
from typing import NamedTuple

from app.reference.rules import currency_codes

POINT, COMMA = ".", ","
#: What may stand between thousands, by the sign before the decimals: a space, an apostrophe, or the other sign.
_BETWEEN = {POINT: " ',", COMMA: " '."}
_SPACES = re.compile("[\xa0\u2007\u2009\u202f]")
#: What only the point makes a number: most texts are like this, and need no closer look.
PLAIN = re.compile(r"[+-]?[0-9]+\.(?:[0-9]{1,2}|[0-9]{4,})", re.ASCII)
#: What amounts of money carry besides signs that Unicode knows and codes of ISO 4217.
_WORDS = frozenset(("руб", "р", "грн", "тг", "đ", "vnđ", "đồng", "kr", "zł", "kč", "ft", "lei", "rp", "rs"))
_DOLLARS = re.compile(r"(?:US|R|A|C|CA|AU|NZ|HK|S|NT|MX)\$")
#: A word at one of the ends; the look back begins each word once, so that a long one takes no longer than it is.
_WORD = re.compile(r"^[^\W\d_]++\.?|(?<![^\W\d_])[^\W\d_]++\.?$")
#: Longer texts are not numbers: a file's texts are looked through on the server, and none may hold it up.
_LONGEST = 40


class Writing(NamedTuple):
    """The sign before the decimals, and between thousands; empty where all that is usual beside the first is read."""

    decimal: str
    thousands: str = ""

    def plain(self, text: str) -> str | None:
        """The number with a decimal point and nothing else, as `as_decimal` reads it; None: it isn't written like this."""
        return None if _is_long(text) else _plain(bare(text), self.decimal, self.thousands)


def _is_long(text: str) -> bool:
    return len(text) > _LONGEST and len(text.strip()) > _LONGEST


def bare(text: str) -> str:
    """What is left of a number without the currency's sign, code or word, and blanks around it."""
    text = _SPACES.sub(" ", text).replace("\u2212", "-").replace("’", "'").strip()
    sign = text[:1] if text[:1] in ("+", "-") else ""
    rest = text[len(sign) :].strip()
    while (left := _without_one(rest)) != rest:
        rest = left
    if not sign and rest[:1] in ("+", "-"):  # €-12.50
        sign, rest = rest[:1], rest[1:].strip()
    return sign + rest


def _without_one(text: str) -> str:
    """The text without a sign or word of a currency at one of its ends. Codes of ISO 4217 count in capitals only, as it has
    them: many are words in small letters, and `2 cup` is a measure."""
    if match := _DOLLARS.match(text):
        return text[match.end() :].lstrip()
    if text and unicodedata.category(text[0]) == "Sc":
        return text[1:].lstrip()
    if text and unicodedata.category(text[-1]) == "Sc":
        return text[:-1].rstrip()
    for match in _WORD.finditer(text):
        word = match[0].removesuffix(".")
        if word.casefold() in _WORDS or word in currency_codes():
            return (text[: match.start()] + text[match.end() :]).strip()
    return text


def _plain(text: str, decimal: str, thousands: str) -> str | None:
    match = _pattern(decimal, thousands).fullmatch(text)
    if match is None:
        return None
    whole = re.sub(r"[^0-9+-]", "", match["whole"])
    return f"{whole}.{match['rest']}" if match["rest"] else whole


@lru_cache(maxsize=16)
def _pattern(decimal: str, thousands: str) -> re.Pattern[str]:
    between = re.escape(thousands or _BETWEEN[decimal])
    grouped = rf"[1-9][0-9]{{0,2}}(?:(?P<by>[{between}])[0-9]{{3}})(?:(?P=by)[0-9]{{3}})*"
    return re.compile(rf"(?P<whole>[+-]?(?:{grouped}|[0-9]+))(?:{re.escape(decimal)}(?P<rest>[0-9]+))?", re.ASCII)


def readings(text: str) -> set[str]:
    """The signs before the decimals with which the text is a number; both where they make no difference."""
    if _is_long(text):
        return set()
    if PLAIN.fullmatch(text):
        return {POINT}
    return {d for d in (POINT, COMMA) if Writing(d).plain(text) is not None}


def is_ambiguous(text: str) -> bool:
    """Whether the text is one number by the point and another by the comma."""
    by_point, by_comma = (Writing(d).plain(text) for d in (POINT, COMMA))
    return by_point is not None and by_comma is not None and by_point != by_comma


def writing_of(texts: Iterable[str]) -> Writing | None:
    """How a file writes numbers, by those that can be read in one way only; None where none is, or where they disagree."""
    shown: set[str] = set()
    for text in texts:
        possible = readings(text)
        if len(possible) == 1:
            shown |= possible
            if len(shown) > 1:
                return None
    return Writing(shown.pop()) if shown else None
