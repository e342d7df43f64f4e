"""How the tables of documents and records hang together: which rows go with which, and which refer to others.

It is read from keys and foreign keys, so that a module says nothing about it: a row whose primary key names another row, or
which has a `document_id`, goes with that one, and so does one that the database itself removes with another (ON DELETE
CASCADE); every other foreign key refers.
"""

from collections.abc import Iterator
from functools import cache
from typing import Any

from sqlalchemy import Column, Select, Table, inspect, select
from sqlalchemy.orm import Session

from app.db import Base
from app.documents import Document
from app.ledger import Register, Totals
from app.past_policy import PastPolicy
from app.reference.models import CurrencyRate
from app.sample.models import SampleRow

#: the sample is counted and removed whoever may see it, as none of it may be left
ROWS = PastPolicy("the sample's rows are marked, counted and removed whole, whoever may see them")

DOCUMENTS: Table = Document.__table__  # type: ignore[assignment]
#: the records of the core's own that a sample brings
RATES: Table = CurrencyRate.__table__  # type: ignore[assignment]
_MARKS = SampleRow.__table__.c


def marked(table: Table) -> Select[Any]:
    """The numbers of the sample's rows of a table."""
    return select(_MARKS.row_id).where(_MARKS.table_name == table.name)


def made_tables(session: Session) -> list[Table]:
    """The tables that this database has, those that others refer to first; of a module never enabled there are none."""
    there = set(inspect(ROWS(session)).get_table_names())
    return [table for table in Base.metadata.sorted_tables if table.name in there]


def record_tables(session: Session) -> list[Table]:
    """The tables of records that have numbers of their own and go with no document: contacts, items, bills, exchange rates; and
    of what an organisation has set (`is_settings`)."""
    mapped = {mapper.local_table for mapper in Base.registry.mappers if mapper.inherits is None}
    return [
        table
        for table in made_tables(session)
        if table in mapped
        and (table is RATES or not table.name.startswith("core_"))
        and ([c.name for c in table.primary_key] == ["id"] or is_settings(table))
        and document_column(table) is None
        and all(column.nullable for column, _ in owner_columns(table))  # else none of its rows is without an owner
    ]


def register_tables(session: Session) -> Iterator[type[Register]]:
    """The registers that this database has tables of."""
    there = set(made_tables(session))
    return (register for register in Register.declared.values() if register.entries in there)


def projections_of(totals: Totals) -> list[Table]:
    """The tables that a total is kept in."""
    return [totals.table] if totals.months is None else [totals.table, totals.months]


def key_of(table: Table) -> Column[Any]:
    """The column that a record is marked by."""
    (key,) = table.primary_key
    return key


@cache
def is_settings(table: Table) -> bool:
    """Whether each organisation has one row of it, by its own number: what it has set."""
    keys = list(table.primary_key)
    return len(keys) == 1 and any(key.column.table.name == "core_organisation" for key in keys[0].foreign_keys)


@cache
def is_of_register(table: Table) -> bool:
    """Whether the ledger writes it: entries, totals, turnovers."""
    return "register" in table.info


@cache
def document_column(table: Table) -> Column[Any] | None:
    """The column with the number of the document that a row goes with; None where it goes with none. Entries have one too."""
    if table is DOCUMENTS:
        return table.c.id
    for key in table.foreign_keys:
        names_it = key.parent.primary_key or key.parent.name == "document_id"
        if names_it and document_column(key.column.table) is key.column:
            return key.parent
    return None


@cache
def references_to_documents(table: Table) -> tuple[tuple[Column[Any], Table], ...]:
    """The columns by which a row refers to another document, or to what goes with one: each with the table it refers to."""
    own = document_column(table)
    return tuple(
        (key.parent, key.column.table)
        for key in sorted(table.foreign_keys, key=lambda key: key.parent.name)
        if key.parent is not own and document_column(key.column.table) is not None
    )


@cache
def owner_columns(table: Table) -> tuple[tuple[Column[Any], Table], ...]:
    """Of a table without a document: the columns that name the record with which a row goes, each with that record's table."""
    if document_column(table) is not None:
        return ()
    return tuple(
        (key.parent, key.column.table)
        for key in table.foreign_keys
        if (key.parent.primary_key or key.ondelete == "CASCADE") and not key.column.table.name.startswith("core_")
    )


def of_sample(target: Table) -> Select[Any]:
    """The numbers of rows of `target` that are the sample's documents or go with one."""
    column = document_column(target)
    if column is target.c.id:
        return marked(DOCUMENTS)
    return select(target.c.id).where(column.in_(marked(DOCUMENTS)))  # type: ignore[union-attr] # the caller has asked
