"""Totals of a register: which keys they are kept by, what they sum, and what refuses to fall below zero."""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from operator import itemgetter
from typing import TYPE_CHECKING, Any

from sqlalchemy import BigInteger, Column, DateTime, ForeignKey, Index, Integer, Table
from sqlalchemy.orm import Session

from app.db import Base
from app.ledger import spans as spans_of_keys
from app.ledger.sql import Sql

if TYPE_CHECKING:
    from app.ledger.register import Amount, Dimension, Register

Key = tuple[Any, ...]
Row = tuple[Any, ...]
#: gives what a statement with these values answers
Ask = Callable[[str, Sequence[Any]], list[Row]]


def _always(_key: Key) -> bool:
    return True


@dataclass(frozen=True)
class Floor:
    """`amount` of a key that `guards` must not fall below zero at any moment from the posting's own on.

    `unless`: which of the keys that fall short in the books of an organisation may, as the rows that they name say. It asks by
    the function that it is given, as statements may be under way, and knows which keys the posting lets fall
    (`Posting.let_fall`). `says` tells whoever posts what of these fell short, once it is written. `from_now_on`: what stood in
    the past does not count, only the present and what is dated ahead.
    `refusal`: what posting a document says instead of NotEnough, in the names that people know the keys by.
    """

    amount: str
    guards: Callable[[Key], bool] = _always
    unless: Callable[[Ask, int, Mapping[Key, Any], Collection[Key]], Collection[Key]] | None = None
    says: Callable[[Session, Mapping[Key, Any]], None] | None = None
    from_now_on: bool = False
    refusal: Callable[[Any, Any], Exception] | None = None


#: What one entry adds to one key of a total: key, amounts in units, the side it counts on (1: what came in grows by it; -1:
#: what went out), its document and its moment.
Share = tuple[Key, tuple[int, ...], int, int, datetime]


def _picker(positions: list[int]) -> Callable[[Row], Row]:
    """Takes these columns out of a row."""
    if len(positions) == 1:
        (i,) = positions
        return lambda row: (row[i],)
    return itemgetter(*positions)


