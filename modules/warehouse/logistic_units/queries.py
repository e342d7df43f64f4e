"""What boxes and pallets hold, what is within them, and what became of them."""

from collections.abc import Collection
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from app.api.documents import Document
from app.api.reference import organisation_id
from app.api.security import PastPolicy
from modules.warehouse.catch_weight.registers import SecondQuantities
from modules.warehouse.logistic_units.models import LogisticUnit
from modules.warehouse.logistic_units.registers import Packing
from modules.warehouse.logistic_units.rules import unit_code
from modules.warehouse.lots.rules import SERIAL
from modules.warehouse.models import NONE, Item, Lot
from modules.warehouse.registers import Stock

_BOOKS = PastPolicy("what is in a unit, and which documents packed it, once the unit itself is open to whoever asks")
_PACKED, _E = Packing.packed.table.c, Packing.entries.c
_HELD, _WEIGHS = Stock.on_hand.table.c, SecondQuantities.lying.table.c
_IS_SAME = (_HELD.organisation_id == _WEIGHS.organisation_id) & (_HELD.item_id == _WEIGHS.item_id)
_IS_SAME &= (_HELD.place_id == _WEIGHS.place_id) & (_HELD.lot_id == _WEIGHS.lot_id)
#: so many documents of its history are shown, and so deep units lie in each other
SHOWN, DEEPEST = 50, 10


@dataclass(frozen=True, slots=True)
class HeldLine:
    """What a unit holds, as a line of a document says it: of pieces with serial numbers all, of others one lot."""

    unit: str
    item_id: int
    quantity: Decimal
    lots: str
    #: of its lot, YYYY-MM-DD; empty: it has none
    expires: str


def unit_named(session: Session, text: str) -> LogisticUnit | None:
    """The unit of which this is the code, typed or as a label says it; None: there is none, or it isn't open."""
    code = unit_code(text)
    if not code or len(code) > 40:
        return None
    return session.scalars(select(LogisticUnit).where(LogisticUnit.code == code, LogisticUnit.id > NONE)).one_or_none()


def inside(session: Session, unit_id: int) -> list[int]:
    """The units within one, at any depth, those directly in it first."""
    found, level = list[int](), [unit_id]
    for _ in range(DEEPEST):
        query = select(LogisticUnit.id).where(LogisticUnit.parent_id.in_(level)).order_by(LogisticUnit.id)
        level = [each for each in session.scalars(query) if each not in found and each != unit_id]
        if not level:
            break
        found += level
    return found


def held_lines(session: Session, units: Collection[int]) -> list[HeldLine]:
    """What these units hold, unit by unit in the order of items."""
    query = (
        select(LogisticUnit.code, Item.id, Item.tracking, Lot.code, Lot.expires, _PACKED.quantity)
        .join_from(Packing.packed.table, LogisticUnit, LogisticUnit.id == _PACKED.unit_id)
        .join(Item, Item.id == _PACKED.item_id)
        .join(Lot, Lot.id == _PACKED.lot_id)
        .where(_PACKED.organisation_id == organisation_id(session), _PACKED.unit_id.in_(sorted(units)))
        .where(_PACKED.quantity > 0)
        .order_by(LogisticUnit.id, Item.code_order, Item.id, Lot.id)
    )
    found: dict[tuple[str, int, str], HeldLine] = {}
    for unit, item, tracking, lot, expires, quantity in _BOOKS(session).execute(query):
        key = (unit, item, "" if tracking == SERIAL else lot)
        before = found.get(key)
        lots = ", ".join(filter(None, (before.lots if before else "", lot)))
        day = "" if expires is None else expires.isoformat()
        found[key] = HeldLine(unit, item, quantity + (before.quantity if before else 0), lots, day)
    return list(found.values())


def seconds_of_lines(
    session: Session, unit: LogisticUnit, lines: Collection[HeldLine]
) -> dict[HeldLine, dict[str, Decimal]]:
    """Line → lot, of goods without such "", → what is packed of it in the second unit. Units don't say it: it is known where
    all that the warehouse has of a lot or piece lies in one line."""
    items = {line.item_id for line in lines}
    there: dict[tuple[int, str], tuple[Decimal, Decimal]] = {}
    query = (
        select(_HELD.item_id, Lot.code, _HELD.quantity, _WEIGHS.second)
        .join_from(Stock.on_hand.table, SecondQuantities.lying.table, _IS_SAME)
        .join(Lot, Lot.id == _HELD.lot_id)
        .where(_HELD.organisation_id == organisation_id(session), _HELD.place_id == unit.warehouse_id)
        .where(_HELD.item_id.in_(sorted(items)), _HELD.quantity > 0, _WEIGHS.second > 0)
    )
    for item_id, lot, quantity, second in _BOOKS(session).execute(query):
        there[item_id, lot] = (quantity, second)
    found: dict[HeldLine, dict[str, Decimal]] = {}
    for line in lines:
        lots = line.lots.split(", ")
        whole = {lot: there[line.item_id, lot] for lot in lots if (line.item_id, lot) in there}
        each = line.quantity / len(lots)  # several are serial numbers: a piece of each
        found[line] = {lot: second for lot, (quantity, second) in whole.items() if quantity == each}
    return found


def documents_of(session: Session, unit_id: int) -> list[int]:
    """The documents that packed a unit, took goods out of it, or moved it, the newest first, at most SHOWN."""
    query = (
        select(_E.document_id)
        .where(or_(_E.unit_from_id == unit_id, _E.unit_to_id == unit_id), _E.cause_id.is_(None))
        .where(_E.organisation_id == organisation_id(session))
        .group_by(_E.document_id)
        .order_by(_E.document_id.desc())
    )
    packed_by = [row.document_id for row in _BOOKS(session).execute(query.limit(SHOWN))]
    open_ones = select(Document.id).where(Document.id.in_(packed_by))
    return sorted(session.scalars(open_ones), reverse=True)


def children_of(session: Session, unit_id: int) -> list[Any]:
    """The units directly in or on one."""
    query = select(LogisticUnit).where(LogisticUnit.parent_id == unit_id).order_by(LogisticUnit.code_order)
    return list(session.scalars(query))
