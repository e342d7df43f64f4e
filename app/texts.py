"""Texts as columns keep them: for operations, for forms that say it earlier, and for every record (`app.db.Base`)."""

import json
import re
import unicodedata
from collections.abc import Mapping
from typing import Any

from app.errors import Invalid
from app.translation import lazy_gettext as _l

#: What ends a line, and tabs: part of a text, but not of a name or a code.
_ENDS = re.compile("[\t\n\r\x0b\x0c\x1c-\x1e\x85\u2028\u2029]+")
#: Control characters, halves of characters, and what is none: nobody sees them, and no database, file or header holds them all.
_UNFIT = re.compile("[\0-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\ufffe\uffff]")
#: How JSON writes half a character.
_HALF = re.compile(r"\\u[dD][89a-fA-F]")


def called(name: str, *, is_active: bool) -> str:
    """What a chosen record is called where somebody may still choose another: one that is no longer in use says so."""
    return name if is_active else str(_l("%(name)s (no longer in use)", name=name))


def longest(model: Any, name: str) -> int | None:
    """How many characters the model's column of this name keeps; None where nothing bounds it."""
    columns = model.__mapper__.columns
    return getattr(columns[name].type, "length", None) if name in columns else None


def kept(model: Any, fields: Mapping[str, Any]) -> dict[str, Any]:
    """The fields with their texts as the model keeps them: see `kept_text`."""
    return {
        name: kept_text(value, longest(model, name), field=name) if isinstance(value, str) else value
        for name, value in fields.items()
    }


def kept_text(text: str, most: int | None, *, field: str) -> str:
    """The text as people see it (`visible`), without blanks around it; names and codes, which `most` bounds, as `one_line`.
    Refused (Invalid): more than `most` characters; what `fit` refuses."""
    text = one_line(text) if most else visible(text, one_blank=False)
    if most and len(text) > most:
        raise Invalid(_l("At most %(max)d characters.", max=most), field=field)
    return fit(text, is_line=bool(most), field=field)


def fit(text: str, *, is_line: bool, field: str) -> str:
    """The text, where it is a line without ends of lines in it. Refused (Invalid): a character that can't be kept."""
    if text.isprintable():
        return text
    if is_line:
        text = _ENDS.sub(" ", text)
    if _UNFIT.search(text):
        raise Invalid(_l("the text holds a character that can't be kept"), field=field)
    return text


def one_line(text: str) -> str:
    """The text as people see it, where ends of lines and tabs are blanks: a name, a code, a number."""
    return visible(text if text.isprintable() else _ENDS.sub(" ", text))


def shortened(text: str, most: int) -> str:
    """The text in one line of at most `most` characters; a longer one ends with an ellipsis, where it can after a word."""
    text = one_line(text)
    if len(text) <= most:
        return text
    left = text[: most - 1]
    words = left.rpartition(" ")[0] if text[most - 1] != " " else left
    return (words if len(words) >= most // 2 else left).rstrip(" .,;:…") + "…"


def read_json(text: str) -> Any:
    """What JSON says. Refused (ValueError): what isn't JSON, is nested too deep to be read, or holds half a character."""
    try:
        found = json.loads(text)
        if _HALF.search(text):
            json.dumps(found, ensure_ascii=False).encode()
    except RecursionError:
        raise ValueError("nested too deep") from None
    return found


def visible(text: str, *, one_blank: bool = True) -> str:
    """The text in one Unicode form (NFC), without characters that nobody sees and without blanks around it: what looks alike is
    alike, and what is so already stays as it is. Gone are fillers, zero-width signs, marks of direction and of the order of
    bytes; what shapes the sign before it stays where a script or a picture needs it.

    `one_blank`: every kind of blank between words, such as one that breaks no line, is the plain one.
    """
    if text.isascii():
        return text.strip()
    seen = _BLANKS.sub(" ", text) if one_blank else text
    # One after the other: what was between two signs, and is gone, must not decide about the second.
    for gone in (_INVISIBLE, _SELECTORS, _JOINERS):
        seen = unicodedata.normalize("NFC", gone.sub("", seen))
    return seen.strip()


#: Blanks of every kind, and the sign of braille without a dot.
_BLANKS = re.compile("[\u00a0\u1680\u2000-\u200a\u202f\u205f\u2800\u3000]")
#: Unicode's Default_Ignorable_Code_Point without joiners and selectors; with the signs around annotations.
_INVISIBLE = re.compile(
    "[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180e\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\u3164\ufeff\uffa0"
    "\ufff0-\ufffb\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e00ff\U000e01f0-\U000e0fff]"
)
#: Say which of its forms the sign before them has: an ideograph's, a Mongolian letter's, a picture's.
_FORMS = "\u180b-\u180d\u180f\ufe00-\ufe0f\U000e0100-\U000e01ef"
#: What has such forms: signs of other scripts than Latin, Greek and Cyrillic, and pictures; no blanks.
_SHAPED = (
    "\u0590-\u167f\u1681-\u180a\u1810-\u1dff\u2190-\u27ff\u2801-\u2fff\u3001-\ufdff\ufe10-\uffff"
    "\U00010000-\U000dffff\U000f0000-\U0010ffff"
)
_SELECTORS = re.compile(f"(?<![{_SHAPED}])[{_FORMS}]")
#: A joiner says how letters of these scripts, or parts of a picture, come together.
_JOINERS = re.compile(f"(?<![{_SHAPED}{_FORMS}])[\u200c\u200d]")
