"""Numbers as people of three languages type them."""

from decimal import Decimal as D

import pytest
from babel.numbers import get_decimal_symbol, get_group_symbol
from hypothesis import given
from hypothesis import strategies as st

from app.web.kit.lines.numerals import read_decimal

ENGLISH, RUSSIAN, VIETNAMESE = ",", "\u00a0", "."
numbers = st.integers(-(10**15), 10**15).flatmap(lambda n: st.integers(0, 6).map(lambda digits: D(n).scaleb(-digits)))


@pytest.mark.parametrize(
    ("text", "group", "value"),
    [
        ("1,250", ENGLISH, "1250"),
        ("1,250", RUSSIAN, "1.25"),
        ("1,250", VIETNAMESE, "1.25"),
        ("1.250", ENGLISH, "1.25"),
        ("1.250", RUSSIAN, "1.25"),
        ("1.250", VIETNAMESE, "1250"),
        ("0,125", ENGLISH, "0.125"),
        ("0.115", VIETNAMESE, "0.115"),
        ("7,85", ENGLISH, "7.85"),
        ("1,234.5", RUSSIAN, "1234.5"),
        ("1.234,5", ENGLISH, "1234.5"),
        ("12,34,567", ENGLISH, "1234567"),
        ("1\u00a0234\u202f567,8", RUSSIAN, "1234567.8"),
        ("1'250", ENGLISH, "1250"),
        ("\u22123,5", RUSSIAN, "-3.5"),
        (".5", ENGLISH, "0.5"),
        ("5,", RUSSIAN, "5"),
    ],
)
def test_the_users_own_sign_between_thousands_is_not_a_decimal_point(text: str, group: str, value: str) -> None:
    assert read_decimal(text, group=group) == D(value)


@pytest.mark.parametrize(
    "text", ["", "-", ".", "ten", "1e5", "NaN", "inf", "1_000", "١٢", "--1", "1,2,3", "1,5.3", "1.2.3", "9" * 14, "1;2"]
)
def test_what_is_not_a_number_is_refused(text: str) -> None:
    for group in (ENGLISH, RUSSIAN, VIETNAMESE):
        with pytest.raises(ValueError):
            read_decimal(text, group=group)


@given(numbers, st.sampled_from(["en", "ru", "vi"]))
def test_whatever_the_program_shows_can_be_typed_again(value: D, language: str) -> None:
    point, group = get_decimal_symbol(language), get_group_symbol(language)
    shown = f"{value:,f}".replace(",", "\0").replace(".", point).replace("\0", group)
    if abs(value) < D(10) ** 13:
        assert read_decimal(shown, group=group) == value
