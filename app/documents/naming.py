"""Which records of a table documents name, at their head and on their lines: for whoever guards the use of those records.

Found by the foreign keys of a kind's own tables, so that a new kind is guarded without a word of its own.
"""

from collections.abc import Iterator, Sequence
from decimal import Decimal
from functools import cache
from typing import Any, NamedTuple

from sqlalchemy import inspect
from sqlalchemy.orm import Session

from app.documents.models import Document
from app.remembered import forget, remembered


class Named(NamedTuple):
    """A record that a document names."""

    document: Any
    record_id: int
    #: the number of the line that names it; 0: the document's head
    line: int
    #: how much of it, where the head or line says; else zero
    quantity: Decimal
    #: whether it stands on a line that was made from another document's, such as what is given back
    is_made: bool


def named_in(documents: Sequence[Document], model: Any) -> Iterator[Named]:
    """The records of `model` that documents name, the head's first, then line by line."""
    for document in documents:
        lines: Sequence[Any] = getattr(document, "lines", None) or ()
        made = document.origins if lines else {}
        for holder in (document, *lines):
            number = 0 if holder is document else holder.line
            of: Any = type(holder)
            for name in _keys(of, model):
                if (record_id := getattr(holder, name)) is not None:
                    quantity = getattr(holder, "quantity", Decimal(0))
                    yield Named(document, record_id, number, quantity, number in made)


@cache
def _keys(holder: Any, model: Any) -> tuple[str, ...]:
    """The attributes of a model that refer to another's rows."""
    table: Any = inspect(model).local_table
    columns: Any = inspect(holder).column_attrs
    return tuple(a.key for a in columns if any(k.column.table is table for c in a.columns for k in c.foreign_keys))


def remember_named(session: Session, document: Document, model: type[Any]) -> None:
    """Keep which records of `model` a document names before it is corrected."""
    named = {n.record_id for n in named_in([document], model)}
    remembered(session, _before(model))[document.id] = named


def newly_named(session: Session, document: Document, model: type[Any]) -> list[Named]:
    """Of a corrected document, what it names that it did not name before (`remember_named`)."""
    before = remembered(session, _before(model)).get(document.id, frozenset())
    forget(session, _before(model), document.id)
    return [n for n in named_in([document], model) if n.record_id not in before]


def _before(model: type[Any]) -> str:
    return f"core.named.{model.__tablename__}"
