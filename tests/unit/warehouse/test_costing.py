"""The moving average, on exact values and against exact fractions."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from modules.warehouse.costing import cost_of_issue

PENNY = 100  # units of 10**-4 in a penny


@pytest.mark.parametrize(
    ("quantity", "held", "worth", "step", "cost"),
    [
        (1, 3, 10_000, PENNY, 3_300),  # a third of a pound
        (2, 3, 10_000, PENNY, 6_700),
        (3, 3, 10_001, PENNY, 10_001),  # all takes all, even a broken coin
        (1, 2, 100, PENNY, 100),  # half a penny goes up
        (1, 8, 10_000, PENNY, 1_300),
        (1, 2, 10_000, 10_000, 10_000),  # a currency without small coins
        (5, 0, 0, PENNY, 0),
        (5, -1, -10, PENNY, 0),
        (6, 3, 10_000, PENNY, 20_000),  # more than is held, from a place that may go below nought
        (1, 2, -100, PENNY, -100),
    ],
)
def test_goods_take_their_share_along(quantity: int, held: int, worth: int, step: int, cost: int) -> None:
    assert cost_of_issue(quantity, held, worth, step=step) == cost


@given(st.integers(1, 10**12), st.integers(1, 10**12), st.integers(0, 10**14))
def test_a_share_is_never_half_a_coin_off(quantity: int, held: int, pence: int) -> None:
    worth = pence * PENNY
    cost = cost_of_issue(quantity, held, worth, step=PENNY)
    assert cost % PENNY == 0
    assert abs(Fraction(worth * quantity, held) - cost) <= Fraction(PENNY, 2)


@given(st.lists(st.integers(1, 1000), min_size=1, max_size=20), st.integers(0, 10**9))
def test_taking_all_bit_by_bit_leaves_nothing(parts: list[int], pence: int) -> None:
    held, worth = sum(parts), pence * PENNY
    for part in parts:
        cost = cost_of_issue(part, held, worth, step=PENNY)
        held, worth = held - part, worth - cost
    assert (held, worth) == (0, 0)
