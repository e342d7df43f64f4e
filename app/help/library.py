"""Every help page that is installed: which there are, and each in the reader's language."""

import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path

from app.help.pages import Page, read_page

#: where the core's own pages lie
CORE = Path(__file__).parent
#: The language that every page is written in; a page that lacks another one is shown in this.
FIRST = "en"
_NAME = re.compile(r"[a-z]\w*")

#: a page is read once, however many companies a process serves
_read = cache(read_page)


class Library:
    """The pages of the core and of modules, by `module.noun`. `folders`: module → where its languages lie."""

    def __init__(self, folders: Mapping[str, Path]) -> None:
        self._folders = dict(folders)
        self.names = tuple(
            f"{module}.{path.stem}"
            for module, folder in folders.items()
            for path in sorted((folder / FIRST).glob("*.md"))
            if _NAME.fullmatch(path.stem)
        )
        self._known = frozenset(self.names)

    def __contains__(self, name: str) -> bool:
        return name in self._known

    def page(self, name: str, language: str) -> Page | None:
        """The page in the language, else in English; None when there is no such page."""
        if name not in self._known:
            return None
        module, _, noun = name.partition(".")
        for spoken in (language, FIRST):
            path = self._folders[module] / spoken / f"{noun}.md"
            if path.is_file():
                return _read(name, spoken, path)
        return None
