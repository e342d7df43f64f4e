"""Messages as rows keep them: the text before translation and what is filled in, read again in each reader's language."""

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from app import formats
from app.translation import LazyText, in_english, message_of

#: What stands for a text that nobody translates, such as a name.
AS_IT_IS = "%(text)s"


def kept(text: object) -> tuple[str, dict[str, Any]]:
    """The message and its parameters as a row keeps them: a lazy text is taken apart, any other is kept as it is."""
    found = message_of(text)
    if found is None:
        return AS_IT_IS, {"text": _plain(text)}
    message, variables = found
    return message, {name: _kept_value(value) for name, value in variables.items()}


def said(message: str, parameters: Mapping[str, Any]) -> str:
    """The message in the language of whoever reads it now."""
    from flask_babel import gettext

    values = {name: _said_value(value) for name, value in parameters.items()}
    return values["text"] if message == AS_IT_IS else str(gettext(message, **values))


def _plain(text: object) -> str:
    if not isinstance(text, LazyText):
        return str(text)
    with in_english():
        return str(text)


def _kept_value(value: object) -> Any:
    if isinstance(value, LazyText):
        message, parameters = kept(value)
        return {"message": message, "parameters": parameters}
    if isinstance(value, datetime):
        return {"moment": value.isoformat()}
    if isinstance(value, date):
        return {"day": value.isoformat()}
    if isinstance(value, Decimal):
        return {"number": str(value)}
    return value if isinstance(value, int) else str(value)


def _said_value(value: Any) -> Any:
    match value:
        case {"message": message, "parameters": parameters}:
            return said(message, parameters)
        case {"moment": moment}:
            return formats.moment(datetime.fromisoformat(moment))
        case {"day": day}:
            return formats.day(date.fromisoformat(day))
        case {"number": number}:
            return formats.number(Decimal(number))
    return value
