"""What was sold, summed by what somebody asks: from the register's totals, or from the entries of the period where these don't
have it (ADR 68)."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Date,
    Integer,
    Select,
    case,
    cast,
    func,
    literal,
    or_,
    select,
    type_coerce,
    union_all,
)
from sqlalchemy.orm import Session

from app.api.clock import wall_clock
from app.api.data import first_level
from app.api.documents import Document
from app.api.ledger import entries_between, moved_between, standing
from app.api.values import Money, Quantity
from modules.contacts.api import Contact, Folder
from modules.trade.figures.asked import NONE, Asked
from modules.trade.figures.periods import STEPS, FirstDay, earlier_span
from modules.trade.models import TradeDocument
from modules.trade.registers import Sales
from modules.warehouse.api import Item, ItemGroup

#: A date less this, in SQLite, is the number of the day since the calendar began.
_BEFORE_THE_FIRST_DAY = 1721424.5
_SUMS = {"quantity": Quantity, "revenue": Money, "cost": Money}


@dataclass(frozen=True)
class _Tree:
    """A tree that figures go up: rows of `model`, of which records lie in one by a column."""

    model: Any
    of: Any


_TREES = {"group": _Tree(ItemGroup, Item.group_id), "folder": _Tree(Folder, Contact.folder_id)}


def sums_of(session: Session, asked: Asked) -> Any:
    """A subquery: a column for each of `asked.by` (a number, NULL where there is none), `quantity` and `unit_id` where all of a
    row is in one unit, `revenue`, `cost` where it is open, and the same with `_before` where something is compared."""
    shown = _shown(session)
    parts = [_part(session, asked, shown, asked.since, asked.until, is_earlier=False)]
    if asked.earlier:
        assert asked.since is not None
        span = earlier_span(asked.since, asked.until or wall_clock().date(), asked.earlier, asked.step)
        parts.append(_part(session, asked, shown, *span, is_earlier=True))
    each = union_all(*parts).subquery("each_part")
    c = each.c
    keys = [c[name] for name in asked.by]
    in_one = func.min(c.unit_id) == func.max(c.unit_id)
    sums = []
    for name in shown:
        for column in (name, f"{name}_before"):
            if column in c:
                units = cast(func.sum(c[column]), BigInteger)
                shown_units = case((in_one, units)) if name == "quantity" else units
                sums.append(type_coerce(shown_units, _SUMS[name]()).label(column))
    unit = case((in_one, func.min(c.unit_id))).label("unit_id")
    typed = [type_coerce(c[n], FirstDay(n)).label(n) if n in STEPS else c[n] for n in asked.by]
    return select(*typed, unit, *sums).group_by(*keys).subquery("figures")


def documents_of(session: Session, asked: Asked) -> Any:
    """A subquery: what each document adds to the figures of the period, with its customer and moment; a later change of its
    cost is its own."""
    shown = _shown(session)
    rows = _from_entries(session, asked, shown, asked.since, asked.until)
    c = rows.c
    query = select(c.document_id, c.contact_id, func.max(c.moment).label("moment")).select_from(rows)
    query = query.join(Item, Item.id == c.item_id).join(Contact, Contact.id == c.contact_id)
    sums = [_sum_of(c[name], name).label(name) for name in shown if name != "quantity"]
    by_document = query.add_columns(*sums).where(*_narrowed(asked)).group_by(c.document_id, c.contact_id)
    return by_document.subquery("of_documents")


def _shown(session: Session) -> tuple[str, ...]:
    return tuple(_SUMS) if session.info["actor"].sees("warehouse.cost") else ("quantity", "revenue")


def _sum_of(column: Any, name: str) -> Any:
    return type_coerce(cast(func.sum(type_coerce(column, BigInteger)), BigInteger), _SUMS[name]())


def _part(
    session: Session, asked: Asked, shown: tuple[str, ...], since: date | None, until: date | None, *, is_earlier: bool
) -> Select[Any]:
    """The figures of some days, not summed up yet; of an earlier period at the keys of what it is compared with."""
    rows = (_from_entries if asked.is_of_entries else _from_totals)(session, asked, shown, since, until)
    query = select().select_from(rows).join(Item, Item.id == rows.c.item_id)
    if "folder" in asked.names:
        query = query.join(Contact, Contact.id == rows.c.contact_id)
    keys = []
    for name in asked.by:
        key: Any = rows.c.get(f"{name}_id")
        if name in STEPS:
            key = rows.c.period + (STEPS[name].shift(asked.earlier) if is_earlier else 0)
        elif name in _TREES:
            query, key = _up_the_tree(query, _TREES[name], asked.where.get(name))
        keys.append(key.label(name))
    query = query.where(*_narrowed(asked))
    none = literal(0, BigInteger)
    amounts = []
    for name in shown:
        units = type_coerce(rows.c[name], BigInteger)
        amounts.append((none if is_earlier else units).label(name))
        if asked.earlier:
            amounts.append((units if is_earlier else none).label(f"{name}_before"))
    return query.add_columns(*keys, Item.unit_id.label("unit_id"), *amounts)


def _from_totals(session: Session, asked: Asked, shown: tuple[str, ...], since: date | None, until: date | None) -> Any:
    """By item, by customer if that is asked, and by month, quarter or year: what came in less what went out."""
    by = ["item", *(["contact"] if asked.names & {"contact", "folder"} else [])]
    where = {name: asked.where[name] for name in ("item", "contact") if name in asked.where}
    if asked.period is None and since is None and until is None:
        return standing(session, Sales.results, by=by, where=where)
    if asked.period is None:
        return moved_between(session, Sales.results, since, until, by=by, where=where)
    moved = moved_between(session, Sales.results, since, until, by=by, where=where, by_month=True).c
    count = moved.month // 100 * 12 + moved.month % 100 - 1
    keys = [moved[f"{name}_id"] for name in by]
    length = STEPS[asked.period].months
    return select(*keys, (count // length).label("period"), *(moved[name] for name in shown)).subquery()


def _from_entries(
    session: Session, asked: Asked, shown: tuple[str, ...], since: date | None, until: date | None
) -> Any:
    """The entries of the period, each with whose its document is, from which warehouse, and in which period it lies."""
    e = Sales.entries.c
    where = {name: asked.where[name] for name in ("item", "contact") if name in asked.where}
    columns: list[Any] = [e.document_id, e.item_id, e.contact_id, e.moment, *(e[name] for name in shown)]
    query = entries_between(session, Sales, since, until, where)
    for name, table, column in (
        ("responsible", Document.__table__, "responsible_id"),
        ("warehouse", TradeDocument.__table__, "place_id"),
    ):
        if name in asked.names:
            query = query.join(table, table.c.id == e.document_id)
            columns.append(table.c[column].label(f"{name}_id"))
            if name in asked.where:
                query = query.where(_same(table.c[column], asked.where[name]))
    if asked.period is not None:
        columns.append(_period(session, asked.period, e.moment).label("period"))
    return query.add_columns(*columns).subquery()


def _period(session: Session, name: str, moment: Any) -> ColumnElement[int]:
    """Which period a moment lies in."""
    step = STEPS[name]
    if step.months:
        year, month = (cast(func.extract(part, moment), Integer) for part in ("year", "month"))
        return (year * 12 + month - 1) // step.months
    if session.info["database"].is_sqlite:
        ordinal: Any = cast(func.julianday(func.date(moment)) - _BEFORE_THE_FIRST_DAY, Integer)
    else:
        ordinal = type_coerce(cast(moment, Date) - literal(date.min), Integer) + 1
    return type_coerce((ordinal - 1) // step.days, Integer)


def _same(column: ColumnElement[Any], number: int) -> ColumnElement[bool]:
    return column.is_(None) if number == NONE else column == number


def _narrowed(asked: Asked) -> Iterator[ColumnElement[bool]]:
    """What a group or folder narrows to: what lies in it, however deep."""
    for name, tree in _TREES.items():
        if name not in asked.where:
            continue
        if (number := asked.where[name]) == NONE:
            yield tree.of.is_(None)
        else:
            yield or_(tree.of == number, tree.of.in_(select(first_level(tree.model, number).c.id)))


def _up_the_tree(query: Select[Any], tree: _Tree, above: int | None) -> tuple[Select[Any], Any]:
    """The one of the first level below `above` that a row's record lies in; `above` itself, or none, for what lies there."""
    roots = first_level(tree.model, None if above == NONE else above)
    own = literal(above, BigInteger) if above else cast(None, BigInteger)
    return query.outerjoin(roots, roots.c.id == tree.of), func.coalesce(roots.c.root, own)
