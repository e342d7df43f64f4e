"""Which lots goods move by: a line's move is parted by them before it is costed and entered."""

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import BigInteger, func, select, type_coerce
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app.api.clock import wall_clock
from app.api.data import pieces
from app.api.errors import Conflict, Invalid
from app.api.ledger import Posting, at
from app.api.security import PastPolicy
from app.api.texts import day, number
from app.api.texts import lazy_gettext as _l
from app.api.values import Money, Quantity, from_units, to_units
from modules.warehouse import costing, recosting
from modules.warehouse.holds.lots import kept_back
from modules.warehouse.items import items_by_id
from modules.warehouse.lots.rules import LOT, SERIAL, Held, Part, first_to_expire, lots_of_line
from modules.warehouse.models import CUSTOMERS, LOSSES, NONE, OPENING, PRODUCTION, SUPPLIERS, Item, Lot
from modules.warehouse.moving import Line, Move
from modules.warehouse.places import Where
from modules.warehouse.registers import CLAIMED, LANDED, Stock

_BOOKS = PastPolicy("lots are of goods, whoever moved them")
#: from where goods come with a lot on their label; who uses goods, which must not have expired
_KNOWN_BY_SOMEBODY, _USERS = {SUPPLIERS, OPENING}, {CUSTOMERS, PRODUCTION}

#: so many pieces with numbers of their own are made by one document
MOST_SERIALS = 5_000

_E, _TOTAL, _LOT = Stock.entries.c, Stock.on_hand.table.c, Lot.__table__.c


def has_lots(session: Session, new: Sequence[Move]) -> bool:
    """Whether any of the goods are tracked. Refused (Invalid): lots of goods that have none."""
    items = items_by_id(session, {m.item_id for m in new})
    if plain := next((m for m in new if m.typed and not items[m.item_id].tracking), None):
        name = items[plain.item_id].name
        raise _refused(_l("Line %(n)s: “%(name)s” isn't kept by lots or serial numbers.", n=plain.line, name=name))
    return any(items[m.item_id].tracking for m in new)


def parted(posting: Posting, new: Sequence[Move], places: Mapping[int, Where]) -> list[tuple[int, Move]]:
    """The moves by lots, each with its place in `new`. Goods that are tracked by lots or serial numbers come in with those
    that their line says. They leave by what is typed, else first to expire, first out; what comes back has the lots it went by.
    What the items are worth is held, so what lies where doesn't change.

    Refused (Invalid): lots that `lots_of_line` refuses, goods that come in without one, a lot that isn't known or that expires
    otherwise; a serial number that is there already (Conflict).
    """
    items = items_by_id(posting.session, {m.item_id for m in new})
    tracked = {i: m for i, m in enumerate(new) if items[m.item_id].tracking and _is_ours(m, places)}
    lots = _Lots(posting, [(m, items[m.item_id]) for m in tracked.values()], places)
    # What somebody names is theirs before the others are found.
    found = {i: lots.of(m, items[m.item_id]) for i, m in sorted(tracked.items(), key=lambda each: not each[1].typed)}
    return [(i, part) for i, m in enumerate(new) for part in (_parts(posting, m, found[i]) if i in found else [m])]


def refuse_doubled(session: Session, organisation_id: int, items: Collection[int]) -> None:
    """Refuse (Conflict) that a serial number is there twice, as when what brought it back is undone."""
    units = func.sum(type_coerce(_TOTAL.quantity, BigInteger))
    query = (
        select(Item.__table__.c.name, _LOT.code)
        .join_from(Stock.on_hand.table, Lot.__table__, _LOT.id == _TOTAL.lot_id)
        .join(Item.__table__, Item.__table__.c.id == _TOTAL.item_id)
        .where(_TOTAL.organisation_id == organisation_id, _TOTAL.item_id.in_(sorted(items)), _TOTAL.lot_id > 0)
        .where(Item.__table__.c.tracking == SERIAL, _TOTAL.quantity > 0)
        .group_by(Item.__table__.c.name, _LOT.code, _LOT.id)
        .having(units > to_units(Decimal(1), Quantity.scale))
    )
    if (row := _BOOKS(session).execute(query.limit(1)).first()) is not None:
        raise Conflict(
            _l("Serial number “%(code)s” of “%(name)s” would be in stock twice.", code=row.code, name=row.name)
        )


def _is_ours(m: Move, places: Mapping[int, Where]) -> bool:
    """Whether goods pass through a warehouse of ours. Refused (Invalid): lots of what doesn't."""
    is_ours = bool(places[m.source_id].keeper or places[m.target_id].keeper)
    if m.typed and not is_ours:
        raise _refused(_l("Line %(n)s: its goods don't pass through our stock, so they have no lots here.", n=m.line))
    return is_ours


