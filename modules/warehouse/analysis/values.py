"""What stock is worth: by group at the end of a day, or at the ends of months; one statement, whose cost goes with the
items and the months asked for."""

from collections.abc import Iterator, Mapping
from typing import Any

from flask import url_for
from sqlalchemy import BigInteger, Integer, Select, cast, func, literal, select, type_coerce, union_all
from sqlalchemy.orm import Session

from app.api.clock import wall_clock
from app.api.data import first_level
from app.api.ledger import moved_between, standing
from app.api.reports import Parameter, Report
from app.api.texts import lazy_gettext as _l
from app.api.values import Money
from app.api.web import Column, Table
from modules.warehouse.analysis.asked import GROUP, Asked, checked, first_day, group_and_place
from modules.warehouse.analysis.sums import quotient, totals_of, where_of
from modules.warehouse.models import Item, ItemGroup
from modules.warehouse.nesting import group_choices, in_group
from modules.warehouse.queries import stocked_options

MONTH, _COST, _BY = "month", "warehouse.cost", ("item",)


def stock_value_table(session: Session, said: Mapping[str, Any]) -> Table:
    """The list as it is asked for. Refused (Invalid): what is none of the choices, more than ten years."""
    asked = _asked(said)
    figures = _by_group(session, asked) if asked.by == GROUP else _by_month(session, asked)
    of_groups = asked.by == GROUP

    def source(_session: Session) -> Select[Any]:
        query: Select[Any] = select().select_from(figures)
        return query.outerjoin(ItemGroup, ItemGroup.id == figures.c.key) if of_groups else query

    return Table(
        name="warehouse.stock_value",
        title=_l("Value of stock"),
        needs="warehouse.stock.view",
        source=source,
        key=func.coalesce(type_coerce(figures.c.key, BigInteger), 0),
        columns=tuple(_columns(asked, figures.c)),
        order="group" if of_groups else "month",
        empty=_l("Nothing was on hand."),
        is_found=False,
    )


def _asked(said: Mapping[str, Any]) -> Asked:
    until = said.get("until", wall_clock().date())
    since = min(said["since"], until)
    checked(since, until, by=(said["by"], (GROUP, MONTH)))
    return Asked(said["by"], since, until, *group_and_place(said))


def _columns(asked: Asked, c: Any) -> Iterator[Column]:
    if asked.by == GROUP:
        absent = _l("without a group")
        yield Column(
            "group", _l("Item group"), ItemGroup.name, nullable=True, absent=absent, headline=True, link=_inside(asked)
        )
        yield Column("group_id", "", c.key, "integer", nullable=True, hidden=True, sortable=False)
        yield Column("items", _l("Items"), c["items"], "integer", summed=())
    else:
        yield Column("month", _l("End of the month"), c.key, "integer", words=_month, headline=True)
    if "value" not in c:
        return
    summed = () if asked.by == GROUP else None
    yield Column("value", _l("Value"), type_coerce(c.value, Money()), "money", summed=summed, closed=_COST)
    whole = func.sum(c.value).over() if asked.by == GROUP else func.max(c.value).over()
    title = _l("Share, %") if asked.by == GROUP else _l("Of the highest, %")
    share = quotient(c.value, cast(whole, BigInteger), times=100)
    yield Column("share", title, share, "quantity", nullable=True, bar=True, sortable=False, closed=_COST)


def _month(number: int) -> str:
    return f"{number // 100}-{number % 100:02}"


def _inside(asked: Asked) -> Any:
    def link(row: Any) -> str | None:
        if row.group_id is None or row.group_id == asked.group:
            return None
        said = {"group": row.group_id, "place": asked.place, "until": asked.until.isoformat()}
        return url_for("warehouse.stock_value", by=GROUP, **said)

    return link


def _by_group(session: Session, asked: Asked) -> Any:
    """A row for each first group below the one asked for: how many items were on hand, and their value."""
    totals, where = totals_of(session, asked), where_of(session, asked)
    held = standing(session, totals, asked.until, by=_BY, where=where, name="held")
    roots = first_level(ItemGroup, asked.group)
    key = func.coalesce(roots.c.root, literal(asked.group, BigInteger)).label("key")
    there = type_coerce(held.c.quantity, BigInteger) != 0
    query = select(key, func.count().filter(there).label("items")).join_from(held, Item, Item.id == held.c.item_id)
    query = query.outerjoin(roots, roots.c.id == Item.group_id)
    if "value" in held.c:
        query = query.add_columns(_sum(held.c.value).label("value")).where(
            there | (type_coerce(held.c.value, BigInteger) != 0)
        )
    else:
        query = query.where(there)
    if asked.group is not None:
        query = query.where(in_group(asked.group))
    return query.group_by(key).subquery("of_groups")


def _by_month(session: Session, asked: Asked) -> Any:
    """A row for the end of each month, the last as of the day asked for: what stood before, and all that moved up to it."""
    totals, where = totals_of(session, asked), where_of(session, asked)
    first, last = (day.year * 12 + day.month - 1 for day in (asked.since, asked.until))
    numbers = [month // 12 * 100 + month % 12 + 1 for month in range(first, last + 1)]
    months = union_all(*(select(literal(number, Integer).label("key")) for number in numbers)).subquery("ends")
    begun = asked.since.replace(day=1)
    moved = moved_between(session, totals, begun, asked.until, by=_BY, where=where, by_month=True, name="moved")
    if "value" not in moved.c:
        return select(months.c.key).subquery("of_months")
    closing = standing(session, totals, asked.until, by=_BY, where=where, name="closing")
    inside = None if asked.group is None else in_group(asked.group)
    whole = _narrowed(inside, closing, select(_sum(closing.c.value))).scalar_subquery()
    later = _narrowed(inside, moved, select(moved.c.month, _sum(moved.c.value).label("value"))).group_by(moved.c.month)
    after = later.subquery("later")
    units = cast(func.coalesce(whole, 0) - func.coalesce(func.sum(after.c.value), 0), BigInteger).label("value")
    query = select(months.c.key, units).outerjoin_from(months, after, after.c.month > months.c.key)
    return query.group_by(months.c.key).subquery("of_months")


def _narrowed(inside: Any, figures: Any, query: Any) -> Any:
    if inside is None:
        return query
    return query.join_from(figures, Item, Item.id == figures.c.item_id).where(inside)


def _sum(column: Any) -> Any:
    return cast(func.coalesce(func.sum(type_coerce(column, BigInteger)), 0), BigInteger)


def _today() -> str:
    return wall_clock().date().isoformat()


stock_value = Report(
    "warehouse.stock_value",
    _l("Value of stock"),
    "warehouse.cost.view",
    _l("What stock is worth at the end of a day, by group, or at the ends of months; in a warehouse or all."),
    of=stock_value_table,
    parameters=(
        Parameter("by", _l("By"), "choice", ((GROUP, _l("Item group")), (MONTH, _l("Month"))), default=lambda: GROUP),
        Parameter("since", _l("Months since"), default=lambda: first_day().isoformat()),
        Parameter("until", _l("At the end of"), default=_today),
        Parameter("group", _l("Item group"), "choice", group_choices),
        Parameter("place", _l("Warehouse"), "choice", stocked_options),
    ),
    endpoint="warehouse.stock_value",
)
