"""Asking about many rows by their numbers: one value to the database, where IN takes each by itself."""

import json
from collections.abc import Collection
from typing import Any

from sqlalchemy import BigInteger, ColumnElement, Connection, String, any_, cast, func, literal, select
from sqlalchemy.dialects.postgresql import ARRAY

from app.inserts import array_of


def among(connection: Connection, column: Any, numbers: Collection[int]) -> ColumnElement[bool]:
    """Whether a column is one of these whole numbers, however many they are."""
    if connection.dialect.name == "sqlite":
        values = func.json_each(json.dumps(list(numbers))).table_valued("value")
        return column.in_(select(values.c.value))  # type: ignore[no-any-return]
    return column == any_(cast(literal(array_of(tuple(numbers)), String), ARRAY(BigInteger)))  # type: ignore[no-any-return]
