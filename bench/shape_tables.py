"""The tables of each shape of the ledger that `bench.shapes` compares, and what a line of a document writes into them."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from operator import itemgetter
from typing import Any

#: What is known of a line of a document: every column of every table is one of these.
FACT = (
    *("document", "line", "moment", "month", "item", "source", "target", "quantity", "value"),
    *("minus_quantity", "minus_value", "basis", "one", "minus_one", "zero", "none"),
)
Row = tuple[Any, ...]
#: A side of a move: the fact that names the place, and how the names of the amounts' facts begin.
FROM, TO = ("source", "minus_"), ("target", "")
_COMMON = {"organisation_id": "one", "document_id": "document", "cause_id": "none", "line": "line", "moment": "moment"}
_ORIGIN = {"basis": "basis", "origin_document_id": "none", "origin_line": "none", "happened": "moment"}
_TYPES = {"moment": "TIMESTAMP", "happened": "TIMESTAMP", "last_moment": "TIMESTAMP", "basis": "VARCHAR(12)"}
_TYPES |= dict.fromkeys(("line", "side", "month", "origin_line"), "INTEGER")


@dataclass(frozen=True)
class Table:
    """`writes` tells of each row that a line writes the place that must be the company's own for it ("": any will do) and
    the fact of each column. Rows that meet in `key` add up."""

    name: str
    writes: tuple[tuple[str, Mapping[str, str]], ...]
    key: tuple[str, ...] = ()
    indexes: tuple[str, ...] = ()

    @cached_property
    def columns(self) -> tuple[str, ...]:
        return tuple(self.writes[0][1])

    @cached_property
    def _picks(self) -> list[tuple[int, Callable[[Row], Row]]]:
        return [(FACT.index(own or "one"), itemgetter(*map(FACT.index, c.values()))) for own, c in self.writes]

    def rows(self, facts: Sequence[Row]) -> list[Row]:
        """What facts write here; totals in key order, so that writers who meet wait and don't deadlock."""
        rows = [pick(fact) for fact in facts for own, pick in self._picks if fact[own] > 0]
        return sorted(rows) if self.key else rows

    def definition(self, is_sqlite: bool) -> str:
        columns = [_column(name) for name in self.columns]
        identity = "INTEGER PRIMARY KEY" if is_sqlite else "BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY"
        columns += [f"PRIMARY KEY ({', '.join(self.key)})"] if self.key else [f"id {identity}"]
        return f"CREATE TABLE {self.name} ({', '.join(columns)})"

    def insert(self, is_sqlite: bool) -> str:
        """SQLite takes a row at a time, PostgreSQL an array for each column, as in the ledger itself (ADR 3)."""
        values = f"VALUES ({', '.join('?' * len(self.columns))})"
        if not is_sqlite:
            values = f"SELECT * FROM unnest({', '.join(f'?::{type_of(c)}[]' for c in self.columns)})"
        latest = f"{'max' if is_sqlite else 'greatest'}({self.name}.last_moment, excluded.last_moment)"
        grown = [
            f"{c} = {latest if c == 'last_moment' else f'{self.name}.{c} + excluded.{c}'}"
            for c in self.columns
            if c not in self.key
        ]
        conflict = f" ON CONFLICT ({', '.join(self.key)}) DO UPDATE SET {', '.join(grown)}" if self.key else ""
        return f"INSERT INTO {self.name} ({', '.join(self.columns)}) {values}{conflict}"

    def fill(self) -> str:
        """The same for all rows of the table `fact` at once."""
        parts = []
        for own, facts in self.writes:
            named = ", ".join(f"{fact} AS {column}" for column, fact in facts.items())
            parts.append(f"SELECT {named}, document AS d, line AS l FROM fact WHERE {own or 'one'} > 0")
        columns, keys = ", ".join(self.columns), ", ".join(self.key)
        sums = [f"{'max' if c == 'last_moment' else 'sum'}({c})" for c in self.columns if c not in self.key]
        wanted, end = (f"{keys}, {', '.join(sums)}", f"GROUP BY {keys}") if keys else (columns, "")
        order = keys or "d, l"
        parts_ = " UNION ALL ".join(parts)
        return f"INSERT INTO {self.name} ({columns}) SELECT {wanted} FROM ({parts_}) AS f {end} ORDER BY {order}"


def type_of(column: str) -> str:
    return _TYPES.get(column, "BIGINT")


def _column(name: str) -> str:
    is_document = name in ("document_id", "cause_id", "origin_document_id")
    is_optional = name.startswith(("cause", "origin"))
    is_reference = name.endswith(("_id", "_from", "_to")) and not name.startswith("work_order")
    refers = f" REFERENCES {'document' if is_document else 'known'} (id)" if is_reference else ""
    return f"{name} {type_of(name)}{'' if is_optional else ' NOT NULL'}{refers}"


