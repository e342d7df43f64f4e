"""The order of texts: as dictionaries have it, for every language at once."""

import pytest

from app.ordering import LONGEST, order_key, order_span
from app.search import fold


@pytest.mark.parametrize(
    "texts",
    [
        ["10", "2", "a", "A", "à", "á", "ä", "Ä", "ab", "b", "Z", "а", "Я"],
        ["Apfel", "Äpfel", "Birne", "Öl", "Zebra"],
        ["cote", "coté", "côte", "côté"],
        ["ежик", "ёжик", "Ёлка", "Енот", "жук"],
        ["и", "й", "к"],
        ["игла", "йод", "кот"],
        ["гора", "ґава", "дім", "енот", "єнот", "изба", "існує", "їжак"],
        ["ma", "mà", "mả", "mã", "má", "mạ", "mă", "mằ", "mâ", "mầ", "mậ", "mb"],
        ["da", "đa", "dăm", "e"],
        ["Østersø", "Ostsee", "Otto"],
        ["M 8", "M8", "M8x20"],
    ],
)
def test_texts_stand_as_in_a_dictionary(texts: list[str]) -> None:
    assert sorted(sorted(texts), key=order_key) == texts


def test_the_same_text_in_two_forms_has_one_key() -> None:
    assert order_key("Ä") == order_key("A\u0308")
    assert order_key("Việt") == order_key("Vie\u0323\u0302t")


def test_a_key_is_short_enough_for_an_index() -> None:
    assert len(order_key("Ắ" * 300)) <= LONGEST
    assert len(order_key("\u1ffc" * 300).encode()) <= 2600
    assert order_key("") == ""


@pytest.mark.parametrize(
    "name", ["Анна", "Айна", "Đức", "Ørsted", "Ǿrsted", "Ґанок", "Їжак", "Ångström", "Æsir", "Łódź", "Ёлка", "Abel"]
)
@pytest.mark.parametrize("length", [1, 2])
def test_a_name_stands_between_the_keys_of_what_it_is_folded_to(name: str, length: int) -> None:
    first, last = order_span(fold(name)[:length])
    assert first <= order_key(name) <= last


def test_the_span_of_a_word_is_narrow() -> None:
    assert order_span("an") == ("an", "an\U0010ffff")
    assert order_span("аи") == ("аи", "ай\U0010ffff")
