"""Declaring a register: what an entry is about, what it adds, and which totals people ask for.

A register with `ends` keeps *transfers*: one row goes from one end to another, so it can't be unbalanced. One without keeps
entries with a `side`. Each fact is kept once, and from it as many totals as people ask for (docs/adr/0012).
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any, ClassVar

from sqlalchemy import (
    BigInteger,
    Column,
    ColumnElement,
    Connection,
    DateTime,
    ForeignKey,
    Index,
    Integer,
    SmallInteger,
    String,
    Table,
    text,
)
from sqlalchemy.types import TypeEngine

from app.db import Base, Id
from app.ledger.sql import EntrySql
from app.ledger.totals import Totals
from app.values import Scaled


@dataclass
class Dimension:
    """What an entry is about: a row of another table (`model`), a number of the module's own, or a short code.

    `scope`: the model by whose scope what a user sees is narrowed: the dimension's own, or that of whose rows it holds numbers.

    An *end* has two columns, from and to. Its rows with a number of zero or less lie outside the company: zero is "none".
    """

    model: Any = None
    length: int = 0
    is_end: bool = False
    scope: Any = None
    #: whether it is a number of the module's own, zero for "none": there is no row zero that a foreign key could name
    is_number: bool = False
    name: str = ""

    def __set_name__(self, owner: type, name: str) -> None:
        self.name = name

    @property
    def column(self) -> str:
        """Its column in tables of totals."""
        return self.name if self.length else f"{self.name}_id"

    @property
    def columns(self) -> tuple[str, ...]:
        """Its columns in the table of entries."""
        return (f"{self.name}_from_id", f"{self.name}_to_id") if self.is_end else (self.column,)

    def make(self, name: str) -> Column[Any]:
        """A new column called `name`."""
        if self.length:
            return Column(name, String(self.length), nullable=False)
        if self.is_number:
            return Column(name, BigInteger, nullable=False, server_default="0")
        keys = [ForeignKey(f"{self.model.__tablename__}.id")] if self.model is not None else []
        return Column(name, BigInteger, *keys, nullable=False)


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


@dataclass
class Detail:
    """What else an entry says, beside its key and amounts: a word, a document's line, a time."""

    kind: str
    length: int = 0
    #: of a word: what an entry says that reverses another
    reversal: str = ""
    #: words that a reversal says again
    kept: tuple[str, ...] = ()
    name: str = ""

    def __set_name__(self, owner: type, name: str) -> None:
        self.name = name

    @property
    def columns(self) -> tuple[str, ...]:
        """Its columns in the table of entries."""
        return (f"{self.name}_document_id", f"{self.name}_line") if self.kind == "line" else (self.name,)

    def make(self) -> list[Column[Any]]:
        """New columns for the table of entries."""
        if self.kind == "word":
            return [Column(self.name, String(self.length), nullable=False)]
        if self.kind == "time":
            return [Column(self.name, DateTime, nullable=False)]
        document, line = self.columns
        return [Column(document, BigInteger, ForeignKey("core_document.id")), Column(line, Integer)]


def dimension(model: Any, *, scoped: bool = False) -> Any:
    """A dimension that is a row of `model`'s table; `scoped` narrows what a user sees to the rows open to them."""
    return Dimension(model=model, scope=model if scoped else None)


def number() -> Any:
    """A dimension that few entries have: a number of the module's own, zero where there is none. It may be added to a register
    that has entries already."""
    return Dimension(is_number=True)


def code(length: int) -> Any:
    """A dimension that is a code of at most `length` characters, such as a currency."""
    return Dimension(length=length)


def end(model: Any = None, *, scope: Any = None) -> Any:
    """A dimension with two ends, from and to: rows of `model`'s table, or numbers that the module derives. `scope`: the model
    of whose rows these are numbers, which narrows what a user sees to the rows open to them."""
    return Dimension(model=model, is_end=True, scope=scope)


def exact(type_: type[Scaled], *, group: str | None = None) -> Any:
    """An amount of an exact type; `group` makes it confidential."""
    return Amount(type_, group)


def word(length: int, *, reversal: str, kept: tuple[str, ...] = ()) -> Any:
    """A detail that is a word.

    `reversal` is what an entry says that reverses another, unless the other says one of `kept`: that it says again.
    """
    return Detail("word", length, reversal, kept)


def document_line() -> Any:
    """A detail that names a line of a document, or none. A reversal names the same, so that sums by it agree."""
    return Detail("line")


def time() -> Any:
    """A detail that is a time: the entry's own moment unless it says otherwise. A reversal says the same."""
    return Detail("time")


