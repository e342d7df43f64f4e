"""What can be promised of goods and when: what is free, and what is expected beyond what others wait for."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from sqlalchemy import BigInteger, func, select, type_coerce
from sqlalchemy.orm import Session

from app.api.documents import LineKey, left_for
from app.api.ledger import now
from app.api.prints import Fact
from app.api.reference import organisation_id
from app.api.security import Actor, PastPolicy
from app.api.texts import day, number
from app.api.texts import lazy_gettext as _l
from app.api.values import Quantity, from_units
from modules.trade.models import SalesOrder, TradeDocument
from modules.trade.proposals import Asked, Proposal, Proposed, is_offered
from modules.trade.registers import IN, OUT, Orders
from modules.trade.reservations import kept_for
from modules.warehouse.api import (
    FIRST_WAREHOUSE,
    GOODS,
    Item,
    Place,
    Stock,
    in_own,
    instead_of,
    items_by_id,
    kept_back,
    named_instead,
)

_BOOKS = PastPolicy("what can be promised is what nobody waits for, whoever may see who does")
_ZERO = Decimal(0)
#: days on which parts come that are named one by one
_MOST_DAYS = 3
_OPEN, _TRADE = Orders.awaited.table.c, TradeDocument.__table__.c


@dataclass(slots=True)
class Outlook:
    """What there is of an item in a warehouse, and what is to come of it."""

    #: kept for nobody
    free: Decimal = _ZERO
    #: what orders wait for that nothing is kept for yet: they come first
    owed: Decimal = _ZERO
    #: day → what comes, of purchase orders that say when
    coming: dict[date, Decimal] = field(default_factory=dict)
    #: what comes of those that don't
    undated: Decimal = _ZERO

    def promise(self, quantity: Decimal) -> tuple[Decimal, date | None]:
        """How much of a quantity can go at once, and by when the rest can: None where that isn't ordered, or nobody knows when
        it comes. The available-to-promise rule: what comes counts once what is owed is served."""
        at_once = min(max(self.free, _ZERO), quantity)
        if at_once == quantity:
            return quantity, None
        there = self.free - self.owed
        for when in sorted(self.coming):
            there += self.coming[when]
            if there >= quantity:
                return at_once, when
        return at_once, None

    def parts(self, quantity: Decimal) -> tuple[list[tuple[date, Decimal]], Decimal]:
        """Of a quantity that no promise says a day of: how much more of it can go on which days, beyond what goes at once; and
        how much of it nobody knows a day of."""
        gone, there, found = min(max(self.free, _ZERO), quantity), self.free - self.owed, []
        for when in sorted(self.coming):
            there += self.coming[when]
            if there > gone:
                more = min(there, quantity) - gone
                gone += more
                found.append((when, more))
        return [part for part in found if part[1]], quantity - gone


def outlook(session: Session, place_id: int, items: Collection[int]) -> dict[int, Outlook]:
    """What is free and expected of each item in a warehouse: two statements, which read what is open alone."""
    found = _outlooks(session, items, place_id)
    return {item: found[place_id, item] for item in items}


def availability_of(session: Session, item: Item) -> Sequence[Fact]:
    """What there is of an item in each warehouse of one's own and what is to come, in words, for its card."""
    places = select(Place.id, Place.name).where(Place.id >= FIRST_WAREHOUSE, ~Place.is_on_commission)
    found = _outlooks(session, {item.id})
    names = session.execute(places.order_by(Place.name_order, Place.id))
    return [Fact(row.name, _outlook_words(found[row.id, item.id])) for row in names if (row.id, item.id) in found]


def _outlook_words(known: Outlook) -> str:
    said = [_l("%(quantity)s free", quantity=number(known.free))]
    if known.owed:
        said.append(_l("%(quantity)s missing for orders", quantity=number(known.owed)))
    for when, quantity in sorted(known.coming.items()):
        said.append(_l("%(quantity)s expected on %(day)s", quantity=number(quantity), day=day(when)))
    if known.undated:
        said.append(_l("%(quantity)s expected, it isn't known when", quantity=number(known.undated)))
    return "; ".join(str(words) for words in said)


def _outlooks(
    session: Session, items: Collection[int], place_id: int | None = None
) -> defaultdict[tuple[int, int], Outlook]:
    """The same by warehouse and item: of one warehouse, or of all that have some or expect some."""
    found: defaultdict[tuple[int, int], Outlook] = defaultdict(Outlook)
    kept: dict[tuple[int, int], Decimal] = defaultdict(Decimal)
    where: dict[str, object] = {"item": sorted(items)} | ({} if place_id is None else {"warehouse": place_id})
    held = kept_back(session, organisation_id(session), items)
    holds = {each.claim_id for parts in held.values() for each in parts}
    for figure in now(session, Stock.claims, by=("warehouse", "item", "claim"), where=where):
        place, item, claim = figure.key
        quantity = figure.amounts["quantity"]
        if claim == 0 and quantity:
            found[place, item].free = quantity
        elif claim and claim not in holds:  # what is held back is kept for no order
            kept[place, item] += quantity
    units = func.sum(type_coerce(_OPEN.quantity, BigInteger))
    query = (
        select(_OPEN.place_id, _OPEN.item_id, _OPEN.direction, _TRADE.delivery, units)
        .join_from(Orders.awaited.table, TradeDocument.__table__, _TRADE.id == _OPEN.order_id)
        .where(Orders.is_awaited(organisation_id(session)), _OPEN.item_id.in_(items))
        .where(*in_own(session, _OPEN.place_id), *(() if place_id is None else (_OPEN.place_id == place_id,)))
        .group_by(_OPEN.place_id, _OPEN.item_id, _OPEN.direction, _TRADE.delivery)
    )
    for place, item, direction, delivery, sum_of in _BOOKS(session).execute(query):
        quantity, each = from_units(int(sum_of), Quantity.scale), found[place, item]
        if direction == OUT:
            each.owed += quantity
        elif direction == IN and delivery is not None:
            each.coming[delivery] = each.coming.get(delivery, _ZERO) + quantity
        elif direction == IN:
            each.undated += quantity
    for key, each in found.items():
        each.owed = max(each.owed - kept[key], _ZERO)
    return found


