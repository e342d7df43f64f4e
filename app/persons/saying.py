"""How a text that names a person stands inside other texts."""

import json
from typing import Any

from sqlalchemy import ColumnElement, or_


def says(column: Any, *texts: str) -> ColumnElement[bool]:
    """Whether a column says one of the texts, as it is or as JSON writes it, with quotes escaped; in capitals
    or not."""
    ways = {way for text in texts for way in (text, json.dumps(text, ensure_ascii=False)[1:-1])}
    return or_(False, *(column.icontains(way, autoescape=True) for way in sorted(ways)))
