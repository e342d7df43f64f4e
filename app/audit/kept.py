"""Of which records the audit keeps changes, under whose name, and which of their fields; whoever writes a model says nothing.

A table whose rows go with another's (a foreign key that cascades, or that is part of the primary key) speaks for that record: a
phone number removed is a change of its contact. A model may say otherwise by `audited_as`: another noun, or "" for what isn't
kept.
"""

from collections.abc import Collection
from dataclasses import dataclass
from functools import cache
from typing import Any

from sqlalchemy import Column, Table, inspect
from sqlalchemy.orm import Mapper

from app.db import Base, mapper_of

#: an attribute's `info`: the audit never keeps what it says
UNKEPT = {"unkept": True}
#: of any record, and of a document: what says by itself what was done, or goes with another field
_UNSAID = {"version", "is_dated", "operation_id", "created_at", "organisation_id", "owner_id", "is_sample"}
_UNSAID_OF_DOCUMENTS = {"kind", "state", "number", "summary", "amount"}
#: what the value of a custom field is kept in, by its type
CUSTOM = ("text", "number", "day", "flag")


@dataclass(frozen=True, slots=True)
class Kept:
    """How the audit calls records of one model, and which of their attributes it keeps."""

    subject: str
    #: the attribute that has the owner's number; empty: the record's own
    through: str
    #: the owner's mapper
    owner: Any
    attributes: tuple[tuple[str, str], ...]
    #: values of several columns: the attribute, what makes it of them, theirs
    composed: tuple[tuple[str, Any, tuple[str, ...]], ...]
    #: relationships that are a list of other records
    lists: tuple[str, ...]
    #: whether a row is the value of a custom field
    is_custom: bool = False
    #: all attributes of which the audit asks a row
    keys: frozenset[str] = frozenset()

    def together_with(self, changed: Collection[str]) -> set[str]:
        """What has to be known of a row besides what changes in it: whose it is, and the other columns of a value of several;
        all of it where it goes to another record, as it is gone from one and new at the other."""
        wanted = {key for key in changed if key in self.keys}
        if self.is_custom or self.through in wanted:
            return set(self.keys)
        for _key, _make, parts in self.composed:
            wanted |= set(parts) if wanted.intersection(parts) else set()
        return wanted | {self.through} - {""}


def kept_of(model: Any) -> Kept | None:
    """How the audit keeps records of a model; None where it doesn't."""
    return _kept_of(model)


@cache
def _kept_of(model: type) -> Kept | None:
    mapper: Mapper[Any] = inspect(model)
    subject, through, owner = _named(mapper)
    if subject is None:
        return None
    is_custom = "field_id" in mapper.columns and "record_id" in mapper.columns
    composed = tuple((c.key, c.composite_class, tuple(p.key for p in c.props)) for c in mapper.composites)
    parts = {key for _key, _make, keys in composed for key in keys}
    attributes = tuple(
        (p.key, p.columns[0].info.get("group", ""))
        for p in mapper.column_attrs
        if p.key not in parts and _is_kept(mapper, p, through)
    )
    lists = tuple(r.key for r in mapper.relationships if r.secondary is not None and not r.viewonly)
    keys = {key for key, _group in attributes} | parts | ({"field_id"} if is_custom else set()) | {through} - {""}
    return Kept(subject, through, owner, attributes, composed, lists, is_custom, frozenset(keys))


@cache
def confidential_fields() -> dict[str, str]:
    """Fields of records, as the audit calls them (`table.attribute`), that are of a confidential group now, with it."""
    found: dict[str, str] = {}
    for mapper in Base.registry.mappers:
        kept, table = kept_of(mapper.class_), mapper.base_mapper.local_table.name  # type: ignore[attr-defined]
        found |= {f"{table}.{key}": group for key, group in (kept.attributes if kept else ()) if group}
    return found


def _named(mapper: Mapper[Any]) -> tuple[str | None, str, Any]:
    """Noun, attribute with the owner's number and the owner's mapper; the noun is None where nothing is kept, and empty where
    each record says its own, as documents do."""
    model = mapper.class_
    if (named := getattr(model, "audited_as", None)) is not None:
        return named or None, "", None
    if noun := getattr(model, "noun", ""):
        return noun, "", None
    if (owning := _owning(mapper)) is not None:
        attribute, owner = owning
        subject, above, _mapper = _named(owner)
        return (None, "", None) if above else (subject, attribute, owner)
    if mapper.polymorphic_on is not None and hasattr(model, "state"):
        return "", "", mapper
    if len(mapper.primary_key) != 1 or mapper.primary_key[0].name != "id":
        return None, "", None
    module, _, name = mapper.base_mapper.local_table.name.partition("_")  # type: ignore[attr-defined]
    return f"{module}.{name}", "", None


def _owning(mapper: Mapper[Any]) -> tuple[str, Mapper[Any]] | None:
    """The attribute that names the record with which the model's rows go, and that record's mapper."""
    for column in mapper.local_table.columns if mapper.inherits is None else ():
        for key in column.foreign_keys:
            if key.ondelete == "CASCADE" or column.primary_key:
                owner = mapper_of(key.column.table)
                if owner is not None:
                    return mapper.get_property_by_column(column).key, owner
    return None


def _is_kept(mapper: Mapper[Any], attribute: Any, through: str) -> bool:
    column, key = attribute.columns[0], attribute.key
    if not isinstance(column, Column) or column.primary_key or key in _UNSAID or key == through:
        return False
    if mapper.polymorphic_on is not None and hasattr(mapper.class_, "state") and key in _UNSAID_OF_DOCUMENTS:
        return False
    return not ("unkept" in column.info or "made" in column.info)


def tables_of_records() -> frozenset[str]:
    """Tables whose rows are records by themselves, of those whose changes are kept."""
    models: list[Any] = [mapper.class_ for mapper in Base.registry.mappers]
    kept = ((inspect(model).base_mapper.local_table.name, kept_of(model)) for model in models)
    return frozenset(name for name, how in kept if how is not None and not how.through)


@cache
def emptied_with(table: Table) -> tuple[tuple[Mapper[Any], str], ...]:
    """Fields of kept records that name rows of a table and that the database empties when these go."""
    found = []
    for mapper in Base.registry.mappers:
        own: Any = mapper.local_table
        for key in own.foreign_keys if kept_of(mapper.class_) is not None and mapper_of(own) is mapper else ():
            if key.column.table is table and key.ondelete == "SET NULL":
                found.append((mapper, mapper.get_property_by_column(key.parent).key))
    return tuple(found)


@cache
def listed_in(table: Table) -> Any:
    """The relationship of kept records whose list a table holds; None where it holds none."""
    for mapper in Base.registry.mappers:
        kept = kept_of(mapper.class_)
        for name in kept.lists if kept is not None and mapper.inherits is None else ():
            if mapper.relationships[name].secondary is table:
                return mapper.relationships[name]
    return None


def is_kept(table: Table) -> bool:
    """Whether the audit says what changes in rows of a table."""
    mapper = mapper_of(table)
    return listed_in(table) is not None or (mapper is not None and kept_of(mapper.class_) is not None)
