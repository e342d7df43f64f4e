"""Rows that each become one record: fields by name, all errors of the file told at once, a code at most once in it."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from flask_babel import lazy_gettext as _l

from app.custom import PREFIX
from app.custom.fields import CHOICE, DAY, NUMBER, TEXT, YES_NO
from app.errors import Invalid
from app.importing.cells import BadCell, as_day, as_decimal, as_flag, as_text, is_blank
from app.importing.presets import Preset
from app.importing.run import Import

#: type of a custom field → what reads its cells
READ: Mapping[str, Callable[[Any], Any]] = {
    TEXT: as_text,
    CHOICE: as_text,
    NUMBER: as_decimal,
    DAY: as_day,
    YES_NO: as_flag,
}


@dataclass(frozen=True)
class Field:
    """A column of a plain table: how its cells are read. What is right of it is the operation's affair."""

    name: str
    read: Callable[[Any], Any] = as_text
    required: bool = False


class Record(NamedTuple):
    """What a row says, by field; fields whose cell is blank are left out, so they stay as they are."""

    file: int
    row: int
    values: dict[str, Any]
    #: the same of custom fields, by key; None where the target has none
    custom: dict[str, Any] | None


def plain_preset(*fields: Field) -> Preset:
    """The preset of a table whose header has the fields' own names."""
    return Preset(
        name="plain",
        columns={f.name: (f.name,) for f in fields},
        optional=frozenset(f.name for f in fields if not f.required),
    )


def records(job: Import, fields: Mapping[str, Field], key: str) -> Iterator[Record]:
    """The file's records; rows in error, and those that name a `key` again, go to the report instead."""
    custom = {field.name: Field(field.name, READ[field.type]) for field in job.custom}
    fields = {**fields, **custom}
    unknown = job.preset.columns.keys() - fields.keys()
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
            values = _values(names, row.cells, fields, job.preset)
            if (before := seen.setdefault(values[key], row.number)) != row.number:
                raise BadCell(
                    _l("“%(code)s” is in row %(row)s already", code=values[key], row=before), job.preset.column(key)
                )
        except BadCell as error:
            job.report.fail(row.file, row.number, error.column, error.message)
        else:
            said = {n.removeprefix(PREFIX): values.pop(n) for n in custom if n in values} if custom else None
            yield Record(row.file, row.number, values, said)


def _values(names: list[str], cells: Any, fields: Mapping[str, Field], preset: Preset) -> dict[str, Any]:
    values: dict[str, Any] = dict(preset.options.get("defaults", {}))
    meanings = preset.options.get("values", {})
    for name, cell in zip(names, cells, strict=True):
        field = fields[name]
        if is_blank(cell):
            if field.required and name not in values:
                raise BadCell(_l("this must be filled"), preset.column(name))
            continue
        try:
            value = field.read(cell)
        except BadCell as error:
            raise BadCell(error.message, preset.column(name)) from error
        if name in meanings:
            if value not in meanings[name]:
                raise BadCell(_l("“%(value)s” is unknown here", value=value), preset.column(name))
            value = meanings[name][value]
        values[name] = value
    return values
