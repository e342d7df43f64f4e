"""What a count has found so far: of each item what was counted, what the books expected at that moment, and what differs."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import BigInteger, case, func, or_, select, type_coerce
from sqlalchemy.orm import Session

from app.api.data import pieces
from app.api.documents import Document
from app.api.errors import NotFound
from app.api.security import PastPolicy
from app.api.values import Quantity, from_units, to_units
from modules.warehouse.counting.models import NONE_THERE, CountLine, Recount, StockCount, Tally
from modules.warehouse.counting.rules import Counted, Moved, came_unseen, expected_at, has_moved, piece_has_moved
from modules.warehouse.items import items_by_id
from modules.warehouse.lots.rules import SERIAL
from modules.warehouse.models import Lot
from modules.warehouse.registers import Stock

_BOOKS = PastPolicy(
    "a count is compared with all that has moved, and with what others count, whoever may see which papers"
)

_E, _HELD = Stock.entries.c, Stock.on_hand.table.c
_TALLY, _LINE = Tally.__table__.c, CountLine.__table__.c
_COUNT, _DOCUMENT, _LOT = StockCount.__table__.c, Document.__table__.c, Lot.__table__.c


@dataclass(frozen=True, slots=True)
class Part:
    """What a count says of one lot or serial number; of goods without such, of all."""

    #: what its label bears; empty: none
    lot: str
    expected: Decimal
    counted: Decimal
    #: whether goods moved while it was counted
    has_moved: bool = False

    @property
    def difference(self) -> Decimal:
        """Counted less expected."""
        return self.counted - self.expected


@dataclass(frozen=True, slots=True)
class Result:
    """What a count says of an item."""

    item_id: int
    parts: Sequence[Part]
    #: None: nobody has counted it
    counted: Decimal | None
    #: the round that it is of
    round: int = 1

    @property
    def expected(self) -> Decimal:
        """By the books, of all lots."""
        return sum((part.expected for part in self.parts), Decimal(0))

    @property
    def difference(self) -> Decimal:
        """Counted less expected; what nobody has counted counts as none."""
        return (self.counted or Decimal(0)) - self.expected

    @property
    def has_moved(self) -> bool:
        """Whether goods moved while it was counted: it has to be counted once more."""
        return any(part.has_moved for part in self.parts)

    @property
    def differs(self) -> bool:
        """Whether anything is missing or was found, perhaps as much of one lot as of another."""
        return any(part.difference for part in self.parts)


@dataclass(frozen=True, slots=True)
class Seen:
    """What was counted of an item in its last round."""

    round: int
    whole: Counted
    #: lot or serial number → what was counted of it; of goods without such, that of "" is the whole
    lots: Mapping[str, Counted]


def count_by_id(session: Session, document_id: int) -> StockCount:
    """The count. Refused (NotFound): one that is not open to whoever asks."""
    count = session.get(StockCount, document_id)
    if count is None:
        raise NotFound
    return count


def counted_in(session: Session, count: StockCount) -> dict[int, Seen]:
    """Item → what was counted of it in the last round; a serial number that was scanned twice is one piece."""
    query = (
        select(
            _TALLY.item_id,
            _TALLY.round,
            _TALLY.lot,
            func.sum(type_coerce(_TALLY.quantity, BigInteger)),
            func.min(_TALLY.moment),
            func.max(_TALLY.moment),
        )
        .where(_TALLY.document_id == count.id, ~_TALLY.is_undone)
        .group_by(_TALLY.item_id, _TALLY.round, _TALLY.lot)
        .order_by(_TALLY.item_id, _TALLY.round, _TALLY.lot)
    )
    rounds: dict[int, tuple[int, dict[str, Counted]]] = {}
    for item_id, round_, lot, quantity, first, last in _BOOKS(session).execute(query):
        if rounds.get(item_id, (0,))[0] < round_:
            rounds[item_id] = (round_, {})
        rounds[item_id][1][lot] = Counted(int(quantity), first, last)
    items = items_by_id(session, rounds)
    return {i: _seen(round_, lots, items[i].tracking == SERIAL) for i, (round_, lots) in rounds.items()}


def _seen(round_: int, lots: Mapping[str, Counted], has_serials: bool) -> Seen:
    if has_serials:
        piece = to_units(Decimal(1), Quantity.scale)
        lots = {lot: replace(each, quantity=min(each.quantity, piece)) for lot, each in lots.items()}
    first, last = min(each.first for each in lots.values()), max(each.last for each in lots.values())
    return Seen(round_, Counted(sum(each.quantity for each in lots.values()), first, last), lots)


def rounds_of(session: Session, count: StockCount) -> dict[int, int]:
    """Item → the round in which it is to be counted, of those that are counted once more."""
    rows = session.execute(select(Recount.item_id, Recount.round).where(Recount.document_id == count.id))
    return {row.item_id: row.round for row in rows}


def results(session: Session, count: StockCount, now: datetime) -> list[Result]:
    """What was counted and what the books expected then, by item; of what nobody has counted, where that means there is none,
    what they expect `now`. An item that was counted and has a difference of zero is among them."""
    counted = counted_in(session, count)
    rest = _none_of(session, count, counted) if count.rest == NONE_THERE else set()
    items = counted.keys() | rest
    since = min((seen.whole.first for seen in counted.values()), default=now)
    books, known, found = _books(session, count, items, since), items_by_id(session, items), []
    for item_id in sorted(items):
        seen, of_item = counted.get(item_id), books.get(item_id, {})
        lots = sorted(of_item.keys() | (seen.lots.keys() if seen else set()))
        parts = [_part(lot, of_item.get(lot, _NOTHING), seen, known[item_id].tracking, now) for lot in lots]
        if seen is None:
            parts = [part for part in parts if part.expected]
        if seen is not None or parts:
            counted_ = None if seen is None else _exact(seen.whole.quantity)
            found.append(Result(item_id, parts, counted_, seen.round if seen else 1))
    return found


def _part(lot: str, book: "_Book", seen: Seen | None, tracking: str, now: datetime) -> Part:
    """One lot of an item, compared as of when it was counted; one that nobody saw as of when its item was counted last."""
    if seen is None:
        return Part(lot, _exact(expected_at(book.held, book.moves, now)), Decimal(0))
    is_seen = lot in seen.lots
    own = seen.lots[lot] if is_seen else replace(seen.whole, quantity=0)
    expected = expected_at(book.held, book.moves, own.last)
    moved = has_moved(own, book.moves) if is_seen else came_unseen(own, book.moves)
    if tracking == SERIAL and lot:
        moved = piece_has_moved(own, expected, book.moves) or (moved and not is_seen)
    return Part(lot, _exact(expected), _exact(own.quantity), moved)


def uncounted(session: Session, count: StockCount, counted: Collection[int]) -> set[int]:
    """The items that nobody has counted: of the count's list, or else of all that has ever been in the warehouse."""
    return (count.listed or ever_there(session, count)) - set(counted)