class Totals:
    """Current totals of a register by some of its dimensions, and unless `turnovers` is False what came and went a month.

    A transfer counts where its two keys differ, at each end that is inside the company: the first end among `by` has a
    number above zero there.

    `only_above_zero`: of totals without turnovers, what is below zero is as settled as zero: the index of what is open leaves
    out both.

    `spans`: of totals without turnovers and ends, the dimension that tells most keys apart. Each key then keeps from when to
    when it moved, so that what stood on a past day costs what stood open then.

    `parts`: the dimension that tells apart what comes and goes for good, such as lots. A part that stands at zero is held only
    where it is named; who holds all keys that begin alike holds part 0 with those that have something (`Posting.hold_all`).
    Part 0 says too when any part of it moved last: what nobody holds may be later than what they do.
    """

    def __init__(
        self,
        by: tuple[str, ...],
        of: tuple[str, ...] = (),
        *,
        turnovers: bool = True,
        floor: Floor | None = None,
        only_above_zero: bool = False,
        spans: str = "",
        parts: str = "",
    ) -> None:
        self.by, self.of, self.turnovers, self.floor, self.spans = by, of, turnovers, floor, spans
        self.only_above_zero, self.parts = only_above_zero, parts
        self.name = ""
        self.register: type[Register]
        self.table: Table
        #: monthly turnovers, where they are kept
        self.months: Table | None = None
        self.sql: Sql

    def __set_name__(self, owner: type, name: str) -> None:
        self.name = name

    def attach(self, register: "type[Register]") -> None:
        """Make the tables and the SQL, once the register knows its columns.

        Refused (TypeError): totals of transfers by no end, as every one would come from where it goes; spans of totals that
        have turnovers or ends.
        """
        self.register = register
        if register.is_transfer and not any(d.is_end for d in self.dimensions):
            raise TypeError(f"{register.name}.{self.name} is by no end: no transfer would count in it")
        if self.spans and (self.turnovers or register.is_transfer):
            raise TypeError(f"{register.name}.{self.name} has turnovers or ends: it keeps no spans")
        self.of = self.of or tuple(a.name for a in register.amounts)
        prefix = f"{register.name.replace('.', '_')}_{self.name}"
        info = register.entries.info
        self.table = Table(
            f"{prefix}_total",
            Base.metadata,
            *self._keys(),
            *(a.make() for a in self.amounts),
            Column("entries", BigInteger, nullable=False),
            Column("last_moment", DateTime, nullable=False),
            *(spans_of_keys.columns() if self.spans else ()),
            *self._open_rows(prefix),
            info=info,
        )
        if self.turnovers:
            self.months = Table(
                f"{prefix}_turnover",
                Base.metadata,
                *self._keys(),
                #: 202512 for December 2025
                Column("month", Integer, primary_key=True, autoincrement=False),
                *(a.make(side) for a in self.amounts for side in ("_in", "_out")),
                # For figures of all keys over a few of many months. It grows by a row a month and key, never updated.
                Index(f"ix_{prefix}_turnover_month", "organisation_id", "month"),
                info=info,
            )
        self.sql = Sql(self)

    @property
    def dimensions(self) -> "tuple[Dimension, ...]":
        """Those of `by`, in that order."""
        return tuple(self.register.dimension_of(name) for name in self.by)

    @property
    def amounts(self) -> "tuple[Amount, ...]":
        """Those of `of`, in that order."""
        return tuple(self.register.amount_of(name) for name in self.of)

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns of a key."""
        return tuple(d.column for d in self.dimensions)

    def column(self, name: str) -> str:
        """The column of the dimension called `name`."""
        return self.register.dimension_of(name).column

    def shares(self, rows: Iterable[Row]) -> list[Share]:
        """What entries (their columns in the register's order) add: nothing where they say nothing of these amounts."""
        came, went, amounts, side, inside = self._positions
        found: list[Share] = []
        for row in rows:
            values = amounts(row)
            if not any(values):
                continue
            to = came(row)
            if side is not None:
                found.append((to, values, row[side], row[1], row[4]))
                continue
            origin = went(row)
            if to == origin:
                continue
            if origin[inside] > 0:
                found.append((origin, tuple([-v for v in values]), -1, row[1], row[4]))
            if to[inside] > 0:
                found.append((to, values, 1, row[1], row[4]))
        return found

    def whole_of(self, key: Key) -> Key:
        """Part 0 of what a key is a part of (`parts`)."""
        at = self.by.index(self.parts)
        return (*key[:at], 0, *key[at + 1 :])

    @cached_property
    def inside(self) -> int:
        """Where in a key the end stands that says whether the key is inside the company."""
        return next((i for i, d in enumerate(self.dimensions) if d.is_end), 0)

    @cached_property
    def _positions(self) -> tuple[Any, Any, Any, int | None, int]:
        at = {column: i for i, column in enumerate(self.register.columns)}
        came = _picker([at[d.columns[-1]] for d in self.dimensions])
        went = _picker([at[d.columns[0]] for d in self.dimensions])
        return came, went, _picker([at[n] for n in self.of]), at.get("side"), self.inside

    def _keys(self) -> Iterator[Column[Any]]:
        yield Column(
            "organisation_id", BigInteger, ForeignKey("core_organisation.id"), primary_key=True, autoincrement=False
        )
        for d in self.dimensions:
            column = d.make(d.column)
            column.primary_key, column.autoincrement = True, False
            yield column

    def _open_rows(self, prefix: str) -> Iterator[Index]:
        """Totals without turnovers are by documents or claims, most of which are settled: what is open has an index."""
        if not self.turnovers:
            from sqlalchemy import text

            some = text(" OR ".join(f"{n} {'>' if self.only_above_zero else '<>'} 0" for n in self.of))
            yield Index(
                f"ix_{prefix}_total_open",
                "organisation_id",
                *self.columns,
                sqlite_where=some,
                postgresql_where=some,
            )
        if self.spans:
            yield from spans_of_keys.indexes(prefix, self.of)
