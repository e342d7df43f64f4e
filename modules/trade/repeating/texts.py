"""What repeated documents and their letters say: places are filled in for the period, in the contact's language."""

import re
from datetime import date

from babel.dates import format_date

from app.api.errors import Invalid
from app.api.texts import lazy_gettext as _l

#: place → what stands there
PLACES = {
    "month": _l("the month's name"),
    "year": _l("the year"),
    "since": _l("the day on which it comes"),
    "until": _l("the last day before the next one"),
}
_PLACE = re.compile(r"\{([^{}]*)\}")


def filled(text: str, since: date, until: date, language: str) -> str:
    """The text for the days from `since` to `until`. Places are replaced once and by name."""
    values = {
        "month": format_date(since, "LLLL", locale=language),
        "year": str(since.year),
        "since": format_date(since, "long", locale=language),
        "until": format_date(until, "long", locale=language),
    }
    return _PLACE.sub(lambda found: values.get(found[1], found[0]), text)


def check_places(text: str, *, field: str) -> None:
    """Refuse (Invalid) a place that there isn't."""
    if unknown := [name for name in _PLACE.findall(text) if name not in PLACES]:
        offered = ", ".join(f"{{{name}}}" for name in PLACES)
        said = f"{{{unknown[0]}}}"
        message = _l("“%(place)s” isn't a place to fill in. There are: %(places)s.", place=said, places=offered)
        raise Invalid(message, field=field)
