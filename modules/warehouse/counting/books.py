"""What the books say of the goods of a count since a moment: in the whole warehouse, or in each of its bins."""

from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, case, func, or_, select, type_coerce, union_all
from sqlalchemy.orm import Session

from app.api.data import pieces
from app.api.documents import Document
from app.api.security import PastPolicy
from modules.warehouse.bins.models import Bin
from modules.warehouse.bins.registers import Bins
from modules.warehouse.catch_weight.registers import SecondQuantities
from modules.warehouse.counting.models import StockCount
from modules.warehouse.counting.rules import Moved
from modules.warehouse.items import items_by_id
from modules.warehouse.models import NONE, Lot
from modules.warehouse.registers import Stock

_BOOKS = PastPolicy("a count is compared with all that has moved, whoever may see which papers")

_E, _HELD, _LOT = Stock.entries.c, Stock.on_hand.table.c, Lot.__table__.c
_BINS, _LYING, _BIN, _DOCUMENT = Bins.entries.c, Bins.lying.table.c, Bin.__table__.c, Document.__table__.c
_S, _WEIGHS = SecondQuantities.entries.c, SecondQuantities.lying.table.c
#: an item and where it lies: its bin, 0: not put away; in a count by items always 0
Spot = tuple[int, int]


@dataclass(slots=True)
class Book:
    """What the books say of a lot: what all entries come to, those that are dated ahead too, and what each document moved."""

    held: int = 0
    moves: list[Moved] = field(default_factory=list)


def books(session: Session, count: StockCount, items: Collection[int], since: datetime) -> dict[Spot, dict[str, Book]]:
    """Spot → lot → what the books say of it from `since` on; not what was reversed at its own moment. Goods that aren't kept by
    lots have the lot ""."""
    found: dict[Spot, dict[str, Book]] = defaultdict(lambda: defaultdict(Book))
    known = items_by_id(session, items)
    of_document: dict[tuple[int, int, str, datetime, int], int] = defaultdict(int)
    for some in pieces(sorted(items)):
        for item_id, bin_id, lot, units in _rows(session, count, _held(count, some), _held_in_bins(count, some)):
            found[item_id, bin_id][lot if known[item_id].tracking else ""].held += units
        moves = _rows(session, count, _moved(count, some, since), _moved_in_bins(count, some, since))
        for item_id, bin_id, lot, moment, document_id, units in moves:
            of_document[item_id, bin_id, lot if known[item_id].tracking else "", moment, document_id] += units
    for (item_id, bin_id, lot, moment, document_id), moved in of_document.items():
        if moved:
            found[item_id, bin_id][lot].moves.append(Moved(moment, moved, document_id))
    return found


def second_books(
    session: Session, count: StockCount, items: Sequence[Any], since: datetime
) -> dict[tuple[int, str], Book]:
    """The same of the second units of goods, by item and lot: they are kept by warehouse, not by bin (ADR 104)."""
    known, found = {item.id: item for item in items}, defaultdict[tuple[int, str], Book](Book)
    for some in pieces(sorted(known)):
        query = (
            select(_WEIGHS.item_id, _LOT.code, type_coerce(_WEIGHS.second, BigInteger))
            .join_from(SecondQuantities.lying.table, Lot.__table__, _LOT.id == _WEIGHS.lot_id)
            .where(_WEIGHS.organisation_id == count.organisation_id, _WEIGHS.place_id == count.place_id)
            .where(_WEIGHS.item_id.in_(some), _WEIGHS.second != 0)
        )
        for item_id, lot, units in _BOOKS(session).execute(query):
            found[item_id, lot if known[item_id].tracking else ""].held += units
        comes, goes = _S.place_to_id == count.place_id, _S.place_from_id == count.place_id
        units = func.sum((case((comes, 1), else_=0) - case((goes, 1), else_=0)) * type_coerce(_S.second, BigInteger))
        query = (
            select(_S.item_id, _LOT.code, _S.moment, _S.document_id, units)
            .join_from(SecondQuantities.entries, Lot.__table__, _LOT.id == _S.lot_to_id)
            .where(_S.organisation_id == count.organisation_id, _S.item_id.in_(some), or_(comes, goes))
            .where(_S.moment >= since)
            .group_by(_S.item_id, _LOT.code, _S.moment, _S.document_id)
            .having(units != 0)
        )
        for item_id, lot, moment, document_id, moved in _BOOKS(session).execute(query):
            of_lot = found[item_id, lot if known[item_id].tracking else ""]
            of_lot.moves.append(Moved(moment, int(moved), document_id))
    return found


