"""The tables of custom fields: what is declared, and a table of values beside each table of records that can have them."""

import json
from datetime import date
from decimal import Decimal
from typing import Any, ClassVar

from sqlalchemy import ColumnElement, ForeignKey, Index, String, Text, UniqueConstraint, and_, literal, select, text
from sqlalchemy.orm import Mapped, declared_attr, mapped_column

from app.custom.fields import LONGEST
from app.db import Base, Id
from app.security import Actor, Scoped
from app.security.partners import criterion_for
from app.values import Quantity
from app.versions import Versioned


class CustomFieldRow(Versioned, Base):
    """A custom field as it is stored; see `CustomField` for what its columns mean."""

    __tablename__ = "core_custom_field"
    __table_args__ = (UniqueConstraint("subject", "key"),)

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    subject: Mapped[str] = mapped_column(String(60))
    key: Mapped[str] = mapped_column(String(40))
    title: Mapped[str] = mapped_column(String(100))
    type: Mapped[str] = mapped_column(String(10))
    is_required: Mapped[bool] = mapped_column(default=False)
    #: what a choice offers, as a JSON list
    offered: Mapped[str] = mapped_column(Text, default="[]")
    #: what a choice offered once, as a JSON list: records may say it still
    retired: Mapped[str] = mapped_column(Text, default="[]")
    #: the confidential group of its values; empty: none
    field_group: Mapped[str] = mapped_column(String(60), default="")
    is_listed: Mapped[bool] = mapped_column(default=True)
    #: fields of a subject come in this order, then in that in which they were made
    position: Mapped[int] = mapped_column(default=0)
    #: one no longer in use is shown nowhere, and keeps its values
    is_active: Mapped[bool] = mapped_column(default=True)

    @property
    def choices(self) -> tuple[str, ...]:
        """What a choice offers."""
        return tuple(json.loads(self.offered))


class CustomValue(Scoped):
    """Mixed into the table of values of one table of records, its `owner`: what a record says in a field, in the column of
    the field's type. No row means that it says nothing.

    A value is open to whoever sees the record and the field's confidential group.
    """

    noun = ""
    #: the model of the records
    owner: ClassVar[Any]

    @declared_attr
    def record_id(cls) -> Mapped[int]:  # noqa: N805 - called with the class
        """Of the record."""
        return mapped_column(
            ForeignKey(f"{cls.owner.__tablename__}.id", ondelete="CASCADE"), primary_key=True, sort_order=-1
        )

    field_id: Mapped[int] = mapped_column(ForeignKey("core_custom_field.id"), primary_key=True)
    text: Mapped[str | None] = mapped_column(String(LONGEST))
    number: Mapped[Decimal | None] = mapped_column(Quantity)
    day: Mapped[date | None]
    flag: Mapped[bool | None]

    @declared_attr.directive
    def __table_args__(cls) -> Any:  # noqa: N805 - called with the class
        """By which lists are filtered: each index is as large as there are values of its type."""
        return tuple(_index(cls.__tablename__, name) for name in ("text", "number", "day"))  # type: ignore[attr-defined]

    @classmethod
    def visible_to(cls, actor: Actor) -> ColumnElement[bool] | None:
        if actor.is_system:
            return None
        fields, records = CustomFieldRow.__table__, cls.owner.__table__
        field_id: Any = cls.field_id
        groups = fields.c.field_group.in_(("", *sorted(actor.groups)))
        # Uncorrelated: the statement around it may ask for the same tables.
        criterion = field_id.in_(select(fields.c.id).where(groups).correlate(None))
        own = criterion_for(cls.owner, actor) if issubclass(cls.owner, Scoped) else None
        if own is None:
            return criterion  # type: ignore[no-any-return]
        record_id: Any = cls.record_id
        # By the record: a list asks of every value that it shows, and a subquery of all records would be read for each column.
        owner = select(literal(1)).select_from(records).where(records.c.id == record_id, own)
        return and_(criterion, owner.correlate_except(records).exists())


def _index(table: str, column: str) -> Index:
    filled = text(f"{column} IS NOT NULL")
    return Index(f"ix_{table}_{column}", "field_id", column, sqlite_where=filled, postgresql_where=filled)
