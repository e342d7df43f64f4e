"""Texts that are translated when somebody reads them, in that reader's language.

Flask-Babel's own lazy texts would do, but whoever imports them imports Flask: rules are pure, and load without it.
"""

from contextlib import AbstractContextManager
from typing import Any

from babel.support import LazyProxy


class LazyText(LazyProxy):
    """A text that is made when it is read."""

    def __getattr__(self, name: str) -> Any:
        # Whoever looks a class over (a mapper, a copier) asks for such names; that isn't reading.
        if name.startswith("__"):
            raise AttributeError(name)
        return super().__getattr__(name)

    def __hash__(self) -> int:
        return hash(str(self))


def lazy_gettext(message: str, **variables: Any) -> Any:
    """`message`, with its variables filled in, in the language of whoever reads it. Not HTML: a template escapes it."""
    return lazily(_translated, message, **variables)


def lazily(words: Any, *arguments: Any, **variables: Any) -> Any:
    """The text that `words` gives for the arguments at the moment of reading."""
    return LazyText(words, *arguments, enable_cache=False, **variables)


def message_of(text: object) -> tuple[str, dict[str, Any]] | None:
    """The message that a text made by `lazy_gettext` is of, and its variables; None of any other text."""
    if not isinstance(text, LazyText) or text._func is not _translated:
        return None
    return text._args[0], dict(text._kwargs)


def _translated(message: str, **variables: Any) -> str:
    from flask_babel import gettext

    return str(gettext(message, **variables))


def language() -> str:
    """The reader's language: en, ru or vi."""
    from flask_babel import get_locale

    return str(get_locale() or "en")


def in_english() -> AbstractContextManager[None]:
    """Within the block texts are in English, whoever reads them."""
    return in_language("en")


def in_language(of: str) -> AbstractContextManager[None]:
    """Within the block texts are in the language `of`: en, ru or vi."""
    from flask_babel import force_locale

    forced: AbstractContextManager[None] = force_locale(of)
    return forced
