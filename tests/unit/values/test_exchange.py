"""Rates keep their digits in the direction in which they were quoted, and what they give is rounded once."""

from decimal import Context
from decimal import Decimal as D
from fractions import Fraction

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from app.values import ExchangeRate

QUOTED = st.decimals(min_value="1e-12", max_value="1e15", allow_nan=False, places=None).map(
    lambda number: D(f"{number:.17e}").normalize()
)
AMOUNTS = st.integers(-(10**15), 10**15).map(lambda coins: D(coins).scaleb(-2))


def half_up(value: Fraction, digits: int) -> D:
    """The rounding of commerce, by whole numbers alone."""
    scaled = abs(value) * 10**digits
    coins = (2 * scaled.numerator + scaled.denominator) // (2 * scaled.denominator)
    return D(coins if value >= 0 else -coins).scaleb(-digits, Context(prec=80))


def test_dong_for_a_euro_come_to_the_euro_exactly() -> None:
    rate = ExchangeRate(D("30012.5"), is_inverse=True)
    assert rate.in_base(D("3001250000"), 2) == D("100000.00")


def test_a_rate_far_below_one_keeps_its_digits() -> None:
    rate = ExchangeRate(D("0.0000333194502290712"))
    assert rate.is_kept
    assert ExchangeRate.kept(*rate.__composite_values__()) == rate
    assert rate.in_base(D("3001250000"), 2) == D("100000.00")


@example(D("1e15"), False, D(10**13), 4)
@given(QUOTED, st.booleans(), AMOUNTS, st.integers(0, 4))
def test_amounts_are_those_of_exact_fractions_rounded_once(number: D, is_inverse: bool, amount: D, digits: int) -> None:
    rate, exact = ExchangeRate(number, is_inverse), Fraction(number)
    of_one = 1 / exact if is_inverse else exact
    assert rate.in_base(amount, digits) == half_up(Fraction(amount) * of_one, digits)


@given(QUOTED, st.booleans())
def test_what_is_kept_is_what_was_quoted(number: D, is_inverse: bool) -> None:
    rate = ExchangeRate(number, is_inverse)
    assert rate.is_kept
    assert ExchangeRate.kept(*rate.__composite_values__()) == rate


TOO_LONG = ["1.234567890123456789", "1." + 40 * "0" + "1"]


@pytest.mark.parametrize("number", ["0", "-1", "NaN", "Infinity", "9e-13", "1.1e15", *TOO_LONG])
def test_what_cannot_be_kept_says_so(number: str) -> None:
    assert not ExchangeRate(D(number)).is_kept


def test_the_other_direction_has_seven_digits() -> None:
    turned = ExchangeRate(D("30012.5"), is_inverse=True).turned()
    assert (turned.number, turned.is_inverse) == (D("0.00003331945"), False)


def test_programs_read_the_direction_too() -> None:
    assert [str(ExchangeRate(D("1.250"))), str(ExchangeRate(D("30012.5"), is_inverse=True))] == ["1.25", "1/30012.5"]
