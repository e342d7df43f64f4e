"""What a list's columns come to over all rows that match, by one statement; apart where currencies or units differ."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from sqlalchemy import BigInteger, func, select, type_coerce
from sqlalchemy.orm import Session

from app.documents import STATES
from app.formats import money, number
from app.values import from_units, share_of
from app.web.kit.tables import Column, Query, Table, narrowed

#: more sums than this of one column say nothing: they are left out
MOST = 6
_HALF = 2**31


@dataclass(frozen=True)
class Sum:
    """What a column comes to, of the rows that say `apart` in the columns by which it is kept apart."""

    column: Column
    #: column → its value, as in `Column.summed` and the currency
    apart: tuple[tuple[str, str], ...]
    amount: Decimal

    @property
    def currency(self) -> str | None:
        """Of an amount of money; None: the organisation's own."""
        return dict(self.apart).get(self.column.currency or "")


def is_summed(columns: Sequence[Column]) -> bool:
    """Whether any of these columns has a sum."""
    return any(column.summed is not None for column in columns)


def sums_of(session: Session, table: Table, query: Query) -> dict[str, list[Sum]]:
    """By the name of each summed column that is open to the actor, its sums; none of one that would have more than `MOST`. In
    a list of documents, which is kept apart by `state`, reversed ones come to nothing."""
    columns = table.open_columns(session.info["actor"])
    summed = [column for column in columns if column.summed is not None]
    names = list(dict.fromkeys(name for column in summed for name in _apart(column)))
    rows = narrowed(session, table, query).subquery()
    amounts = [half for column in summed for half in _halves(column.name, rows.c[column.name])]
    keys = [rows.c[name] for name in names]
    statement = select(*keys, *amounts).group_by(*keys)
    if "state" in names:
        statement = statement.where(rows.c.state != "reversed")
    found = session.execute(statement).all() if summed else []
    sums = {column.name: _together(column, found) for column in summed}
    for column in columns:
        if column.of is not None:
            sums[column.name] = _quotient(column, *(sums.get(name, []) for name in column.of))
    return {name: each for name, each in sums.items() if len(each) <= MOST}


def _apart(column: Column) -> tuple[str, ...]:
    return (*(column.summed or ()), *((column.currency,) if column.currency else ()))


def _halves(name: str, amount: Any) -> tuple[Any, Any]:
    """Drafts have whatever somebody typed, so all of them may come to more than 64 bits hold: high and low are summed apart."""
    units = type_coerce(amount, BigInteger)
    return func.sum(units // _HALF).label(f"high_{name}"), func.sum(units % _HALF).label(f"low_{name}")


def _whole(row: Any, column: Column) -> Decimal | None:
    high, low = getattr(row, f"high_{column.name}"), getattr(row, f"low_{column.name}")
    if high is None:
        return None
    kept: Any = column.expression.type
    return from_units(int(high) * _HALF + int(low), getattr(kept, "scale", 0))


def _together(column: Column, rows: Sequence[Any]) -> list[Sum]:
    sums: dict[tuple[tuple[str, str], ...], Decimal] = {}
    for row in rows:
        apart = tuple((name, getattr(row, name)) for name in _apart(column))
        amount = _whole(row, column)
        if amount is not None:
            sums[apart] = sums.get(apart, Decimal(0)) + amount
    return [Sum(column, apart, amount) for apart, amount in sorted(sums.items(), key=lambda item: str(item[0]))]


def _quotient(column: Column, parts: list[Sum], wholes: list[Sum]) -> list[Sum]:
    """What the sum of one column is of that of another, to a tenth of a per cent; none of nothing, or where either is kept
    apart."""
    if len(parts) != 1 or len(wholes) != 1 or not wholes[0].amount:
        return []
    return [Sum(column, parts[0].apart, share_of(Decimal(100), parts[0].amount, wholes[0].amount, digits=1))]


def words_of(sums: Sequence[Sum], columns: Sequence[Column]) -> dict[tuple[tuple[str, str], ...], str]:
    """What to call each sum: the values by which it is kept apart, where they differ, and always a currency."""
    kept = {(name, value) for each in sums for name, value in each.apart}
    differing = {name for name in dict(kept) if len({v for n, v in kept if n == name}) > 1}
    by_name = {column.name: column for column in columns}
    words = {}
    for each in sums:
        currency = each.column.currency
        said = [_word(by_name[n], v) for n, v in each.apart if n != currency and n in differing]
        words[each.apart] = ", ".join([*said, *([each.currency] if each.currency else [])])
    return words


def _word(column: Column, value: str) -> str:
    if column.words is not None:
        return str(column.words(value))
    choices = column.choices or (STATES if column.kind == "state" else {})
    return str(choices.get(value, value))


def shown(each: Sum, base: str) -> str:
    """The amount as people read it; `base` is the organisation's currency."""
    if each.column.kind == "money":
        return money(each.amount, each.currency or base)
    return number(each.amount, each.column.digits)
