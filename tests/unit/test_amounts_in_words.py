"""Amounts in words, as cash orders say them."""

from decimal import Decimal as D

import pytest

from app.printing.words import amount_in_words

SAID = [
    ("1002.05", "RUB", "ru", "Одна тысяча два рубля 05 копеек"),
    ("1.01", "RUB", "ru", "Один рубль 01 копейка"),
    ("11.11", "RUB", "ru", "Одиннадцать рублей 11 копеек"),
    ("112.22", "RUB", "ru", "Сто двенадцать рублей 22 копейки"),
    ("21.00", "USD", "ru", "Двадцать один доллар США 00 центов"),
    ("3000000", "VND", "ru", "Три миллиона донгов"),
    ("5.50", "THB", "ru", "Пять THB 50"),
    ("1500000", "VND", "vi", "Một triệu năm trăm nghìn đồng"),
    ("9.36", "GBP", "vi", "Chín Bảng Anh và 36/100"),
    ("1.00", "EUR", "en", "One euro and 00/100"),
    ("2341.07", "GBP", "en", "Two thousand, three hundred and forty-one British pounds and 07/100"),
    ("0.10", "KWD", "en", "Zero Kuwaiti dinars and 100/1000"),
]


@pytest.mark.parametrize(("amount", "currency", "language", "words"), SAID)
def test_an_amount_says_whole_units_in_words_and_parts_in_figures(
    amount: str, currency: str, language: str, words: str
) -> None:
    assert amount_in_words(D(amount), currency, language).casefold() == words.casefold()
