"""Custom fields on the screen: as fields of a form, as columns and filters of a list, as facts of a card."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from functools import lru_cache, partial
from typing import Any

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session
from wtforms import StringField
from wtforms.validators import Length

from app.custom import CustomField, Customised, fields_of, open_fields
from app.custom.fields import CHOICE, DAY, LONGEST, NUMBER, YES_NO
from app.documents import Fact
from app.translation import lazy_gettext as _l
from app.web.edge.request import current_session
from app.web.kit.forms import DayField, DecimalField, Form, required
from app.web.kit.selects import SelectField
from app.web.kit.tables import Column, Filter, Table

_YES_NO = {"yes": _l("yes"), "no": _l("no")}
#: type → the kind of a column or fact that shows it; text where it isn't named
_KINDS = {NUMBER: "quantity", DAY: "date", YES_NO: "flag"}


def with_custom_fields(form: Any, model: type[Customised]) -> type[Any]:
    """The form with a field for each custom field of the model's records that is open to whoever asks."""
    fields = tuple(open_fields(current_session(), model.custom_subject()))
    return _form(form, fields) if fields else form


def with_custom_columns(session: Session, table: Table) -> Table:
    """The list with a column and filters for each custom field of its records; those of closed groups are left out as any
    column of such a group is."""
    fields = fields_of(session, table.custom.custom_subject()) if table.custom is not None else ()
    if not fields:
        return table
    if fields not in table.customised:
        values: Any = table.custom.values.property.mapper.class_  # type: ignore[union-attr]
        columns = tuple(_column(table, values, field) for field in fields)
        filters = tuple(f for field in fields for f in _filters(table, values, field))
        table.customised[fields] = replace(
            table, columns=(*table.columns, *columns), filters=(*table.filters, *filters)
        )
    return table.customised[fields]


def custom_facts(record: Customised, session: Session | None = None) -> list[Fact]:
    """What a record says in the custom fields that are open to whoever asks."""
    fields, said = open_fields(session or current_session(), record.custom_subject()), record.custom
    return [Fact(f.title, said[f.key], _KINDS.get(f.type, "text"), name=f.name) for f in fields]


def custom_offered(model: type[Customised], said: Mapping[str, Any]) -> dict[str, Any]:
    """What a new record of the model takes over of what another says: not the choices that are no longer offered."""
    fields = open_fields(current_session(), model.custom_subject())
    gone = {f.key for f in fields if f.type == CHOICE and said.get(f.key) not in f.choices}
    return {key: value for key, value in said.items() if key not in gone}


class ChoiceField(SelectField):
    """One of a list that may have been another when the record was saved: what it says stays among the choices."""

    def iter_choices(self) -> Iterator[Any]:
        """What is offered, and what the record says."""
        offered = [(choice.value, choice.label) for choice in self.choices]
        if self.data and self.data not in dict(offered):
            self.choices = [*offered, (self.data, self.data)]
        return super().iter_choices()  # type: ignore[no-any-return]


@lru_cache(maxsize=200)
def _form(form: Any, fields: tuple[CustomField, ...]) -> type[Form]:
    return type(form.__name__, (form,), {field.name: _field(field) for field in fields})


def _field(field: CustomField) -> Any:
    needed = [required] if field.is_required else []
    if field.type == NUMBER:
        return DecimalField(field.title, needed)
    if field.type == DAY:
        return DayField(field.title, needed)
    if field.type == YES_NO:
        return SelectField(field.title, needed, choices=lambda: [("", "–"), *_YES_NO.items()], coerce=_yes_or_no)
    if field.type == CHOICE:
        choices = [("", "–"), *((choice, choice) for choice in field.choices)]
        return ChoiceField(field.title, needed, choices=choices, validate_choice=False)
    most = Length(max=LONGEST, message=_l("At most %(max)d characters."))
    return StringField(field.title, [*needed, most], render_kw={"maxlength": LONGEST})


def _yes_or_no(value: Any) -> Any:
    """What a select sends, or a stored flag: True, False, or None where nothing is said."""
    return {"yes": True, "no": False, True: True, False: False}.get(value)


def _column(table: Table, values: Any, field: CustomField) -> Column:
    value = getattr(values, field.column)
    said = select(value).where(values.field_id == field.id, values.record_id == table.key).scalar_subquery()
    return Column(
        field.name,
        field.title,
        said,
        _KINDS.get(field.type, "text"),
        nullable=True,
        is_aside=not field.is_listed,
        closed=field.group,
    )


def _filters(table: Table, values: Any, field: CustomField) -> Iterator[Filter]:
    value = getattr(values, field.column)

    def having(criterion: Callable[[Any], ColumnElement[bool]], given: Any) -> ColumnElement[bool]:
        with_value = select(values.record_id).where(values.field_id == field.id, criterion(given))
        return table.key.in_(with_value)  # type: ignore[no-any-return]

    def one(name: str, title: str, kind: str, criterion: Callable[[Any], Any], choices: Any = ()) -> Filter:
        by = partial(having, criterion)
        return Filter(name, title, by, choices, kind, group=field.group, is_aside=not field.is_listed)

    if field.type == CHOICE:
        choices = [(choice, choice) for choice in (*field.choices, *field.retired)]
        yield one(field.name, field.title, "choice", lambda given: value == given, choices)
    elif field.type == YES_NO:
        yield one(field.name, field.title, "choice", lambda given: value == (given == "yes"), tuple(_YES_NO.items()))
    elif field.type in (NUMBER, DAY):
        kind = "date" if field.type == DAY else "number"
        yield one(f"{field.name}.from", f"{field.title} ≥", kind, lambda given: value >= given)
        yield one(f"{field.name}.to", f"{field.title} ≤", kind, lambda given: value <= given)
    else:
        yield one(
            field.name, field.title, "text", lambda given: func.lower(value).contains(given.lower(), autoescape=True)
        )
