"""SSCCs: their check digit, how they are made and read, and that their bars say FNC1, (00) and the code."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.errors import Invalid
from modules.warehouse.element_strings import GS, sscc_of_label
from modules.warehouse.labels.bars import gs1_bars
from modules.warehouse.logistic_units.rules import (
    Packed,
    check_digit,
    checked_prefix,
    code_of,
    is_sscc,
    sscc_of,
    taken_out,
    unit_code,
)

#: GS1 General Specifications, figure 3.3.1: the example of 7.9
KNOWN = "006141411234567890"

digits = st.text(alphabet="0123456789", min_size=17, max_size=17)


@given(digits)
def test_the_check_digit_is_that_of_others(body: str) -> None:
    from biip.checksums import gs1_standard_check_digit
    from stdnum import ean

    assert check_digit(body) == ean.calc_check_digit(body) == str(gs1_standard_check_digit(body))
    assert is_sscc(body + check_digit(body))
    assert not is_sscc(body + str((int(check_digit(body)) + 1) % 10))


@given(st.integers(4, 12).flatmap(lambda n: st.text(alphabet="0123456789", min_size=n, max_size=n)), st.data())
def test_numbers_under_a_prefix_are_sscc_and_none_comes_twice(prefix: str, data: st.DataObject) -> None:
    most = 10 ** (17 - len(prefix))
    one, other = data.draw(st.lists(st.integers(0, most - 1), min_size=2, max_size=2, unique=True))
    assert is_sscc(sscc_of(prefix, one))
    assert sscc_of(prefix, one)[1:].startswith(prefix)
    assert sscc_of(prefix, one) != sscc_of(prefix, other)
    with pytest.raises(Invalid, match="used up"):
        sscc_of(prefix, most)


def test_without_a_prefix_a_number_can_not_be_taken_for_one() -> None:
    assert code_of("", 7) == "LU-000007"
    assert code_of("4012345", 7) == "040123450000000078"
    assert checked_prefix(" 4012 345 ") == "4012345"
    for wrong in ("401", "4012345678901", "40A1"):
        with pytest.raises(Invalid, match="4 to 12 digits"):
            checked_prefix(wrong)


@pytest.mark.parametrize(
    "text",
    [
        KNOWN,
        f"00{KNOWN}",
        f"(00){KNOWN}",
        f"(00) {KNOWN}",
        f"]C100{KNOWN}",
        f"{GS}00{KNOWN}",
        f"(02)04006381333931(37)12(00){KNOWN}",
        f"]C102040063813339313712{GS}00{KNOWN}",
    ],
)
def test_a_label_says_its_sscc_in_every_way_in_which_scanners_send_it(text: str) -> None:
    assert sscc_of_label(text) == KNOWN
    assert unit_code(text) == KNOWN


@pytest.mark.parametrize("text", ["", "LU-000001", KNOWN[:-1] + "1", "(01)04006381333931", "]C1(", f"{KNOWN}5"])
def test_other_texts_say_none(text: str) -> None:
    assert sscc_of_label(text) == ""
    assert unit_code("  lu-000001 ") == "LU-000001"


#: widths of bars and gaps of the values of Code 128 (ISO/IEC 15417) that occur: start C, FNC1, stop, and pairs of digits
def _patterns() -> dict[str, int]:
    from barcode.charsets.code128 import CODES

    return {bars: value for value, bars in enumerate(CODES)}


def test_the_bars_are_gs1_128() -> None:
    runs = re.findall(r'x="(\d+)" y="0" width="(\d+)"', gs1_bars(f"00{KNOWN}"))
    first, last = int(runs[0][0]), int(runs[-1][0]) + int(runs[-1][1])
    modules = ["0"] * (last - first)
    for x, width in runs:
        modules[int(x) - first : int(x) - first + int(width)] = "1" * int(width)
    known, text = _patterns(), "".join(modules)
    assert text.endswith("1100011101011")  # stop
    values = [known[text[i : i + 11]] for i in range(0, len(text) - 13, 11)]
    start, fnc1, *data, check = values
    assert (start, fnc1) == (105, 102)  # start C, FNC1
    assert "".join(f"{value:02}" for value in data) == f"00{KNOWN}"
    assert check == (start + sum(i * value for i, value in enumerate([fnc1, *data], 1))) % 103


def test_the_first_are_opened_first() -> None:
    assert list(taken_out([Packed(1, 3), Packed(2, 0), Packed(3, 5)], 4)) == [Packed(1, 3), Packed(3, 1)]
