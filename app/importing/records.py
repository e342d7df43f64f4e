"""Rows that each become one record: fields by name, all errors of the file reported at once, a code at most once in it."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, NamedTuple

from app.errors import Invalid
from app.importing.cells import BadCell, as_text, is_blank
from app.importing.presets import Preset
from app.importing.run import Import
from app.translation import lazy_gettext as _l


@dataclass(frozen=True)
class Field:
    """A column of a plain table: how its cells are read. Whether it is right, the operation decides."""

    name: str
    read: Callable[[Any], Any] = as_text
    required: bool = False
    #: what forms and lists call it
    titles: tuple[object, ...] = ()


class Record(NamedTuple):
    """What a row says, by field; fields whose cell is blank are left out, so they stay as they are."""

    file: int
    row: int
    values: dict[str, Any]
    #: the filled cells under columns of custom fields, for `read_custom`
    cells: Mapping[str, Any]
    #: what `read_custom` made of them, by key; None where the target has no custom fields
    custom: dict[str, Any] | None = None
    #: the preset's columns of custom fields, by the fields' names
    columns: Mapping[str, str] = MappingProxyType({})


def plain_preset(*fields: Field) -> Preset:
    """The preset of a table whose header has the fields' own names, or the titles that the program shows."""
    return Preset(
        name="plain",
        columns={f.name: (f.name,) for f in fields},
        optional=frozenset(f.name for f in fields if not f.required),
        titles={f.name: f.titles for f in fields},
    )


def records(job: Import, fields: Mapping[str, Field], key: str) -> Iterator[Record]:
    """The file's records; rows in error, and those that name a `key` again, go to the report instead."""
    unknown = job.preset.columns.keys() - fields.keys() - job.custom.keys()
    if unknown:
        raise Invalid(
            _l(
                "The preset %(name)s names unknown fields: %(fields)s.",
                name=job.preset.name,
                fields=", ".join(sorted(unknown)),
            )
        )
    names = list(job.preset.columns)
    seen: dict[Any, int] = {}
    for row in job.rows():
        try:
            cells = dict(zip(names, row.cells, strict=True))
            custom = {name: cell for name in job.custom if not is_blank(cell := cells.pop(name))}
            values = _values(cells, fields, job.preset)
            if (before := seen.setdefault(values[key], row.number)) != row.number:
                raise BadCell(_l("“%(code)s” is in row %(row)s already", code=values[key], row=before), key)
        except BadCell as error:
            job.report.fail(row.file, row.number, job.header(row.file, error.column), error.message)
        else:
            yield Record(row.file, row.number, values, custom)


def _values(cells: Mapping[str, Any], fields: Mapping[str, Field], preset: Preset) -> dict[str, Any]:
    values: dict[str, Any] = {
        name: value for name, value in preset.options.get("defaults", {}).items() if name in fields
    }
    meanings = preset.options.get("values", {})
    for name, cell in cells.items():
        field = fields[name]
        if is_blank(cell):
            if field.required and name not in values:
                raise BadCell(_l("this must be filled"), name)
            continue
        try:
            value = as_text(cell) if name in meanings else field.read(cell)
        except BadCell as error:
            raise BadCell(error.message, name) from error
        if name in meanings:
            if value not in meanings[name]:
                raise BadCell(_l("“%(value)s” is unknown here", value=value), name)
            value = meanings[name][value]
        values[name] = value
    return values
