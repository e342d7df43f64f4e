"""Which lots goods move by: a line's move is parted by them before it is costed and entered."""

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import BigInteger, func, select, type_coerce
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app.api.clock import wall_clock
from app.api.errors import Conflict, Invalid
from app.api.ledger import Posting, at
from app.api.security import PastPolicy
from app.api.texts import day, number
from app.api.texts import lazy_gettext as _l
from app.api.values import Money, Quantity, from_units, to_units
from modules.warehouse import costing, recosting
from modules.warehouse.items import items_by_id
from modules.warehouse.lots.rules import LOT, SERIAL, Held, Part, first_to_expire, lots_of_line
from modules.warehouse.models import CUSTOMERS, NONE, OPENING, PRODUCTION, SUPPLIERS, Lot
from modules.warehouse.moving import Line, Move
from modules.warehouse.places import Where
from modules.warehouse.registers import CLAIMED, LANDED, Stock

_BOOKS = PastPolicy("lots are of goods, whoever moved them")
#: from where goods come with a lot on their label; who uses goods, which must not have expired
_KNOWN_BY_SOMEBODY, _USERS = {SUPPLIERS, OPENING}, {CUSTOMERS, PRODUCTION}

_E, _TOTAL, _LOT = Stock.entries.c, Stock.on_hand.table.c, Lot.__table__.c


def parted(posting: Posting, new: Sequence[Move], places: Mapping[int, Where]) -> list[tuple[int, Move]]:
    """The moves by lots, each with its place in `new`. Goods that are tracked by lots or serial numbers come in with those
    that their line says. They leave by what is typed, else first to expire, first out; what comes back has the lots it went by.

    Refused (Invalid): lots that `lots_of_line` refuses, lots of goods that have none, goods that come in without one, a lot
    that isn't known or that expires otherwise; a serial number that is there already (Conflict).
    """
    items = items_by_id(posting.session, {m.item_id for m in new})
    if plain := next((m for m in new if m.typed and not items[m.item_id].tracking), None):
        name = items[plain.item_id].name
        raise _refused(_l("Line %(n)s: “%(name)s” isn't kept by lots or serial numbers.", n=plain.line, name=name))
    if not any(items[m.item_id].tracking for m in new):
        return list(enumerate(new))
    # Whoever moves an item holds what it is worth first: what lies where doesn't change from here on.
    posting.hold_all(Stock.worth, {m.item_id for m in new})
    lots = _Lots(posting, [m for m in new if items[m.item_id].tracking], places)
    found: list[tuple[int, Move]] = []
    for i, m in enumerate(new):
        item, is_ours = items[m.item_id], places[m.source_id].warehouse or places[m.target_id].warehouse
        parts = _parts(posting, m, lots.of(m, item)) if item.tracking and is_ours else [m]
        found += [(i, part) for part in parts]
    return found


def _parts(posting: Posting, m: Move, by: Sequence[tuple[int, int]]) -> Iterator[Move]:
    """The move in parts, lot and units of each; a value of its own is spread by quantity, and no unit of it is lost."""
    left_units = sum(units for _, units in by)
    left = None if m.value is None else to_units(m.value, Money.scale)
    for lot, units in by:
        value = None
        if left is not None:
            share = costing.cost_of_issue(units, left_units, left, step=recosting.step_of(posting.session))
            value, left = from_units(share, Money.scale), left - share
        left_units -= units
        yield replace(m, quantity=from_units(units, Quantity.scale), value=value, lots=(lot, lot))


