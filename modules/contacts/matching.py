"""Matching two statements of the same dealings, line by line: ours and what a contact sent. Pure: no database, no Flask.

The rules, in this order; each line is matched once, and what comes first in time goes first:

1. the same number and amount;
2. the same amount, at most `DAYS` days apart, the nearest day first;
3. the same number, another amount of the same side;
4. one line of the one and two to `MOST_PARTS` of the other that come to the same, at most `MONTH` days apart.

What is left is in one of the two alone. Amounts are signed as we book them: above zero the contact owes more.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import combinations

DAYS, MONTH, MOST_PARTS = 10, 31, 4
#: lines among which a sum of several is looked for
_AMONG = 16

SAME, NEAR, DIFFERS, SUM, OURS_ALONE, THEIRS_ALONE = "same", "near", "differs", "sum", "ours", "theirs"
_DAY = re.compile(r"\d{1,4}[./-]\d{1,2}[./-]\d{2,4}")
_TOKEN = re.compile(r"[^\W_]+(?:[-/][^\W_]+)*")


@dataclass(frozen=True, slots=True)
class Entry:
    """A line of a statement."""

    day: date
    #: what the document is called there, its number among it
    document: str
    amount: Decimal


@dataclass(frozen=True, slots=True)
class Match:
    """Lines that are the same: places in ours and in theirs; of what is in one alone, the other is empty."""

    kind: str
    ours: tuple[int, ...] = ()
    theirs: tuple[int, ...] = ()


def matched(ours: Sequence[Entry], theirs: Sequence[Entry]) -> list[Match]:
    """Every line of both, each once; in the order of our lines, then what is in theirs alone."""
    left = (dict(enumerate(ours)), dict(enumerate(theirs)))
    found: list[Match] = []

    def take(kind: str, our: Iterable[int], their: Iterable[int]) -> None:
        match = Match(kind, tuple(sorted(our)), tuple(sorted(their)))
        found.append(match)
        for places, entries in zip((match.ours, match.theirs), left, strict=True):
            for place in places:
                del entries[place]

    for i, j in _pairs(left, lambda a, b: a.amount == b.amount and is_same_number(a.document, b.document)):
        take(SAME, (i,), (j,))
    for i, j in _pairs(left, lambda a, b: a.amount == b.amount and _apart(a, b) <= DAYS):
        take(NEAR, (i,), (j,))
    for i, j in _pairs(left, lambda a, b: _is_same_side(a, b) and is_same_number(a.document, b.document)):
        take(DIFFERS, (i,), (j,))
    for i in list(left[0]):
        if parts := _parts(left[0][i], left[1]):
            take(SUM, (i,), parts)
    for j in list(left[1]):
        if parts := _parts(left[1][j], left[0]):
            take(SUM, parts, (j,))
    found += [Match(OURS_ALONE, (i,)) for i in left[0]]
    found.sort(key=lambda match: match.ours)
    return found + [Match(THEIRS_ALONE, (), (j,)) for j in left[1]]


def turned(entries: Sequence[Entry]) -> list[Entry]:
    """The lines as the other side books them."""
    return [Entry(each.day, each.document, -each.amount) for each in entries]


def as_we_book(ours: Sequence[Entry], theirs: Sequence[Entry]) -> list[Entry]:
    """Their lines with our signs: most send what they book, where our sale is a credit; some send a copy of ours. The way by
    which more is matched; the first where both do alike."""
    return max((turned(theirs), list(theirs)), key=lambda way: sum(m.kind in (SAME, NEAR) for m in matched(ours, way)))


def is_same_number(ours: str, theirs: str) -> bool:
    """Whether two names of documents have a number in common: "Sale S-000012" and "Invoice no. 12 of 4.9.2026"."""
    our, their = set(_numbers(ours)), set(_numbers(theirs))
    return not our.isdisjoint(their)


def _numbers(document: str) -> Iterator[str]:
    """The digits at the end of each word that has any, without leading zeros; days do not count."""
    for word in _TOKEN.findall(_DAY.sub(" ", document)):
        digits = re.search(r"\d+$", word)
        if digits is not None and (short := digits[0].lstrip("0")):
            yield short


def _pairs(left: tuple[dict[int, Entry], dict[int, Entry]], fits: object) -> Iterator[tuple[int, int]]:
    """Each of ours with the nearest of theirs that fits, as long as both are left."""
    assert callable(fits)
    for i, ours in sorted(left[0].items(), key=lambda each: (each[1].day, each[0])):
        options = [(_apart(ours, theirs), theirs.day, j) for j, theirs in left[1].items() if fits(ours, theirs)]
        if options:
            yield i, min(options)[2]


def _parts(whole: Entry, others: dict[int, Entry]) -> tuple[int, ...]:
    """Two or more of the others that come to the whole; the fewest, the earliest first. Empty: none do."""
    near = [(e.day, j) for j, e in others.items() if _is_same_side(whole, e) and _apart(whole, e) <= MONTH]
    places = [j for _day, j in sorted(near, key=lambda each: (abs((each[0] - whole.day).days), each))[:_AMONG]]
    places.sort(key=lambda j: (others[j].day, j))
    for size in range(2, MOST_PARTS + 1):
        for some in combinations(places, size):
            if sum((others[j].amount for j in some), Decimal(0)) == whole.amount:
                return some
    return ()


def _apart(a: Entry, b: Entry) -> int:
    return abs((a.day - b.day).days)


def _is_same_side(a: Entry, b: Entry) -> bool:
    return (a.amount > 0) == (b.amount > 0)
