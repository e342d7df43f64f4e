"""Presets: TOML files that say which column of a known file is what, and what its values mean.

    target = "trade.sales"
    [columns]
    customer = "CustomerID"            # or several: the first that is filled counts
Everything else in the file belongs to the target, which reads it from `options`. Whatever is wrong in a preset is refused with
its line, before any file is read.
"""

import re
import tomllib
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from pathlib import Path
from typing import Any

from app.errors import Invalid
from app.importing.encodings import OLD, is_encoding
from app.importing.numbers import COMMA, POINT
from app.importing.shapes import Misfit, Place, Shape, day_form, list_of, one_of, record, table_of, text
from app.translation import in_english
from app.translation import lazy_gettext as _l

_NAME = re.compile(r"[a-z0-9_]{1,40}", re.ASCII)
_HEADING = re.compile(r"\[+([^\[\]]+)\]+\s*(?:#.*)?")
_KEY = re.compile(r"""("[^"]*"|'[^']*'|[\w.-]+)\s*=""")


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
    #: of text files and old workbooks; when empty, what the file itself says, else UTF-8
    encoding: str = ""
    #: of a CSV; when empty, the sign with which the columns are found
    delimiter: str = ""
    #: before the decimals, and between thousands, of numbers that are texts; when empty, as the file itself tells
    decimal: str = ""
    thousands: str = ""
    #: forms of dates that are texts, as strptime reads them; when empty, ISO 8601
    moments: tuple[str, ...] = ()
    #: what stands between the texts of a field's columns; where nothing is said the first that is filled counts
    between: Mapping[str, str] = field(default_factory=dict)
    #: tables beside the file's rows (`app.importing.beside`)
    beside: tuple[Any, ...] = ()
    options: Mapping[str, Any] = field(default_factory=dict)
    #: field → what people call it: its columns are found by that too, in the user's language and in English
    titles: Mapping[str, Sequence[object]] = field(default_factory=dict)
    #: where its keys stand in its file
    lines: Mapping[Place, int] = field(default_factory=dict, repr=False)

    def option(self, name: str, kind: type, default: Any = None) -> Any:
        """What the preset says of `name`. Refused: a value of another type, none where there is no default."""
        value = self.options.get(name, default)
        if value is None:
            raise Invalid(_l("The preset %(preset)s does not say “%(name)s”.", preset=self.name, name=name))
        if not isinstance(value, kind):
            raise Invalid(_l("“%(name)s” of the preset %(preset)s is of a wrong type.", preset=self.name, name=name))
        return value

    def misfit(self, place: Place, message: object) -> Invalid:
        """The refusal of what the preset says at a place, with its line."""
        return _refusal(self.name, self.lines, place, message)

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


@dataclass(frozen=True)
class Grammar:
    """What presets of a target may say: its fields, those whose columns they must name, and its own keys."""

    fields: Collection[str]
    required: Collection[str]
    options: Mapping[str, Shape]
    #: those of `options` that must be there
    needed: Collection[str] = ()


def load_preset(path: Path, target: str, grammar: Grammar) -> Preset:
    """Read a preset. Refused, with the line: bad TOML, keys that aren't known, values that aren't of their shape. Refused:
    no such file, a preset for another target, a name unfit for operation ids."""
    try:
        source = path.read_text(encoding="utf-8-sig")
        said = tomllib.loads(source, parse_float=Decimal)
    except (OSError, ValueError, RecursionError) as error:
        raise Invalid(_l("The preset %(path)s can't be read: %(error)s", path=path, error=error)) from error
    if said.get("target") != target:
        raise Invalid(_l("The preset %(path)s is not for %(target)s.", path=path, target=target))
    if not _NAME.fullmatch(path.stem):
        raise Invalid(
            _l("A preset's name has small letters, digits and _ only; this one is “%(name)s”.", name=path.stem)
        )
    lines = _lines(source)
    try:
        _shape(grammar)(said, ())
        _check_signs(said)
    except Misfit as error:
        raise _refusal(path.name, lines, error.place, error.message) from error
    return Preset(
        name=path.stem,
        columns={f: (names,) if isinstance(names, str) else tuple(names) for f, names in said["columns"].items()},
        optional=frozenset(said.get("optional", ())),
        moments=tuple(said.get("moments", ())),
        between=said.get("between", {}),
        **{name: said[name] for name in ("sheet", "encoding", "delimiter", "decimal", "thousands") if name in said},
        options={k: v for k, v in said.items() if k in grammar.options},
        lines=lines,
    )


def _shape(grammar: Grammar) -> Shape:
    needed = {name: grammar.options[name] for name in grammar.needed}
    return record(
        {"target": text, "columns": _columns(grammar), **needed},
        {
            "title": text,
            "sheet": text,
            "encoding": _encoding,
            "delimiter": _delimiter,
            "decimal": one_of(POINT, COMMA),
            "thousands": one_of(POINT, COMMA, " ", "'"),
            "moments": list_of(day_form),
            "between": table_of(text, grammar.fields),
            "optional": list_of(one_of(*grammar.fields)),
            **grammar.options,
        },
    )


def _columns(grammar: Grammar) -> Shape:
    some = table_of(_headers, grammar.fields)

    def check(value: Any, place: Place) -> None:
        some(value, place)
        for name in grammar.required:
            if name not in value:
                raise Misfit((*place, name), _l("is missing"))

    return check


def _headers(value: Any, place: Place) -> None:
    names = [value] if isinstance(value, str) else value
    if not isinstance(names, list) or not names or not all(isinstance(n, str) and n.strip() for n in names):
        raise Misfit(place, _l("must be the name of a column, or a list of such names"))


def _encoding(value: Any, place: Place) -> None:
    text(value, place)
    if not is_encoding(value):
        known = ", ".join(("utf-8", "utf-16", *OLD))
        raise Misfit(place, _l("“%(name)s” isn't an encoding; %(known)s are some", name=value, known=known))


def _delimiter(value: Any, place: Place) -> None:
    text(value, place)
    if len(value) != 1 or value in '"\r\n\0':
        raise Misfit(place, _l("must be one sign, such as “;” or a tab"))


def _check_signs(said: Mapping[str, Any]) -> None:
    if "thousands" in said and said["thousands"] == said.get("decimal"):
        raise Misfit(("thousands",), _l("can't be the sign before the decimals"))
    if "thousands" in said and "decimal" not in said:
        raise Misfit(("thousands",), _l("needs “decimal” beside it"))


def _refusal(name: str, lines: Mapping[Place, int], place: Place, message: object) -> Invalid:
    at = next((lines[place[:n]] for n in range(len(place), 0, -1) if place[:n] in lines), 1)
    key = ".".join(place)
    return Invalid(
        _l("The preset %(name)s, line %(line)s, “%(key)s”: %(why)s.", name=name, line=at, key=key, why=message)
    )


def _lines(source: str) -> dict[Place, int]:
    """Where keys and tables stand; enough to lead people there, not another parser of TOML."""
    found: dict[Place, int] = {}
    table: Place = ()
    for number, line in enumerate(source.splitlines(), 1):
        line = line.strip()
        if heading := _HEADING.fullmatch(line):
            table = _keys(heading[1])
            found.setdefault(table, number)
        elif key := _KEY.match(line):
            found.setdefault((*table, *_keys(key[1])), number)
    return found


def _keys(dotted: str) -> Place:
    return tuple(key.strip("\"'") for key in re.findall(r"\"[^\"]*\"|'[^']*'|[^.\s]+", dotted))
