"""What rows say as they are stored, past what a session shows of them: the audit masks it for its readers, not for itself."""

from collections.abc import Collection, Iterator
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import Connection, select
from sqlalchemy.orm import Mapper

from app.past_policy import PastPolicy

#: the session's own connection
ROWS = PastPolicy("the audit keeps what was stored, whoever changes it; who reads it is held to the policy")
_PLAIN = (str, int, bool, Decimal, date, type(None), dict, list)
#: what an attribute says that wasn't read
UNREAD = object()


def is_known(value: Any) -> bool:
    """Whether what an attribute says is what is stored: neither dots, nor something the database works out, nor unread."""
    return isinstance(value, _PLAIN)


def rows_of(
    connection: Connection, mapper: Mapper[Any], keys: Collection[str], *where: Any, held: bool = False
) -> Iterator[tuple[tuple[Any, ...], dict[str, Any]]]:
    """Rows of a model: the primary key, and attributes by name. `held`: against others until the transaction ends."""
    own, names = mapper.primary_key, sorted(keys)
    columns = (*own, *(mapper.columns[name] for name in names))
    # Numbered, as columns of tables that are joined have the same names.
    asked = select(*(column.label(f"c{number}") for number, column in enumerate(columns)))
    asked = asked.select_from(mapper.persist_selectable).where(*where).order_by(*own)
    for row in connection.execute(asked.with_for_update(key_share=True) if held else asked):
        yield tuple(row[: len(own)]), dict(zip(names, row[len(own) :], strict=True))


def row_of(
    connection: Connection, mapper: Mapper[Any], key: Collection[Any], keys: Collection[str], *, held: bool = False
) -> dict[str, Any] | None:
    """Attributes of one row; None when there is none."""
    same = (column == value for column, value in zip(mapper.primary_key, key, strict=True))
    return next((row for _key, row in rows_of(connection, mapper, keys, *same, held=held)), None)
