"""What a browser calls itself, in two words."""

import re

# In this order: each pretends to be those below it.
_BROWSERS = (
    ("Edge", r"Edg(e|A|iOS)?/"),
    ("Opera", r"OPR/"),
    ("Yandex", r"YaBrowser/"),
    ("Firefox", r"(Firefox|FxiOS)/"),
    ("Chrome", r"(Chrome|CriOS|HeadlessChrome)/"),
    ("Safari", r"Safari/"),
)
_SYSTEMS = (
    ("Windows", "Windows"),
    ("Android", "Android"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("macOS", "Mac OS X"),
    ("Linux", "Linux"),
)


def named(agent: str) -> str:
    """ "Firefox, Windows" of a browser's long name; whatever else it is, its beginning."""
    found = [
        next((name for name, pattern in known if re.search(pattern, agent)), None) for known in (_BROWSERS, _SYSTEMS)
    ]
    return ", ".join(filter(None, found)) or agent[:60]
