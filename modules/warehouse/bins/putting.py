"""What isn't put away, into which bin each is best put, and from where goods are picked: for the pages and papers of it."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import BigInteger, func, literal, select, type_coerce
from sqlalchemy.orm import Session

from app.api.clock import wall_clock
from app.api.documents import save
from app.api.ledger import lies_ahead, standing
from app.api.reference import organisation_id
from app.api.security import Actor, require
from app.api.values import Quantity, from_units, to_units
from modules.warehouse.bins import VIEW
from modules.warehouse.bins.kinds import BinMoveDraft, BinMoveLineDraft
from modules.warehouse.bins.models import Bin, BinLevel, BinMove
from modules.warehouse.bins.queries import held_in_bins, in_turn
from modules.warehouse.bins.registers import Bins
from modules.warehouse.bins.rules import Lying, taken_from
from modules.warehouse.holds.lots import kept_back
from modules.warehouse.items import items_by_id
from modules.warehouse.lots.rules import SERIAL, Held, first_to_expire
from modules.warehouse.models import NONE, Item, Lot, Place
from modules.warehouse.registers import Stock

#: so many are put away by one document
MOST = 200


@dataclass(frozen=True, slots=True)
class Unplaced:
    """Goods that aren't put away; of pieces with serial numbers all, of others one lot."""

    item_id: int
    #: as lines of documents say them
    lots: str
    quantity: Decimal
    #: the code of the bin where it is best put; empty: nobody knows yet
    bin: str


@dataclass(frozen=True, slots=True)
class ToPick:
    """So much of one lot of an item is taken out of a bin."""

    #: None: it isn't put away
    bin: Bin | None
    #: empty: it has no lot
    lot: str
    expires: date | None
    quantity: Decimal


def unplaced(session: Session, place_id: int) -> list[Unplaced]:
    """What isn't put away in a warehouse with bins, by the codes of items, at most MOST; each with the item's usual
    bin, else the first of the walk in which it lies already, else the one where it lay last."""
    require(session.info["actor"], VIEW)
    held, own = held_in_bins(session)
    query = (
        select(held.item_id, Item.tracking, Lot.code, held.quantity)
        .join_from(held.item_id.table, Item, Item.id == held.item_id)
        .join(Lot, Lot.id == held.lot_id)
        .where(held.place_id == place_id, held.bin_id == NONE, held.quantity > 0, *own)
        .order_by(Item.code_order, Item.id, Lot.id)
    )
    rows = session.execute(query.limit(MOST)).all()
    bins = _best_bins(session, place_id, {row.item_id for row in rows})
    found: dict[tuple[int, str], Unplaced] = {}
    for item_id, tracking, lot, quantity in rows:
        key = (item_id, "" if tracking == SERIAL else lot)
        before = found.get(key)
        lots = ", ".join(filter(None, (before.lots if before else "", lot)))
        found[key] = Unplaced(item_id, lots, quantity + (before.quantity if before else 0), bins.get(item_id, ""))
    return list(found.values())


def items_to_put_away(session: Session) -> list[tuple[int, int, str]]:
    """The number of each warehouse in which goods aren't put away, how many items of them, and what it is called."""
    require(session.info["actor"], VIEW)
    held, own = held_in_bins(session)
    query = (
        select(Place.id, func.count(held.item_id.distinct()), Place.name)
        .join_from(held.item_id.table, Place, Place.id == held.place_id)
        .where(held.bin_id == NONE, held.quantity > 0, *own)
        .group_by(Place.id, Place.name, Place.name_order)
        .order_by(Place.name_order)
    )
    return [(row[0], row[1], row[2]) for row in session.execute(query)]


def draft_put_away(session: Session, actor: Actor, place_id: int) -> BinMove | None:
    """A draft that puts away what isn't, into the bins that `unplaced` gives; None when there is nothing."""
    lines = [BinMoveLineDraft(x.item_id, x.quantity, lots=x.lots, to_bin=x.bin) for x in unplaced(session, place_id)]
    document = save(session, actor, BinMove, BinMoveDraft(place_id=place_id, lines=lines)) if lines else None
    session.flush()
    return document


def bins_to_pick(
    session: Session, place_id: int, wanted: Mapping[int, Decimal]
) -> dict[int, list[tuple[Bin, Decimal]]]:
    """Item → the bins from which so much of it would leave a warehouse today, as `taking.take` will, and how much of it from
    each, in the order of the walk. What isn't put away, and what isn't there, is in none of them."""
    found: dict[int, list[tuple[Bin, Decimal]]] = {}
    for item_id, parts in _to_pick(session, wanted, _by_bin(session, place_id, wanted), place_id).items():
        by_bin: dict[Bin, Decimal] = defaultdict(Decimal)
        for part in parts:
            if part.bin is not None:
                by_bin[part.bin] += part.quantity
        found[item_id] = list(by_bin.items())
    return found


def lots_to_pick(session: Session, place_id: int, wanted: Mapping[int, Decimal]) -> dict[int, list[ToPick]]:
    """Item → from which bins, and of which lots, so much of it would leave a warehouse today, in the order of the walk; what
    isn't put away, or lies in a warehouse without bins, comes last. What isn't there is in none of them."""
    has_bins = place_id in warehouses_with_bins(session)
    query = (_by_bin if has_bins else _by_lot)(session, place_id, wanted)
    return _to_pick(session, wanted, query, place_id)