def _rows(session: Session, count: StockCount, of_stock: Any, of_bins: Any) -> Iterator[Any]:
    """Item, bin, what else is said, and units: of the stock, and of a count by bins of each bin, less as much that is put
    away."""
    for item_id, *said, units in _BOOKS(session).execute(of_stock):
        yield item_id, NONE, *said, int(units)
    for item_id, bin_id, *said, units in _BOOKS(session).execute(of_bins) if count.is_by_bin else ():
        yield item_id, bin_id, *said, int(units)
        yield item_id, NONE, *said, -int(units)


def _held(count: StockCount, items: Sequence[int]) -> Any:
    return (
        select(_HELD.item_id, _LOT.code, func.sum(type_coerce(_HELD.quantity, BigInteger)))
        .join_from(Stock.on_hand.table, Lot.__table__, _LOT.id == _HELD.lot_id)
        .where(_HELD.organisation_id == count.organisation_id, _HELD.place_id == count.place_id)
        .where(_HELD.item_id.in_(items), _HELD.quantity != 0)
        .group_by(_HELD.item_id, _LOT.code)
    )


def _held_in_bins(count: StockCount, items: Sequence[int]) -> Any:
    return (
        select(_LYING.item_id, _LYING.bin_id, _LOT.code, type_coerce(_LYING.quantity, BigInteger))
        .join_from(Bins.lying.table, Lot.__table__, _LOT.id == _LYING.lot_id)
        .where(_LYING.organisation_id == count.organisation_id, _LYING.bin_id.in_(_bins_of(count)))
        .where(_LYING.item_id.in_(items), _LYING.quantity != 0)
    )


def _moved(count: StockCount, items: Sequence[int], since: datetime) -> Any:
    comes, goes = _E.place_to_id == count.place_id, _E.place_from_id == count.place_id
    units = func.sum((case((comes, 1), else_=0) - case((goes, 1), else_=0)) * type_coerce(_E.quantity, BigInteger))
    return (  # goods have the same lot at both ends
        select(_E.item_id, _LOT.code, _E.moment, _E.document_id, units)
        .join_from(Stock.entries, Lot.__table__, _LOT.id == _E.lot_to_id)
        .where(_E.organisation_id == count.organisation_id, _E.item_id.in_(items), or_(comes, goes))
        .where(_E.moment >= since)
        .group_by(_E.item_id, _LOT.code, _E.moment, _E.document_id)
        .having(units != 0)
    )


def _moved_in_bins(count: StockCount, items: Sequence[int], since: datetime) -> Any:
    """What left a bin because its warehouse has less counts as if less had been put there (`bins.taking.settle`): as of when
    that was."""
    moment = case((_BINS.cause_id.is_not(None), _DOCUMENT.moment), else_=_BINS.moment)
    units = type_coerce(_BINS.quantity, BigInteger)
    ends = (
        select(_BINS.item_id, end.label("bin_id"), _LOT.code, moment.label("moment"), _BINS.document_id, each)
        .join_from(Bins.entries, Lot.__table__, _LOT.id == _BINS.lot_to_id)
        .join(Document.__table__, _DOCUMENT.id == _BINS.document_id)
        .where(_BINS.organisation_id == count.organisation_id, _BINS.item_id.in_(items), end.in_(_bins_of(count)))
        .where(_BINS.moment >= since, moment >= since)
        for end, each in ((_BINS.bin_to_id, units.label("units")), (_BINS.bin_from_id, (-units).label("units")))
    )
    return union_all(*ends)


def _bins_of(count: StockCount) -> Any:
    return select(_BIN.id).where(_BIN.warehouse_id == count.place_id)
