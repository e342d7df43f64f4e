"""What becomes of boxes and pallets when goods move: they go along, are emptied or opened, and hold no more than is there."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import BigInteger, func, select, type_coerce, update
from sqlalchemy.orm import Session

from app.api.clock import wall_clock
from app.api.documents import Document
from app.api.errors import Invalid
from app.api.ledger import Posting, Written
from app.api.security import PastPolicy
from app.api.texts import lazy_gettext as _l
from app.api.texts import number
from app.api.values import Quantity, from_units, to_units
from modules.warehouse.bins.taking import Key, held_in
from modules.warehouse.logistic_units.models import LogisticUnit
from modules.warehouse.logistic_units.registers import Packing
from modules.warehouse.logistic_units.rules import Packed, taken_out
from modules.warehouse.models import NONE
from modules.warehouse.moving import Move
from modules.warehouse.places import Where
from modules.warehouse.registers import Stock

_BOOKS = PastPolicy("goods are packed where they are packed, whoever moves them")

_E, _PACKED, _UNIT = Packing.entries.c, Packing.packed.table.c, LogisticUnit.__table__.c
#: unit → item, warehouse and lot → units
Contents = dict[int, dict[Key, int]]


def leave(posting: Posting, new: Sequence[Move], places: Mapping[int, Where]) -> None:
    """Add what moves of goods do to boxes and pallets. A line that names one empties it, or takes it along to another warehouse
    where all in it goes there. What other lines move leaves from outside of units first; then these are opened, the oldest
    first. What the items are worth is held, so what is packed where doesn't change.

    Refused (Invalid): a named unit that isn't there, or holds less than its line says.
    """
    moving = [m for m in new if places[m.source_id].keeper and places[m.source_id].has_units]
    if not moving:
        return
    items, warehouses = {m.item_id for m in moving}, {m.source_id for m in moving}
    named = _named(posting.session, {m.logistic_unit for m in moving if m.logistic_unit})
    contents = contents_of(posting, named.values())
    _take_named(posting, [m for m in moving if m.logistic_unit], named, contents, places)
    packed = packed_in(posting, items, warehouses)
    for unit, held_by in contents.items():  # what is left in those that are named
        for key in packed:
            packed[key] = [Packed(p.unit, held_by.get(key, 0)) if p.unit == unit else p for p in packed[key]]
    if not any(packed.values()):
        return
    held = defaultdict(int, held_in(posting, items, warehouses))
    for m in new:
        units = to_units(m.quantity, Quantity.scale)
        held[m.item_id, m.source_id, m.lots[0]] -= units
        held[m.item_id, m.target_id, m.lots[1]] += units
    for m in reversed(moving):  # the last ones find nothing left outside
        key = (m.item_id, m.source_id, m.lots[0])
        beyond = sum(p.units for p in packed[key]) - held[key]
        wanted = min(beyond, 0 if m.logistic_unit else to_units(m.quantity, Quantity.scale))
        for part in taken_out(packed[key], wanted) if wanted > 0 else ():
            _enter(posting, m.document, m.line, key, part, place=m.target_id)
            packed[key] = [Packed(p.unit, p.units - part.units * (p.unit == part.unit)) for p in packed[key]]


def _take_named(
    posting: Posting,
    moving: Sequence[Move],
    named: Mapping[str, int],
    contents: Contents,
    places: Mapping[int, Where],
) -> None:
    taken: dict[int, list[Move]] = defaultdict(list)
    for m in moving:
        unit, key = named.get(m.logistic_unit, NONE), (m.item_id, m.source_id, m.lots[0])
        units, there = to_units(m.quantity, Quantity.scale), contents.get(unit, {}).get(key, 0)
        if units > there:
            words = _l(
                "Line %(n)s: “%(unit)s” holds only %(held)s of it here by now. Remove the line, and scan it again.",
                n=m.line,
                unit=m.logistic_unit,
                held=number(from_units(there, Quantity.scale)),
            )
            raise Invalid(words, field="lines", column="quantity")
        contents[unit][key] -= units
        taken[unit].append(m)
    along: dict[int, int] = {}
    for unit, moves in taken.items():
        targets = {m.target_id for m in moves if places[m.target_id].keeper}
        if len(targets) == 1 and not any(contents[unit].values()):
            along[unit] = targets.pop()
        for m in moves:
            _enter_move(posting, m, unit, unit if m.target_id == along.get(unit) else NONE)
    _bring_along(posting.session, along)


def _bring_along(session: Session, along: dict[int, int]) -> None:
    """Units are in another warehouse now; what they are on comes along if all on it does, else they are taken off."""
    if not along:
        return
    rows = _BOOKS(session).execute(select(_UNIT.id, _UNIT.parent_id).where(_UNIT.id.in_(sorted(along))))
    parents = {row.id: row.parent_id for row in rows if row.parent_id is not None}
    while waiting := set(parents.values()) - along.keys():
        inside = _BOOKS(session).execute(select(_UNIT.id, _UNIT.parent_id).where(_UNIT.parent_id.in_(sorted(waiting))))
        children: dict[int, set[int]] = defaultdict(set)
        for child, parent in inside:
            children[parent].add(child)
        filled = _filled(session, {*waiting, *(child for each in children.values() for child in each)})
        whole = {p for p in waiting if p not in filled and len({along.get(c) for c in children[p] if c in filled}) == 1}
        whole = {p for p in whole if all(c in along for c in children[p] if c in filled)}
        stays = {child for child, parent in parents.items() if parent in waiting - whole}
        _set(session, stays, parent_id=None)
        parents = {child: parent for child, parent in parents.items() if child not in stays}
        for p in whole:
            target = next(along[c] for c in children[p] if c in filled)
            along.update({p: target} | dict.fromkeys(children[p], target))
        above = _BOOKS(session).execute(select(_UNIT.id, _UNIT.parent_id).where(_UNIT.id.in_(sorted(whole))))
        parents |= {row.id: row.parent_id for row in above if row.parent_id is not None}
    for target in set(along.values()):
        _set(session, {unit for unit, place in along.items() if place == target}, warehouse_id=target)


def settle(posting: Posting, document: Document) -> None:
    """Once a document is reversed or corrected: units that it took along are back, and those that hold more than there is are
    opened, as if less had been packed."""
    session, e = posting.session, Stock.entries.c
    if not _BOOKS(session).scalar(select(_UNIT.id).where(_UNIT.id > NONE).limit(1)):
        return
    rows = [
        row
        for place in (e.place_to_id, e.place_from_id)
        for row in _BOOKS(session).execute(
            select(e.item_id, place).distinct().where(e.document_id == document.id, place > 0)
        )
    ]
    if not rows:
        return
    units = select(_E.unit_from_id).where(_E.document_id == document.id, _E.unit_from_id > 0).distinct()
    _come_back(posting, set(_BOOKS(session).scalars(units)), document.id)
    settle_at(posting, {row[0] for row in rows}, {row[1] for row in rows}, document.id)


def _come_back(posting: Posting, units: set[int], cause_id: int) -> None:
    """Units are where what they hold is; what lies elsewhere is no longer in them."""
    back: dict[int, Any] = {}
    for unit, held in contents_of(posting, units).items():
        lies_in = {place for (_, place, _), n in held.items() if n}
        known = _BOOKS(posting.session).scalar(select(_UNIT.warehouse_id).where(_UNIT.id == unit))
        where = min(lies_in - {known} or lies_in, default=known)
        for key, n in held.items():
            if n and key[1] != where:
                _unpack(posting, key, Packed(unit, n), cause_id)
        if where != known:
            back[unit] = where
    _bring_along(posting.session, back)
    posting.write()


def settle_at(posting: Posting, items: Collection[int], warehouses: Collection[int], cause_id: int) -> None:
    """Take out of the units of warehouses what they hold beyond these."""
    held = held_in(posting, items, warehouses)
    for key, packed in packed_in(posting, items, warehouses).items():
        beyond = sum(each.units for each in packed) - held.get(key, 0)
        for part in taken_out(packed, beyond) if beyond > 0 else ():
            _unpack(posting, key, part, cause_id)


def packed_in(posting: Posting, items: Collection[int], warehouses: Collection[int]) -> dict[Key, list[Packed]]:
    """What is packed in warehouses, the oldest unit first."""
    query = (
        select(_PACKED.item_id, _PACKED.place_id, _PACKED.lot_id, _PACKED.unit_id, _units())
        .where(_PACKED.organisation_id == posting.organisation_id, _PACKED.item_id.in_(sorted(items)))
        .where(_PACKED.place_id.in_(sorted(warehouses)), _PACKED.quantity > 0)
        .order_by(_PACKED.unit_id)
    )
    found: dict[Key, list[Packed]] = defaultdict(list)
    for item, place, lot, unit, units in _BOOKS(posting.session).execute(query):
        found[item, place, lot].append(Packed(unit, units))
    return found


def contents_of(posting: Posting, units: Collection[int]) -> Contents:
    """What these units hold, wherever they are."""
    found: Contents = {unit: defaultdict(int) for unit in units}
    if units:
        query = select(_PACKED.unit_id, _PACKED.item_id, _PACKED.place_id, _PACKED.lot_id, _units()).where(
            _PACKED.organisation_id == posting.organisation_id, _PACKED.unit_id.in_(sorted(units)), _PACKED.quantity > 0
        )
        for unit, item, place, lot, n in _BOOKS(posting.session).execute(query):
            found[unit][item, place, lot] = n
    return found


def _units() -> Any:
    return type_coerce(_PACKED.quantity, BigInteger)


def _named(session: Session, codes: Collection[str]) -> dict[str, int]:
    rows = _BOOKS(session).execute(select(_UNIT.code, _UNIT.id).where(_UNIT.code.in_(sorted(codes)))) if codes else ()
    return {row[0]: row[1] for row in rows}


def _filled(session: Session, units: Collection[int]) -> set[int]:
    query = select(_PACKED.unit_id).where(_PACKED.unit_id.in_(sorted(units)), _PACKED.quantity != 0)
    return set(_BOOKS(session).scalars(query.distinct()))


def _set(session: Session, units: Iterable[int], **values: object) -> None:
    if ids := sorted(units):
        session.execute(update(LogisticUnit).where(LogisticUnit.id.in_(ids)).values(**values))


def _enter(
    posting: Posting,
    document: Document | Written,
    line: int,
    key: Key,
    part: Packed,
    *,
    place: int,
    cause_id: int | None = None,
) -> None:
    item, source, lot = key
    posting.add_units(
        Packing,
        document,
        line,
        cause_id=cause_id,
        item=item,
        unit=(part.unit, NONE),
        place=(source, place),
        lot=(lot, lot),
        quantity=part.units,
    )


def _enter_move(posting: Posting, m: Move, unit: int, to: int) -> None:
    posting.add_units(
        Packing,
        m.document,
        m.line,
        item=m.item_id,
        unit=(unit, to),
        place=(m.source_id, m.target_id),
        lot=m.lots,
        quantity=to_units(m.quantity, Quantity.scale),
    )


def _unpack(posting: Posting, key: Key, part: Packed, cause_id: int) -> None:
    moment = posting.open_moment(wall_clock())
    owner = Written(_last_packed(posting, key, part.unit), moment, posting.organisation_id)
    _enter(posting, owner, 0, key, part, place=key[1], cause_id=cause_id)


def _last_packed(posting: Posting, key: Key, unit: int) -> int:
    """The newest document by which goods of the posting's organisation are in a unit where they are."""
    documents = Document.__table__.c
    query = (
        select(func.max(_E.document_id))
        .join_from(Packing.entries, Document.__table__, documents.id == _E.document_id)
        .where(_E.item_id == key[0], _E.lot_to_id == key[2], _E.unit_to_id == unit, _E.place_to_id == key[1])
        .where(_E.organisation_id == posting.organisation_id, documents.state == "posted")
    )
    return int(_BOOKS(posting.session).scalars(query).one())