def _none_of(session: Session, count: StockCount, counted: Collection[int]) -> set[int]:
    """The items of which there are none, as nobody has counted them: not here, nor elsewhere since this count was begun."""
    rest = uncounted(session, count, counted)
    return rest - counted_elsewhere(session, count, rest, count.begun_at).keys()


def ever_there(session: Session, count: StockCount) -> set[int]:
    """The items that have ever been in the count's warehouse, whether anything is left of them or not."""
    query = select(_HELD.item_id).distinct()
    own = query.where(_HELD.organisation_id == count.organisation_id, _HELD.place_id == count.place_id)
    return set(_BOOKS(session).scalars(own))


def expected_now(session: Session, count: StockCount, items: Collection[int], now: datetime) -> dict[int, Decimal]:
    """Item → what the books expect of it at the present moment."""
    return {i: sum(lots.values(), Decimal(0)) for i, lots in expected_by_lot(session, count, items, now).items()}


def expected_by_lot(
    session: Session, count: StockCount, items: Collection[int], now: datetime
) -> dict[int, dict[str, Decimal]]:
    """The same by lot or serial number; of goods without such, that of ""."""
    books = _books(session, count, items, now)
    return {
        i: {lot: _exact(expected_at(book.held, book.moves, now)) for lot, book in sorted(books.get(i, {}).items())}
        for i in items
    }


