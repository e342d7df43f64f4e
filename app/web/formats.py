"""How numbers, money and moments look to the user, by his language."""

from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache
from typing import Any

from babel.dates import format_date
from babel.numbers import get_decimal_symbol, get_group_symbol
from flask import Flask
from flask_babel import get_locale

from app.security import MASKED
from app.values import digits_of, shortest

MINUS = "−"


def install(app: Flask) -> None:
    """Make the formats known to the templates."""
    for name, function in (("money", money), ("price", price), ("number", number), ("day", day), ("moment", moment)):
        app.jinja_env.filters[name] = function
    app.jinja_env.globals["get_locale"] = get_locale


def money(value: Any, currency: str | None = None) -> str:
    """An amount with its currency's digits, grouped; the currency itself is not written."""
    if not isinstance(value, Decimal):
        return _word(value)
    return _grouped(value, digits_of(currency) if currency else 2)


def number(value: Any, digits: int = 0) -> str:
    """A quantity with as many digits as it needs."""
    if not isinstance(value, Decimal):
        return _word(value)
    short = shortest(value, digits)
    exponent = short.as_tuple().exponent
    return _grouped(short, max(-exponent, 0) if isinstance(exponent, int) else 0)


def price(value: Any) -> str:
    """A price or cost of one, with two digits or as many more as it needs, six at most."""
    if not isinstance(value, Decimal):
        return _word(value)
    return number(round(value, 6), 2)


def day(value: Any) -> str:
    """A calendar day, the month in words, so that nobody mistakes it for the day."""
    if value is None:
        return ""
    if value is MASKED:
        return str(value)
    return _day(value.date() if isinstance(value, datetime) else value, _language())


def moment(value: Any) -> str:
    """A day and, unless it is midnight, the time."""
    if value is None or value is MASKED:
        return _word(value)
    clock = f" {value:%H:%M}" if value.hour or value.minute else ""
    return _day(value.date(), _language()) + clock


def separators() -> tuple[str, str]:
    """The decimal point and the thousands separator of the user's language."""
    return _separators(_language())


def _word(value: Any) -> str:
    return "" if value is None else str(value)


def _language() -> str:
    return str(get_locale() or "en")


def _grouped(value: Decimal, digits: int) -> str:
    point, group = separators()
    text = f"{abs(value):,.{digits}f}".replace(",", "\0").replace(".", point).replace("\0", group)
    return MINUS + text if value < 0 else text


@lru_cache(maxsize=16)
def _separators(language: str) -> tuple[str, str]:
    return get_decimal_symbol(language), get_group_symbol(language)


@lru_cache(maxsize=4096)
def _day(value: date, language: str) -> str:
    return format_date(value, "d MMM y", locale=language)
