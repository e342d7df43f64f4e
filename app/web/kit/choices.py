"""What selects offer, in the user's language: countries, currencies, languages."""

from functools import lru_cache

from babel import Locale
from babel.numbers import get_territory_currencies

from app.clock import zones
from app.reference.rules import LANGUAGES, country_codes, currency_codes
from app.translation import language
from app.translation import lazy_gettext as _l


def countries() -> list[tuple[str, str]]:
    """ISO 3166 countries by name."""
    return _countries(language())


def country_named(name: str) -> str | None:
    """The code of the country that is so called in the user's language, or in another that the program speaks."""
    for spoken in (language(), *LANGUAGES):
        if code := _codes(spoken).get(name.casefold()):
            return code
    return None


def currencies() -> list[tuple[str, str]]:
    """ISO 4217 currencies in use, by code."""
    return _currencies(language())


def languages() -> list[tuple[str, object]]:
    """The languages that the program speaks."""
    return [("", _l("as the browser says")), ("en", "English"), ("ru", "Русский"), ("vi", "Tiếng Việt")]


def time_zones() -> list[tuple[str, object]]:
    """Time zones by their IANA names."""
    return [("", _l("the server's own")), *((name, name.replace("_", " ")) for name in zones())]


def likely_country(accepted: list[str]) -> tuple[str, str]:
    """Country and currency of somebody whose browser accepts these languages, best first (CLDR's likely subtags)."""
    from babel.core import get_global

    likely = get_global("likely_subtags")
    for preferred in accepted:
        tag = preferred.replace("-", "_")
        territory = next((part for part in reversed(tag.split("_")[1:]) if len(part) == 2), None)
        territory = territory or likely.get(tag.split("_")[0].lower(), "").rpartition("_")[2]
        current = get_territory_currencies(territory.upper()) if len(territory) == 2 else []
        if current:
            return territory.upper(), current[-1]
    return "GB", "GBP"


@lru_cache(maxsize=1)
def currency_by_country() -> dict[str, str]:
    """The currency that each country pays in today; of several, the newest."""
    newest = {code: get_territory_currencies(code)[-1:] for code in country_codes()}
    return {country: codes[0] for country, codes in newest.items() if codes and codes[0] in currency_codes()}


@lru_cache(maxsize=8)
def _codes(language: str) -> dict[str, str]:
    return {name.casefold(): code for code, name in _countries(language)}


@lru_cache(maxsize=8)
def _countries(language: str) -> list[tuple[str, str]]:
    names = Locale(language).territories
    return sorted(((code, names[code]) for code in country_codes() if code in names), key=lambda pair: pair[1])


@lru_cache(maxsize=8)
def _currencies(language: str) -> list[tuple[str, str]]:
    return sorted((code, f"{code} {Locale(language).currencies.get(code, '')}") for code in currency_codes())