def _parts(posting: Posting, m: Move, by: Sequence[tuple[int, int]]) -> Iterator[Move]:
    """The move in parts, lot and units of each; its own value and its weight are spread by quantity, and no unit is lost."""
    left_units = sum(units for _, units in by)
    if left_units != to_units(m.quantity, Quantity.scale):
        raise ValueError(f"the lots of line {m.line} aren't its quantity")
    left, left_weight = None if m.value is None else to_units(m.value, Money.scale), m.weight
    for lot, units in by:
        value, weight = None, left_weight * units // left_units
        if left is not None:
            share = costing.cost_of_issue(units, left_units, left, step=recosting.step_of(posting.session))
            value, left = from_units(share, Money.scale), left - share
        left_units, left_weight = left_units - units, left_weight - weight
        yield replace(m, quantity=from_units(units, Quantity.scale), value=value, weight=weight, lots=(lot, lot))


class _Lots:
    """The lots of a posting's items, and what of each still lies where, in units."""

    def __init__(self, posting: Posting, moves: Sequence[tuple[Move, Any]], places: Mapping[int, Where]) -> None:
        self.session, self.places = posting.session, places
        self.organisation_id = posting.organisation_id
        self.held: dict[tuple[int, int, datetime], list[Held]] = {}
        #: item, place and lot → what this posting has taken from there
        self.taken: dict[tuple[int, int, int], int] = defaultdict(int)
        #: serial numbers that this posting has brought in
        self.came: set[int] = set()
        self.went = _went_by(self.session, {m.origin for m, _ in moves if m.origin is not None})
        self.said = {id(m): self._said(m, item) for m, item in moves}
        self.kept = kept_back(self.session, self.organisation_id, {m.item_id for m, _ in moves}) if moves else {}
        self.known = self._known({(m.item_id, part.code): m for m, _ in moves for part in self.said[id(m)]})

    def of(self, m: Move, item: Any) -> list[tuple[int, int]]:
        """Lot and units of each part of a move of an item that has lots."""
        wanted, said = to_units(m.quantity, Quantity.scale), self.said[id(m)]
        is_inside = bool(self.places[m.source_id].keeper)
        if m.origin is not None:
            parts = self._brought_back(m, item, wanted)
        elif m.is_lotless:
            parts = [(NONE, wanted)]
        elif said:
            parts = [(self._lot(m, item, part), to_units(part.quantity, Quantity.scale)) for part in said]
            if is_inside:
                self._refuse_kept(m, said, parts)
        elif is_inside:
            parts = self._found(m, item, wanted)
        elif m.source_id in _KNOWN_BY_SOMEBODY or item.tracking == SERIAL:
            raise lots_missing(m.line, item)
        else:
            parts = [(NONE, wanted)]
        if is_inside:
            for lot, units in parts:
                self.taken[m.item_id, m.source_id, lot] += units
        elif item.tracking == SERIAL:
            self._refuse_there(m, item, {lot for lot, _ in parts if lot})
        return parts

    def _said(self, m: Move, item: Any) -> list[Part]:
        """What the line says; what is made bears its document's number, and each piece that has one of its own is counted."""
        if m.typed or m.source_id != PRODUCTION or m.origin is not None:
            return lots_of_line(m.line, m.typed, m.quantity, item.tracking, digits=item.digits)
        number_ = str(m.document.number)
        if item.tracking == LOT:
            return [Part(number_, m.quantity)]
        if m.quantity != int(m.quantity) or m.quantity > MOST_SERIALS:
            said = {"name": item.name, "most": MOST_SERIALS}
            words = _l("“%(name)s” has serial numbers: make whole pieces, at most %(most)s at once.", **said)
            raise Invalid(words, field="quantity")
        return [Part(f"{number_}-{n}", Decimal(1)) for n in range(1, int(m.quantity) + 1)]

    def _known(self, wanted: Mapping[tuple[int, str], Move]) -> dict[tuple[int, str], Lot]:
        """The lots that lines name, by item and code: those that come in for the first time are made."""
        found: dict[tuple[int, str], Lot] = {}
        for some in pieces(sorted({code for _, code in wanted})):
            rows = self.session.scalars(select(Lot).where(Lot.item_id.in_({i for i, _ in wanted}), Lot.code.in_(some)))
            found |= {(lot.item_id or 0, lot.code): lot for lot in rows}
        missing = {
            key: Lot(item_id=key[0], code=key[1], expires=m.expires)
            for key, m in wanted.items()
            if key not in found and m.origin is None and not self.places[m.source_id].keeper
        }
        if not missing:
            return found
        try:
            with self.session.begin_nested():
                self.session.add_all(missing.values())
        except IntegrityError:  # another organisation has made one of them meanwhile
            return self._known(wanted)
        return found | missing

    def _lot(self, m: Move, item: Any, part: Part) -> int:
        """The number of a lot. A day on which it expires is learnt once, and must agree from then on."""
        found = self.known.get((m.item_id, part.code))
        if found is None:
            raise _refused(_l("Line %(n)s: “%(name)s” has no lot “%(lot)s”.", n=m.line, name=item.name, lot=part.code))
        if m.expires is not None and found.expires is None:
            found.expires = m.expires
            self.session.flush()
        if m.expires is not None and found.expires != m.expires:
            known = day(found.expires) if found.expires else ""
            said = {"n": m.line, "lot": part.code, "day": known}
            words = _l("Line %(n)s: lot “%(lot)s” expires on %(day)s, as is known already.", **said)
            raise Invalid(words, field="lines", column="expires")
        return found.id

    def _brought_back(self, m: Move, item: Any, wanted: int) -> list[tuple[int, int]]:
        """By the lots that went by the line that the goods come back of; nothing that came back already."""
        assert m.origin is not None
        went, said = self.went[m.origin], self.said[id(m)]
        if said:
            parts = [(self._lot(m, item, part), to_units(part.quantity, Quantity.scale)) for part in said]
            for part, (lot, units) in zip(said, parts, strict=True):
                if units > went.get(lot, 0):
                    raise _refused(_l("Line %(n)s: so much of lot “%(lot)s” can't come back.", n=m.line, lot=part.code))
        elif item.tracking == SERIAL and wanted < sum(went.values()):
            raise lots_missing(m.line, item)
        else:
            parts, rest = first_to_expire((Held(lot, units) for lot, units in went.items()), wanted)
            parts += [(NONE, rest)] if rest else []
        for lot, units in parts:
            went[lot] = went.get(lot, 0) - units
        return parts

    def _found(self, m: Move, item: Any, wanted: int) -> list[tuple[int, int]]:
        """First to expire, first out; what has expired goes to no customer and into no product by itself."""
        held = self._open_at(m)
        if item.tracking == SERIAL and any(h.lot for h in held):
            raise lots_missing(m.line, item)
        today = m.document.moment.date()
        spoilt = [h for h in held if h.expires is not None and h.expires < today and m.target_id in _USERS]
        parts, rest = first_to_expire((h for h in held if h not in spoilt), wanted)
        if rest and sum(h.units for h in spoilt) > 0:
            said = {"n": m.line, "name": item.name, "left": number(from_units(wanted - rest, Quantity.scale))}
            words = _l(
                "Line %(n)s: of “%(name)s” only %(left)s haven't expired. Write the rest off, or correct its date.",
                **said,
            )
            raise Invalid(words, field="lines", column="quantity")
        if rest and not m.claim_id and (kept := self.kept.get((m.item_id, m.source_id))):
            if m.target_id != LOSSES:
                said = {"n": m.line, "name": item.name, "left": number(from_units(wanted - rest, Quantity.scale))}
                words = _l("Line %(n)s: of “%(name)s” only %(left)s aren't held back.", **said)
                raise Invalid(words, field="lines", column="quantity")
            more, rest = first_to_expire((Held(each.lot, each.units) for each in kept), rest)
            parts += more
        return [*parts, (NONE, rest)] if rest else parts  # the floor says what is short

    def _open_at(self, m: Move) -> list[Held]:
        """What lies there that a move may take: of what a hold keeps only its own, else all that no hold keeps; without what
        this posting has taken already."""
        kept = self.kept.get((m.item_id, m.source_id), ())
        own = [each for each in kept if m.claim_id and each.claim_id == m.claim_id]
        by_lot: dict[int, int] = defaultdict(int)
        for each in own or kept:
            by_lot[each.lot] += each.units
        found = []
        for h in self._held_at(m):
            units = min(h.units, by_lot[h.lot]) if own else h.units - by_lot[h.lot]
            found.append(replace(h, units=units - self.taken[m.item_id, m.source_id, h.lot]))
        return found

    def _refuse_kept(self, m: Move, said: Sequence[Part], parts: Sequence[tuple[int, int]]) -> None:
        """Refuse (Invalid) lots that holds keep, and to hold or release more of a lot than there is. Losses take all the same:
        what is gone is gone (`claims.release_for_losses`)."""
        kept = self.kept.get((m.item_id, m.source_id), ())
        stays = m.source_id == m.target_id
        if not (kept or stays) or (m.target_id == LOSSES and not m.claim_id):
            return
        left = {h.lot: h.units for h in self._open_at(m)}
        for part, (lot, units) in zip(said, parts, strict=True):
            numbers = sorted({each.number for each in kept if each.lot == lot and each.claim_id != m.claim_id})
            if units <= left.get(lot, 0) or not (numbers or stays or m.claim_id):
                continue
            said_ = {
                "n": m.line,
                "lot": part.code,
                "left": number(from_units(max(left.get(lot, 0), 0), Quantity.scale)),
            }
            if numbers:
                words = _l(
                    "Line %(n)s: lot “%(lot)s” is held back by %(holds)s; %(left)s of it are free.",
                    holds=", ".join(numbers),
                    **said_,
                )
            else:
                words = _l("Line %(n)s: only %(left)s of lot “%(lot)s” are there for it.", **said_)
            raise _refused(words)

    def _held_at(self, m: Move) -> list[Held]:
        """What lies in the place that goods leave, by lot: now, and at the moment of a move that is dated back."""
        key = (m.item_id, m.source_id, m.document.moment)
        if key not in self.held:
            query = (
                select(_TOTAL.lot_id, _LOT.expires, type_coerce(_TOTAL.quantity, BigInteger))
                .join(Lot.__table__, _LOT.id == _TOTAL.lot_id)
                .where(_TOTAL.organisation_id == self.organisation_id, _TOTAL.item_id == m.item_id)
                .where(_TOTAL.place_id == m.source_id, _TOTAL.quantity > 0)
            )
            found = [Held(lot, units, expires) for lot, expires, units in _BOOKS(self.session).execute(query)]
            if m.document.moment < wall_clock():
                where = {"item": m.item_id, "place": m.source_id}
                then = at(self.session, Stock.on_hand, m.document.moment, by=("lot",), where=where)
                units = {f.key[0]: to_units(f.amounts["quantity"], Quantity.scale) for f in then}
                found = [replace(h, units=min(h.units, units.get(h.lot, 0))) for h in found]
            self.held[key] = found
        return self.held[key]

    def _refuse_there(self, m: Move, item: Any, lots: set[int]) -> None:
        """A serial number is in stock once, in the books of an organisation."""
        there = (_TOTAL.organisation_id == self.organisation_id, _TOTAL.item_id == m.item_id, _TOTAL.quantity > 0)
        twice = lots & self.came
        for some in pieces(sorted(lots)):
            twice |= set(_BOOKS(self.session).scalars(select(_TOTAL.lot_id).where(*there, _TOTAL.lot_id.in_(some))))
        self.came |= lots
        if twice:
            code = self.session.scalars(select(Lot.code).where(Lot.id == min(twice))).one()
            said = {"n": m.line, "code": code, "name": item.name}
            raise Conflict(
                _l("Line %(n)s: serial number “%(code)s” of “%(name)s” is in stock already.", **said), field="lines"
            )


