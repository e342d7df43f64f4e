"""Columns of custom fields: which there are, and what a row's cells say once its kind is known.

Two kinds of record may call different fields alike, and one field by another's key; so a column is whatever the row's own kind
calls so.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from app.custom import CustomField, Customised
from app.custom.fields import CHOICE, DAY, NUMBER, TEXT, YES_NO
from app.errors import Invalid
from app.importing.cells import BadCell, Written, as_day, as_decimal, as_flag, as_moment, as_text
from app.importing.presets import Preset
from app.translation import lazy_gettext as _l
from app.workbooks.cells import Shown

if TYPE_CHECKING:
    from app.importing.records import Record
    from app.importing.run import Import

#: column of a preset → the field that it is, by subject
Columns = Mapping[str, Mapping[str, CustomField]]


def _as_shown(cell: Any) -> str:
    """The cell as a person reads it, with the zeros that a number's format puts before its digits."""
    is_code = isinstance(cell, Shown) and cell.text.isascii() and cell.text.isdigit()
    return cell.text if is_code else as_text(cell)


#: type of a custom field → what reads its cells
READ: Mapping[str, Callable[[Any], Any]] = {
    TEXT: _as_shown,
    CHOICE: _as_shown,
    NUMBER: as_decimal,
    DAY: as_day,
    YES_NO: as_flag,
}


def with_custom(preset: Preset, fields: Iterable[CustomField]) -> tuple[Preset, Columns]:
    """The preset with the columns of custom fields, each by its name or, where no other column has it, by its title."""
    taken = {name.casefold() for names in preset.columns.values() for name in names}
    called = [(field.name, field) for field in fields]
    called += [(field.title, field) for _, field in called if field.title.casefold() not in taken]
    headers: dict[str, str] = {}
    found: dict[str, dict[str, CustomField]] = {}
    for header, field in called:
        column = header.casefold()
        headers.setdefault(column, header)
        found.setdefault(column, {}).setdefault(field.subject, field)
    own = {column: (header,) for column, header in headers.items()}
    return replace(preset, columns={**preset.columns, **own}, optional=preset.optional | own.keys()), found


def named(preset: Preset, fields: Iterable[CustomField]) -> Columns:
    """Of custom fields, those that the preset names itself."""
    found: dict[str, dict[str, CustomField]] = {}
    for field in fields:
        if field.name in preset.columns:
            found.setdefault(field.name, {})[field.subject] = field
    return found


def read_custom(job: "Import", row: "Record", model: type[Customised]) -> "Record":
    """The row with what it says, as a record of `model`, in custom fields: `row.custom`, by key; blank cells are left out.

    Refused (Invalid, at the column): a cell that isn't of the field's type, one under a field that such records don't have.
    """
    if not job.custom:
        return row
    subject = model.custom_subject()
    mine = {f.name: f for fields in job.custom.values() for s, f in fields.items() if s == subject}
    defaults = job.preset.options.get("defaults", {})
    said = {field.key: _default(job.preset, field, defaults[name]) for name, field in mine.items() if name in defaults}
    columns: dict[str, str] = {}
    for column, cell in row.cells.items():
        field = job.custom[column].get(subject)
        if field is None:
            raise Invalid(_l("records of this kind have no such field"), field=column)
        if field.name not in columns:  # by its name it goes before its title
            columns[field.name] = column
            said[field.key] = _read(job.preset, column, field, cell)
    return row._replace(custom=said, columns=columns)


def _default(preset: Preset, field: CustomField, value: Any) -> Any:
    try:
        return READ[field.type](value)
    except BadCell as error:
        raise preset.misfit(("defaults", field.name), error.message) from error


def _read(preset: Preset, column: str, field: CustomField, cell: Any) -> Any:
    meanings = preset.options.get("values", {}).get(field.name)
    if isinstance(cell, Written):
        cell = cell.number if field.type == NUMBER else cell.text
    try:
        if meanings is not None:
            text = as_text(cell)
            if text not in meanings:
                raise BadCell(_l("“%(value)s” is unknown here", value=text))
            cell = meanings[text]
        elif field.type == DAY and preset.moments:
            return as_moment(cell, preset.moments).date()
        return READ[field.type](cell)
    except BadCell as error:
        raise Invalid(error.message, field=column) from error
