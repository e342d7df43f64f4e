"""Whom it is about."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Column, Table

from app.db import Base

#: the table of documents, whose rows stay as long as the books do
_DOCUMENTS = "core_document"


@dataclass(frozen=True)
class Person:
    """A record that is somebody, and those that were merged into it."""

    #: as the audit and the files call it: `module.noun`
    noun: str
    #: of the record
    table: Any
    ids: tuple[int, ...]
    #: what they are called, as free texts may say it
    names: tuple[str, ...]
    #: what they are called once erased
    instead: str

    def columns(self) -> Iterator[tuple[Table, Column[Any], bool]]:
        """The columns by which rows of any table name the record, except for registers and what is made of the record, those
        that depend on others first; and whether the row goes when the record does."""
        for table in reversed(Base.metadata.sorted_tables):
            if table is self.table or "register" in table.info or any("searched" in c.info for c in table.columns):
                continue
            for key in table.foreign_keys:
                if key.column.table is self.table:
                    yield table, key.parent, key.ondelete == "CASCADE"


def is_of_documents(table: Table) -> bool:
    """Whether rows of the table are documents of a kind."""
    return any(key.column.table.name == _DOCUMENTS for c in table.primary_key for key in c.foreign_keys)
