"""Amounts in words, as cash orders say them."""

from decimal import Decimal

from babel.numbers import get_currency_name

from app.printing.vietnamese import vietnamese_words
from app.values import digits_of

_LANGUAGES = ("en", "ru", "vi")
#: Russian names of whole and hundredth parts, by one, two to four, five and more; what stands here is declined
_RUSSIAN = {
    "RUB": (("рубль", "рубля", "рублей"), ("копейка", "копейки", "копеек")),
    "USD": (("доллар США", "доллара США", "долларов США"), ("цент", "цента", "центов")),
    "EUR": (("евро", "евро", "евро"), ("цент", "цента", "центов")),
    "GBP": (("фунт стерлингов", "фунта стерлингов", "фунтов стерлингов"), ("пенни", "пенса", "пенсов")),
    "CNY": (("юань", "юаня", "юаней"), ("фэнь", "фэня", "фэней")),
    "VND": (("донг", "донга", "донгов"), ("", "", "")),
    "BYN": (("белорусский рубль", "белорусских рубля", "белорусских рублей"), ("копейка", "копейки", "копеек")),
    "KZT": (("тенге", "тенге", "тенге"), ("тиын", "тиына", "тиынов")),
}


def amount_in_words(amount: Decimal, currency: str, language: str) -> str:
    """The amount, not below zero: its whole units in words, hundredths in figures, with the currency's name, beginning with a
    capital letter: "Одна тысяча два рубля 05 копеек". Of a currency without parts only whole units.

    Russian names are declined where they are known; others stand by their code.
    """
    from num2words import num2words

    digits = digits_of(currency)
    whole, part = divmod(int(amount.scaleb(digits)), 10**digits)
    said = language if language in _LANGUAGES else "en"
    words = vietnamese_words(whole) if said == "vi" else num2words(whole, lang=said)
    if said == "ru":
        text = f"{words} {_russian(whole, currency)}" + (f" {part:0{digits}} {_part(part, currency)}" if digits else "")
    else:
        name = "đồng" if (said, currency) == ("vi", "VND") else get_currency_name(currency, count=whole, locale=said)
        text = f"{words} {name}"
        if digits and (part or said != "vi"):
            text += f" {_AND[said]} {part:0{digits}}/{10**digits}"
    text = " ".join(text.split())
    return text[:1].upper() + text[1:]


_AND = {"en": "and", "vi": "và"}


def _russian(count: int, currency: str) -> str:
    names = _RUSSIAN.get(currency)
    return currency if names is None else names[0][_form(count)]


def _part(count: int, currency: str) -> str:
    names = _RUSSIAN.get(currency)
    return "" if names is None else names[1][_form(count)]


def _form(count: int) -> int:
    """0: один рубль; 1: два рубля; 2: пять рублей (CLDR's plural rules of Russian)."""
    if count % 10 == 1 and count % 100 != 11:
        return 0
    return 1 if 2 <= count % 10 <= 4 and not 12 <= count % 100 <= 14 else 2
