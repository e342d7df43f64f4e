"""Texts as they are kept: what looks alike is alike."""

import pytest

from app.errors import Invalid
from app.texts import kept_text, visible


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
