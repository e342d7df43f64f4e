"""How goods turned over in a period, by item or by group: one statement, whose cost goes with the period and the number of
items. What stood comes from the totals by month, what went out to whom from the entries of the period."""

from dataclasses import replace
from datetime import date, datetime, time, timedelta
from typing import Any

from sqlalchemy import BigInteger, Date, Integer, and_, case, cast, func, literal, or_, select, type_coerce
from sqlalchemy.orm import Session

from app.api.clock import wall_clock
from app.api.data import first_level
from app.api.documents import Document
from app.api.ledger import moved_between, standing
from app.api.reference import organisation_id
from app.api.security import visible
from app.api.values import Money, Quantity
from modules.warehouse.analysis.asked import GROUP, Asked
from modules.warehouse.models import CUSTOMERS, GOODS, PRODUCTION, Item, ItemGroup, Place
from modules.warehouse.nesting import in_group
from modules.warehouse.places import inside
from modules.warehouse.policies import shares_company_cost
from modules.warehouse.registers import Stock

_BY = ("item",)


def since_begun(session: Session, asked: Asked) -> Asked:
    """The same from the day on which the first goods came, where nothing lay there at the beginning of the period: a rate is
    not worked out over days before there was anything."""
    before = _stood(session, asked, date.fromordinal(max(asked.since.toordinal() - 1, 1)), "before")
    if session.scalar(select(1).where(type_coerce(before.c.quantity, BigInteger) != 0).limit(1)):
        return asked
    first = session.scalar(_first_moment(session, asked).order_by(Stock.entries.c.moment).limit(1))
    return replace(asked, since=first.date(), is_begun=True) if first is not None else asked


def _first_moment(session: Session, asked: Asked) -> Any:
    """The moments of the period at which goods came here."""
    e = Stock.entries.c
    start, end = (datetime.combine(day, time.min) for day in (asked.since, asked.until))
    return select(e.moment).where(
        e.organisation_id == organisation_id(session),
        e.moment >= start,
        e.moment < min(end + timedelta(days=1), wall_clock()),
        _here(session, asked, e.warehouse_to_id),
    )


def turnover_of(session: Session, asked: Asked) -> Any:
    """A subquery with a row for each item, or first group below the one asked for, that was on hand or went out: `key` (None:
    in no group), `quantity_out`, `on_hand` and `unit_id` where all of it is in one unit, `days` of the period from the first on
    which any was there, `last` (the day on which any left last); and where costs are open to the actor `cost_out`, `average`
    and `value`."""
    each = _by_item(session, asked)
    c = each.c
    in_one = func.min(c.unit_id) == func.max(c.unit_id)
    quantities = [
        type_coerce(case((in_one, _sum(c[name]))), Quantity()).label(name) for name in ("quantity_out", "on_hand")
    ]
    amounts = [type_coerce(_sum(c[n]), Money()).label(n) for n in ("cost_out", "average", "value") if n in c]
    unit = case((in_one, func.min(c.unit_id))).label("unit_id")
    last, days = func.max(c.last, type_=Date()).label("last"), func.max(c.days).label("days")
    return select(c.key, unit, *quantities, *amounts, last, days).group_by(c.key).subquery("turnover")


def _sum(column: Any) -> Any:
    return cast(func.sum(column), BigInteger)


def _by_item(session: Session, asked: Asked) -> Any:
    """The same of each item, in units."""
    out = _went_out(session, asked)
    held = _stood(session, asked, None, "held")
    query = select().select_from(Item).outerjoin(held, held.c.item_id == Item.id)
    opening = _stood(session, asked, date.fromordinal(max(asked.since.toordinal() - 1, 1)), "opening")
    query = query.outerjoin(out, out.c.item_id == Item.id).outerjoin(opening, opening.c.item_id == Item.id)
    shown: list[Any] = [
        _units(out.c.quantity).label("quantity_out"),
        _units(held.c.quantity).label("on_hand"),
        _last_out(session, asked).label("last"),
        _days(session, asked, opening).label("days"),
    ]
    moving = [_units(out.c.quantity) != 0, _units(held.c.quantity) != 0]
    if "value" in held.c:
        query, average = _averaged(session, asked, query)
        shown += [_units(out.c.value).label("cost_out"), average.label("average"), _units(held.c.value).label("value")]
        moving.append(average != 0)
    key: Any = Item.id
    if asked.by == GROUP:
        roots = first_level(ItemGroup, asked.group)
        query = query.outerjoin(roots, roots.c.id == Item.group_id)
        key = func.coalesce(roots.c.root, literal(asked.group, BigInteger))
    query = query.where(Item.kind == GOODS, or_(*moving))
    if asked.group is not None:
        query = query.where(in_group(asked.group))
    if asked.idle_since is not None:
        query = query.where(*_is_dead(session, asked, asked.idle_since, held))
    return query.add_columns(key.label("key"), Item.unit_id, *shown).subquery("of_items")


