"""Rows that each become one record: fields by name, all errors of the file reported at once, a code at most once in it."""

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, NamedTuple

from app.custom.fields import NUMBER
from app.importing.cells import ERRORS, BadCell, as_day, as_decimal, as_moment, as_text, is_blank
from app.importing.presets import Preset
from app.importing.run import Import
from app.importing.totals import is_total
from app.translation import lazy_gettext as _l


@dataclass(frozen=True)
class Field:
    """A column of a plain table: how its cells are read. Whether it is right, the operation decides."""

    name: str
    read: Callable[[Any], Any] = as_text
    #: whether a file must have it
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


def records(job: Import, fields: Mapping[str, Field], key: str | None, *, within: str = "") -> Iterator[Record]:
    """The file's records; rows in error, and those that name a `key` again, go to the report instead. A key may come again
    under another value of the field `within`. Without a `key` rows may be alike, and only what must be filled has to be."""
    names = list(job.preset.columns)
    defaults = _defaults(job.preset, fields)
    seen: dict[Any, int] = {}
    for row in job.rows(_numbers(job, fields)):
        try:
            if row.refusal is not None:
                raise BadCell(row.refusal)
            cells = dict(zip(names, row.cells, strict=True))
            needed = [key] if key is not None else [name for name, f in fields.items() if f.required]
            if all(is_blank(cells[name]) for name in needed) and is_total(row.cells):
                job.report.skip(row.file, row.number, _l("a row of totals: it has no code"))
                continue
            custom = {name: cell for name in job.custom if not is_blank(cell := cells.pop(name))}
            values = {**defaults, **_values(cells, fields, job.preset)}
            for name in needed:
                if name not in values:
                    raise BadCell(_l("this must be filled"), name)
            if (
                key is not None
                and (before := seen.setdefault((values.get(within), values[key]), row.number)) != row.number
            ):
                raise BadCell(_l("“%(code)s” is in row %(row)s already", code=values[key], row=before), key)
        except BadCell as error:
            job.report.fail(row.file, row.number, job.header(row.file, error.column), error.message)
        else:
            yield Record(row.file, row.number, values, custom)


def _numbers(job: Import, fields: Mapping[str, Field]) -> Collection[str]:
    """The columns of numbers; one of custom fields is, as soon as some kind of record has a number there."""
    own = {name for name, field in fields.items() if field.read is as_decimal}
    return own | {name for name, kinds in job.custom.items() if any(field.type == NUMBER for field in kinds.values())}


def _defaults(preset: Preset, fields: Mapping[str, Field]) -> dict[str, Any]:
    """What holds for fields that a row leaves blank. Refused (Invalid): what the field can't be."""
    said = {name: value for name, value in preset.options.get("defaults", {}).items() if name in fields}
    for name, value in said.items():
        try:
            said[name] = fields[name].read(value)
        except BadCell as error:
            raise preset.misfit(("defaults", name), error.message) from error
    return said


def _values(cells: Mapping[str, Any], fields: Mapping[str, Field], preset: Preset) -> dict[str, Any]:
    values: dict[str, Any] = {}
    meanings = preset.options.get("values", {})
    for name, cell in cells.items():
        if not is_blank(cell):
            try:
                values[name] = _value(fields[name], cell, meanings.get(name), preset)
            except BadCell as error:
                raise BadCell(error.message, name) from error
    return values


def _value(field: Field, cell: Any, meanings: Mapping[str, Any] | None, preset: Preset) -> Any:
    """What a cell says; where the preset says what its texts mean, that is read in its stead. Refused: an error of the
    spreadsheet, even where any text would do."""
    if isinstance(cell, str) and cell in ERRORS:
        raise BadCell(_l("“%(value)s” is an error of the spreadsheet", value=cell))
    if meanings is not None:
        text = as_text(cell)
        if text not in meanings:
            raise BadCell(_l("“%(value)s” is unknown here", value=text))
        cell = meanings[text]
    elif field.read is as_day and preset.moments:
        return as_moment(cell, preset.moments).date()
    return field.read(cell)
