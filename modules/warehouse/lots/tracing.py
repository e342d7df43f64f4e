"""Where a lot came from and where it went, through whatever was made of it."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import BigInteger, func, literal_column, select, type_coerce
from sqlalchemy.orm import Session, aliased

from app.api.reference import organisation_id
from app.api.security import PastPolicy
from app.api.values import Quantity, from_units
from modules.warehouse.models import Item, Lot
from modules.warehouse.places import in_own
from modules.warehouse.registers import CLAIMED, LANDED, Stock

_BOOKS = PastPolicy(
    "who traces goods sees where they went; of documents closed to them neither number nor name is said"
)
_E, _LOT, _ITEM = Stock.entries.c, Lot.__table__.c, Item.__table__.c
#: so many steps of making, and so many moves of a lot, a page shows
DEEPEST, MOST = 8, 200


@dataclass(frozen=True, slots=True)
class Step:
    """A move of a lot by a document's line; `quantity` in base units. Places below zero are outside, such as customers."""

    document_id: int
    moment: datetime
    source_id: int
    target_id: int
    quantity: Decimal


@dataclass(slots=True)
class Traced:
    """A lot in a tree: its moves, the newest last, and the lots that it was made of, or that were made of it."""

    lot_id: int
    code: str
    item: str
    item_id: int
    steps: list[Step] = field(default_factory=list)
    is_cut: bool = False
    further: list["Traced"] = field(default_factory=list)

    def all_steps(self) -> Iterator[Step]:
        """Its moves and those of all further ones."""
        yield from self.steps
        for each in self.further:
            yield from each.all_steps()


def traced(session: Session, lot_id: int, *, is_forward: bool) -> Traced:
    """A lot with what was made of it (`is_forward`), or what it was made of; each lot stands in the tree once."""
    return _traced(session, lot_id, is_forward, set(), DEEPEST)


def lots_made_of(session: Session, lot_id: int) -> list[int]:
    """The lot, and all that was made of it and of what was made of it, however deep: none is left out."""
    found, new = {lot_id}, [lot_id]
    while new:
        made = _made_with(session, new, is_forward=True, most=None)
        new = [each for each in made if each not in found]
        found.update(new)
    return sorted(found)


def only_moves(entries: Any) -> Any:
    """Says of entries of the stock register that goods moved by them, neither costs nor claims alone."""
    return entries.basis.not_in((CLAIMED, LANDED))


def _traced(session: Session, lot_id: int, is_forward: bool, seen: set[int], left: int) -> Traced:
    seen.add(lot_id)
    query = select(_LOT.id, _LOT.code, _ITEM.name, _ITEM.id).join(Item.__table__, _ITEM.id == _LOT.item_id)
    found = Traced(*_BOOKS(session).execute(query.where(_LOT.id == lot_id)).one())
    found.steps = _steps(session, found)
    found.is_cut = len(found.steps) > MOST
    del found.steps[:-MOST]
    for other in _made_with(session, [found.lot_id], is_forward=is_forward, most=MOST) if left else ():
        if other not in seen and len(seen) < MOST:
            of_other = _traced(session, other, is_forward, seen, left - 1)
            if of_other.steps or of_other.further:
                found.further.append(of_other)
    return found


def _steps(session: Session, lot: Traced) -> list[Step]:
    units = func.sum(type_coerce(_E.quantity, BigInteger))
    moment = func.min(_E.moment)
    by = (_E.document_id, _E.line, _E.place_from_id, _E.place_to_id)
    query = (
        select(*by, moment.label("moment"), units.label("units"))
        .where(_E.organisation_id == organisation_id(session), _E.item_id == lot.item_id)
        .where(_E.lot_to_id == lot.lot_id, _E.lot_to_id > literal_column("0"), only_moves(_E))
        .where(*in_own(session, _E.place_from_id, _E.place_to_id))
        .group_by(*by)
        .having(units != 0)
        .order_by(moment.desc(), func.min(_E.id).desc())
    )
    newest = [
        Step(r[0], r.moment, r[2], r[3], from_units(int(r.units), Quantity.scale))
        for r in _BOOKS(session).execute(query.limit(MOST + 1))
    ]
    return newest[::-1]


def _made_with(session: Session, lots: list[int], *, is_forward: bool, most: int | None) -> list[int]:
    """The lots that work orders have made of lots, or that went into those that made them."""
    other = aliased(Stock.entries, name="other").c
    into, out = (
        (_E.work_order_to_id, other.work_order_from_id)
        if is_forward
        else (_E.work_order_from_id, other.work_order_to_id)
    )
    units = func.sum(type_coerce(other.quantity, BigInteger))
    orders = select(_E.document_id).where(_E.lot_to_id.in_(lots), _E.lot_to_id > literal_column("0"), into > 0)
    query = (  # a work order's moves are those of its document
        select(other.lot_to_id)
        .where(other.organisation_id == organisation_id(session), other.document_id.in_(orders), out > 0)
        .where(other.lot_to_id > 0)
        .group_by(other.lot_to_id)
        .having(units != 0)
        .order_by(other.lot_to_id.desc())
    )
    return sorted(_BOOKS(session).scalars(query.limit(most)))