def kept_and_promised(
    session: Session, order: SalesOrder, takers: Mapping[LineKey, Mapping[str, Decimal]]
) -> dict[int, object]:
    """Of each line of an order that isn't delivered yet, in words: how much is kept for it, and by when the rest can come; for
    whoever sees stock. What the order keeps goes to its lines in their order."""
    if not session.info["actor"].may("warehouse.stock.view"):
        return {}
    left = left_for(order, takers, "trade.sale")
    waiting = {
        line.line: (line.item_id, left[line.line])
        for line in order.lines
        if left[line.line] > 0 and not line.direct and line.item.kind == GOODS
    }
    if not waiting:
        return {}
    items = {item for item, _ in waiting.values()}
    kept = {item: quantity for (_, item), quantity in kept_for(session, [order.id], items, order.place_id).items()}
    known = outlook(session, order.place_id, items)
    parts = {}
    for number_, (item, rest) in waiting.items():
        own = min(max(kept.get(item, _ZERO), _ZERO), rest)
        kept[item] = kept.get(item, _ZERO) - own
        known[item].owed = max(known[item].owed - (rest - own), _ZERO)  # what is asked for here isn't owed before it
        parts[number_] = (item, rest, own)
    return {number_: _kept_words(known[item], rest, own) for number_, (item, rest, own) in parts.items()}


def _kept_words(known: Outlook, rest: Decimal, own: Decimal) -> object:
    if own == rest:
        return _l("Kept: %(kept)s", kept=number(own))
    at_once, when = known.promise(rest - own)
    due = _due_words(known, rest - own)
    known.free -= at_once  # another line of the same item has what is left
    known.owed += rest - own - at_once
    said = {"kept": number(own), "free": number(at_once), "day": day(when) if when else ""}
    if at_once == rest - own:
        return _l("Kept: %(kept)s; the other %(free)s are free", **said)
    if when is not None:
        return _l("Kept: %(kept)s; %(free)s free now; all of it by %(day)s", **said)
    return _l("Kept: %(kept)s; %(free)s free now; %(due)s", due=due, **said)


def _due_words(known: Outlook, quantity: Decimal) -> object:
    """Of what can't all be promised: what part can go when, and of how much nobody knows."""
    parts, unknown = known.parts(quantity)
    if not parts:
        return _l("it isn't known when the rest comes")
    if len(parts) > _MOST_DAYS:  # the later ones as one
        later = parts[_MOST_DAYS - 1 :]
        parts = [*parts[: _MOST_DAYS - 1], (later[-1][0], sum((more for _, more in later), _ZERO))]
    dated = "; ".join(str(_l("%(more)s by %(day)s", more=number(more), day=day(when))) for when, more in parts)
    return _l("%(dated)s; of %(unknown)s it isn't known when", dated=dated, unknown=number(unknown))


def say_availability(session: Session, actor: Actor, asked: Asked, proposal: Proposal) -> None:
    """Below each line of goods for a customer: how much can go at once, and by when the rest can; what may be
    given instead of goods that fall short."""
    if not is_offered(asked.kind) or not actor.may("warehouse.stock.view"):
        return
    items = items_by_id(session, {line.item_id for line in asked.lines})
    goods = {number_ for number_, item in items.items() if item.kind == GOODS}
    place_id, short = asked.place_id or FIRST_WAREHOUSE, dict[int, Proposed]()
    known = outlook(session, place_id, goods) if goods else {}
    for line, proposed in zip(asked.lines, proposal.lines, strict=True):
        if (each := known.get(line.item_id)) is None or line.quantity <= 0:
            continue
        at_once, when = each.promise(line.quantity)
        if at_once < line.quantity:
            short[line.item_id] = proposed
            said = {"free": number(at_once), "day": day(when) if when else ""}
            if when is not None:
                proposed.says.append(_l("%(free)s free now; all of it by %(day)s", **said))
            else:
                due = _due_words(each, line.quantity)
                proposed.says.append(_l("%(free)s free now; %(due)s", due=due, **said))
        each.free -= at_once  # another line of the same item has what is left
        each.owed += line.quantity - at_once
    for item_id, some in (instead_of(session, place_id, short) if short else {}).items():
        short[item_id].says.append(_l("Given instead: %(items)s", items=named_instead(some)))
