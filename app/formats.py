"""How numbers, money and moments look to the user, by their language."""

from datetime import date, datetime
from decimal import Decimal
from functools import cache, lru_cache
from typing import Any

from babel.core import get_global
from babel.dates import format_date
from babel.numbers import get_decimal_symbol, get_group_symbol

from app.translation import language
from app.values import ExchangeRate, digits_of, shortest

MINUS = "−"


class Formats:
    """The formats of one language. A page asks for them once and writes hundreds of figures."""

    def __init__(self, of: str) -> None:
        self._language = of
        self.point, self.group = get_decimal_symbol(of), get_group_symbol(of)

    def money(self, value: Any, currency: str | None = None) -> str:
        """An amount with its currency's digits, grouped; the currency itself is not written."""
        if not isinstance(value, Decimal):
            return _word(value)
        return self._grouped(value, digits_of(currency) if currency else 2)

    def number(self, value: Any, digits: int = 0) -> str:
        """A quantity with as many digits as it needs."""
        if not isinstance(value, Decimal):
            return _word(value)
        short = shortest(value, digits)
        exponent = short.as_tuple().exponent
        return self._grouped(short, max(-exponent, 0) if isinstance(exponent, int) else 0)

    def price(self, value: Any) -> str:
        """A price or cost of one, with two digits or as many more as it needs, six at most."""
        return self.number(round(value, 6), 2) if isinstance(value, Decimal) else _word(value)

    def exchange_rate(self, rate: ExchangeRate, currency: str, base: str) -> str:
        """A rate as it was quoted, and about what that is in the other direction: "1 EUR = 30,012.5 VND (1 VND ≈ 0.00003331945
        EUR)"."""
        turned = rate.turned()
        one, other = (base, currency) if rate.is_inverse else (currency, base)
        return f"1 {one} = {self.number(rate.number)} {other} (1 {other} ≈ {self.number(turned.number)} {one})"

    def typed(self, value: Decimal, digits: int = 0) -> str:
        """A number as one would type it, with at least so many digits after the point: nothing between the thousands, nothing
        lost, the user's own decimal sign."""
        return f"{shortest(value, digits):f}".replace(".", self.point)

    def day(self, value: Any) -> str:
        """A calendar day, the month in words, so that nobody mistakes it for the day."""
        if not isinstance(value, date):
            return _word(value)
        return _day(value.date() if isinstance(value, datetime) else value, self._language)

    def moment(self, value: Any) -> str:
        """A day and, unless it is midnight, the time."""
        if not isinstance(value, datetime):
            return _word(value)
        clock = f" {value:%H:%M}" if value.hour or value.minute else ""
        return _day(value.date(), self._language) + clock

    def _grouped(self, value: Decimal, digits: int) -> str:
        text = f"{abs(value):,.{digits}f}"
        if self.point != "." or self.group != ",":
            text = text.replace(",", "\0").replace(".", self.point).replace("\0", self.group)
        return MINUS + text if value < 0 else text


def current() -> Formats:
    """The formats of the user's language."""
    return _formats(language())


def money(value: Any, currency: str | None = None) -> str:
    """See `Formats.money`."""
    return current().money(value, currency)


def number(value: Any, digits: int = 0) -> str:
    """See `Formats.number`."""
    return current().number(value, digits)


def price(value: Any) -> str:
    """See `Formats.price`."""
    return current().price(value)


def exchange_rate(rate: ExchangeRate, currency: str, base: str) -> str:
    """See `Formats.exchange_rate`."""
    return current().exchange_rate(rate, currency, base)


def typed(value: Decimal, digits: int = 0) -> str:
    """See `Formats.typed`."""
    return current().typed(value, digits)


def day(value: Any) -> str:
    """See `Formats.day`."""
    return current().day(value)


def moment(value: Any) -> str:
    """See `Formats.moment`."""
    return current().moment(value)


def separators() -> tuple[str, str]:
    """The decimal point and the thousands separator of the user's language."""
    return current().point, current().group


def _word(value: Any) -> str:
    return "" if value is None else str(value)


@lru_cache(maxsize=16)
def _formats(of: str) -> Formats:
    return Formats(of)


@lru_cache(maxsize=4096)
def _day(value: date, of: str) -> str:
    return format_date(value, "d MMM y", locale=of)


@cache
def unusual_digits() -> dict[str, int]:
    """Currency → digits, for those that have not two: what the line grid has to know of currencies."""
    codes = (code for code in get_global("currency_fractions") if code != "DEFAULT")
    return {code: digits_of(code) for code in codes if digits_of(code) != 2}
