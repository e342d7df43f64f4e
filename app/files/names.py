"""What a file may be called, wherever its name comes from; pure."""

import re
import unicodedata
from collections.abc import Container

from app.errors import Invalid
from app.texts import one_line, visible
from app.translation import lazy_gettext as _l

#: signs of a name
LONGEST = 200
#: what some system takes for more than a sign of a name
_SPECIAL = re.compile(r'[<>:"/\\|?*]')
#: a name that Windows gives to a device, with any ending
_DEVICE = re.compile(r"(?i)(con|prn|aux|nul|com[0-9]|lpt[0-9])(\..*)?")


def name_of(text: str, *, field: str = "name") -> str:
    """A name as it is kept: without the path before it, signs that nobody sees or that a system takes for more, and dots and
    blanks around it. Too long a one is cut before its ending. Refused (Invalid): one of which nothing is left."""
    last = re.split(r"[/\\]", text)[-1]
    seen = "".join(sign for sign in visible(last) if unicodedata.category(sign) not in ("Cc", "Cf", "Cs", "Co", "Cn"))
    name = one_line(_SPECIAL.sub("_", seen)).strip(". ")
    if _DEVICE.fullmatch(name):
        name = f"_{name}"
    if not name:
        raise Invalid(_l("Give it a name of letters or digits."), field=field)
    return _cut(name, LONGEST)


def free_name(name: str, taken: Container[str]) -> str:
    """The name, or with the first number behind it whose key isn't `taken`: two cameras call every picture the same."""
    stem, ending = _parts(name)
    number, found = 1, name
    while key_of(found) in taken:
        number += 1
        found = f"{_cut(stem, LONGEST - len(ending) - len(str(number)) - 3)} ({number}){ending}"
    return found


def key_of(name: str) -> str:
    """By what two names are the same."""
    return name.casefold()[:400]


def _parts(name: str) -> tuple[str, str]:
    """Before the ending, and the ending with its dot; a long one is none."""
    stem, dot, ending = name.rpartition(".")
    return (stem, dot + ending) if stem and len(ending) <= 10 else (name, "")


def _cut(name: str, most: int) -> str:
    stem, ending = _parts(name)
    return name if len(name) <= most else stem[: most - len(ending)].strip() + ending
