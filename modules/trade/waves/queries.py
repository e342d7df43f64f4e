"""What is in a wave, and the walk that it is picked by: numbers, names and quantities, never a price."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import case, func, select
from sqlalchemy.orm import Session

from app.api.documents import Document, LineKey
from app.api.errors import NotFound
from app.api.notifications import users_who_may
from app.api.reference import organisation_id
from app.api.security import PastPolicy, User, require
from modules.trade.models import TradeDocument
from modules.trade.parcels.carriers import carrier_title
from modules.trade.shipping.queue import POST, VIEW, still_left
from modules.trade.waves.models import PICKING, Wave, WaveLine, WaveOrder
from modules.trade.waves.rules import allot
from modules.warehouse.api import GOODS, Item, Place, ToPick, items_by_id, lots_to_pick

_BOOKS = PastPolicy(
    "whoever picks knows the numbers and customers of the orders, whoever sold them, and no price of them"
)
_ORDER, _DOCUMENT, _TRADE = WaveOrder.__table__.c, Document.__table__.c, TradeDocument.__table__.c
#: open waves that a scanner offers
MOST = 100
_ZERO = Decimal(0)


@dataclass(frozen=True, slots=True)
class Box:
    """An order of a wave, by its box on the cart."""

    number: int
    order_id: int
    order: str
    #: the customer
    name: str
    #: what the carrier is called that the order names; empty: none
    carrier: str
    sale_id: int | None
    #: of the sale; empty: none
    sale: str
    why: str
    #: of how many of its lines less waits than when the wave was made, as others shipped or changed the order; and of how many
    #: something is still to be picked
    changed: int
    left: int


@dataclass(frozen=True, slots=True)
class Wanted:
    """So much of an item is picked in a wave, over all its orders: of what still waits."""

    item_id: int
    code: str
    name: str
    barcode: str
    unit: str
    tracking: str
    quantity: Decimal
    #: as much as the wave was made for
    most: Decimal
    #: None while the wave is open
    picked: Decimal | None
    #: how much for which box
    boxes: list[tuple[int, Decimal]]


@dataclass(frozen=True, slots=True)
class Stop:
    """Where whoever walks stops: so much of one lot of an item out of a bin, and into which boxes."""

    item: Wanted
    #: empty: it isn't put away
    bin: str
    lot: str
    expires: date | None
    quantity: Decimal
    boxes: list[tuple[int, Decimal]]


def wave_by_id(session: Session, wave_id: int) -> Wave:
    """One that is open to the session's actor. Refused: NotFound."""
    require(session.info["actor"], VIEW)
    wave = session.get(Wave, wave_id)
    if wave is None or wave.organisation_id != organisation_id(session):
        raise NotFound
    return wave


def open_waves(session: Session) -> Sequence[Any]:
    """`id`, the warehouse, how many orders and who picks, of the waves that are being picked: first those of
    the session's actor, then those of nobody; the oldest first."""
    require(actor := session.info["actor"], VIEW)
    orders = select(func.count()).where(WaveOrder.wave_id == Wave.id).scalar_subquery()
    query = (
        select(Wave.id, Place.name.label("place"), orders.label("orders"), User.name.label("picker"))
        .join_from(Wave, Place, Place.id == Wave.place_id)
        .outerjoin(User, User.id == Wave.picker_id)
        .where(Wave.organisation_id == organisation_id(session), Wave.state == PICKING)
    )
    whose = case((Wave.picker_id == actor.user_id, 0), (Wave.picker_id.is_(None), 1), else_=2)
    return session.execute(query.order_by(whose, Wave.id).limit(MOST)).all()


def pickers_of(session: Session, places: Collection[int]) -> list[tuple[int, str]]:
    """Whom a wave of these warehouses can be given to: numbers and names of who may ship, in all of them."""
    books = organisation_id(session)
    found = [
        users_who_may(session, POST, organisation=books, record=session.get_one(Place, place))
        for place in sorted(places)
    ]
    return [each for each in found[0] if all(each in other for other in found)] if found else []


def wanted_lines(session: Session, wave: Wave) -> dict[LineKey, Decimal]:
    """Box and line → how much of it is to be picked: of an open wave as much as still waits, whatever others did meanwhile."""
    left = still_left(session, {each.order_id for each in wave.orders}) if wave.state == PICKING else None
    orders = {each.box: each.order_id for each in wave.orders}
    return {
        (x.box, x.line): x.quantity - x.gone
        if left is None
        else min(x.quantity, left[orders[x.box]].get(x.line, _ZERO))
        for x in wave.lines
    }


