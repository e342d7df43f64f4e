"""What a count has found so far: of each item what was counted, what the books expected at that moment, and what differs."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import BigInteger, case, func, or_, select, type_coerce
from sqlalchemy.orm import Session

from app.api.data import pieces
from app.api.documents import Document
from app.api.errors import NotFound
from app.api.security import PastPolicy
from app.api.values import Quantity, from_units
from modules.warehouse.counting.models import NONE_THERE, CountLine, Recount, StockCount, Tally
from modules.warehouse.counting.rules import Counted, Moved, expected_at, has_moved
from modules.warehouse.registers import Stock

_BOOKS = PastPolicy(
    "a count is compared with all that has moved, and with what others count, whoever may see which papers"
)

_E, _HELD = Stock.entries.c, Stock.on_hand.table.c
_TALLY, _LINE = Tally.__table__.c, CountLine.__table__.c
_COUNT, _DOCUMENT = StockCount.__table__.c, Document.__table__.c


@dataclass(frozen=True, slots=True)
class Result:
    """What a count says of an item."""

    item_id: int
    expected: Decimal
    #: None: nobody has counted it
    counted: Decimal | None
    #: the round that it is of
    round: int = 1
    #: whether goods moved while it was counted: it has to be counted once more
    has_moved: bool = False

    @property
    def difference(self) -> Decimal:
        """Counted less expected; what nobody has counted counts as none."""
        return (self.counted or Decimal(0)) - self.expected


def count_by_id(session: Session, document_id: int) -> StockCount:
    """The count. Refused (NotFound): one that is not open to whoever asks."""
    count = session.get(StockCount, document_id)
    if count is None:
        raise NotFound
    return count


def counted_in(session: Session, count: StockCount) -> dict[int, tuple[int, Counted]]:
    """Item → the last round in which it was counted, and what was counted in it."""
    query = (
        select(
            _TALLY.item_id,
            _TALLY.round,
            func.sum(type_coerce(_TALLY.quantity, BigInteger)),
            func.min(_TALLY.moment),
            func.max(_TALLY.moment),
        )
        .where(_TALLY.document_id == count.id, ~_TALLY.is_undone)
        .group_by(_TALLY.item_id, _TALLY.round)
        .order_by(_TALLY.item_id, _TALLY.round)
    )
    return {
        item_id: (round_, Counted(int(quantity), first, last))
        for item_id, round_, quantity, first, last in _BOOKS(session).execute(query)
    }


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
    since = min((c.first for _, c in counted.values()), default=now)
    held, moves = _held(session, count, items), _moves(session, count, items, since)
    found = []
    for item_id in sorted(items):
        round_, own = counted.get(item_id, (1, None))
        of_item = moves.get(item_id, ())
        expected = expected_at(held.get(item_id, 0), of_item, own.last if own is not None else now)
        if own is None:
            if expected:
                found.append(Result(item_id, _exact(expected), None))
            continue
        found.append(Result(item_id, _exact(expected), _exact(own.quantity), round_, has_moved(own, of_item)))
    return found


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
    held, moves = _held(session, count, items), _moves(session, count, items, now)
    return {i: _exact(expected_at(held.get(i, 0), moves.get(i, ()), now)) for i in items}


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


def _held(session: Session, count: StockCount, items: Collection[int]) -> dict[int, int]:
    """Item → what all entries come to, those that are dated ahead too."""
    held: dict[int, int] = {}
    for some in pieces(sorted(items)):
        query = (
            select(_HELD.item_id, func.sum(type_coerce(_HELD.quantity, BigInteger)))
            .where(_HELD.organisation_id == count.organisation_id, _HELD.place_id == count.place_id)
            .where(_HELD.item_id.in_(some))
            .group_by(_HELD.item_id)
        )
        held |= {item_id: int(units) for item_id, units in _BOOKS(session).execute(query)}
    return held


def _moves(session: Session, count: StockCount, items: Collection[int], since: datetime) -> Mapping[int, list[Moved]]:
    """Item → what each document has moved of it from `since` on; not what was reversed at its own moment."""
    comes, goes = _E.place_to_id == count.place_id, _E.place_from_id == count.place_id
    units = func.sum((case((comes, 1), else_=0) - case((goes, 1), else_=0)) * type_coerce(_E.quantity, BigInteger))
    moves: dict[int, list[Moved]] = defaultdict(list)
    for some in pieces(sorted(items)):
        query = (
            select(_E.item_id, _E.moment, units.label("units"))
            .where(_E.organisation_id == count.organisation_id, _E.item_id.in_(some), or_(comes, goes))
            .where(_E.moment >= since)
            .group_by(_E.item_id, _E.moment, _E.document_id)
            .having(units != 0)
        )
        for item_id, moment, moved in _BOOKS(session).execute(query):
            moves[item_id].append(Moved(moment, int(moved)))
    return moves


def _exact(units: int) -> Decimal:
    return from_units(units, Quantity.scale)