def _by_bin(session: Session, place_id: int, wanted: Mapping[int, Decimal]) -> Any:
    held, own = held_in_bins(session)
    query = (
        select(held.item_id, held.lot_id, Lot.code, Lot.expires, held.bin_id, _units(held.quantity))
        .join_from(held.item_id.table, Bin, Bin.id == held.bin_id)
        .join(Lot, Lot.id == held.lot_id)
        .where(held.place_id == place_id, held.item_id.in_(sorted(wanted)), held.quantity > 0, *own)
    )
    return in_turn(query, held)


def _by_lot(session: Session, place_id: int, wanted: Mapping[int, Decimal]) -> Any:
    is_present = lies_ahead(session, Stock.on_hand)
    key = ("item", "place", "lot")
    held = (standing(session, Stock.on_hand, by=key, name="held") if is_present else Stock.on_hand.table).c
    own = () if is_present else (held.organisation_id == organisation_id(session),)
    return (
        select(held.item_id, held.lot_id, Lot.code, Lot.expires, literal(NONE, BigInteger), _units(held.quantity))
        .join_from(held.item_id.table, Lot, Lot.id == held.lot_id)
        .where(held.place_id == place_id, held.item_id.in_(sorted(wanted)), held.quantity > 0, *own)
    )


def _to_pick(session: Session, wanted: Mapping[int, Decimal], query: Any, place_id: int) -> dict[int, list[ToPick]]:
    there: dict[int, dict[int, list[Lying]]] = defaultdict(lambda: defaultdict(list))
    codes: dict[int, tuple[str, date | None]] = {}
    today = wall_clock().date()
    for item_id, lot, code, expires, bin_id, units in session.execute(query):
        if expires is None or expires >= today:
            there[item_id][lot].append(Lying(bin_id, units))
            codes[lot] = (code, expires)
    held_back: dict[tuple[int, int], int] = defaultdict(int)
    for (item_id, place), parts in kept_back(session, organisation_id(session), wanted).items():
        for part in parts if place == place_id else ():
            held_back[item_id, part.lot] += part.units
    picked: dict[int, list[tuple[int, int, int]]] = {}
    for item_id, lots in there.items():
        all_of = (
            Held(lot, sum(each.units for each in lying) - held_back[item_id, lot], codes[lot][1])
            for lot, lying in lots.items()
        )
        taken, _ = first_to_expire(all_of, to_units(wanted[item_id], Quantity.scale))
        picked[item_id] = [(lying.bin, lot, lying.units) for lot, n in taken for lying in taken_from(lots[lot], n)]
    bins = _by_id(session, {bin_id for parts in picked.values() for bin_id, _, _ in parts if bin_id != NONE})
    turn = {b.id: n for n, b in enumerate(sorted(bins.values(), key=lambda b: (b.position, b.code_order, b.id)))}
    return {
        item_id: [
            ToPick(bins.get(bin_id), *codes[lot], from_units(units, Quantity.scale))
            for bin_id, lot, units in sorted(parts, key=lambda part: turn.get(part[0], len(turn)))
        ]
        for item_id, parts in picked.items()
    }


def _units(quantity: Any) -> Any:
    return type_coerce(quantity, BigInteger)


def warehouses_with_bins(session: Session) -> set[int]:
    """The warehouses that have bins."""
    query = select(Bin.warehouse_id).where(Bin.id > NONE).distinct()
    return {place for place in session.scalars(query) if place is not None}


def open_bins(session: Session, place_id: int) -> list[str]:
    """The codes of a warehouse's open bins, in the order of the walk."""
    query = select(Bin.code).where(Bin.warehouse_id == place_id, Bin.is_active)
    return list(session.scalars(query.order_by(Bin.position, Bin.code_order, Bin.id)))


def shown_lines(session: Session, found: Collection[Any]) -> list[tuple[Any, Any]]:
    """Each with its item."""
    items = items_by_id(session, {each.item_id for each in found})
    return [(items[each.item_id], each) for each in found]


def _best_bins(session: Session, place_id: int, items: Collection[int]) -> dict[int, str]:
    lying = Bins.lying.table.c
    own = organisation_id(session)
    here = (Bin.warehouse_id == place_id, Bin.is_active)
    query = (
        select(lying.item_id, Bin.code)
        .join(Bin, Bin.id == lying.bin_id)
        .where(lying.organisation_id == own, lying.item_id.in_(sorted(items)), *here)
    )
    lay = query.group_by(lying.item_id, Bin.id, Bin.code).order_by(func.max(lying.last_moment), Bin.id)
    back = Bin.position.desc(), Bin.code_order.desc()
    there = query.where(lying.quantity > 0).order_by(*back)
    usual = select(BinLevel.item_id, Bin.code).join(Bin, Bin.id == BinLevel.bin_id)
    usual = usual.where(BinLevel.item_id.in_(sorted(items)), *here).order_by(*back)
    return {row[0]: row[1] for each in (lay, there, usual) for row in session.execute(each)}  # the best comes last


def _by_id(session: Session, ids: Collection[int]) -> dict[int, Bin]:
    return {each.id: each for each in session.scalars(select(Bin).where(Bin.id.in_(sorted(ids))))} if ids else {}
