"""What the units that the program brings are called, in the reader's language."""

from app.translation import lazy_gettext as _l

#: What stands in parentheses tells translators which word is meant, and isn't shown.
_UNITS = {
    "pc": _l("pc"),
    "kg": _l("kg"),
    "g": _l("g"),
    "l": _l("l"),
    "m": _l("m"),
    "h": _l("h"),
    "m²": _l("m²"),
    "m³": _l("m³"),
    "pair": _l("pair"),
    "set": _l("set (of goods)"),
    "box": _l("box"),
}


def unit_word(name: str) -> str:
    """A unit's name: of one that the program brings in the reader's language, of others as somebody typed it."""
    word = _UNITS.get(name)
    return name if word is None else str(word).partition(" (")[0]
