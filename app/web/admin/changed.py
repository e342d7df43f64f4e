"""What a change says in words: the field as forms and lists call it, its value as they write it, records by their names.

Names of records are those of today, or the last one of a record that was removed, as far as they are open to the reader: the
audit keeps numbers, and a person's name that was erased stays erased.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cache
from typing import Any

from flask import g
from flask_babel import gettext as _
from sqlalchemy import Boolean, Date, DateTime, and_, inspect, select
from sqlalchemy.orm import Mapper, Session
from sqlalchemy.orm.attributes import QueryableAttribute

from app import formats
from app.audit import UNKNOWN, AuditChange, AuditValue, tables_of_records
from app.audit.kept import kept_of
from app.company import core_files
from app.custom import CustomFieldRow
from app.db import Base, mapper_of, pieces
from app.registry.discovery import discover
from app.web.admin.recorded import noun_word
from app.web.edge.request import current_company, current_session
from app.web.kit.forms import Form
from app.web.kit.tables import Table

#: stands where a value is closed to the reader, or was erased
CLOSED = "•••"
#: by what a record is called, the first that it has
_NAMES = ("name", "title", "number", "code")


@dataclass
class _Field:
    """What is known of a field: its title, the words for its values, its column."""

    title: object = ""
    choices: Mapping[Any, object] = field(default_factory=dict)
    words: Callable[[Any], str] | None = None
    column: Any = None


def field_word(name: str) -> str:
    """What a field of the audit is called: `table.attribute`; of a custom field its title."""
    table, _dot, key = name.rpartition(".")
    if table == "core_grant":
        return str(_("Right"))
    if key.isdecimal():
        row = current_session().get(CustomFieldRow, int(key))
        return str(row.title) if row is not None else key
    title = named(name) or key.replace("_", " ") or str(_("There"))  # of a row that says nothing but that it is there
    noun = table.replace("_", ".", 1)
    part = noun_word(noun) if table not in tables_of_records() else noun
    return title if part == noun else f"{part}: {title}"


def named(name: str) -> str:
    """What a form, a list or the record that it names calls a field, without what it is a field of; empty where nobody does."""
    known = _fields().get(name) or _Field()
    key = name.rpartition(".")[2]
    owner = (name if known.column is None else known.column.table.name).partition("_")[0]
    return str(
        known.title or _declared().get((owner, key)) or _declared().get(("core", key)) or _of_target(known.column)
    )


@cache
def _declared() -> dict[tuple[str, str], object]:
    """What modules call fields of theirs that no form and no list has, by module and attribute."""
    manifests = [each.manifest for each in (*discover().values(), core_files()) if each.manifest is not None]
    return {(m.name, key): title for m in manifests for key, title in m.fields.items()}


def value_word(name: str, value: str | None, part: str = "") -> str:
    """A value of a field in words."""
    if name == "core_grant." or name == "core_grant.scope":
        return _right(name, value, part)
    if value is None:
        return "–"
    if value == UNKNOWN:
        return str(_("not known"))
    known = _fields().get(name) or _Field()
    if known.words is not None:
        return str(known.words(value))
    if value in known.choices:
        return str(known.choices[value])
    if (model := _model_of(name)) is not None:
        return ", ".join(_name(model, number) for number in value.split(", "))
    return _plain(known.column, value)


def record_word(noun: str, number: int) -> str:
    """A record: what it is, and its name as far as it is open to the reader."""
    model = _model_named(noun)
    return f"{noun_word(noun)}: {_name(model, str(number))}" if model is not None else noun_word(noun)


@cache
def fields_by_noun() -> dict[str, list[str]]:
    """Of each kind of records whose changes are kept, the fields by the names that the audit has for them."""
    found: dict[str, list[str]] = {}
    for mapper in Base.registry.mappers:
        model: Any = mapper.class_
        kept = kept_of(model)
        if kept is None or kept.is_custom:
            continue
        owner: Any = kept.owner or mapper
        nouns = (kept.subject,) if kept.subject else (m.polymorphic_identity for m in owner.self_and_descendants)
        table = mapper.base_mapper.local_table.name  # type: ignore[attr-defined]
        keys = (*(key for key, _group in kept.attributes), *(c[0] for c in kept.composed), *kept.lists)
        for noun in nouns:
            names = found.setdefault(noun, []) if noun else []
            names += [name for key in keys if (name := f"{table}.{key}") not in names]
    return found


def ready_names(session: Session, rows: Sequence[Any]) -> None:
    """Ask for the records that changes are of and name, those of one kind at once."""
    wanted: dict[Any, set[int]] = {}
    for row in rows:
        if (model := _model_named(row.subject)) is not None:
            wanted.setdefault(model, set()).add(row.subject_id)
        if (model := _model_of(row.field)) is not None:
            said = ", ".join(filter(None, (getattr(row, "before", None), getattr(row, "after", None))))
            wanted.setdefault(model, set()).update(int(n) for n in said.split(", ") if n.isdecimal() and len(n) < 19)
    known: dict[Any, Any] = g.setdefault("named_records", {})
    for model, numbers in wanted.items():
        key = inspect(model).primary_key[0]
        for some in pieces(n for n in sorted(numbers) if (model, n) not in known):
            known |= dict.fromkeys((model, n) for n in some)
            found = {inspect(each).identity[0]: each for each in session.scalars(select(model).where(key.in_(some)))}
            known |= {(model, number): _called(each) for number, each in found.items()}
            if gone := [number for number in some if number not in found]:
                known |= {(model, number): name for number, name in _called_last(session, model, gone)}


def _called_last(session: Session, model: Any, numbers: Sequence[int]) -> Iterator[tuple[int, str]]:
    """What records that were removed were called, as the audit says of their removal to the reader."""
    kept = kept_of(model)
    if kept is None or kept.through or not kept.subject:
        return
    of, value, table = AuditChange, AuditValue, model.__mapper__.base_mapper.local_table.name
    same = (value.chain == of.chain, value.sequence == of.sequence, value.position == of.position)
    removed = (of.subject == kept.subject, of.subject_id.in_(numbers), value.after.is_(None), value.before.is_not(None))
    fields = [f"{table}.{name}" for name in reversed(_NAMES)]
    asked = select(of.subject_id, of.field, value.before).join(value, and_(*same))
    rows = session.execute(asked.where(*removed, of.field.in_(fields))).all()
    for number, _field, name in sorted(rows, key=lambda row: fields.index(row.field)):
        yield number, str(_("%(name)s (removed)", name=name))


@cache
def _model_named(noun: str) -> Any:
    for mapper in Base.registry.mappers:
        model: Any = mapper.class_
        kept = kept_of(model)
        if mapper.polymorphic_identity == noun or (kept is not None and not kept.through and kept.subject == noun):
            return mapper.base_mapper.class_ if kept is not None and kept.subject else model
    return None


def _plain(column: Any, value: str) -> str:
    type_ = getattr(column, "type", None)
    if value in ("true", "false") and (type_ is None or isinstance(type_, Boolean)):
        return str(_("yes") if value == "true" else _("no"))
    write = formats.current()
    if isinstance(type_, DateTime):
        return str(write.moment(datetime.fromisoformat(value)))
    if isinstance(type_, Date):
        return str(write.day(date.fromisoformat(value)))
    return value


def _right(name: str, value: str | None, part: str) -> str:
    """A right of a role: its name, and how far it reaches."""
    from app.web.admin.roles import SCOPE_TITLES  # its lists stand above this file

    _role, kind, right = (*part.split(",", 2), "", "")[:3]
    title = noun_word(right) if kind == "scope" else current_company().title_of_right(right)
    if name.endswith("scope"):
        return f"{title}: {SCOPE_TITLES.get(value or 'all', value)}"
    return title if value else "–"


def _name(model: Any, number: str) -> str:
    if model is None or not number.isdecimal():
        return number
    known: dict[Any, Any] = g.setdefault("named_records", {})
    key = model, int(number)
    if key not in known:
        record = current_session().get(*key)
        known[key] = None if record is None else _called(record)
    return known[key] or f"#{number}"


def _called(record: Any) -> str:
    names = (getattr(record, name, None) for name in _NAMES)
    return next((str(name) for name in names if name), "")


def _target(column: Any) -> Any:
    """The model whose records a column names."""
    for key in getattr(column, "foreign_keys", ()):
        return None if (mapper := mapper_of(key.column.table)) is None else mapper.class_
    return None


def _of_target(column: Any) -> str:
    model = _target(column)
    if model is None:
        return ""
    noun = getattr(model, "noun", "") or model.__mapper__.local_table.name.replace("_", ".", 1)
    return noun_word(noun)


def _model_of(name: str) -> Any:
    """The model whose records a field names by their numbers, one or a list; None where it names none."""
    known = _fields().get(name)
    return _target(known.column) if known is not None else _model_of_list(name)


@cache
def _model_of_list(name: str) -> Any:
    table, _dot, key = name.rpartition(".")
    for mapper in Base.registry.mappers:
        if mapper.local_table.name == table and key in mapper.relationships:  # type: ignore[attr-defined]
            return mapper.relationships[key].mapper.class_
    return None


@cache
def _fields() -> dict[str, _Field]:
    """Fields as lists and forms declare them."""
    found: dict[str, _Field] = {}
    for mapper in Base.registry.mappers:
        table = mapper.base_mapper.local_table.name  # type: ignore[attr-defined]
        for attribute in mapper.column_attrs:
            found.setdefault(f"{table}.{attribute.key}", _Field(column=attribute.columns[0]))
    for form in _below(Form):
        for name, title, choices in _of_form(form):
            field = found.get(name)
            if field is not None and not field.title:
                field.title, field.choices = title, choices
    for installed in (*discover().values(), core_files()):
        for table in installed.all_of("tables", Table) if installed.manifest else ():
            _of_table(table, found)
    return found


def _of_table(table: Table, found: dict[str, _Field]) -> None:
    for column in table.columns:
        said = column.expression
        if isinstance(said, QueryableAttribute) and isinstance(said.parent, Mapper):
            field = found.get(f"{said.parent.base_mapper.local_table.name}.{said.key}")  # type: ignore[attr-defined]
            if field is not None:
                field.title = field.title or column.title
                field.choices, field.words = field.choices or column.choices, field.words or column.words


def _of_form(form: type[Form]) -> Iterator[tuple[str, object, Mapping[Any, object]]]:
    model: Any = getattr(form, "of", None)
    if model is None:
        return
    table = model.__mapper__.base_mapper.local_table.name
    for key in dir(form):
        unbound: Any = getattr(form, key, None)
        if hasattr(unbound, "field_class"):
            title = unbound.args[0] if unbound.args else unbound.kwargs.get("label")
            choices = unbound.kwargs.get("choices")
            pairs = [each for each in choices if isinstance(each, tuple)] if isinstance(choices, list | tuple) else []
            if title:
                yield f"{table}.{key}", title, {str(value): title for value, title in pairs}


def _below(form: type[Form]) -> Iterator[type[Form]]:
    for sub in form.__subclasses__():
        yield sub
        yield from _below(sub)