def count_open(session: Session) -> tuple[int, int]:
    """How many waves are being picked, and how many of them are given to the session's actor; in one statement."""
    require(actor := session.info["actor"], VIEW)
    own = case((Wave.picker_id == actor.user_id, 1))
    query = select(func.count(), func.count(own)).select_from(Wave)
    counted = session.execute(
        query.where(Wave.organisation_id == organisation_id(session), Wave.state == PICKING)
    ).one()
    return counted[0], counted[1]


def boxes_of(session: Session, wave: Wave) -> list[Box]:
    """Its orders, by box."""
    ids = {i for each in wave.orders for i in (each.order_id, each.sale_id) if i}
    query = select(_DOCUMENT.id, _DOCUMENT.number, _DOCUMENT.summary, _TRADE.carrier).where(_TRADE.id.in_(sorted(ids)))
    query = query.join_from(Document.__table__, TradeDocument.__table__, _TRADE.id == _DOCUMENT.id)
    known = {row.id: row for row in _BOOKS(session).execute(query)}
    now, lines = wanted_lines(session, wave), defaultdict(list)
    for line in wave.lines:
        lines[line.box].append((line.quantity, now[line.box, line.line]))
    return [
        Box(
            each.box,
            each.order_id,
            known[each.order_id].number,
            known[each.order_id].summary,
            carrier_title(session, known[each.order_id].carrier),
            each.sale_id,
            known[each.sale_id].number if each.sale_id else "",
            each.why,
            sum(wanted < had for had, wanted in lines[each.box]),
            sum(wanted > 0 for _, wanted in lines[each.box]),
        )
        for each in wave.orders
    ]


def wanted_of(session: Session, wave: Wave) -> list[Wanted]:
    """Its goods by code; also those of which nothing waits any more."""
    now = wanted_lines(session, wave)
    lines: dict[int, list[WaveLine]] = defaultdict(list)
    for line in wave.lines:
        lines[line.item_id].append(line)
    items = items_by_id(session, lines)
    known = session.execute(select(Item.id, Item.barcode).where(Item.id.in_(sorted(lines))))
    barcodes = {row.id: row.barcode for row in known}
    found = []
    for item_id, parts in lines.items():
        item = items[item_id]
        if item.kind != GOODS:
            continue
        boxes: dict[int, Decimal] = defaultdict(Decimal)
        for part in parts:
            boxes[part.box] += now[part.box, part.line]
        picked = None if wave.state == PICKING else sum((part.picked or _ZERO for part in parts), _ZERO)
        said = (item.code, item.name, barcodes[item_id] or "", item.unit, item.tracking or "")
        quantity, most = sum(boxes.values(), _ZERO), sum((part.quantity for part in parts), _ZERO)
        found.append(Wanted(item_id, *said, quantity, most, picked, [(box, n) for box, n in boxes.items() if n]))
    return sorted(found, key=lambda each: (each.code, each.item_id))


def walk_of(session: Session, wave: Wave) -> list[Stop]:
    """Its stops in the order of the walk by bins, then of items' codes. What isn't put away comes last, and what isn't there
    any more with it."""
    wanted = [each for each in wanted_of(session, wave) if each.quantity]
    there = lots_to_pick(session, wave.place_id, {each.item_id: each.quantity for each in wanted})
    found: list[tuple[Any, Stop]] = []
    for each in wanted:
        parts = there.get(each.item_id, [])
        if rest := each.quantity - sum((part.quantity for part in parts), _ZERO):
            parts = [*parts, ToPick(None, "", None, rest)]
        shares = allot([part.quantity for part in parts], [quantity for _, quantity in each.boxes])
        for part, share in zip(parts, shares, strict=True):
            boxes = [(each.boxes[at][0], quantity) for at, quantity in share]
            b = part.bin
            turn = (b is None, *((b.position, b.code_order, b.id) if b is not None else (0, "", 0)), each.code)
            found.append((turn, Stop(each, b.code if b else "", part.lot, part.expires, part.quantity, boxes)))
    return [stop for _, stop in sorted(found, key=lambda pair: pair[0])]
