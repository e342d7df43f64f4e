"""What a label says of an item: its price by a price type, what it was before, and which prices have changed since a day."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.api.clock import wall_clock
from app.api.data import pieces
from app.api.reference import organisation_id
from app.api.search import fold
from modules.trade.pricing.finding import Prices
from modules.trade.pricing.known import known_prices
from modules.trade.pricing.models import PriceRun, PriceRunLine, PriceType
from modules.warehouse.api import GroupTree, Item

_ZERO = Decimal(0)
#: items that the page shows at once
MOST_SHOWN = 300


@dataclass(frozen=True, slots=True)
class Priced:
    """An item in use with its price today; `before`: what it was, None where that isn't asked or it was the same."""

    item: Item
    price: Decimal
    before: Decimal | None = None


def priced(
    session: Session, kind: PriceType | None, items: Iterable[int], since: date | None = None
) -> dict[int, Priced]:
    """The items that have a price today, by a price type or (None) their own sales price; with what it was before
    the day `since`, of an own price as far as it was changed by a run."""
    found: dict[int, Priced] = {}
    for some in pieces(items):
        now = _prices(session, kind, some, wall_clock().date())
        then = {} if since is None else _own_before(session, some, since) if kind is None else {}
        if kind is not None and since is not None and since > date.min:  # there is a day before it
            then = {i: price for i, (_, price) in _prices(session, kind, some, since - timedelta(1)).items()}
        for item_id, (item, price) in now.items():
            before = then.get(item_id)
            found[item_id] = Priced(item, price, before if before != price else None)
    return found


def items_to_label(
    session: Session,
    kind: PriceType | None,
    *,
    group_id: int | None = None,
    text: str = "",
    since: date | None = None,
    run_id: int | None = None,
    item_id: int | None = None,
) -> tuple[list[Priced], bool]:
    """Items in use that have a price, by code: of a group with those in it, that have each word, of one change of prices, or
    whose price has changed since a day, on it or later; and whether there are more than MOST_SHOWN."""
    query = select(Item.id).where(Item.is_active)
    if item_id is not None:
        query = query.where(Item.id == item_id)
    if group_id is not None:
        query = query.where(Item.group_id.in_([group_id, *GroupTree(session).below(group_id)]))
    for word in fold(text).split()[:8]:
        query = query.where(Item.folded.contains(word, autoescape=True))
    if run_id is not None:
        of_run = select(PriceRunLine.item_id).join(PriceRun, PriceRun.id == PriceRunLine.run_id)
        query = query.where(
            Item.id.in_(of_run.where(PriceRun.id == run_id, PriceRun.organisation_id == organisation_id(session)))
        )
    ids = session.scalars(query.order_by(Item.code_order, Item.id)).all()
    found: list[Priced] = []
    for some in pieces(ids):
        known = priced(session, kind, some, since)
        rows = (known[i] for i in some if i in known)
        found += [row for row in rows if since is None or row.before is not None]
        if len(found) > MOST_SHOWN:
            return found[:MOST_SHOWN], True
    return found, False


def _prices(
    session: Session, kind: PriceType | None, items: Sequence[int], day: date
) -> dict[int, tuple[Any, Decimal]]:
    known = {item.id: item for item in session.scalars(select(Item).where(Item.id.in_(items)))}
    prices = None if kind is None else Prices(session, known_prices(session), day, known)
    found = {}
    for item_id, item in known.items():
        price = item.price if kind is None or prices is None else prices.of_type(kind.id, item_id, _ZERO)
        if price is not None:
            found[item_id] = (item, price)
    return found


def _own_before(session: Session, items: Sequence[int], since: date) -> dict[int, Decimal]:
    """What items' own prices were before the first run on a day or later changed them."""
    run, line = PriceRun, PriceRunLine
    first = (
        select(line.item_id, func.min(line.run_id).label("run_id"))
        .join(run, run.id == line.run_id)
        .where(
            run.organisation_id == organisation_id(session),
            run.type_id.is_(None),
            run.undone_at.is_(None),
            run.since >= since,
            line.item_id.in_(items),
        )
        .group_by(line.item_id)
        .subquery()
    )
    query = select(line.item_id, line.before).join(
        first, (first.c.item_id == line.item_id) & (first.c.run_id == line.run_id)
    )
    return {row.item_id: row.before for row in session.execute(query.where(line.before.is_not(None)))}
