"""Texts as columns keep them: for operations, and for forms that say it earlier."""

import re
import unicodedata
from collections.abc import Mapping
from typing import Any

from app.errors import Invalid
from app.translation import lazy_gettext as _l


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
    blank. Refused (Invalid): more than `most` characters; a NUL, which PostgreSQL can't keep."""
    text = visible(text, one_blank=bool(most))
    if most and len(text) > most:
        raise Invalid(_l("At most %(max)d characters.", max=most), field=field)
    if "\0" in text:
        raise Invalid(_l("the text holds a character that can't be kept"), field=field)
    return text


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
