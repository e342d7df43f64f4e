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
    """The text as people see it (`visible`), without blanks around it; in names and codes, which `most` bounds, a blank is a
    blank, and so is the end of a line. Refused (Invalid): more than `most` characters; what `fit` refuses."""
    text = fit(visible(text, one_blank=bool(most)), is_line=bool(most), field=field)
    if most and len(text) > most:
        raise Invalid(_l("At most %(max)d characters.", max=most), field=field)
    return text


def fit(text: str, *, is_line: bool, field: str) -> str:
    """The text, where it is a line without ends of lines in it. Refused (Invalid): a character that can't be kept."""
    if text.isprintable():
        return text
    if is_line:
        text = _ENDS.sub(" ", text)
    if _UNFIT.search(text):
        raise Invalid(_l("the text holds a character that can't be kept"), field=field)
    return text


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
    alike. Gone are zero-width signs, marks of direction and of the order of bytes; joiners stay where a script needs them.

    `one_blank`: every kind of blank between words, such as one that breaks no line, is the plain one.
    """
    if text.isascii():
        return text.strip()
    seen = _INVISIBLE.sub("", text)
    if one_blank:
        seen = _BLANKS.sub(" ", seen)
    return unicodedata.normalize("NFC", seen).strip()


#: A joiner says how letters of other scripts than Latin, Greek and Cyrillic, or parts of a picture, come together.
_JOINERS = "(?<![\u0590-\u1dff\u2190-\uffff\U00010000-\U0010ffff])[\u200c\u200d]"
_INVISIBLE = re.compile(
    f"{_JOINERS}|[\u00ad\u034f\u061c\u180e\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]"
)
_BLANKS = re.compile("[\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000]")