@dataclass(frozen=True)
class Shape:
    """A way to keep the books. `outside`: also for suppliers and customers. `covering`: figures at a date find all that they
    need in an index. `spare`: owner, package and a second quantity have columns that nobody uses."""

    name: str
    title: str
    outside: bool = False
    separate: bool = False
    covering: bool = True
    spare: bool = False

    @cached_property
    def tables(self) -> list[Table]:
        """In the order in which a document writes them."""
        owner, package, second = (("owner",), ("package",), ("second_quantity",)) if self.spare else ((), (), ())
        return [
            *(_registers(self) if self.separate else [_transfers(self, (*owner, *package), second)]),
            *_totals(self, "on_hand", ("place", "lot", *owner, *package), ("quantity", *second)),
            *_totals(self, "worth", ("pool", "layer", *owner), ("quantity", "value")),
            *_totals(self, "claims", ("warehouse", "claim"), ("quantity",))[:1],
        ]


SHAPES = (
    Shape("T", "transfers, totals inside"),
    Shape("T-", "T, index by moment alone", covering=False),
    Shape("T+", "T, three unused columns", spare=True),
    Shape("O", "transfers, outside too", outside=True),
    Shape("S", "separate, outside too", separate=True, outside=True),
    Shape("S-", "separate, inside alone", separate=True),
)


def _transfers(shape: Shape, spare_ends: Sequence[str], spare_amounts: Sequence[str]) -> Table:
    ends: dict[str, str] = {}
    for name in ("place", "lot", "claim", "work_order", "warehouse", "pool", "layer", *spare_ends):
        is_place = name in ("place", "warehouse", "pool")
        ends |= {f"{name}_from": "source" if is_place else "zero", f"{name}_to": "target" if is_place else "zero"}
    amounts = {"quantity": "quantity", "value": "value", **dict.fromkeys(spare_amounts, "zero")}
    by_moment = ["organisation_id", "moment"]
    if shape.covering:
        is_covered = ("place", "lot", "pool", "layer", *spare_ends)
        by_moment += ["item_id", *(end for end in ends if end.startswith(is_covered)), *amounts]
    indexes = ("document_id", "organisation_id, item_id, moment, id", ", ".join(by_moment))
    return Table("entry", (("", {**_COMMON, "item_id": "item", **ends, **amounts, **_ORIGIN}),), (), indexes)


def _registers(shape: Shape) -> list[Table]:
    """The move with its origin, and a register each for stock, cost and claims (these for the company's own places)."""
    ends = {f"{end}_{way}": "zero" for end in ("lot", "work_order") for way in ("from", "to")}
    ends |= {"place_from": "source", "place_to": "target"}
    move = {**_COMMON, "item_id": "item", **ends, "quantity": "quantity", **_ORIGIN}
    tables = [Table("move", (("", move),), (), ("document_id", "organisation_id, item_id, id"))]
    for name, place, part, amounts in (
        ("stock", "place", "lot", ("quantity",)),
        ("cost", "pool", "layer", ("quantity", "value")),
        ("claim", "warehouse", "claim", ("quantity",)),
    ):
        writes = []
        for fact, minus in (FROM, TO):
            key = {"item_id": "item", f"{place}_id": fact, f"{part}_id": "zero"}
            row = {**_COMMON, "side": f"{minus}one", **key, **{a: minus + a for a in amounts}}
            writes.append(("" if shape.outside and name != "claim" else fact, row))
        keys = f"item_id, {place}_id, {part}_id"
        indexes = ("document_id", f"organisation_id, {keys}, moment, id")
        covering = f"organisation_id, moment, {keys}, {', '.join(amounts)}"
        tables.append(Table(name, tuple(writes), (), indexes if name == "claim" else (*indexes, covering)))
    return tables


def _totals(shape: Shape, name: str, by: Sequence[str], amounts: Sequence[str]) -> list[Table]:
    """What stands now, and what each month took in and gave out."""
    key = ("organisation_id", "item_id", *(f"{k}_id" for k in by))
    now, months = [], []
    for fact, minus in (FROM, TO):
        own = "" if shape.outside and name != "claims" else fact
        keys = dict(zip(key, ("one", "item", fact, *["zero"] * (len(by) - 1)), strict=True))
        used = [a for a in amounts if a != "second_quantity"]
        added = dict.fromkeys(amounts, "zero") | {a: minus + a for a in used}
        turned = {f"{a}_{way}": "zero" for a in amounts for way in ("in", "out")}
        turned |= {f"{a}_{'out' if minus else 'in'}": a for a in used}
        now.append((own, {**keys, **added, "entries": "one", "last_moment": "moment"}))
        months.append((own, {**keys, "month": "month", **turned}))
    turnover = Table(f"{name}_turnover", tuple(months), (*key, "month"), ("organisation_id, month",))
    return [Table(f"{name}_total", tuple(now), key), turnover]
