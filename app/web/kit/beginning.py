"""What somebody began from, carried along unseen in their form: so it is known later who of two people changed what."""

import json
from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from wtforms import PasswordField

from app.custom import value_named
from app.security import MASKED
from app.texts import read_json

ABSENT: Any = object()
#: field → what it says, as a text; of several choices the texts of all
Beginning = Mapping[str, str | list[str]]


def beginning_of(form: Any, version: Any = None) -> str:
    """What a version of the record says in the form's fields, or without one what the form shows first; as JSON.

    Lines are compared by a digest, as there may be many; what the version doesn't have, or the user doesn't see, is left out.
    """
    found = {}
    for field in form.entries:
        value = value_named(version, field.name, ABSENT) if version is not None else _shown(field)
        if value is not ABSENT and not isinstance(field, PasswordField):
            found[field.name] = text_of(field, value)
    return json.dumps(found, ensure_ascii=False, separators=(",", ":"))


def read_beginning(text: str) -> Beginning:
    """What a form has carried along; nothing, where that can't be read."""
    try:
        found = read_json(text or "{}")
    except ValueError:
        return {}
    if not isinstance(found, dict):
        return {}
    return {
        name: said
        for name, said in found.items()
        if _is_text(said) or (isinstance(said, list) and all(map(_is_text, said)))
    }


def _is_text(said: Any) -> bool:
    return isinstance(said, str)


def text_of(field: Any, value: Any) -> str | list[str]:
    """What a field says, alike whether it is stored or was just read: nothing, masked and empty are the same."""
    if hasattr(field, "digest_of"):
        return str(field.digest_of(value or ()))
    if value is None or value is MASKED:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, Decimal):
        return f"{value.normalize():f}"
    if isinstance(value, datetime):
        return value.strftime("%Y-%m-%dT%H:%M")  # as finely as a form sends it
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, (list, tuple, set, frozenset)):
        return sorted(str(each) for each in value)
    return str(value).replace("\r\n", "\n")


def _shown(field: Any) -> Any:
    return field.began if hasattr(field, "digest_of") else field.data
