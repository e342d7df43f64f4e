"""Writing what records say in their custom fields."""

from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy import inspect, select
from sqlalchemy.orm import Session
from sqlalchemy.orm.attributes import set_committed_value

from app.custom.fields import checked
from app.custom.queries import fields_of
from app.db import pieces
from app.security import Actor


def set_custom(
    session: Session, actor: Actor, given: Mapping[Any, Mapping[str, Any] | None], *, is_new: bool = False
) -> None:
    """Let records say what is given of them, key → value; None instead of a mapping says nothing, as whoever makes the record
    knows of no custom fields. All records are of one table.

    Refused (Invalid): what `app.custom.fields.checked` refuses; a field that the actor could not see is one that there is not.
    """
    asked = {record: values for record, values in given.items() if values is not None}
    asked = {r: values for r, values in asked.items() if values or fields_of(session, r.custom_subject())}
    load_values(session, [record for record in asked if inspect(record).persistent])
    for record, values in asked.items():
        fields = fields_of(session, record.custom_subject())
        fields = tuple(field for field in fields if actor.sees(field.group))
        _write(record, checked(fields, values, record.custom, is_new=is_new))


def _write(record: Any, values: Mapping[Any, Any]) -> None:
    said = {row.field_id: row for row in record.values}
    model = type(record).values.property.mapper.class_
    for field, value in values.items():
        row = said.get(field.id)
        if value is None and row is not None:
            record.values.remove(row)
        elif value is not None and row is not None:
            setattr(row, field.column, value)
        elif value is not None:
            record.values.append(model(field_id=field.id, **{field.column: value}))


def load_values(session: Session, records: Iterable[Any]) -> None:
    """Read what many records of one table say in their custom fields, by one statement for so many; none without fields."""
    unread = {r.id: r for r in records if "values" in inspect(r).unloaded and fields_of(session, r.custom_subject())}
    for some in pieces(unread):
        model = type(unread[some[0]]).values.property.mapper.class_
        found: dict[int, list[Any]] = {number: [] for number in some}
        for row in session.scalars(select(model).where(model.record_id.in_(some))):
            found[row.record_id].append(row)
        for number, rows in found.items():
            set_committed_value(unread[number], "values", rows)
