"""What leaves a warehouse is taken out of its bins, and no bins hold more than their warehouse once something is reversed."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import BigInteger, func, select, type_coerce

from app.api.clock import wall_clock
from app.api.documents import Document
from app.api.ledger import Posting, Written, at, lies_ahead
from app.api.security import PastPolicy
from app.api.values import Quantity, to_units
from modules.warehouse.bins.models import Bin
from modules.warehouse.bins.queries import in_turn
from modules.warehouse.bins.registers import Bins
from modules.warehouse.bins.rules import Lying, taken_first, taken_from
from modules.warehouse.models import NONE
from modules.warehouse.moving import Move
from modules.warehouse.places import Where
from modules.warehouse.registers import Stock

_BOOKS = PastPolicy("goods lie where they lie, whoever moves them")

_E, _LYING, _BIN = Bins.entries.c, Bins.lying.table.c, Bin.__table__.c
#: item, warehouse and lot
Key = tuple[int, int, int]


def take(posting: Posting, new: Sequence[Move], places: Mapping[int, Where]) -> None:
    """Add, for moves of goods that leave a warehouse with bins, which bins they leave: the one that a move names first, then as
    `in_turn` says. What no bin holds lay in the warehouse itself. What comes is put into the bin that its move names.
    What the items are worth is held, so what lies where doesn't change."""
    _put(posting, new)
    leaving = [m for m in new if places[m.source_id].has_bins]
    if not leaving:
        return
    items, warehouses = {m.item_id for m in leaving}, {m.source_id for m in leaving}
    lying = lying_in(posting, items, warehouses)
    loose = _loose(posting, lying, items, warehouses) if any(m.from_bin is not None for m in leaving) else {}
    for m in leaving:
        key = (m.item_id, m.source_id, m.lots[0])
        wanted, there = to_units(m.quantity, Quantity.scale), lying[key]
        if m.from_bin is None:
            parts = taken_from(there, wanted)
        else:
            parts = taken_first([*there, Lying(NONE, loose.get(key, 0))], m.from_bin, wanted)
        for part in list(parts):
            if part.bin == NONE:
                loose[key] -= part.units
                continue
            _enter(posting, m.document, m.line, key, part)
            lying[key] = _without(lying[key], part)


@dataclass(frozen=True, slots=True)
class Shift:
    """So many units that lie in another bin of their warehouse than it was thought; NONE: they aren't put away."""

    line: int
    key: Key
    source: int
    target: int
    units: int


def shift(posting: Posting, document: Document, new: Sequence[Shift]) -> None:
    """Add that goods lie in other bins, without a move of stock. What `source` holds no longer is taken from elsewhere, as
    `take` would; more than the warehouse has outside of `target` isn't brought. What would lie in a bin that was closed
    meanwhile isn't put away. What the items are worth is held, and what was added before is written."""
    if not new:
        return
    posting.write()
    items, warehouses = {each.key[0] for each in new}, {each.key[1] for each in new}
    lying = lying_in(posting, items, warehouses)
    for key, units in _loose(posting, lying, items, warehouses).items():
        lying[key].append(Lying(NONE, units))
    are_open = _open_bins(posting, {each.target for each in new})
    for each in new:
        target = each.target if each.target in are_open else NONE
        elsewhere = [there for there in lying[each.key] if there.bin != target]
        for part in taken_first(elsewhere, each.source, each.units) if target != each.source else ():
            _enter(posting, document, each.line, each.key, part, to_bin=target)
            lying[each.key] = [*_without(lying[each.key], part), Lying(target, part.units)]


def _put(posting: Posting, new: Sequence[Move]) -> None:
    """What comes to a bin that was closed meanwhile isn't put away."""
    are_open = _open_bins(posting, {m.to_bin for m in new} - {NONE})
    for m in new:
        if m.to_bin in are_open:
            came = Lying(NONE, to_units(m.quantity, Quantity.scale))
            _enter(posting, m.document, m.line, (m.item_id, m.target_id, m.lots[1]), came, to_bin=m.to_bin)


def _open_bins(posting: Posting, bins: Collection[int]) -> set[int]:
    query = select(Bin.id).where(Bin.id.in_(sorted(bins)), Bin.is_active)
    return set(posting.session.scalars(query)) if bins else set()


def _loose(
    posting: Posting, lying: Mapping[Key, Sequence[Lying]], items: Collection[int], warehouses: Collection[int]
) -> dict[Key, int]:
    """What warehouses hold that isn't put away, in units."""
    held = held_in(posting, items, warehouses)
    return {key: max(units - sum(each.units for each in lying.get(key, ())), 0) for key, units in held.items()}


def settle(posting: Posting, document: Document) -> None:
    """Once a document is reversed or corrected: goods that it no longer brings in are taken out of the bins, as if less had
    been put there."""
    e = Stock.entries.c
    bins_of = select(_BIN.warehouse_id)
    touched = (
        select(e.item_id, e.warehouse_to_id)
        .distinct()
        .where(e.document_id == document.id, e.warehouse_to_id.in_(bins_of))
        .union(
            select(e.item_id, e.warehouse_from_id).where(e.document_id == document.id, e.warehouse_from_id.in_(bins_of))
        )
    )
    found = list(_BOOKS(posting.session).execute(touched))
    if found:
        settle_at(posting, {row[0] for row in found}, {row[1] for row in found}, document.id)


