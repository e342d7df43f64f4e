"""What is typed into a search, how numbers are spelled in what is searched, and what is marked of a text that was found."""

import unicodedata

import pytest

from app.reference.phones import spellings_of_phone
from app.search import fold
from app.search.words import as_number, asked, marked


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("Ёлкин", "елкин"),
        ("Nguyễn Đức Ánh", "nguyen duc anh"),
        ("MÜLLER", "muller"),
        ("Straße", "strasse"),
        ("ABC 100%_\"'", "abc 100%_\"'"),
    ],
)
def test_a_text_is_folded_alike_however_it_is_composed(text: str, folded: str) -> None:
    assert {fold(unicodedata.normalize(form, text)) for form in ("NFC", "NFD", "NFKC", "NFKD")} == {folded}


@pytest.mark.parametrize(
    ("typed", "number"),
    [
        ("+44 20 7946 0958", "442079460958"),
        ("(020) 7946-0958", "02079460958"),
        ("7946 0958", "79460958"),
        ("GB29 NWBK 6016 1331 9268 19", "gb29nwbk60161331926819"),
        ("DE 123-456-789", "de123456789"),
        ("02079460958", ""),  # it is its own word already
        ("12 Ba", ""),
        ("Baker Street 221", ""),
        ("anna petrova", ""),
    ],
)
def test_what_is_mostly_digits_is_also_asked_for_without_what_stands_between_them(typed: str, number: str) -> None:
    assert asked(typed).number == number
    assert asked(typed).words == tuple(fold(typed).split())


def test_a_word_that_is_typed_twice_is_asked_for_once() -> None:
    assert asked("Anna  anna ÁNNA").words == ("anna",)


@pytest.mark.parametrize(
    ("kept", "spelled"),
    [
        ("+442079460958", ["+442079460958", "02079460958"]),
        ("+79123456789;ext=12, +84912345678", ["+79123456789;ext=12", "89123456789", "+84912345678", "0912345678"]),
        ("+12125550100", ["+12125550100", "2125550100"]),
        ("+9991234567", ["+9991234567", "9991234567"]),  # of no country that there is
        ("ask Anna", ["ask Anna"]),
        ("", []),
    ],
)
def test_a_phone_number_is_found_as_it_is_dialled_abroad_and_at_home(kept: str, spelled: list[str]) -> None:
    assert spellings_of_phone(kept) == spelled


def test_a_tax_or_account_number_is_found_with_and_without_signs_between() -> None:
    assert as_number("7707-083 893") == ["7707-083 893", "7707083893"]


@pytest.mark.parametrize(
    ("text", "words", "found"),
    [
        ("+44 20 7946 0958", ("79460958",), ["7946 0958"]),
        ("+44 20 7946 0958", ("02079460958",), ["20 7946 0958"]),  # what one dials at home before the area isn't there
        ("info@röm.example", ("rom",), ["röm"]),
        ("Straße 5", ("strasse",), ["Straße"]),
        ("c-1002@example.com", ("c-1002@",), ["c-1002@"]),
        ("met in Köln and in Rome", ("koln", "rome"), ["Köln", "Rome"]),
        ("met in Köln", ("berlin",), []),
        ("met in Köln", ("%",), []),
    ],
)
def test_what_was_typed_is_marked_in_what_was_found(text: str, words: tuple[str, ...], found: list[str]) -> None:
    parts = marked(text, words)
    assert "".join(part for part, _ in parts) == text
    assert [part for part, is_found in parts if is_found] == found