class _Lots:
    """The lots of a posting's items, and what of each still lies where, in units."""

    def __init__(self, posting: Posting, moves: Sequence[Move], places: Mapping[int, Where]) -> None:
        self.session, self.places = posting.session, places
        self.organisation_id = posting.organisation_id
        self.held: dict[tuple[int, int], list[Held]] = {}
        self.went = _went_by(self.session, {m.origin for m in moves if m.origin is not None})

    def of(self, m: Move, item: Any) -> list[tuple[int, int]]:
        """Lot and units of each part of a move of an item that has lots."""
        wanted, typed = to_units(m.quantity, Quantity.scale), lots_of_line(m.line, m.typed, m.quantity, item.tracking)
        is_inside = bool(self.places[m.source_id].warehouse)
        if m.origin is not None:
            return self._brought_back(m, item, typed, wanted)
        if typed:
            parts = self._typed(m, item, typed, makes=not is_inside)
        elif is_inside:
            parts = self._taken(m, item, wanted)
        elif m.source_id == PRODUCTION:
            parts = self._typed(m, item, _of_products(m, item), makes=True)
        elif m.source_id in _KNOWN_BY_SOMEBODY or item.tracking == SERIAL:
            raise _missing(m, item)
        else:
            parts = [(NONE, wanted)]
        if not is_inside and item.tracking == SERIAL:
            self._refuse_there(m, item, [lot for lot, _ in parts])
        return parts

    def _typed(self, m: Move, item: Any, typed: Sequence[Part], *, makes: bool = False) -> list[tuple[int, int]]:
        return [(self._lot(m, item, p.code, makes=makes), to_units(p.quantity, Quantity.scale)) for p in typed]

    def _brought_back(self, m: Move, item: Any, typed: Sequence[Part], wanted: int) -> list[tuple[int, int]]:
        """Of what the lots that went by the line that the goods come back of; nothing that came back already."""
        assert m.origin is not None
        went = self.went.get(m.origin, {})
        if typed:
            parts = self._typed(m, item, typed)
            for part, (lot, units) in zip(typed, parts, strict=True):
                if units > went.get(lot, 0):
                    raise _refused(_l("Line %(n)s: so much of lot “%(lot)s” can't come back.", n=m.line, lot=part.code))
        elif item.tracking == SERIAL and wanted < sum(went.values()):
            raise _missing(m, item)
        else:
            parts, rest = first_to_expire((Held(lot, units) for lot, units in went.items()), wanted)
            parts += [(NONE, rest)] if rest else []
        for lot, units in parts:
            went[lot] = went.get(lot, 0) - units
        return parts

    def _taken(self, m: Move, item: Any, wanted: int) -> list[tuple[int, int]]:
        """First to expire, first out; what has expired goes to no customer and into no product by itself."""
        held = self._held_at(m)
        if item.tracking == SERIAL and any(h.lot for h in held):
            raise _missing(m, item)
        today = m.document.moment.date()
        spoilt = [h for h in held if h.expires is not None and h.expires < today and m.target_id in _USERS]
        parts, rest = first_to_expire((h for h in held if h not in spoilt), wanted)
        if rest and sum(h.units for h in spoilt) > 0:
            words = _l(
                "Line %(n)s: of “%(name)s” only %(left)s haven't expired. Write the rest off, or correct its date.",
                n=m.line,
                name=item.name,
                left=number(from_units(wanted - rest, Quantity.scale)),
            )
            raise Invalid(words, field="lines", column="quantity")
        key = (m.item_id, m.source_id)
        taken = dict(parts)
        self.held[key] = [replace(h, units=h.units - taken.get(h.lot, 0)) for h in held]
        return [*parts, (NONE, rest)] if rest else parts  # the floor says what is short

    def _held_at(self, m: Move) -> list[Held]:
        """What lies in the place that goods leave, by lot: now, and at the moment of a move that is dated back."""
        key = (m.item_id, m.source_id)
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

    def _lot(self, m: Move, item: Any, code: str, *, makes: bool = False) -> int:
        """The lot of an item that people call `code`; `makes`: a new one where there is none. A day on which it expires is
        learnt once, and must agree from then on."""
        found = self.session.scalars(select(Lot).where(Lot.item_id == item.id, Lot.code == code)).first()
        if found is None and not makes:
            raise _refused(_l("Line %(n)s: “%(name)s” has no lot “%(lot)s”.", n=m.line, name=item.name, lot=code))
        if found is None:
            found = _made(self.session, item.id, code, m.expires)
        if m.expires is not None and found.expires is None:
            found.expires = m.expires
            self.session.flush()
        if m.expires is not None and found.expires != m.expires:
            known = day(found.expires) if found.expires else ""
            words = _l(
                "Line %(n)s: lot “%(lot)s” expires on %(day)s, as is known already.", n=m.line, lot=code, day=known
            )
            raise Invalid(words, field="lines", column="expires")
        return found.id

    def _refuse_there(self, m: Move, item: Any, lots: Sequence[int]) -> None:
        total = Stock.on_hand.table.c
        there = select(total.lot_id).where(total.item_id == item.id, total.lot_id.in_(lots), total.quantity > 0)
        if (lot := _BOOKS(self.session).scalar(there.limit(1))) is not None:
            code = self.session.scalars(select(Lot.code).where(Lot.id == lot)).one()
            said = {"n": m.line, "code": code, "name": item.name}
            raise Conflict(
                _l("Line %(n)s: serial number “%(code)s” of “%(name)s” is in stock already.", **said), field="lines"
            )


def _made(session: Session, item_id: int, code: str, expires: date | None) -> Lot:
    """A new lot, or that which another organisation has made meanwhile."""
    lot = Lot(item_id=item_id, code=code, expires=expires)
    try:
        with session.begin_nested():
            session.add(lot)
    except IntegrityError:
        return session.scalars(select(Lot).where(Lot.item_id == item_id, Lot.code == code)).one()
    return lot


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


def _of_products(m: Move, item: Any) -> list[Part]:
    """What is made bears its document's number; each piece that has one of its own is counted behind it."""
    number_ = str(m.document.number)
    if item.tracking == LOT:
        return [Part(number_, m.quantity)]
    return [Part(f"{number_}-{n}", Decimal(1)) for n in range(1, int(m.quantity) + 1)]


def _missing(m: Move, item: Any) -> Invalid:
    if item.tracking == SERIAL:
        return _refused(_l("Line %(n)s: say the serial number of each “%(name)s”.", n=m.line, name=item.name))
    return _refused(_l("Line %(n)s: say which lot of “%(name)s” it is.", n=m.line, name=item.name))


def _refused(words: object) -> Invalid:
    return Invalid(words, field="lines", column="lots")