class Register:
    """A register by declaration. `name` is `module.register`; tables are named after it, and `title` is for people."""

    name: ClassVar[str]
    #: for people
    title: ClassVar[object]
    #: the permission of whoever may see what it comes to as a whole; empty: whoever may see the books
    needs: ClassVar[str] = ""

    dimensions: ClassVar[tuple[Dimension, ...]]
    details: ClassVar[tuple[Detail, ...]]
    amounts: ClassVar[tuple[Amount, ...]]
    totals: ClassVar[tuple[Totals, ...]]
    entries: ClassVar[Table]
    #: whether an entry goes from one end to another
    is_transfer: ClassVar[bool]
    #: columns of an entry, without its own number
    columns: ClassVar[tuple[str, ...]]
    sql: ClassVar[EntrySql]

    #: other models, such as warehouses, by whose scope its rows are narrowed though no dimension is of them (`narrowing`)
    beside: ClassVar[tuple[Any, ...]] = ()
    #: whether only the documents of its entries say to which rows of `beside` they belong: whoever sees a part is given what
    #: entries sum up to, as totals don't say it
    is_by_document: ClassVar[bool] = False

    declared: ClassVar[dict[str, type["Register"]]] = {}

    def __init_subclass__(cls) -> None:
        values = list(vars(cls).values())
        cls.dimensions = tuple(v for v in values if isinstance(v, Dimension))
        cls.details = tuple(v for v in values if isinstance(v, Detail))
        cls.amounts = tuple(v for v in values if isinstance(v, Amount))
        cls.totals = tuple(v for v in values if isinstance(v, Totals))
        if not cls.totals:
            raise TypeError(f"the register {cls.name} keeps no totals: say by what, with Totals")
        cls.title = vars(cls).get("title", cls.name)
        cls.is_transfer = any(d.is_end for d in cls.dimensions)
        cls.entries = _entries(cls)
        cls.columns = tuple(c.name for c in cls.entries.columns if c.name != "id")
        cls.sql = EntrySql(cls)
        for totals in cls.totals:
            totals.attach(cls)
        Register.declared[cls.name] = cls

    @classmethod
    def dimension_of(cls, name: str) -> Dimension:
        """The dimension called `name`."""
        return next(d for d in cls.dimensions if d.name == name)

    @classmethod
    def amount_of(cls, name: str) -> Amount:
        """The amount called `name`."""
        return next(a for a in cls.amounts if a.name == name)

    @classmethod
    def prove(cls, session: Any) -> Iterable[str]:
        """What else must hold of the register, as `ledger.verify` asks: every disagreement in words."""
        return ()

    @classmethod
    def within(cls, session: Any, name: str, column: Any, opened: Any) -> Any:
        """Says of the numbers of the dimension `name` in `column` that they are among those `opened` to a user who sees but a
        part."""
        return column.in_(opened)

    @classmethod
    def narrowing(cls, session: Any, keys: Mapping[str, Any]) -> ColumnElement[bool]:
        """What rows with these `keys` must fulfil for a user who sees but a part of `beside`; where the register is
        `is_by_document`, what entries must."""
        raise NotImplementedError

    @classmethod
    def enter_past(cls, connection: Connection) -> None:
        """Enter what was posted before there was the register, once its tables are there: a migration that makes them says so
        by ENTERED."""
        raise NotImplementedError(f"{cls.name} can't be entered from what was posted before")


def _entries(register: type[Register]) -> Table:
    """The table of facts, with the indexes that postings, statements and figures at a moment go by.

    One leads by the first total's dimensions, except for ends; one covers what a figure at a moment needs, so that the rows
    themselves need not be fetched.
    """
    prefix = register.name.replace(".", "_")
    leading = [d.column for n in register.totals[0].by for d in register.dimensions if d.name == n and not d.is_end]
    own = {d.name for d in register.dimensions if d.is_number}  # figures by these are asked key by key
    dated = dict.fromkeys(n for t in register.totals if t.turnovers for n in t.by if n not in own)
    needed = [c for d in register.dimensions if d.name in dated for c in d.columns]
    needed += [
        a.name for a in register.amounts if any(a.name in (t.of or (a.name,)) for t in register.totals if t.turnovers)
    ]
    side = [] if register.is_transfer else [Column("side", SmallInteger, nullable=False)]
    named = [d.columns[0] for d in register.details if d.kind == "line"]
    spanned = [register.dimension_of(t.spans).column for t in register.totals if t.spans]
    return Table(
        f"{prefix}_entry",
        Base.metadata,
        Column("id", Id, primary_key=True),
        Column("organisation_id", BigInteger, ForeignKey("core_organisation.id"), nullable=False),
        Column("document_id", BigInteger, ForeignKey("core_document.id"), nullable=False, index=True),
        #: the document whose posting wrote it, when that is another: a late cost, a correction
        Column("cause_id", BigInteger, ForeignKey("core_document.id")),
        Column("line", Integer, nullable=False),
        #: by when it counts
        Column("moment", DateTime, nullable=False),
        *side,
        *(d.make(column) for d in register.dimensions for column in d.columns),
        *(column for d in register.details for column in d.make()),
        *(a.make() for a in register.amounts),
        Index(f"ix_{prefix}_entry_key", "organisation_id", *leading, "moment", "id"),
        Index(f"ix_{prefix}_entry_moment", "organisation_id", "moment", *(["side"] if side else []), *needed),
        *(_where_set(f"ix_{prefix}_entry_{column}", column) for column in ("cause_id", *named)),
        *(Index(f"ix_{prefix}_entry_{column}", column) for column in spanned),
        # By the mark the policy knows what it must not give without its scoped dimensions.
        info={"register": register.name, "scoped": _scoped_tables(register)},
    )


def _where_set(name: str, column: str) -> Index:
    """An index of the few rows that name another document."""
    some = text(f"{column} IS NOT NULL")
    return Index(name, column, sqlite_where=some, postgresql_where=some)


def _scoped_tables(register: type[Register]) -> frozenset[str]:
    scopes = (*(d.scope for d in register.dimensions if d.scope is not None), *register.beside)
    return frozenset(scope.__tablename__ for scope in scopes)


def month_of(moment: datetime) -> int:
    """The month's key in turnovers: 202512 for December 2025."""
    return moment.year * 100 + moment.month
