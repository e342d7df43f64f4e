"""Presets: TOML files that say which column of a known file is what, and what its values mean.

    target = "trade.sales"
    [columns]
    customer = "CustomerID"            # or several: the first that is filled counts
Everything else in the file belongs to the target, which reads it from `options`.
"""

import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from app.errors import Invalid
from app.translation import in_english
from app.translation import lazy_gettext as _l

_OWN = ("target", "title", "sheet", "encoding", "delimiter", "columns", "optional")
_NAME = re.compile(r"[a-z0-9_]{1,40}", re.ASCII)


@dataclass(frozen=True)
class Preset:
    """How files of one shape are read."""

    #: part of the operation ids of what it makes, so that the same file read again makes nothing
    name: str
    #: field → the names of its columns in the file's header
    columns: Mapping[str, tuple[str, ...]]
    #: fields whose column may be missing
    optional: frozenset[str] = frozenset()
    #: the sheet's name; when empty, the only one with anything in it
    sheet: str = ""
    encoding: str = "utf-8-sig"
    #: of a CSV; when empty, the comma, semicolon or tab with which the columns are found
    delimiter: str = ""
    options: Mapping[str, Any] = field(default_factory=dict)
    #: field → what people call it: its columns are found by that too, in the user's language and in English
    titles: Mapping[str, Sequence[object]] = field(default_factory=dict)

    def option(self, name: str, kind: type, default: Any = None) -> Any:
        """What the preset says of `name`. Refused: a value of another type, none where there is no default."""
        value = self.options.get(name, default)
        if value is None:
            raise Invalid(_l("The preset %(preset)s does not say “%(name)s”.", preset=self.name, name=name))
        if not isinstance(value, kind):
            raise Invalid(_l("“%(name)s” of the preset %(preset)s is of a wrong type.", preset=self.name, name=name))
        return value

    def with_titles(self) -> "Preset":
        """The preset whose columns are found by its fields' titles too, in the user's language and in English; never by a word
        that another field has as its name, or an earlier one as its title."""
        columns = {name: list(names) for name, names in self.columns.items()}
        taken = {header.casefold() for names in self.columns.values() for header in names}
        for name, some in self.titles.items():
            for title in dict.fromkeys(word for one in some for word in words_of(one)):
                if title.casefold() not in taken:
                    taken.add(title.casefold())
                    columns[name].append(title)
        return replace(self, columns={name: tuple(names) for name, names in columns.items()})

    def column(self, field: str) -> str:
        """What a field is called in the file."""
        return self.columns[field][0] if field in self.columns else field


def words_of(title: object) -> list[str]:
    """A text of the program in the user's language, and in English."""
    here = str(title)
    with in_english():
        return [here, str(title)]


def load_preset(path: Path, target: str) -> Preset:
    """Read a preset. Refused: no such file, bad TOML, a preset for another target, a name unfit for operation ids."""
    try:
        said = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise Invalid(_l("The preset %(path)s can't be read: %(error)s", path=path, error=error)) from error
    if said.get("target") != target:
        raise Invalid(_l("The preset %(path)s is not for %(target)s.", path=path, target=target))
    if not _NAME.fullmatch(path.stem):
        raise Invalid(
            _l("A preset's name has small letters, digits and _ only; this one is “%(name)s”.", name=path.stem)
        )
    columns = {f: (names,) if isinstance(names, str) else tuple(names) for f, names in said.get("columns", {}).items()}
    return Preset(
        name=path.stem,
        columns=columns,
        optional=frozenset(said.get("optional", ())),
        sheet=said.get("sheet", ""),
        encoding=said.get("encoding", "utf-8-sig"),
        delimiter=said.get("delimiter", ""),
        options={k: v for k, v in said.items() if k not in _OWN},
    )
