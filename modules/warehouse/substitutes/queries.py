"""What may be given instead of goods that fall short, as far as it is there."""

from collections import defaultdict
from collections.abc import Collection
from decimal import Decimal
from typing import NamedTuple

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from app.api.ledger import now
from app.api.texts import number
from modules.warehouse.items import items_by_id
from modules.warehouse.models import NONE
from modules.warehouse.registers import Stock
from modules.warehouse.substitutes.models import ANALOGUE, ItemSubstitute

#: so many are offered of one item
OFFERED = 3


class Instead(NamedTuple):
    """Goods that may be given instead, and how much of them is free in a warehouse."""

    item_id: int
    code: str
    name: str
    free: Decimal


def instead_of(session: Session, place_id: int, items: Collection[int]) -> dict[int, list[Instead]]:
    """Item → what may be given instead and is free in a warehouse, in the order of preference: at most OFFERED of each. Three
    statements, one where nothing is said of the items."""
    s = ItemSubstitute
    analogues = (s.kind == ANALOGUE) & s.other_id.in_(items)
    query = select(s.item_id, s.other_id, s.kind).where(or_(s.item_id.in_(items), analogues))
    said: dict[int, list[int]] = defaultdict(list)
    for item, other, kind in session.execute(query.order_by(s.preference, s.id)):
        if item in items:
            said[item].append(other)
        if kind == ANALOGUE and other in items:
            said[other].append(item)
    if not said:
        return {}
    others = {other for some in said.values() for other in some}
    known = {i: item for i, item in items_by_id(session, others).items() if item.is_active}
    where = {"item": sorted(known), "warehouse": place_id, "claim": NONE}
    free = {f.key[0]: f.amounts["quantity"] for f in now(session, Stock.claims, by=("item",), where=where)}
    return {
        item: there[:OFFERED]
        for item, some in said.items()
        if (there := [Instead(i, known[i].code, known[i].name, free[i]) for i in some if free.get(i, 0) > 0])
    }


def named(some: Collection[Instead]) -> str:
    """What is offered, for people: in a line each with what is free of it."""
    return "; ".join(f"{each.code} {each.name} ({number(each.free)})" for each in some)
