"""For developers: brings every catalog up to the texts in the code. `python -m app.translations.refresh`

New texts come in empty, changed ones fuzzy, dead ones go. `tests/unit/test_translations.py` tells what is missing.
"""

import importlib
from collections.abc import Iterator
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po, write_po

LANGUAGES = ("ru", "vi")
_METHODS = [("**.py", "python"), ("**/templates/**.html", "jinja2")]
_KEYWORDS = {"_": None, "_l": None, "gettext": None, "ngettext": (1, 2)}
_OPTIONS = {"**/templates/**.html": {"trimmed": "true", "newstyle_gettext": "true", "silent": "false"}}


def folders() -> Iterator[Path]:
    """The core's folder and every built-in module's."""
    app = Path(__file__).parent.parent
    yield app
    modules = Path(importlib.import_module("modules").__file__ or "").parent
    yield from sorted(p.parent for p in modules.glob("*/__init__.py"))


def texts_of(folder: Path) -> Catalog:
    """Every text that the folder's code and templates show."""
    catalog = Catalog(charset="utf-8")
    for name, line, text, comments, context in extract_from_dir(
        folder, method_map=_METHODS, options_map=_OPTIONS, keywords=_KEYWORDS
    ):
        catalog.add(text, None, [(name, line)], auto_comments=comments, context=context)
    return catalog


def catalog_path(folder: Path, language: str) -> Path:
    """Where a folder's texts in a language are kept."""
    return folder / "translations" / language / "LC_MESSAGES" / "messages.po"


def read(path: Path, language: str) -> Catalog:
    """The catalog that is there, or a new one."""
    if not path.exists():
        return Catalog(locale=language, project="Kontor", charset="utf-8", fuzzy=False)
    with path.open("rb") as file:
        return read_po(file, locale=language)


def refresh() -> None:
    """Update every catalog on disk."""
    for folder in folders():
        texts = texts_of(folder)
        if not len(texts):
            continue
        for language in LANGUAGES:
            path = catalog_path(folder, language)
            catalog = read(path, language)
            made = catalog.creation_date
            catalog.update(texts, no_fuzzy_matching=True)
            catalog.creation_date = made  # a day that changes with every run would hide what has changed
            catalog.obsolete.clear()
            path.parent.mkdir(parents=True, exist_ok=True)
            with path.open("wb") as file:
                write_po(file, catalog, width=110, no_location=True, sort_output=True, omit_header=False)


if __name__ == "__main__":
    refresh()
