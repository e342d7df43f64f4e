"""ISO codes for the names of countries that a file uses: Unicode CLDR's English names, and the preset's own table."""

from functools import lru_cache

from babel import Locale

from app.api.imports import Preset
from app.api.reference import country_codes


def country_code(preset: Preset, name: str) -> str:
    """ISO 3166-1 alpha-2; empty for a name that neither the preset nor CLDR knows."""
    own = preset.option("countries", dict, {})
    return str(own[name]) if name in own else _of_cldr().get(name.casefold(), "")


@lru_cache(maxsize=1)
def _of_cldr() -> dict[str, str]:
    names = Locale("en").territories
    return {names[code].casefold(): code for code in country_codes()}
