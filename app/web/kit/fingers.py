"""What texts say of keys, to whoever has none: on a phone they name the button instead."""

import re

from markupsafe import Markup, escape

#: the key that begins a new record; it is called so in every language
_KEY = re.compile(r"\bInsert\b")


def for_fingers(text: object, button: object) -> Markup:
    """The text, in which a touch screen has the `button`'s name for the key that presses it."""
    by_key, *rest = _KEY.split(str(text), maxsplit=1)
    if not rest or not button:
        return escape(text)
    both = Markup('<span class="by-key">Insert</span><span class="by-finger">“{}”</span>')
    return escape(by_key) + both.format(button) + escape(rest[0])
