"""What warehouses are refilled with, against somebody who gives one lot after the other."""

from decimal import Decimal as D

import pytest
from hypothesis import given
from hypothesis import strategies as st

from modules.warehouse.planning.refills import Need, Refill, refills
from modules.warehouse.planning.rules import Level

_SMALL = st.integers(0, 30).map(D)
_LEVELS = st.tuples(_SMALL, _SMALL, st.integers(0, 6).map(D), st.integers(0, 12).map(D)).map(
    lambda t: Level(min(t[0], t[1]), max(t[0], t[1]), t[2], t[3])
)


@st.composite
def _needs(draw: st.DrawFn) -> list[Need]:
    found = []
    for place in range(10, 10 + draw(st.integers(1, 4))):
        for item in range(1, 1 + draw(st.integers(1, 2))):
            under_way = [draw(_SMALL) for _ in range(3)]
            free = D(draw(st.integers(-5, 30)))
            found.append(Need(item, place, draw(st.sampled_from((1, 2))), draw(_LEVELS), 0, free, *under_way))
    return found


def _one_by_one(need: Need, has: int) -> tuple[int, int]:
    """Lot after lot until the maximum is reached and no fewer than the least are wanted; as many of them as there are."""
    there = int(need.free + need.coming + need.requested + need.drafted)
    level, lot = need.level, int(need.level.multiple) or 1
    if there >= level.minimum:
        return 0, 0
    wanted = given_ = 0
    while there + wanted < level.maximum or wanted < level.least:
        wanted += lot
        if given_ + lot <= has and given_ == wanted - lot:
            given_ += lot
    return wanted, given_


@given(_needs(), st.dictionaries(st.tuples(st.sampled_from((1, 2)), st.sampled_from((1, 2))), st.integers(-3, 60)))
def test_each_gets_up_to_its_maximum_in_lots_as_long_as_the_source_has_any(
    needs: list[Need], stock: dict[tuple[int, int], int]
) -> None:
    found = {
        (r.need.item_id, r.need.place_id): r
        for r in refills(needs, {key: D(n) for key, n in stock.items()}, frozenset({1}))
    }
    left = dict(stock)
    for need in needs:
        is_known = need.source_id == 1
        has = max(left.get((need.item_id, 1), 0), 0) if is_known else 10_000
        wanted, brought = _one_by_one(need, has)
        refill = found.get((need.item_id, need.place_id))
        if not wanted:
            assert refill is None
            continue
        assert refill == Refill(need, D(wanted), D(brought), D(has) if is_known else None)
        if is_known:
            left[need.item_id, 1] = has - brought


@pytest.mark.parametrize(
    ("need", "has", "words"),
    [
        (
            Need(1, 10, 1, Level(D(5), D(12)), 0, D(1), D(2)),
            D(100),
            "1 free, 2 on the way, the minimum is 5, so bring 9",
        ),
        (
            Need(1, 10, 1, Level(D(5), D(12), D(6)), 0, D(1), requested=D(1), drafted=D(1)),
            D(8),
            "1 free, 1 requested, 1 in drafts, the minimum is 5, so bring 12, in lots of 6, only 8 are free there",
        ),
    ],
)
def test_it_says_why(need: Need, has: D, words: str) -> None:
    (refill,) = refills([need], {(1, 1): has}, frozenset({1}))
    assert refill.words() == words
