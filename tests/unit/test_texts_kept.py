"""Texts as they are kept: what looks alike is alike."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.errors import Invalid
from app.texts import kept_text, one_line, shortened, visible


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("  Anvil ", "Anvil"),
        ("A\u0308pfel", "Äpfel"),  # two signs that are one
        ("\ufeffA-1", "A-1"),
        ("A\u200b-1\u2060", "A-1"),
        ("\u202eA-1\u202c\u200f", "A-1"),
        ("\u00a0A 1\u00a0", "A 1"),
        ("A\u00a01", "A 1"),
        ("co\u00adop", "coop"),
        ("A\u200dB\u200cC", "ABC"),
        ("می\u200cروم", "می\u200cروم"),  # a joiner that Persian needs
        ("👩\u200d🔧", "👩\u200d🔧"),
        ("\u200b\u00a0", ""),
    ],
)
def test_a_name_is_kept_as_people_see_it(typed: str, kept: str) -> None:
    assert kept_text(typed, 60, field="name") == kept


def test_a_note_keeps_its_lines_and_the_blanks_within_it() -> None:
    assert kept_text("one\n10\u00a0kg \u200b", None, field="note") == "one\n10\u00a0kg"


def test_a_text_is_measured_as_it_is_kept() -> None:
    assert kept_text("A\u0308" * 60, 60, field="name") == "Ä" * 60
    with pytest.raises(Invalid):
        kept_text("Ä" * 61, 60, field="name")
    assert visible("plain") == "plain"


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("EV\r\nIL", "EV IL"),
        ("A\t1\x85B\u2028C\u2029D", "A 1 B C D"),
        ("\nA-1\n", "A-1"),
        ("A\ufeff\u200dB", "AB"),
        ("A\u3164B\uffa0\u115f", "AB"),
        ("A\u2800B", "A B"),
        ("A\ufe0f\u200dB\u180b\U000e0041\U000e0100", "AB"),
        ("\u3000\u200dA", "A"),
        ("❤\ufe0f\u200d🔥", "❤\ufe0f\u200d🔥"),  # a picture of two parts
        ("葛\U000e0100城", "葛\U000e0100城"),  # a name's own form of an ideograph
    ],
)
def test_a_name_is_one_line_without_what_nobody_sees(typed: str, kept: str) -> None:
    assert kept_text(typed, 60, field="name") == kept


@pytest.mark.parametrize("most", [60, None])
@pytest.mark.parametrize("unfit", ["\0", "\x07", "\x1b", "\x7f", "\x80", "\ud800", "\ufffe"], ids=ascii)
def test_a_character_that_cannot_be_kept_is_refused(unfit: str, most: int | None) -> None:
    with pytest.raises(Invalid, match="can't be kept") as refusal:
        kept_text(f"a{unfit}b", most, field="code")
    assert refusal.value.field == "code"


def test_a_note_keeps_tabs_and_every_kind_of_line() -> None:
    assert kept_text("one\r\n\ttwo\u2028three", None, field="note") == "one\r\n\ttwo\u2028three"


_SIGNS = st.sampled_from(
    "A Äé\u0301\u0338字ไ葛❤🔥\u2190\u2adc\u200b\u200c\u200d\ufeff\ufe0f\ufe00\u180b\u1820\u3164\u2800\u3000\u00a0\u1680\u115f"
)


@given(st.text(st.one_of(_SIGNS, st.characters(exclude_categories=["Cs"])), max_size=12), st.booleans())
def test_what_is_kept_stays_as_it_is(typed: str, one_blank: bool) -> None:
    seen = visible(typed, one_blank=one_blank)
    assert visible(seen, one_blank=one_blank) == seen
    assert one_line(one_line(typed)) == one_line(typed)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("twelve signs", "twelve signs"),
        ("two\nlines", "two lines"),
        ("a dozen words", "a dozen…"),
        ("Antidisestablishment", "Antidisesta…"),
        ("first, second", "first…"),
        ("hammer nails and", "hammer…"),
        ("", ""),
    ],
)
def test_what_is_repeated_of_a_long_text_ends_with_an_ellipsis(text: str, shown: str) -> None:
    assert shortened(text, 12) == shown
    assert len(shown) <= 12