def _units(column: Any) -> Any:
    return func.coalesce(type_coerce(column, BigInteger), 0)


def totals_of(session: Session, asked: Asked) -> Any:
    """What goods are worth, or how many they are alone: where a part is asked for, or seen, of what the whole company
    shares one cost of."""
    is_part = asked.place is not None or visible(session, Place) is not None
    return Stock.on_hand if is_part and shares_company_cost(session) else Stock.worth


def _stood(session: Session, asked: Asked, day: date | None, name: str) -> Any:
    """What stood at the end of a day, or stands now, in what is asked for."""
    return standing(session, totals_of(session, asked), day, by=_BY, where=where_of(session, asked), name=name)


def where_of(session: Session, asked: Asked) -> dict[str, list[int]] | None:
    """Of the totals: those of the warehouse and of the bins in it, as far as they are open to the actor."""
    if asked.place is None:
        return None
    of_place = or_(Place.id == asked.place, Place.warehouse_id == asked.place)
    places = list(session.scalars(select(Place.id).where(of_place)))
    return {"place" if totals_of(session, asked) is Stock.on_hand else "pool": places}


def _here(session: Session, asked: Asked, column: Any) -> Any:
    """Says of a column of warehouses that it is the one asked for, or any inside."""
    is_inside = inside(session, column)
    return is_inside if asked.place is None else and_(is_inside, column == asked.place)


def _out(session: Session, asked: Asked) -> Any:
    """Says of entries that goods left for use: what is lost, or goes back to a supplier, doesn't turn over."""
    e = Stock.entries.c
    return and_(_here(session, asked, e.warehouse_from_id), e.place_to_id.in_((CUSTOMERS, PRODUCTION)))


def _went_out(session: Session, asked: Asked) -> Any:
    """What left in the period for customers and production, less what customers sent back: quantity and, where it is open,
    cost."""
    e = Stock.entries.c
    start, end = (datetime.combine(day, time.min) for day in (asked.since, asked.until))
    came_back = and_(e.place_from_id == CUSTOMERS, _here(session, asked, e.warehouse_to_id))
    sign = case((came_back, -1), else_=1)
    names = ("quantity", "value") if session.info["actor"].sees("warehouse.cost") else ("quantity",)
    sums = [_sum(sign * type_coerce(e[name], BigInteger)).label(name) for name in names]
    return (
        select(e.item_id, *sums)
        .where(
            e.organisation_id == organisation_id(session),
            e.moment >= start,
            e.moment < min(end + timedelta(days=1), wall_clock()),
            or_(_out(session, asked), came_back),
        )
        .group_by(e.item_id)
        .subquery("out")
    )


def _days(session: Session, asked: Asked, opening: Any) -> Any:
    """The days of the period from the first on which an item lay here."""
    came = _first_moment(session, asked).where(Stock.entries.c.item_id == Item.id)
    first = came.order_by(Stock.entries.c.moment).limit(1).correlate(Item).scalar_subquery()
    if session.info["database"].is_sqlite:
        day: Any = cast(func.julianday(literal(asked.until.isoformat())) - func.julianday(func.date(first)), Integer)
    else:
        day = type_coerce(literal(asked.until, Date) - cast(first, Date), Integer)
    return case((_units(opening.c.quantity) != 0, asked.days), else_=func.coalesce(day + 1, asked.days))