def _went_by(session: Session, lines: Collection[Line]) -> dict[Line, dict[int, int]]:
    """Of lines that goods come back of: lot → units that went by it and haven't come back."""
    found: dict[Line, dict[int, int]] = defaultdict(dict)
    documents = sorted({document for document, _ in lines})
    units = func.sum(type_coerce(_E.quantity, BigInteger))
    by_own = select(_E.document_id, _E.line, _E.lot_to_id, units).where(_E.document_id.in_(documents))
    by_origin = select(_E.origin_document_id, _E.origin_line, _E.lot_to_id, -units).where(
        _E.origin_document_id.in_(documents), _E.document_id.not_in(documents)
    )
    for query in (by_own, by_origin) if documents else ():
        moved = query.where(_E.basis.not_in((CLAIMED, LANDED))).group_by(*query.selected_columns[:3])
        for document, line, lot, moved_units in _BOOKS(session).execute(moved):
            if (document, line) in lines:
                found[document, line][lot] = found[document, line].get(lot, 0) + int(moved_units)
    return found


def lots_missing(n: int, item: Any) -> Invalid:
    """What is said of a line of goods that have lots or serial numbers and doesn't say them."""
    if item.tracking == SERIAL:
        return _refused(_l("Line %(n)s: say the serial number of each “%(name)s”.", n=n, name=item.name))
    return _refused(_l("Line %(n)s: say which lot of “%(name)s” it is.", n=n, name=item.name))


def _refused(words: object) -> Invalid:
    return Invalid(words, field="lines", column="lots")
