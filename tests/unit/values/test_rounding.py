"""The named roundings, on exact values and against exact fractions."""

from decimal import Decimal as D
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.values import digits_of, line_amount, round_money, shortest


@pytest.mark.parametrize(
    ("amount", "digits", "rounded"),
    [
        ("0.125", 2, "0.13"),
        ("-0.125", 2, "-0.13"),
        ("0.1249999999999999999999999", 2, "0.12"),
        ("2.5", 0, "3"),
        ("1.0005", 3, "1.001"),
        ("0", 2, "0.00"),
    ],
)
def test_half_goes_away_from_zero(amount: str, digits: int, rounded: str) -> None:
    assert round_money(D(amount), digits) == D(rounded)


@pytest.mark.parametrize(("currency", "digits"), [("GBP", 2), ("VND", 0), ("JPY", 0), ("KWD", 3), ("RUB", 2)])
def test_a_currency_has_its_own_digits(currency: str, digits: int) -> None:
    assert digits_of(currency) == digits


@pytest.mark.parametrize(
    ("quantity", "price", "discount", "digits", "amount"),
    [
        ("3", "0.333333", "0", 2, "1.00"),
        ("1", "0.005", "0", 2, "0.01"),
        ("7", "19.99", "12.5", 2, "122.44"),
        ("1", "9.99", "100", 2, "0.00"),
        ("999999999.999999", "999999.999999", "0", 2, "999999999998999.00"),
        ("9000000.000001", "9000000.000001", "33.3333", 2, "54000027000012.00"),
    ],
)
def test_a_line_is_rounded_once_at_its_end(quantity: str, price: str, discount: str, digits: int, amount: str) -> None:
    assert line_amount(D(quantity), D(price), discount=D(discount), digits=digits) == D(amount)


scaled = st.integers(0, 10**15).map(lambda n: D(n).scaleb(-6))


@given(scaled, scaled, st.integers(0, 10**6).map(lambda n: D(n).scaleb(-4)), st.integers(0, 3))
def test_a_line_is_exact_however_long_its_factors(quantity: D, price: D, discount: D, digits: int) -> None:
    exact = Fraction(quantity) * Fraction(price) * (100 - Fraction(discount)) / 100 * 10**digits
    assert line_amount(quantity, price, discount=discount, digits=digits) == D(int(exact + Fraction(1, 2))).scaleb(
        -digits
    )


@pytest.mark.parametrize(
    ("value", "digits", "written"),
    [
        ("1.500000", 0, "1.5"),
        ("100.000000", 0, "100"),
        ("2.500000", 2, "2.50"),
        ("0", 0, "0"),
        ("0.000001", 2, "0.000001"),
    ],
)
def test_a_number_is_written_as_short_as_it_may_be(value: str, digits: int, written: str) -> None:
    assert str(shortest(D(value), digits)) == written
