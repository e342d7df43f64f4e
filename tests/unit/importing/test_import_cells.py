"""What a cell says, by itself."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.importing.cells import BadCell, as_code, as_decimal, as_text, is_blank
from app.workbooks.cells import Shown, Unstored
from app.workbooks.formats import shown


@pytest.mark.parametrize(
    ("value", "number"),
    [(15.299999999999999, "15.3"), (0.1 + 0.2, "0.3"), (1e-7, "0.0000001"), (999999999999999.0, "999999999999999")],
)
def test_a_float_is_what_a_spreadsheet_shows_of_it(value: float, number: str) -> None:
    assert as_decimal(value) == Decimal(number)
    assert as_text(value) == as_code(value) == number


@given(st.decimals(min_value=-(10**8), max_value=10**8, places=6))
def test_what_was_typed_with_fifteen_digits_comes_back(number: Decimal) -> None:
    assert as_decimal(float(number)) == number


@pytest.mark.parametrize("value", [4.07028103e19, 1234567890123456.0, -1e15])
def test_more_than_fifteen_digits_are_refused_in_whatever_column(value: float) -> None:
    for read in (as_text, as_code, as_decimal):
        with pytest.raises(BadCell, match="more than 15 digits"):
            read(value)


@pytest.mark.parametrize("text", ["4.07028E+19", "1,23E+12", "#######"])
def test_a_code_that_a_spreadsheet_has_shortened_is_refused(text: str) -> None:
    with pytest.raises(BadCell, match="shortened"):
        as_code(text)
    assert as_text(text) == text


@pytest.mark.parametrize("text", ["5E10", "1E+1", "E+19"])
def test_a_code_that_only_looks_like_one_is_taken(text: str) -> None:
    assert as_code(text) == text


@pytest.mark.parametrize("text", ["K-1\u200b", "\ufeffK-1", "K\u00ad-1", "\u202aK-1\u202c", "K-1\xa0"])
def test_characters_that_nobody_sees_do_not_count_in_a_code(text: str) -> None:
    assert as_code(text) == "K-1"


def test_texts_are_kept_in_one_form_of_unicode() -> None:
    assert as_text("e\u0301") == as_code("e\u0301") == "é"


@pytest.mark.parametrize("text", ["", " ", "\xa0", "\u200b", " \ufeff\t"])
def test_what_nobody_sees_is_blank(text: str) -> None:
    assert is_blank(text)


@pytest.mark.parametrize("text", ["Lamp\ufffd", "Lamp\x93", "a\0b"])
def test_what_was_read_in_another_encoding_is_not_kept(text: str) -> None:
    with pytest.raises(BadCell, match="can't be kept"):
        as_text(text)


def test_a_number_with_a_format_is_a_code_as_shown_and_a_number_as_kept() -> None:
    cell = Shown(417.0, "0000417")
    assert (as_code(cell), as_decimal(cell), as_text(cell)) == ("0000417", Decimal(417), "417")


@pytest.mark.parametrize("read", [as_text, as_code, as_decimal])
def test_a_formula_without_a_result_says_nothing(read) -> None:
    with pytest.raises(BadCell, match="never stored"):
        read(Unstored())


@given(st.integers(0, 10**15 - 1), st.integers(2, 12))
def test_a_format_of_zeros_shows_at_least_so_many_digits(number: int, places: int) -> None:
    text = shown(float(number), "0" * places)
    assert (text or str(number)) == str(number).zfill(places)


@given(st.floats(allow_nan=False, allow_infinity=False), st.text('0#?.,%E+-"\\_*;@[]dmyhs $', max_size=12))
def test_whatever_a_format_is_it_never_breaks_the_reader(number: float, form: str) -> None:
    text = shown(number, form)
    assert text is None or text == text.strip()
