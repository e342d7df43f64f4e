"""How a document would change what stock is worth, now and at the ends of months, for its preview: what stands once it is
posted, less what it has written, is what stood before. Three statements, which read the items concerned alone."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.api.clock import wall_clock
from app.api.documents import MOST_SHOWN, PreviewPart
from app.api.ledger import at, moved_between, now
from app.api.prints import PaperColumn
from app.api.security import visible
from app.api.texts import day
from app.api.texts import lazy_gettext as _l
from app.api.values import Money, Quantity, from_units, to_units
from modules.warehouse.models import Item, Place
from modules.warehouse.places import open_places, places_by_id
from modules.warehouse.policies import shares_company_cost
from modules.warehouse.registers import Stock

#: item, pool
_Key = tuple[int, int]
#: month (202512) → quantity and value, in units of their scales
_Months = dict[int, tuple[int, int]]
_BY = ("item", "pool")
_WHOLE = (
    PaperColumn("when", _l("As of")),
    PaperColumn("value", _l("Value"), "money"),
    PaperColumn("value_after", _l("Value afterwards"), "money"),
    PaperColumn("difference", _l("Changes by"), "money"),
)
_EACH = (
    PaperColumn("item", _l("Item")),
    PaperColumn("place", _l("Warehouse")),
    _WHOLE[0],
    PaperColumn("quantity", _l("Quantity"), "quantity"),
    PaperColumn("quantity_after", _l("Quantity afterwards"), "quantity"),
    *_WHOLE[1:],
)


def worth_parts(session: Session, rows: Sequence[dict[str, Any]], notes: Sequence[object]) -> Iterator[PreviewPart]:
    """The value of stock as it is and as it would be, the newest first: in all where there is more than one item or warehouse,
    and of each. `rows`: the entries of the stock register that would be written. Of months at whose end nothing changes
    nothing is said; where places share one cost, nobody knows what a part of them is worth."""
    changes = _changes(session, rows, wall_clock())
    if not changes:
        return
    months = _months_since(min(month for of_key in changes.values() for month in of_key))
    after = _standing(session, changes, months)
    differences = {key: _running(of_key, (0, 0), months) for key, of_key in changes.items()}
    if len(changes) > 1:
        yield _whole(differences, after, months, notes)
    yield _each(session, differences, after, months, notes if len(changes) == 1 else ())


def _changes(session: Session, rows: Sequence[dict[str, Any]], present: datetime) -> dict[_Key, _Months]:
    """What the entries change in pools that are open to the session's actor, by the month in which that is booked."""
    changes: dict[_Key, _Months] = defaultdict(dict)
    for row in rows:
        month = row["moment"].year * 100 + row["moment"].month
        for side, sign in (("from", -1), ("to", 1)):
            if (pool := row[f"pool_{side}_id"]) and row["moment"] <= present:
                of_key = changes[row["item_id"], pool]
                quantity, value = of_key.get(month, (0, 0))
                of_key[month] = quantity + sign * (row["quantity"] or 0), value + sign * (row["value"] or 0)
    opened = set[int]()
    if not shares_company_cost(session) or visible(session, Place) is None:
        opened = open_places(session, {pool for _, pool in changes})
    return {key: of_key for key, of_key in changes.items() if key[1] in opened and any(map(any, of_key.values()))}