def counted_elsewhere(session: Session, count: StockCount, items: Collection[int], since: datetime) -> dict[int, Any]:
    """Item → another count of the same warehouse in which it is being counted, or one that was posted after `since` and says
    how many there are, also by nobody's having counted it: a row of its id and number. What one finds would be found again."""
    found: dict[int, Any] = {}
    others = (
        _COUNT.place_id == count.place_id,
        _COUNT.id != count.id,
        _DOCUMENT.organisation_id == count.organisation_id,
    )
    for rows, holds in (
        (_TALLY, (~_TALLY.is_undone, _DOCUMENT.state == "draft")),
        (_LINE, (_LINE.counted.is_not(None), _DOCUMENT.state == "posted", _COUNT.closed_at > since)),
    ):
        for some in pieces(sorted(items)):
            query = (
                select(rows.item_id, _DOCUMENT.id, _DOCUMENT.number)
                .distinct()
                .join_from(StockCount.__table__, Document.__table__, _DOCUMENT.id == _COUNT.id)
                .join(rows.item_id.table, rows.document_id == _COUNT.id)
                .where(rows.item_id.in_(some), *others, *holds)
            )
            found |= {row.item_id: row for row in _BOOKS(session).execute(query)}
    return found


@dataclass(slots=True)
class _Book:
    """What the books say of a lot: what all entries come to, those that are dated ahead too, and what each document moved."""

    held: int = 0
    moves: list[Moved] = field(default_factory=list)


_NOTHING = _Book()


def _books(session: Session, count: StockCount, items: Collection[int], since: datetime) -> dict[int, dict[str, _Book]]:
    """Item → lot → what the books say of it from `since` on; not what was reversed at its own moment. Goods that aren't kept by
    lots have the lot ""."""
    comes, goes = _E.place_to_id == count.place_id, _E.place_from_id == count.place_id
    units = func.sum((case((comes, 1), else_=0) - case((goes, 1), else_=0)) * type_coerce(_E.quantity, BigInteger))
    books: dict[int, dict[str, _Book]] = defaultdict(lambda: defaultdict(_Book))
    known = items_by_id(session, items)

    def book(item_id: int, lot: str) -> _Book:
        return books[item_id][lot if known[item_id].tracking else ""]

    for some in pieces(sorted(items)):
        held = (
            select(_HELD.item_id, _LOT.code, func.sum(type_coerce(_HELD.quantity, BigInteger)))
            .join_from(Stock.on_hand.table, Lot.__table__, _LOT.id == _HELD.lot_id)
            .where(_HELD.organisation_id == count.organisation_id, _HELD.place_id == count.place_id)
            .where(_HELD.item_id.in_(some), _HELD.quantity != 0)
            .group_by(_HELD.item_id, _LOT.code)
        )
        for item_id, lot, there in _BOOKS(session).execute(held):
            book(item_id, lot).held += int(there)
        # Goods have the same lot at both ends.
        moves = (
            select(_E.item_id, _LOT.code, _E.moment, _E.document_id, units.label("units"))
            .join_from(Stock.entries, Lot.__table__, _LOT.id == _E.lot_to_id)
            .where(_E.organisation_id == count.organisation_id, _E.item_id.in_(some), or_(comes, goes))
            .where(_E.moment >= since)
            .group_by(_E.item_id, _LOT.code, _E.moment, _E.document_id)
            .having(units != 0)
        )
        of_document: dict[tuple[int, str, datetime, int], int] = defaultdict(int)
        for item_id, lot, moment, document_id, moved in _BOOKS(session).execute(moves):
            of_document[item_id, lot if known[item_id].tracking else "", moment, document_id] += int(moved)
        for (item_id, lot, moment, _), moved in of_document.items():
            if moved:
                book(item_id, lot).moves.append(Moved(moment, moved))
    return books


def _exact(units: int) -> Decimal:
    return from_units(units, Quantity.scale)
