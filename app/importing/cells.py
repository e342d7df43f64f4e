"""What a cell says: text, a code, an exact number, a moment. Nothing is guessed: what can't be read is refused.

A sheet keeps every number as a binary float, and shows 15 significant digits of it (ECMA-376, 18.8.30 and Excel's own limits):
15.299999999999999 is what a sum left of 15.3, and 15.3 is what is read; from then on numbers are exact. A number of more digits
is refused, as the file no longer has them.
"""

import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from functools import lru_cache
from typing import Any, NamedTuple

from app.texts import visible
from app.translation import in_english, language
from app.translation import lazy_gettext as _l
from app.workbooks.cells import Shown, Unstored

#: A whole number that has more digits than a spreadsheet keeps.
_EXACT = 10**15
_NUMBER = re.compile(r"[+-]?[0-9]+(\.[0-9]+)?", re.ASCII)
_WHOLE = re.compile(r"[0-9]+\.0", re.ASCII)
ISO_MOMENTS = ("%Y-%m-%d %H:%M:%S", "%Y-%m-%d %H:%M", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%d")


class BadCell(ValueError):
    """The cell can't be what its column holds; `message` says why, for people."""

    def __init__(self, message: object, column: str = "") -> None:
        super().__init__(message)
        self.message, self.column = message, column


class Refused(NamedTuple):
    """A cell that was found to be unreadable before anybody asked what it says; whoever asks gets the message."""

    message: object


class Written(NamedTuple):
    """A text, and what it is as a number of its file, Refused included: which one is meant, the row's own kind says."""

    text: str
    number: Any


#: What spreadsheets write where a formula has failed (ECMA-376, 18.17.3).
ERRORS = frozenset(("#DIV/0!", "#N/A", "#NAME?", "#NULL!", "#NUM!", "#REF!", "#VALUE!", "#GETTING_DATA"))
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
#: NUL, and what text turns into that was decoded by an encoding that isn't its own.
_UNREADABLE = re.compile("[\0\x80-\x84\x86-\x9f\ufffd]")
#: A number that a spreadsheet has shortened on its way to text, and one for which its column was too narrow.
_SHORTENED = re.compile(r"[0-9]([.,][0-9]+)?[Ee]\+[0-9]{2,3}|#{3,}", re.ASCII)


def is_blank(value: Any) -> bool:
    """Whether there is nothing in the cell but blanks and characters that nobody sees."""
    if value is None:
        return True
    if not isinstance(value, str):
        return False
    return not value.strip() or not (value.isascii() or visible(value))


def as_text(value: Any) -> str:
    """The cell as a person reads it, without leading and trailing blanks, in one Unicode form (NFC); whole numbers without a
    point, others as a spreadsheet shows them.

    Refused: NUL and characters that stand for unreadable ones, numbers of more than 15 digits, formulas without a result.
    """
    if isinstance(value, str):
        if value.isascii() and "\0" not in value:
            return value.strip()
        if _UNREADABLE.search(value):
            raise BadCell(_l("the text holds a character that can't be kept; was the file read in its own encoding?"))
        return unicodedata.normalize("NFC", value).strip(" \t\r\n\v\f\xa0\u200b\u200e\u200f\u2060\ufeff")
    if value is None:
        return ""
    if isinstance(value, Unstored):
        raise BadCell(
            _l("the file holds a formula whose result was never stored; open and save it in a spreadsheet program")
        )
    if isinstance(value, Refused):
        raise BadCell(value.message)
    if isinstance(value, Shown):
        value = value.number
    if isinstance(value, float):
        return f"{_of_float(value):f}"
    return str(value)


def as_code(value: Any) -> str:
    """A code, in which 17850 as a number, as text, and 17850.0 as text are the same; zeros that a number's format shows count.

    Codes that look alike are alike: NFC, no characters that nobody sees.
    Refused: dates, yes and no, errors of the spreadsheet, characters that don't print, what `as_text` refuses, a number that a
    spreadsheet has shortened (4.07E+19).
    """
    if isinstance(value, Shown):
        return visible(value.text)
    if isinstance(value, bool | date | time | timedelta):
        raise BadCell(_l("“%(value)s” isn't a code", value=value))
    text = visible(as_text(value))
    if text in ERRORS or _CONTROL.search(text):
        raise BadCell(_l("“%(value)s” isn't a code", value=_CONTROL.sub("�", text)))
    if _SHORTENED.fullmatch(text):
        raise BadCell(_l("“%(value)s” is what a spreadsheet shortened; store the number as text", value=text))
    return text[:-2] if _WHOLE.fullmatch(text) else text


def as_decimal(value: Any) -> Decimal:
    """An exact number with a decimal point. Refused: anything else, an empty cell too, more than 15 digits of a spreadsheet."""
    if isinstance(value, Shown):
        value = value.number
    if isinstance(value, float):
        return _of_float(value)
    if isinstance(value, int | Decimal) and not isinstance(value, bool):
        return Decimal(value)
    text = as_text(value)
    if not text:
        raise BadCell(_l("a number is missing"))
    if not isinstance(value, str) or not _NUMBER.fullmatch(text):
        raise BadCell(_l("“%(value)s” isn't a number", value=text))
    return Decimal(text)


@lru_cache(maxsize=10_000)
def _of_float(value: float) -> Decimal:
    if not abs(value) < float("inf"):
        raise BadCell(_l("“%(value)s” isn't a number", value=value))
    if abs(value) >= _EXACT:
        message = _l(
            "“%(value)s” has more than 15 digits, so the file no longer holds them; store it as text", value=value
        )
        raise BadCell(message)
    number = Decimal(f"{value:.15g}")
    return Decimal(f"{number:f}") if number else Decimal(0)


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


def as_whole(cell: Any) -> int:
    """A whole number. Refused: one with a fraction."""
    number = as_decimal(cell)
    if number != int(number):
        raise BadCell(_l("“%(value)s” isn't a whole number", value=number))
    return int(number)


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
