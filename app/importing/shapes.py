"""What the keys of a preset may say: small checks that are put together to a description of a table of TOML."""

import re
from collections.abc import Callable, Collection, Mapping
from datetime import datetime
from typing import Any

from app.translation import lazy_gettext as _l

#: The keys that lead to a value, outermost first.
Place = tuple[str, ...]
Shape = Callable[[Any, Place], None]

#: A moment by which a form of dates is tried: day, month, hour and minute can't be taken for one another.
_TRIED = datetime(2031, 10, 23, 17, 45)


class Misfit(ValueError):
    """A value that isn't of its shape; `place` says where it stands, `message` what is allowed."""

    def __init__(self, place: Place, message: object) -> None:
        super().__init__(message)
        self.place, self.message = place, message


def text(value: Any, place: Place) -> None:
    """A text."""
    if not isinstance(value, str):
        raise Misfit(place, _l("must be a text"))


def simple(value: Any, place: Place) -> None:
    """A text, a number, a date, or true and false."""
    if isinstance(value, list | dict):
        raise Misfit(place, _l("must be a text, a number, a date, or true or false"))


def whole(most: int) -> Shape:
    """A whole number from zero to `most`."""

    def check(value: Any, place: Place) -> None:
        if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value <= most:
            raise Misfit(place, _l("must be a whole number of at most %(n)s", n=most))

    return check


def filled(value: Any, place: Place) -> None:
    """A text that isn't blank, of at most 100 characters."""
    if not isinstance(value, str) or not value.strip() or len(value) > 100:
        raise Misfit(place, _l("must be a text that isn't blank, of at most 100 characters"))


def pattern(value: Any, place: Place) -> None:
    """A regular expression."""
    text(value, place)
    try:
        re.compile(value)
    except (re.error, RecursionError, OverflowError) as error:
        raise Misfit(place, _l("isn't a regular expression: %(error)s", error=error)) from error


def day_form(value: Any, place: Place) -> None:
    """A form of dates as strptime reads it, with a year of four digits, a month and a day."""
    text(value, place)
    try:
        is_right = datetime.strptime(_TRIED.strftime(value), value).date() == _TRIED.date() and "%Y" in value
    except (ValueError, re.error):
        is_right = False
    if not is_right:
        raise Misfit(place, _l("isn't a form of dates; “%(form)s” is one", form="%d.%m.%Y"))


def one_of(*words: str) -> Shape:
    """One of some words."""

    def check(value: Any, place: Place) -> None:
        if value not in words:
            raise Misfit(place, _l("must be one of: %(some)s", some=", ".join(f"“{word}”" for word in words)))

    return check


def list_of(shape: Shape) -> Shape:
    """A list of such values."""

    def check(value: Any, place: Place) -> None:
        if not isinstance(value, list):
            raise Misfit(place, _l("must be a list"))
        for one in value:
            shape(one, place)

    return check


def table_of(shape: Shape, keys: Collection[str] | None = None, key_shape: Shape | None = None) -> Shape:
    """A table of such values, by whatever keys, by some of `keys`, or by keys of a shape."""

    def check(value: Any, place: Place) -> None:
        if not isinstance(value, dict):
            raise Misfit(place, _l("must be a table"))
        for key, one in value.items():
            if keys is not None and key not in keys:
                raise _unknown((*place, key), keys)
            if key_shape is not None:
                key_shape(key, (*place, key))
            shape(one, (*place, key))

    return check


def record(required: Mapping[str, Shape], optional: Mapping[str, Shape] | None = None) -> Shape:
    """A table with certain keys, some of which must be there."""
    known = {**required, **(optional or {})}

    def check(value: Any, place: Place) -> None:
        if not isinstance(value, dict):
            raise Misfit(place, _l("must be a table"))
        for key, one in value.items():
            if key not in known:
                raise _unknown((*place, key), known)
            known[key](one, (*place, key))
        for key in required:
            if key not in value:
                raise Misfit((*place, key), _l("is missing"))

    return check


def _unknown(place: Place, known: Collection[str]) -> Misfit:
    return Misfit(place, _l("isn't known; known are: %(known)s", known=", ".join(known) or "–"))
