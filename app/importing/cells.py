"""What a cell says: text, a code, an exact number, a moment. Nothing is guessed: what can't be read is refused.

A sheet keeps every number as a binary float. Its shortest decimal writing is what the person typed (2.55, not
2.54999…), so that is what is read; from then on numbers are exact.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from functools import lru_cache
from typing import Any

from app.translation import in_english, language
from app.translation import lazy_gettext as _l

#: Digits of a whole number that a float holds exactly.
_EXACT = 10**15
_NUMBER = re.compile(r"[+-]?[0-9]+(\.[0-9]+)?", re.ASCII)
_WHOLE = re.compile(r"[0-9]+\.0", re.ASCII)
ISO_MOMENTS = ("%Y-%m-%d %H:%M:%S", "%Y-%m-%d %H:%M", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%d")


class BadCell(ValueError):
    """The cell can't be what its column holds; `message` says why, for people."""

    def __init__(self, message: object, column: str = "") -> None:
        super().__init__(message)
        self.message, self.column = message, column


def is_blank(value: Any) -> bool:
    """Whether there is nothing in the cell but blanks."""
    return value is None or (isinstance(value, str) and not value.strip())


#: What spreadsheets write where a formula has failed (ECMA-376, 18.17.3).
ERRORS = frozenset(("#DIV/0!", "#N/A", "#NAME?", "#NULL!", "#NUM!", "#REF!", "#VALUE!", "#GETTING_DATA"))
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")


def as_text(value: Any) -> str:
    """The cell as a person reads it, without leading and trailing blanks; whole numbers without a point.

    Refused: NUL, which no database keeps.
    """
    if isinstance(value, str):
        if "\0" in value:
            raise BadCell(_l("the text holds a character that can't be kept"))
        return value.strip()
    if value is None:
        return ""
    if isinstance(value, float) and value.is_integer() and abs(value) < _EXACT:
        return str(int(value))
    return str(value)


def as_code(value: Any) -> str:
    """A code, in which 17850 as a number, as text, and 17850.0 as text are the same.

    Refused: dates, yes and no, errors of the spreadsheet, characters that don't print.
    """
    if isinstance(value, bool | date | time | timedelta):
        raise BadCell(_l("“%(value)s” isn't a code", value=value))
    text = as_text(value)
    if text in ERRORS or _CONTROL.search(text):
        raise BadCell(_l("“%(value)s” isn't a code", value=_CONTROL.sub("�", text)))
    return text[:-2] if _WHOLE.fullmatch(text) else text


def as_decimal(value: Any) -> Decimal:
    """An exact number with a decimal point. Refused: anything else, an empty cell too."""
    if isinstance(value, float):
        return _of_float(value)
    if isinstance(value, int) and not isinstance(value, bool):
        return Decimal(value)
    text = as_text(value)
    if not text:
        raise BadCell(_l("a number is missing"))
    if not isinstance(value, str) or not _NUMBER.fullmatch(text):
        raise BadCell(_l("“%(value)s” isn't a number", value=text))
    return Decimal(text)


@lru_cache(maxsize=10_000)
def _of_float(value: float) -> Decimal:
    number = Decimal(repr(value))
    if not number.is_finite():
        raise BadCell(_l("“%(value)s” isn't a number", value=value))
    return Decimal(f"{number:f}".removesuffix(".0"))


def as_moment(value: Any, formats: Sequence[str] = ISO_MOMENTS) -> datetime:
    """A date with a time, to the second. Text counts only when written in one of `formats`; a bare number never."""
    if isinstance(value, datetime) and value.year < 9998:
        moment = (value + timedelta(microseconds=500_000)).replace(microsecond=0) if value.microsecond else value
    elif isinstance(value, date):
        moment = datetime(value.year, value.month, value.day)
    else:
        moment = _of_text(value, formats)
    if moment.tzinfo is not None or not 1900 <= moment.year < 9998:
        raise BadCell(_l("“%(value)s” is too long ago or too far ahead", value=value))
    return moment


def as_day(value: Any) -> date:
    """A date; a time beside it is left out. Refused: what `as_moment` refuses."""
    return as_moment(value).date()


def as_one_of(words: Mapping[str, object]) -> Callable[[Any], str]:
    """What reads cells that say one of some codes, or its word in the user's language or in English; any other text stays."""
    known: dict[str, dict[str, str]] = {}

    def read(cell: Any) -> str:
        text, here = as_text(cell), language()
        if here not in known:
            with in_english():
                english = {str(word).casefold(): code for code, word in words.items()}
            own = {str(word).casefold(): code for code, word in words.items()}
            known[here] = {**english, **own, **{code: code for code in words}}
        return known[here].get(text.casefold(), text)

    return read


def as_flag(value: Any) -> bool:
    """Yes or no: a spreadsheet's own, 1 or 0, or a word for it in a language of the program. Refused: anything else."""
    said = _FLAGS.get(as_text(value).casefold())
    if said is None:
        raise BadCell(_l("“%(value)s” is neither yes nor no", value=as_text(value)))
    return said


_FLAGS = dict.fromkeys(("true", "yes", "1", "да", "истина", "có", "đúng"), True)
_FLAGS |= dict.fromkeys(("false", "no", "0", "нет", "ложь", "không", "sai"), False)


def _of_text(value: Any, formats: Sequence[str]) -> datetime:
    if is_blank(value):
        raise BadCell(_l("a date is missing"))
    if isinstance(value, str):
        for form in formats:
            try:
                return datetime.strptime(value.strip(), form)
            except ValueError:
                continue
    raise BadCell(_l("“%(value)s” isn't a date", value=as_text(value)))