def settle_at(posting: Posting, items: Collection[int], warehouses: Collection[int], cause_id: int) -> None:
    """Take out of the bins of warehouses what they hold beyond these: first of those into which such goods were put soonest
    after the document that is reversed or corrected, as those were its goods most likely; then of those from which goods are
    taken first."""
    held, moment = held_in(posting, items, warehouses), posting.open_moment(wall_clock())
    for key, lying in lying_in(posting, items, warehouses).items():
        beyond = sum(each.units for each in lying) - held.get(key, 0)
        if beyond <= 0:
            continue
        turn = _put_after(posting, key, cause_id)
        for part in taken_from(sorted(lying, key=lambda each: turn.get(each.bin, len(turn))), beyond):
            owner = Written(_last_put(posting, key, part.bin), moment, posting.organisation_id)
            _enter(posting, owner, 0, key, part, cause_id=cause_id)


def _put_after(posting: Posting, key: Key, document_id: int) -> dict[int, int]:
    """Bin → its turn among those into which goods were put after a document was written."""
    query = (
        select(_E.bin_to_id)
        .where(_E.organisation_id == posting.organisation_id, _E.item_id == key[0], _E.lot_to_id == key[2])
        .where(_E.bin_to_id > NONE, _E.document_id > document_id)
        .group_by(_E.bin_to_id)
        .order_by(func.min(_E.document_id), _E.bin_to_id)
    )
    return {bin_id: n for n, bin_id in enumerate(_BOOKS(posting.session).scalars(query))}


def lying_in(posting: Posting, items: Collection[int], warehouses: Collection[int]) -> dict[Key, list[Lying]]:
    """What lies in bins of warehouses, in the order in which goods are taken."""
    query = (
        select(_LYING.item_id, _BIN.warehouse_id, _LYING.lot_id, _BIN.id, type_coerce(_LYING.quantity, BigInteger))
        .join_from(Bins.lying.table, Bin.__table__, _BIN.id == _LYING.bin_id)
        .where(_LYING.organisation_id == posting.organisation_id, _LYING.item_id.in_(sorted(items)))
        .where(_BIN.warehouse_id.in_(sorted(warehouses)), _LYING.quantity > 0)
    )
    found: dict[Key, list[Lying]] = defaultdict(list)
    for item, warehouse, lot, bin_id, units in _BOOKS(posting.session).execute(in_turn(query, _LYING)):
        found[item, warehouse, lot].append(Lying(bin_id, units))
    return found


def held_in(posting: Posting, items: Collection[int], warehouses: Collection[int]) -> dict[Key, int]:
    """What warehouses hold in all, in units."""
    held = Stock.on_hand.table.c
    query = (
        select(held.item_id, held.place_id, held.lot_id, type_coerce(held.quantity, BigInteger))
        .where(held.organisation_id == posting.organisation_id, held.item_id.in_(sorted(items)))
        .where(held.place_id.in_(sorted(warehouses)))
    )
    return {(row[0], row[1], row[2]): row[3] for row in _BOOKS(posting.session).execute(query)}


def present_in(posting: Posting, items: set[int], warehouses: set[int]) -> dict[Key, int]:
    """What lies in warehouses by now: what is dated ahead has yet to come, and what is to leave is counted as gone."""
    held = held_in(posting, items, warehouses)
    if not lies_ahead(posting.session, Stock.on_hand):
        return held
    where = {"item": sorted(items), "place": sorted(warehouses)}
    now = at(posting.session, Stock.on_hand, wall_clock(), by=("item", "place", "lot"), where=where)
    by_now = {f.key: to_units(f.amounts["quantity"], Quantity.scale) for f in now}
    return {key: min(units, by_now.get(key, 0)) for key, units in held.items()}


def _enter(
    posting: Posting,
    document: Document | Written,
    line: int,
    key: Key,
    part: Lying,
    *,
    to_bin: int = NONE,
    cause_id: int | None = None,
) -> None:
    (item, _, lot), ends = key, (part.bin, to_bin)
    posting.add_units(Bins, document, line, cause_id=cause_id, item=item, bin=ends, lot=(lot, lot), quantity=part.units)


def _without(lying: Sequence[Lying], part: Lying) -> list[Lying]:
    return [Lying(each.bin, each.units - (part.units if each.bin == part.bin else 0)) for each in lying]


def _last_put(posting: Posting, key: Key, bin_id: int) -> int:
    """The newest document by which goods of the posting's organisation lie in a bin, which others may share."""
    documents = Document.__table__.c
    query = (
        select(func.max(_E.document_id))
        .join_from(Bins.entries, Document.__table__, documents.id == _E.document_id)
        .where(_E.organisation_id == posting.organisation_id, _E.item_id == key[0], _E.lot_to_id == key[2])
        .where(_E.bin_to_id == bin_id, documents.state == "posted")
    )
    return int(_BOOKS(posting.session).scalars(query).one())
