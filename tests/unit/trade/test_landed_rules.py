"""A cost is spread to the last coin."""

from decimal import Decimal as D

from hypothesis import given
from hypothesis import strategies as st

from modules.trade.landed.rules import spread
from modules.trade.sourcing.tolerances import is_beyond

MEASURES = st.lists(st.decimals(0, 10_000, places=6), min_size=1, max_size=12).filter(any)


def test_coins_that_are_left_go_to_the_largest_remainders() -> None:
    assert spread(D("100.00"), [D(1), D(1), D(1)], digits=2) == [D("33.34"), D("33.33"), D("33.33")]
    assert spread(D("0.05"), [D(1), D(6), D(3)], digits=2) == [D("0.01"), D("0.03"), D("0.01")]
    assert spread(D("-1"), [D(2), D(0), D(1)], digits=0) == [D(-1), D(0), D(0)]


@given(st.integers(-(10**9), 10**9), MEASURES, st.sampled_from([0, 2, 3]))
def test_parts_make_the_amount_and_none_is_a_coin_off(coins: int, measures: list[D], digits: int) -> None:
    amount, coin, whole = D(coins).scaleb(-digits), D(1).scaleb(-digits), sum(measures)
    parts = spread(amount, measures, digits=digits)
    assert sum(parts) == amount
    assert all(
        abs(part * whole - amount * measure) < coin * whole for part, measure in zip(parts, measures, strict=True)
    )


def test_a_difference_is_beyond_either_limit_and_not_at_it() -> None:
    assert not is_beyond(D(5), D(100), D(5), D(5))
    assert is_beyond(D("5.01"), D(100), D(5), None)
    assert is_beyond(D("-5.01"), D(100), None, D(5))
    assert not is_beyond(D(1000), D(1), None, None)
