"""Texts as columns keep them: for operations, and for forms that say it earlier."""

from collections.abc import Mapping
from typing import Any

from app.errors import Invalid
from app.translation import lazy_gettext as _l


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
    """The text without blanks around it. Refused (Invalid): more than `most` characters; a NUL, which PostgreSQL can't keep."""
    text = text.strip()
    if most and len(text) > most:
        raise Invalid(_l("At most %(max)d characters.", max=most), field=field)
    if "\0" in text:
        raise Invalid(_l("the text holds a character that can't be kept"), field=field)
    return text