def _months_since(first: int) -> list[int]:
    """The months from the first to the present one."""
    today = wall_clock().date()
    numbers = range(first // 100 * 12 + first % 100 - 1, today.year * 12 + today.month)
    return [number // 12 * 100 + number % 12 + 1 for number in numbers]


def _standing(session: Session, keys: dict[_Key, _Months], months: Sequence[int]) -> dict[_Key, _Months]:
    """What stands in the books at the end of each month, and now in the last of them."""
    where = {"item": sorted({item for item, _ in keys}), "pool": sorted({pool for _, pool in keys})}
    stands: dict[_Key, _Months] = {key: dict.fromkeys(months, (0, 0)) for key in keys}
    if past := months[:-1]:
        first, last = _first_of(past[0]), _first_of(months[-1]) - timedelta(days=1)
        opening = {
            f.key: _units(f.amounts) for f in at(session, Stock.worth, first - timedelta(days=1), by=_BY, where=where)
        }
        moved: dict[_Key, _Months] = defaultdict(dict)
        by_month = moved_between(session, Stock.worth, first, last, by=_BY, where=where, by_month=True)
        for row in session.execute(select(by_month)):
            moved[row.item_id, row.pool_id][row.month] = _units(row._mapping)
        for key in keys:
            stands[key] |= _running(moved[key], opening.get(key, (0, 0)), past)
    for figure in now(session, Stock.worth, by=_BY, where=where):
        if figure.key in stands:
            stands[figure.key][months[-1]] = _units(figure.amounts)
    return stands


def _running(of_key: _Months, begun: tuple[int, int], months: Sequence[int]) -> _Months:
    """What the months come to, each with those before it."""
    sums, (quantity, value) = {}, begun
    for month in months:
        moved = of_key.get(month, (0, 0))
        quantity, value = quantity + moved[0], value + moved[1]
        sums[month] = quantity, value
    return sums


def _whole(
    differences: dict[_Key, _Months], after: dict[_Key, _Months], months: Sequence[int], notes: Sequence[object]
) -> PreviewPart:
    rows = []
    for month in reversed(months):
        if any(any(of_key[month]) for of_key in differences.values()):
            difference, worth = (sum(of[key][month][1] for key in differences) for of in (differences, after))
            rows.append({"when": _when(month, months), **_values(worth, difference)})
    return PreviewPart(_("What these goods are worth in all"), _WHOLE, rows[:MOST_SHOWN], len(rows[MOST_SHOWN:]), notes)


def _each(
    session: Session,
    differences: dict[_Key, _Months],
    after: dict[_Key, _Months],
    months: Sequence[int],
    notes: Sequence[object],
) -> PreviewPart:
    found = [(key, m) for key in sorted(differences) for m in reversed(months) if any(differences[key][m])]
    shown = found[:MOST_SHOWN]
    query = select(Item.id, Item.code, Item.name).where(Item.id.in_({item for (item, _), _ in shown}))
    items = {row.id: f"{row.code} {row.name}" for row in session.execute(query)}
    places = places_by_id(session, {pool for (_, pool), _ in shown})
    is_shared, rows = shares_company_cost(session), []
    for (item, pool), month in shown:
        if item in items:
            (quantity, value), (moved, difference) = after[item, pool][month], differences[item, pool][month]
            quantities = {"quantity": quantity - moved, "quantity_after": quantity}
            rows.append(
                {
                    "item": items[item],
                    "place": _("All warehouses") if is_shared else places[pool].name,
                    "when": _when(month, months),
                    **{name: from_units(units, Quantity.scale) for name, units in quantities.items()},
                    **_values(value, difference),
                }
            )
    return PreviewPart(_("What goods are worth"), _EACH, rows, len(found) - len(rows), notes)


def _values(after: int, difference: int) -> dict[str, Decimal]:
    said = {"value": after - difference, "value_after": after, "difference": difference}
    return {name: from_units(units, Money.scale) for name, units in said.items()}


def _when(month: int, months: Sequence[int]) -> str:
    """The last day of a month; of the present one: now."""
    at_end = months.index(month) + 1
    return _("Now") if at_end == len(months) else day(_first_of(months[at_end]) - timedelta(days=1))


def _first_of(month: int) -> date:
    return date(month // 100, month % 100, 1)


def _units(amounts: Any) -> tuple[int, int]:
    """Quantity and value, in units."""
    return to_units(amounts["quantity"], Quantity.scale), to_units(amounts["value"], Money.scale)
