"""How files write numbers: what can be read in one way only is, whatever the country; what can't has to be chosen."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.importing.numbers import COMMA, POINT, Writing, bare, is_ambiguous, readings, writing_of


@pytest.mark.parametrize(
    ("text", "decimal", "plain"),
    [
        ("12.50", POINT, "12.50"),
        ("1,250.00", POINT, "1250.00"),
        ("1 250.00", POINT, "1250.00"),
        ("1\u202f250,00", COMMA, "1250.00"),
        ("1'250.00", POINT, "1250.00"),
        ("1.250.000", COMMA, "1250000"),
        ("1.250", POINT, "1.250"),
        ("1.250", COMMA, "1250"),
        ("$12.50", POINT, "12.50"),
        ("-$ 12.50", POINT, "-12.50"),
        ("12,50 €", COMMA, "12.50"),
        ("€\xa012,50", COMMA, "12.50"),
        ("1 250 руб.", COMMA, "1250"),
        ("12.000 ₫", COMMA, "12000"),
        ("12.50 EUR", POINT, "12.50"),
        ("US$ 1,250.00", POINT, "1250.00"),
        ("kr 12,50", COMMA, "12.50"),
        ("€-12.50", POINT, "-12.50"),
        ("12 pcs", POINT, None),
        ("12.50 USD", POINT, "12.50"),
        ("2 cup", POINT, None),
        ("3 top", POINT, None),
        ("10 try", POINT, None),
        ("All 5", POINT, None),
        ("5 A", POINT, None),
        ("--5", POINT, None),
        ("\u22125", POINT, "-5"),
        ("0,125", COMMA, "0.125"),
        ("2,55", POINT, None),
        ("0,125", POINT, None),
        ("12,50,00", POINT, None),
        ("1,25,000", POINT, None),
        ("1,250 000", POINT, None),
        ("12.50.00", POINT, None),
        ("1e3", POINT, None),
        ("(12.50)", POINT, None),
        ("12.50-", POINT, None),
        ("12 %", POINT, None),
        ("٣", POINT, None),
        ("$", POINT, None),
        ("", POINT, None),
        ("nan", POINT, None),
    ],
)
def test_a_number_is_read_as_its_file_writes_numbers(text: str, decimal: str, plain: str | None) -> None:
    assert Writing(decimal).plain(text) == plain


def test_the_sign_between_thousands_may_be_stated() -> None:
    assert Writing(COMMA, "'").plain("1'250,5") == "1250.5"
    assert Writing(COMMA, "'").plain("1.250,5") is None


@pytest.mark.parametrize(
    ("texts", "writing"),
    [
        (["1.250", "12.50"], Writing(POINT)),
        (["1.250", "12,50"], Writing(COMMA)),
        (["1.250", "0.125"], Writing(POINT)),
        (["1.250", "1.250.000"], Writing(COMMA)),
        (["1.250", "1234.567"], Writing(POINT)),
        (["1.250", "7"], None),
        (["12.50", "12,50"], None),
        (["much"], None),
        ([], None),
    ],
)
def test_a_file_tells_how_it_writes_numbers_by_those_that_can_be_read_in_one_way(
    texts: list[str], writing: Writing | None
) -> None:
    assert writing_of(texts) == writing


@pytest.mark.parametrize(
    "text", ["1" * 38 + ".50", "1," + "0" * 39, "1" + "a" * 100_000 + "1", "1." + "250." * 20_000 + "250"]
)
def test_a_text_of_more_than_forty_signs_is_not_a_number(text: str) -> None:
    assert (readings(text), is_ambiguous(text)) == (set(), False)
    assert [Writing(sign).plain(text) for sign in (POINT, COMMA)] == [None, None]


def test_blanks_around_a_number_are_not_counted_as_its_signs() -> None:
    assert Writing(COMMA).plain(" " * 60 + "12,50") == "12.50"


@pytest.mark.parametrize("text", ["1" + "a" * 100_000 + "1", "a1" * 50_000 + "1", "1" + "a." * 50_000 + "1"])
def test_a_long_word_that_no_currency_has_stays_and_takes_no_longer_than_it_is(text: str) -> None:
    assert bare(text) == text  # once a search that began at every letter took minutes


NUMBERS = st.decimals(min_value=-(10**9), max_value=10**9, places=2)


@given(NUMBERS, st.sampled_from([(POINT, ","), (POINT, " "), (POINT, "'"), (COMMA, "."), (COMMA, "\xa0"), (COMMA, "")]))
def test_whatever_a_country_writes_is_read_as_it_was_meant(number: Decimal, signs: tuple[str, str]) -> None:
    decimal, thousands = signs
    written = f"{number:,.2f}".replace(",", "T").replace(".", decimal).replace("T", thousands)
    assert Decimal(Writing(decimal).plain(written) or "nan") == number
    assert writing_of([written]) == Writing(decimal)


@given(st.text("0123456789.,' ", max_size=14))
def test_two_readings_that_differ_are_never_taken_for_one(text: str) -> None:
    by_point, by_comma = Writing(POINT).plain(text), Writing(COMMA).plain(text)
    assert is_ambiguous(text) == (by_point is not None and by_comma is not None and by_point != by_comma)
    if is_ambiguous(text):
        assert writing_of([text]) is None
