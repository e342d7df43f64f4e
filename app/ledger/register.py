"""Declaring a register: from its dimensions and amounts the core makes three tables with real foreign keys."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any, ClassVar

from sqlalchemy import BigInteger, Column, DateTime, ForeignKey, Index, Integer, String, Table
from sqlalchemy.types import TypeEngine

from app.db import Base, Id
from app.ledger.sql import Sql
from app.values import Scaled


@dataclass
class Dimension:
    """What an entry is about: a row of another table (`model`) or a short code."""

    model: Any = None
    length: int = 0
    name: str = ""
    column: str = ""

    def __set_name__(self, owner: type, name: str) -> None:
        self.name, self.column = name, f"{name}_id" if self.model else name

    def make(self) -> Column[Any]:
        """A new column for one of the register's tables."""
        if self.model is None:
            return Column(self.column, String(self.length), nullable=False)
        return Column(self.column, BigInteger, ForeignKey(f"{self.model.__tablename__}.id"), nullable=False)


@dataclass
class Amount:
    """What an entry adds: an exact number, confidential when `group` is set."""

    exact: type[Scaled]
    group: str | None = None
    name: str = ""

    def __set_name__(self, owner: type, name: str) -> None:
        self.name = name

    @property
    def scale(self) -> int:
        """Digits after the point."""
        return self.exact.scale

    def make(self, suffix: str = "") -> Column[Decimal]:
        """A new column for one of the register's tables."""
        type_: TypeEngine[Decimal] = self.exact()
        return Column(self.name + suffix, type_, nullable=False, info={"group": self.group})


def dimension(model: Any) -> Any:
    """A dimension that is a row of `model`'s table."""
    return Dimension(model=model)


def code(length: int) -> Any:
    """A dimension that is a code of at most `length` characters, such as a currency."""
    return Dimension(length=length)


def amount(type_: type[Scaled], *, group: str | None = None) -> Any:
    """An amount of an exact type; `group` makes it confidential."""
    return Amount(type_, group)


@dataclass(frozen=True)
class Floor:
    """`amount` of a key that `guards` must not fall below nought, now or at any moment since the posting's own."""

    amount: str
    guards: Callable[[tuple[Any, ...]], bool]


@dataclass(frozen=True, slots=True)
class Entry:
    """One fact: what a document's line adds to a key at a moment. Amounts are integers in units of their scales."""

    document_id: int
    line: int
    moment: datetime
    key: tuple[Any, ...]
    amounts: tuple[int, ...]


class Register:
    """A register by declaration. `name` is `module.register`; the tables' names come from it, and `title` unless it is given.

    `balanced_over` names the dimensions within which the amounts of one document sum to nought, when they do:
    goods go from place to place and never just appear.
    """

    name: ClassVar[str]
    #: for people
    title: ClassVar[object]
    balanced_over: ClassVar[tuple[str, ...] | None] = None
    floor: ClassVar[Floor | None] = None

    dimensions: ClassVar[tuple[Dimension, ...]]
    amounts: ClassVar[tuple[Amount, ...]]
    entries: ClassVar[Table]
    totals: ClassVar[Table]
    turnovers: ClassVar[Table]
    sql: ClassVar[Sql]

    declared: ClassVar[dict[str, type["Register"]]] = {}

    def __init_subclass__(cls) -> None:
        values = list(vars(cls).values())
        cls.dimensions = tuple(v for v in values if isinstance(v, Dimension))
        cls.amounts = tuple(v for v in values if isinstance(v, Amount))
        cls.title = vars(cls).get("title", cls.name)
        prefix = cls.name.replace(".", "_")
        keys = [d.column for d in cls.dimensions]
        mark = {"register": cls.name}  # by this the policy knows what it must not give without its dimensions
        cls.entries = Table(
            f"{prefix}_entry",
            Base.metadata,
            Column("id", Id, primary_key=True),
            Column("document_id", BigInteger, ForeignKey("core_document.id"), nullable=False, index=True),
            Column("line", Integer, nullable=False),
            Column("moment", DateTime, nullable=False),
            *(d.make() for d in cls.dimensions),
            *(a.make() for a in cls.amounts),
            Index(f"ix_{prefix}_entry_key", *keys, "moment", "id"),
            # Everything that a figure at a date needs, so that the rows themselves need not be fetched.
            Index(f"ix_{prefix}_entry_moment", "moment", *keys, *(a.name for a in cls.amounts)),
            info=mark,
        )
        cls.totals = Table(
            f"{prefix}_total",
            Base.metadata,
            *(_keyed(d) for d in cls.dimensions),
            *(a.make() for a in cls.amounts),
            Column("entries", BigInteger, nullable=False),
            Column("last_moment", DateTime, nullable=False),
            info=mark,
        )
        cls.turnovers = Table(
            f"{prefix}_turnover",
            Base.metadata,
            *(_keyed(d) for d in cls.dimensions),
            #: 202512 for December 2025
            Column("month", Integer, primary_key=True, autoincrement=False),
            *(a.make(side) for a in cls.amounts for side in ("_in", "_out")),
            # For figures of all keys over a few of many months. It grows by a row a month and key, and is never updated.
            Index(f"ix_{prefix}_turnover_month", "month"),
            info=mark,
        )
        cls.sql = Sql(prefix, tuple(keys), tuple(a.name for a in cls.amounts), _code_columns(cls))
        Register.declared[cls.name] = cls

    @classmethod
    def position(cls, name: str) -> int:
        """Where the amount `name` stands in an entry's amounts."""
        return next(i for i, a in enumerate(cls.amounts) if a.name == name)


def _keyed(dimension: Dimension) -> Column[Any]:
    column = dimension.make()
    column.primary_key, column.autoincrement = True, False
    return column


def _code_columns(register: type[Register]) -> frozenset[str]:
    return frozenset(d.column for d in register.dimensions if d.model is None)


def month_of(moment: datetime) -> int:
    """The month's key in turnovers."""
    return moment.year * 100 + moment.month
