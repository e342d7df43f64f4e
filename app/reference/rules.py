"""What is right of what the whole world shares: days, codes of countries and currencies; and of the program's languages. No
database."""

from datetime import date
from functools import lru_cache

from babel import Locale
from babel.core import get_global

from app.errors import Invalid
from app.translation import language
from app.translation import lazy_gettext as _l

#: The languages that the program speaks.
LANGUAGES = ("en", "ru", "vi")
#: No day in anybody's books lies before or after: a year was typed with two digits, or with one too many.
EARLIEST, LATEST = date(1850, 1, 1), date(2199, 12, 31)
#: Codes that CLDR lists beside countries: unions, pseudo-locales, the unknown, and parts of countries for which ISO only
#: reserves a code. Kosovo's XK, which ISO leaves to its users, is what banks and customs write.
_NO_COUNTRIES = frozenset(["EU", "EZ", "UN", "QO", "XA", "XB", "ZZ", "AC", "CP", "CQ", "DG", "EA", "IC", "TA"])


@lru_cache(maxsize=1)
def country_codes() -> frozenset[str]:
    """ISO 3166-1 alpha-2, as Unicode CLDR has them."""
    codes = map(str, Locale("en").territories)
    return frozenset(code for code in codes if len(code) == 2 and code.isalpha()) - _NO_COUNTRIES


def country_name(code: str) -> str:
    """What the country is called in the reader's language; the code itself where it has no name."""
    return str(Locale.parse(language()).territories.get(code, code))


@lru_cache(maxsize=1)
def currency_codes() -> frozenset[str]:
    """ISO 4217: what is legal tender somewhere today."""
    return frozenset(
        code
        for entries in get_global("territory_currencies").values()
        for code, _start, end, tender in entries
        if end is None and tender
    )


def check_day(day: date, *, field: str) -> None:
    """Refuse (Invalid) a day whose year was mistyped, such as 0026."""
    if not EARLIEST <= day <= LATEST:
        raise Invalid(_l("The year %(year)s can't be right. Write it with four digits.", year=day.year), field=field)


def check_country(code: str) -> None:
    """Refuse (Invalid) what isn't a country's code."""
    if code not in country_codes():
        raise Invalid(_l("“%(code)s” isn't a country code (ISO 3166, such as GB or VN).", code=code), field="country")


def check_currency(code: str) -> None:
    """Refuse (Invalid) what isn't the code of a currency in use."""
    if code not in currency_codes():
        raise Invalid(_l("“%(code)s” isn't a currency code (ISO 4217, such as GBP).", code=code), field="currency")


def check_language(code: str) -> None:
    """Refuse (Invalid) a language that the program doesn't speak."""
    if code not in LANGUAGES:
        raise Invalid(_l("There is no “%(text)s”. Choose from the list.", text=code), field="locale")