def _averaged(session: Session, asked: Asked, query: Any) -> tuple[Any, Any]:
    """Joins to items what they were worth in the period on average: the mean of the ends of its months, of which the first and
    the last count half. Where the goods have begun within it, its first end is that of their first day."""
    first, last = (day.year * 12 + day.month - 1 for day in (asked.since, asked.until))
    closing = _stood(session, asked, asked.until, "closing")
    days, where = (asked.since, asked.until), where_of(session, asked)
    months = moved_between(
        session, totals_of(session, asked), *days, by=_BY, where=where, by_month=True, name="months"
    ).c
    month = months.month // 100 * 12 + months.month % 100 - 1
    # Before it moved it stood at less: at as many half months as lie between the first end and the move.
    before = (2 * (month - first) + 1) * type_coerce(months.value, BigInteger)
    moved = select(months.item_id, _sum(before).label("units")).group_by(months.item_id).subquery("moved")
    query = query.outerjoin(closing, closing.c.item_id == Item.id).outerjoin(moved, moved.c.item_id == Item.id)
    halves = 2 * max(last - first + 1, 1)
    units = halves * _units(closing.c.value) - _units(moved.c.units)
    if asked.is_begun:
        begun = _stood(session, asked, asked.since, "begun")
        query, units = query.outerjoin(begun, begun.c.item_id == Item.id), units + _units(begun.c.value)
    return query, (units + halves // 2) // halves


def _last_out(session: Session, asked: Asked) -> Any:
    """The last day on which any of an item left for use, by documents that stand: found from the newest entry on."""
    e, again = Stock.entries.c, Stock.entries.alias("again").c
    documents = Document.__table__
    left = (
        select(func.sum(type_coerce(again.quantity, BigInteger)))
        .where(again.document_id == e.document_id, again.item_id == e.item_id, again.moment == e.moment)
        .where(_here(session, asked, again.warehouse_from_id), again.place_to_id == e.place_to_id)
        .correlate(Stock.entries)
        .scalar_subquery()
    )
    return (
        select(func.date(e.moment, type_=Date()))
        .select_from(Stock.entries)
        .join(documents, documents.c.id == e.document_id)
        .where(
            e.organisation_id == organisation_id(session),
            e.item_id == Item.id,
            e.moment <= wall_clock(),
            _out(session, asked),
        )
        .where(type_coerce(e.quantity, BigInteger) > 0, documents.c.state == "posted", left > 0)
        .order_by(e.moment.desc(), e.id.desc())
        .limit(1)
        .correlate(Item)
        .scalar_subquery()
    )


def _is_dead(session: Session, asked: Asked, day: date, held: Any) -> list[Any]:
    """Says of items that they are on hand, were so at the end of a day, and that nothing has left since."""
    then = _stood(session, asked, day, "then_held").c
    there = select(then.item_id).where(type_coerce(then.quantity, BigInteger) > 0)
    last = _last_out(session, asked)
    return [_units(held.c.quantity) > 0, Item.id.in_(there), or_(last.is_(None), last <= day)]


def quotient(part: Any, whole: Any, *, times: Any = 1, over: int = 1) -> Any:
    """`times` × part / (`over` × whole) to a tenth, rounded half up, as a Quantity; none where either is below zero, the whole
    zero, or the quotient beyond MOST_QUOTIENT. Of integers alone: SQLite's quotients of others are floats."""
    part, whole = (type_coerce(each, BigInteger) for each in (part, whole))
    # Amounts beyond this are divided first, so that no product needs more than 64 bits.
    scale = case((or_(part > _LARGE, whole > _LARGE), _LESS), else_=1)
    size, base = part // scale, func.nullif(whole // scale, 0, type_=BigInteger)
    tenths = (size * (2 * 10 * times) + base * over) // (2 * base * over)
    return type_coerce(case((and_(part >= 0, whole > 0, tenths <= 10 * MOST_QUOTIENT), tenths * _TENTH)), Quantity)


#: beyond it a quotient says nothing to anybody, and its units need more than 64 bits
MOST_QUOTIENT = 10**12
_LARGE, _LESS = 10**14, 10**6
#: in units of a Quantity
_TENTH = 10**5
