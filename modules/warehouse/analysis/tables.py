"""The turnover report: a row for each item or group."""

from collections.abc import Callable, Iterator
from typing import Any

from flask import url_for
from sqlalchemy import BigInteger, Select, func, select, type_coerce
from sqlalchemy.orm import Session

from app.api.reference import Unit, unit_word
from app.api.reports import Report
from app.api.texts import lazy_gettext as _l
from app.api.web import Column, FoundIn, Link, Table
from modules.warehouse.analysis.asked import ITEM, PARAMETERS, Asked, asked_of
from modules.warehouse.analysis.sums import quotient, since_begun, turnover_of
from modules.warehouse.models import Item, ItemGroup
from modules.warehouse.other_codes import OtherCode

#: in days
_YEAR = 365
_COST = "warehouse.cost"


def turnover_table(session: Session, asked: Asked) -> Table:
    """The list as it is asked for."""
    counted = since_begun(session, asked)
    figures = turnover_of(session, counted)
    of_items = asked.by == ITEM

    def source(_session: Session) -> Select[Any]:
        query: Select[Any] = select().select_from(figures).outerjoin(Unit, Unit.id == figures.c.unit_id)
        if of_items:
            return query.join(Item, Item.id == figures.c.key)
        return query.outerjoin(ItemGroup, ItemGroup.id == figures.c.key)

    return Table(
        name="warehouse.turnover",
        title=_l("Turnover of goods"),
        needs="warehouse.stock.view",
        source=source,
        key=func.coalesce(type_coerce(figures.c.key, BigInteger), 0),
        columns=(*(_item_columns() if of_items else _group_columns(asked, figures.c)), *_figures(counted, figures.c)),
        order="code" if of_items else "group",
        search=(Item.folded, FoundIn(OtherCode.folded, OtherCode.item_id, Item.id)) if of_items else (),
        empty=_l("Nothing was on hand or went out."),
        is_found=False,
        missing=lambda _session: _l("Days before the first goods came aren't counted."),
    )


def _item_columns() -> Iterator[Column]:
    link = Link("warehouse.item_view", item_id="item_id")
    yield Column("code", _l("Code"), Item.code, link=link)
    yield Column("name", _l("Item"), Item.name, headline=True, link=link)
    yield Column("item_id", "", Item.id, hidden=True, sortable=False)


def _group_columns(asked: Asked, c: Any) -> Iterator[Column]:
    absent = _l("without a group")
    yield Column(
        "group", _l("Item group"), ItemGroup.name, nullable=True, absent=absent, headline=True, link=_inside(asked)
    )
    yield Column("group_id", "", c.key, "integer", nullable=True, hidden=True, sortable=False)


def _inside(asked: Asked) -> Callable[[Any], str | None]:
    """The items of a group, over the same days."""

    def link(row: Any) -> str | None:
        if row.group_id is None or row.group_id == asked.group:
            return None
        since, until = asked.since.isoformat(), asked.until.isoformat()
        of = {"group": row.group_id, "place": asked.place}
        return url_for("warehouse.turnover", by=ITEM, since=since, until=until, **of)

    return link


def _figures(asked: Asked, c: Any) -> Iterator[Column]:
    yield Column("quantity_out", _l("Quantity out"), c.quantity_out, "quantity", nullable=True, summed=("unit",))
    yield Column("on_hand", _l("On hand now"), c.on_hand, "quantity", nullable=True, summed=("unit",))
    yield Column("unit", _l("Unit"), Unit.name, nullable=True, sortable=False, words=unit_word)
    cover = quotient(c.on_hand, c.quantity_out, times=c.days)
    yield Column("days", _l("Days"), c.days, "integer")
    yield Column("cover", _l("Days of cover"), cover, "quantity", nullable=True)
    yield Column("last", _l("Last went out"), c.last, "date", nullable=True)
    if "value" not in c:
        return
    yield Column("cost_out", _l("Cost"), c.cost_out, "money", summed=(), closed=_COST)
    yield Column("average", _l("Average value"), c.average, "money", summed=(), closed=_COST, is_aside=True)
    turns = quotient(c.cost_out, c.average, times=_YEAR, over=asked.days)
    yield Column("turns", _l("Turns a year"), turns, "quantity", nullable=True, closed=_COST)
    yield Column("value", _l("Value now"), c.value, "money", summed=(), closed=_COST)


turnover = Report(
    "warehouse.turnover",
    _l("Turnover of goods"),
    "warehouse.stock.view",
    _l(
        "How often stock turned over, for how many days it lasts, and what lies dead; by item or group, in a warehouse or all."
    ),
    of=lambda session, said: turnover_table(session, asked_of(said)),
    parameters=PARAMETERS,
    endpoint="warehouse.turnover",
)
