"""The list of sales figures as somebody asks for it: a row for each of what they are by, its figures and where these lead."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from flask import url_for
from sqlalchemy import BigInteger, Select, String, case, cast, func, literal, or_, select, type_coerce
from sqlalchemy.orm import Session, aliased

from app.api.reference import Unit, unit_word
from app.api.search import FoundBy
from app.api.security import User
from app.api.texts import lazy_gettext as _l
from app.api.values import Money, Percent
from app.api.web import Column, Table
from modules.contacts.api import Contact, ContactSearch, Folder
from modules.trade.figures.asked import ALONE, BY, NONE, Asked
from modules.trade.figures.periods import STEPS
from modules.trade.figures.sums import sums_of
from modules.warehouse.api import Item, ItemGroup, Place

#: Amounts beyond this many units are divided before they are multiplied, so that no quotient needs more than 64 bits.
_LARGE, _LESS = 4 * 10**15, 10**6
#: a tenth of a per cent, in units of a percentage
_TENTH = 1000
_COST = "warehouse.cost"
OF_THIS_YEAR = _l("Of this year, as no first day was chosen: these figures are read from documents.")
#: what lies in the trees
_WITHIN = {"group": "item", "folder": "contact"}
_ABSENT = {
    "group": _l("without a group"),
    "folder": _l("without a folder"),
    "responsible": _l("nobody"),
}


@dataclass(frozen=True)
class _Named:
    """What rows are by that has records: its model and the text that they are called by."""

    model: Any
    is_outer: bool = False


_NAMED = {
    "item": _Named(Item),
    "contact": _Named(Contact),
    "group": _Named(ItemGroup, is_outer=True),
    "folder": _Named(Folder, is_outer=True),
    "responsible": _Named(User, is_outer=True),
    "warehouse": _Named(Place),
}


def figures_of(session: Session, asked: Asked) -> Table:
    """The list; its statement is one, whose cost goes with what is asked and not with the history."""
    figures = sums_of(session, asked)

    def source(_session: Session) -> Select[Any]:
        query: Select[Any] = select().select_from(figures).outerjoin(Unit, Unit.id == figures.c.unit_id)
        for name in asked.by:
            if (named := _NAMED.get(name)) is not None:
                query = query.join(named.model, named.model.id == figures.c[name], isouter=named.is_outer)
        return query

    key: Any = literal("")
    for name in asked.by:
        plain = type_coerce(figures.c[name], BigInteger)
        key = key + func.coalesce(cast(plain, String), "") + literal(":")
    search = [FoundBy(ContactSearch)] if "contact" in asked.by else []
    return Table(
        name="trade.result",
        title=_l("Sales figures"),
        needs="trade.result.view",
        source=source,
        key=key,
        key_type=str,
        columns=(*_keys(asked, figures.c), *_figures(asked, figures.c)),
        order=f"-{asked.by[0]}" if asked.by[0] in STEPS else "-revenue",
        search=(*([Item.folded] if "item" in asked.by else []), *search),
        empty=_l("Nothing has been sold yet."),
        is_found=False,
        missing=lambda _session: OF_THIS_YEAR if asked.is_this_year else "",
    )


def _keys(asked: Asked, c: Any) -> Iterator[Column]:
    """What rows are by, by name, and the numbers that links need. The first one leads on: down a tree, else to documents."""
    for place, name in enumerate(asked.by):
        link = _onward(asked, name) if place == 0 else None
        shown: dict[str, Any] = {"headline": place == 0, "link": link}
        if name in STEPS:
            yield Column(name, BY[name], c[name], "date", words=STEPS[name].words, **shown)
            continue
        named = _NAMED[name]
        text = named.model.name
        yield Column(name, BY[name], text, nullable=named.is_outer, absent=_ABSENT.get(name, ""), **shown)
        if name == "item":
            yield Column("code", _l("Code"), Item.code)
        yield Column(f"{name}_id", "", c[name], hidden=True, sortable=False)
        if name in _WITHIN:
            below = aliased(named.model)
            has_more = select(below.id).where(below.parent_id == c[name]).exists()
            yield Column(f"{name}_has_more", "", has_more, "flag", hidden=True, sortable=False)


def _figures(asked: Asked, c: Any) -> Iterator[Column]:
    """The sums of a row; revenue leads to its documents."""
    yield Column("quantity", _l("Quantity"), c.quantity, "quantity", nullable=True, summed=("unit",))
    yield Column("unit", _l("Unit"), Unit.name, nullable=True, sortable=False, words=unit_word)
    yield Column("revenue", _l("Revenue"), c.revenue, "money", summed=(), link=_documents(asked))
    margin = None
    if "cost" in c:
        margin = type_coerce(c.revenue - c.cost, Money)
        yield Column("cost", _l("Cost"), c.cost, "money", summed=(), closed=_COST)
        yield Column("margin", _l("Margin"), margin, "money", summed=(), closed=_COST)
        share = percent(margin, c.revenue)
        yield Column("rate", _l("Margin, %"), share, "quantity", nullable=True, closed=_COST, of=("margin", "revenue"))
    if not asked.earlier:
        return
    more = type_coerce(c.revenue - c.revenue_before, Money)
    yield Column("revenue_before", _l("Revenue before"), c.revenue_before, "money", summed=())
    yield Column("more", _l("Difference"), more, "money", summed=())
    change = percent(more, c.revenue_before)
    yield Column("change", _l("Change, %"), change, "quantity", nullable=True, of=("more", "revenue_before"))
    if margin is not None:
        before = type_coerce(c.revenue_before - c.cost_before, Money)
        yield Column("margin_before", _l("Margin before"), before, "money", summed=(), closed=_COST)


def percent(part: Any, whole: Any) -> Any:
    """A part of a whole to a tenth of a per cent, rounded half up; none of nothing. Of integers alone: SQLite's quotients of
    others are floats."""
    part, whole = type_coerce(part, BigInteger), type_coerce(whole, BigInteger)
    sizes = [func.abs(number, type_=BigInteger) for number in (part, whole)]
    scale = case((or_(*(size > _LARGE for size in sizes)), _LESS), else_=1)
    size, base = sizes[0] // scale, func.nullif(sizes[1] // scale, 0, type_=BigInteger)
    sign = case(((part < 0) != (whole < 0), -1), else_=1)
    # 2 × 1000 × size + base over 2 × base: half a tenth is added before the quotient is cut off
    return type_coerce(sign * ((size * 2 * _TENTH + base) // (2 * base)) * _TENTH, Percent)


def _onward(asked: Asked, name: str) -> Callable[[Any], str | None]:
    """Where the first column leads: of a tree one level down, at its end to what lies there; else to the documents."""
    if name not in _WITHIN:
        return _documents(asked)

    def link(row: Any) -> str | None:
        number = getattr(row, f"{name}_id")
        if number is None or number == asked.where.get(name):
            return _documents(asked)(row)
        by = name if getattr(row, f"{name}_has_more") else _WITHIN[name]
        return url_for("trade.result_list", **{**_said(asked, {name: number}), "by": by, "then": ALONE})

    return link


def _documents(asked: Asked) -> Callable[[Any], str]:
    """The documents that a row's figures are made of."""

    def link(row: Any) -> str:
        narrowed: dict[str, Any] = {}
        for name in asked.by:
            if name in STEPS:
                first = getattr(row, name)
                last = STEPS[name].last_day(first)
                narrowed["since"] = max(first, asked.since or first).isoformat()
                narrowed["until"] = min(last, asked.until or last).isoformat()
            else:
                narrowed[name] = getattr(row, f"{name}_id") or NONE
        said = _said(asked, narrowed)
        return url_for(
            "trade.result_documents", **{k: v for k, v in said.items() if k not in ("by", "then", "earlier")}
        )

    return link


def _said(asked: Asked, changed: Mapping[str, Any]) -> dict[str, Any]:
    """The parameters as an address says them, some of them changed."""
    by, then = (*asked.by, ALONE)[:2]
    days: dict[str, date | None] = {"since": asked.since, "until": asked.until}
    said: dict[str, Any] = {"by": by, "then": then, "earlier": asked.earlier or None}
    said |= {name: day.isoformat() for name, day in days.items() if day is not None}
    return {**said, **asked.where, **changed}
