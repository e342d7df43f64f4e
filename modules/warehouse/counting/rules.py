"""What a count finds of an item: what the books expected when it was counted, and whether it stood still meanwhile (ADR 88).

No database. Quantities are whole, in units of their scale.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

#: what a browser has kept longer than this isn't taken any more
LONGEST = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Counted:
    """What was counted of an item in one round: how much, and between which moments."""

    quantity: int
    first: datetime
    last: datetime
    #: the same goods in their second unit; None: not all of them were weighed
    second: int | None = 0


@dataclass(frozen=True, slots=True)
class Moved:
    """What a document has moved of an item: into the place above zero, out of it below."""

    moment: datetime
    quantity: int
    document_id: int = 0


def expected_at(held: int, moves: Sequence[Moved], moment: datetime) -> int:
    """What the books say of a moment, its own moves included: what they hold after `moves`, less those that came later."""
    return held - sum(move.quantity for move in moves if move.moment > moment)


def has_moved(counted: Counted, moves: Sequence[Moved]) -> bool:
    """Whether goods came or went between the first and the last tally, or within the very second of one of them: nobody can
    say whether those were counted."""
    return any(counted.first <= move.moment <= counted.last for move in moves)


def came_unseen(counted: Counted, moves: Sequence[Moved]) -> bool:
    """Whether a lot, or a piece, that nobody saw while its item was counted came meanwhile: it may lie where that was done
    already. What went was there, and may have gone before anybody came by."""
    return any(counted.first <= move.moment <= counted.last and move.quantity > 0 for move in moves)


def piece_has_moved(seen: Counted, expected: int, moves: Sequence[Moved]) -> bool:
    """Whether nobody can say where a piece with a number of its own is: it moved within the second in which it was seen last,
    or it is missing or found, and has moved since, so that the books knew better."""
    return any(move.moment == seen.last or (seen.quantity != expected and move.moment > seen.last) for move in moves)


def moment_of(age: timedelta, begun: datetime, now: datetime) -> datetime | None:
    """When something was counted that is sent `age` after it; None: too long ago. Never before the count was begun, nor ahead,
    however a clock was set meanwhile."""
    return None if age > LONGEST else min(max(now - age, begun), now)


def expected_in_bins(bins: Sequence[tuple[Counted, Sequence[Moved]]], held: int, moves: Sequence[Moved]) -> int | None:
    """What a lot was by the books in its second unit when the bins where it lies were counted, each at a moment of its own.

    Bins don't say it: what a document moved there, beside each bin's count, says whether its move of the second unit was made
    by then. None: nobody can say, as some bins were counted before a document moved goods there and others after it, or as the
    second quantity alone changed between them.
    """
    later: dict[int, set[bool]] = defaultdict(set)
    for counted, moved in bins:
        for move in moved:
            later[move.document_id].add(move.moment > counted.last)
    for move in moves:
        if move.document_id not in later:
            for counted, _ in bins:
                within = counted.first <= move.moment <= counted.last
                later[move.document_id] |= {True, False} if within else {move.moment > counted.last}
    if any(len(each) > 1 for each in later.values()):
        return None
    return held - sum(move.quantity for move in moves if True in later[move.document_id])


def second_to_change(base: int, second: int, missing: int, missing_second: int) -> int | None:
    """By how much the second quantity of goods changes that are `base` and `second` by now, of which so much was found too much
    (below zero: missing) when they were counted: where none stay, none of it does, whatever left meanwhile. None: goods stay,
    and nothing of it would."""
    if base + missing <= 0:
        return -second
    return missing_second if second + missing_second > 0 else None


@dataclass(frozen=True, slots=True)
class Found:
    """So many units of a lot that lie in `target` and not, as it was thought, in `source`; None: nowhere in the warehouse."""

    source: int | None
    target: int | None
    units: int


def found_in(differences: Mapping[int, int]) -> Iterator[Found]:
    """What differs in bins, by bin and for one lot: what is missing in one and was found in another lies in the other. What is
    left of surpluses comes first, so that a bin has what is taken from it."""
    extra = [[bin_id, units] for bin_id, units in differences.items() if units > 0]
    short = [[bin_id, -units] for bin_id, units in differences.items() if units < 0]
    moved = []
    while extra and short:
        units = min(extra[0][1], short[0][1])
        moved.append(Found(short[0][0], extra[0][0], units))
        for side in (extra, short):
            side[0][1] -= units
            if not side[0][1]:
                side.pop(0)
    yield from (Found(None, bin_id, units) for bin_id, units in extra)
    yield from (Found(bin_id, None, units) for bin_id, units in short)
    yield from moved
