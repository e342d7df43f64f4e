"""Vietnamese numbers in words, as vouchers have them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.printing.vietnamese import vietnamese_words


@pytest.mark.parametrize(
    ("number", "words"),
    [
        (0, "không"),
        (5, "năm"),
        (15, "mười lăm"),
        (21, "hai mươi mốt"),
        (105, "một trăm lẻ năm"),
        (111, "một trăm mười một"),
        (1_015, "một nghìn không trăm mười lăm"),
        (1_050_000, "một triệu không trăm năm mươi nghìn"),
        (2_000_005, "hai triệu không trăm lẻ năm"),
        (1_000_000_000, "một tỷ"),
        (1_234_567_891, "một tỷ hai trăm ba mươi bốn triệu năm trăm sáu mươi bảy nghìn tám trăm chín mươi mốt"),
    ],
)
def test_numbers_are_said_as_accounts_write_them(number: int, words: str) -> None:
    assert vietnamese_words(number) == words


_DIGITS = ["không", "một", "hai", "ba", "bốn", "năm", "sáu", "bảy", "tám", "chín"]
_ONES = {word: number for number, word in enumerate(_DIGITS)} | {"mốt": 1, "lăm": 5}


def _read(words: str) -> int:
    """The number that somebody hears."""
    whole = group = digit = 0
    for word in words.split():
        if word in _ONES:
            digit = _ONES[word]
        elif word == "mười":
            group += 10
        elif word in ("trăm", "mươi"):
            group, digit = group + digit * (100 if word == "trăm" else 10), 0
        elif word in ("nghìn", "triệu"):
            whole, group, digit = whole + (group + digit) * (1000 if word == "nghìn" else 10**6), 0, 0
        elif word == "tỷ":
            whole, group, digit = (whole + group + digit) * 10**9, 0, 0
    return whole + group + digit


@given(st.integers(0, 10**15))
def test_what_is_heard_is_the_number(number: int) -> None:
    assert _read(vietnamese_words(number)) == number
