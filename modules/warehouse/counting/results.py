"""What a count has found so far: of each item what was counted, what the books expected at that moment, and what differs."""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal

from sqlalchemy import BigInteger, case, func, or_, select, type_coerce
from sqlalchemy.orm import Session

from app.api.data import pieces
from app.api.errors import NotFound
from app.api.security import PastPolicy
from app.api.values import Quantity, from_units, to_units
from modules.warehouse.bins.registers import Bins
from modules.warehouse.catch_weight.registers import SecondQuantities
from modules.warehouse.counting.bins import counted_bins
from modules.warehouse.counting.books import Book, Spot, books
from modules.warehouse.counting.elsewhere import bins_counted_elsewhere, counted_elsewhere
from modules.warehouse.counting.models import NONE_THERE, Recount, StockCount, Tally, WholeBin
from modules.warehouse.counting.rules import Counted, came_unseen, expected_at, has_moved, piece_has_moved
from modules.warehouse.counting.weighing import Goods, Weighing, weighings
from modules.warehouse.items import items_by_id
from modules.warehouse.lots.rules import SERIAL
from modules.warehouse.models import NONE
from modules.warehouse.registers import Stock

_BOOKS = PastPolicy(
    "a count is compared with all that has moved, and with what others count, whoever may see which papers"
)

_HELD, _LYING = Stock.on_hand.table.c, Bins.lying.table.c
_TALLY, _WHOLE = Tally.__table__.c, WholeBin.__table__.c
_NOTHING = Book()


@dataclass(frozen=True, slots=True)
class Part:
    """What a count says of one lot or serial number; of goods without such, of all."""

    #: what its label bears; empty: none
    lot: str
    expected: Decimal
    counted: Decimal
    #: whether goods moved while it was counted
    has_moved: bool = False
    #: the same in the second unit, of a count by bins in all of them together; None: it has none, or not all of it was weighed
    expected_second: Decimal | None = None
    counted_second: Decimal | None = None
    #: what was weighed here; None: it has no second unit, or not all that was counted here was weighed
    second_here: Decimal | None = None
    #: the bins in which nobody weighed it, though somebody did in others
    lacking: Sequence[int] = ()

    @property
    def difference(self) -> Decimal:
        """Counted less expected."""
        return self.counted - self.expected

    @property
    def second_difference(self) -> Decimal | None:
        """The same in the second unit."""
        both = self.counted_second, self.expected_second
        return None if both[0] is None or both[1] is None else both[0] - both[1]


@dataclass(frozen=True, slots=True)
class Result:
    """What a count says of an item, and of a count by bins of what lies in one of them."""

    item_id: int
    #: 0: what isn't put away; of a count by items always
    bin_id: int
    parts: Sequence[Part]
    #: None: nobody has counted it
    counted: Decimal | None
    #: the round that it is of
    round: int = 1
    #: when all in its bin was counted, and it wasn't seen; None: it was counted itself
    unseen_at: datetime | None = None

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
        return any(part.difference or part.second_difference for part in self.parts)

    @property
    def seconds(self) -> tuple[Decimal, Decimal] | None:
        """Expected and counted of its lots in the second unit, in a count by bins in all of them together; None: it has none,
        or not all of it was weighed."""
        return seconds_of(self.parts)

    @property
    def second_here(self) -> Decimal | None:
        """What was weighed of it here; None: it has no second unit, or not all of it was weighed."""
        weighed = [part.second_here for part in self.parts]
        return None if None in weighed else sum((each or Decimal(0) for each in weighed), Decimal(0))


def seconds_of(parts: Iterable[Part]) -> tuple[Decimal, Decimal] | None:
    """Expected and counted of lots in the second unit, each once; None: there is none, or not all was weighed."""
    expected, counted = Decimal(0), Decimal(0)
    by_lot = {part.lot: part for part in parts}
    for part in by_lot.values():
        if part.expected_second is None or part.counted_second is None:
            return None
        expected, counted = expected + part.expected_second, counted + part.counted_second
    return (expected, counted) if by_lot else None


@dataclass(frozen=True, slots=True)
class Seen:
    """What was counted of an item, or of it in a bin, in its last round."""

    round: int
    whole: Counted
    #: lot or serial number → what was counted of it; of goods without such, that of "" is the whole. None: of all that lies in
    #: the bin nothing was this item
    lots: Mapping[str, Counted]


def count_by_id(session: Session, document_id: int) -> StockCount:
    """The count. Refused (NotFound): one that is not open to whoever asks."""
    count = session.get(StockCount, document_id)
    if count is None:
        raise NotFound
    return count


def counted_in(session: Session, count: StockCount) -> dict[Spot, Seen]:
    """Spot → what was counted there in the last round; a serial number that was scanned twice is one piece. Where somebody has
    counted all that lies in a bin, nothing of what else lay there."""
    query = (
        select(
            _TALLY.item_id,
            _TALLY.bin_id,
            _TALLY.round,
            _TALLY.lot,
            func.sum(type_coerce(_TALLY.quantity, BigInteger)),
            func.min(_TALLY.moment),
            func.max(_TALLY.moment),
            func.sum(type_coerce(_TALLY.second, BigInteger)),
            func.max(type_coerce(_TALLY.second, BigInteger)),
            func.sum(case((_TALLY.second.is_(None) & (type_coerce(_TALLY.quantity, BigInteger) > 0), 1), else_=0)),
        )
        .where(_TALLY.document_id == count.id, ~_TALLY.is_undone)
        .group_by(_TALLY.item_id, _TALLY.bin_id, _TALLY.round, _TALLY.lot)
        .order_by(_TALLY.item_id, _TALLY.bin_id, _TALLY.round, _TALLY.lot)
    )
    rounds: dict[Spot, tuple[int, dict[str, Counted]]] = {}
    rows = _BOOKS(session).execute(query).all()
    items = items_by_id(session, {row[0] for row in rows})
    for item_id, bin_id, round_, lot, quantity, first, last, second, greatest, unweighed in rows:
        if rounds.get((item_id, bin_id), (0,))[0] < round_:
            rounds[item_id, bin_id] = (round_, {})
        # A piece that was scanned twice was weighed twice.
        weighed = greatest if items[item_id].tracking == SERIAL else second
        weight = None if unweighed else int(weighed or 0)
        rounds[item_id, bin_id][1][lot] = Counted(int(quantity), first, last, weight)
    seen = {spot: _seen(round_, lots, items[spot[0]].tracking == SERIAL) for spot, (round_, lots) in rounds.items()}
    return seen | _missing_in(session, count, seen) if count.is_by_bin else seen


def _missing_in(session: Session, count: StockCount, seen: Mapping[Spot, Seen]) -> dict[Spot, Seen]:
    """Spot → that nothing of it was seen, of bins of which all was counted."""
    wholes, asked = whole_bins(session, count), rounds_of(session, count)
    found: dict[Spot, Seen] = {}
    for spot in spots_in(session, count, wholes):
        rounds = wholes[spot[1]]
        round_ = max((n for n in rounds if n <= asked.get(spot, 1)), default=min(rounds))
        if spot not in seen or seen[spot].round < min(round_, asked.get(spot, 1)):
            found[spot] = Seen(round_, rounds[round_], {})
    return found


def whole_bins(session: Session, count: StockCount) -> dict[int, dict[int, Counted]]:
    """Bin → round → between which moments all in it was counted."""
    began = func.min(_TALLY.moment)
    tallies = select(_TALLY.bin_id, _TALLY.round, began).where(_TALLY.document_id == count.id, ~_TALLY.is_undone)
    rows = _BOOKS(session).execute(tallies.group_by(_TALLY.bin_id, _TALLY.round))
    first = {(bin_id, round_): moment for bin_id, round_, moment in rows}
    wholes = select(_WHOLE.bin_id, _WHOLE.round, func.max(_WHOLE.moment)).group_by(_WHOLE.bin_id, _WHOLE.round)
    found: dict[int, dict[int, Counted]] = defaultdict(dict)
    for bin_id, round_, last in _BOOKS(session).execute(
        wholes.where(_WHOLE.document_id == count.id, ~_WHOLE.is_undone)
    ):
        found[bin_id][round_] = Counted(0, min(first.get((bin_id, round_), last), last), last)
    return found


def has_whole_bins(session: Session, count: StockCount) -> bool:
    """Whether somebody has counted all that lies in a bin, be it that nothing does."""
    query = select(_WHOLE.id).where(_WHOLE.document_id == count.id, ~_WHOLE.is_undone).limit(1)
    return count.is_by_bin and _BOOKS(session).scalar(query) is not None


def _seen(round_: int, lots: Mapping[str, Counted], has_serials: bool) -> Seen:
    if has_serials:
        piece = to_units(Decimal(1), Quantity.scale)
        lots = {lot: replace(each, quantity=min(each.quantity, piece)) for lot, each in lots.items()}
    first, last = min(each.first for each in lots.values()), max(each.last for each in lots.values())
    return Seen(round_, Counted(sum(each.quantity for each in lots.values()), first, last), lots)


def rounds_of(session: Session, count: StockCount) -> dict[Spot, int]:
    """Spot → the round in which it is to be counted, of those that are counted once more."""
    rows = session.execute(
        select(Recount.item_id, Recount.bin_id, Recount.round).where(Recount.document_id == count.id)
    )
    return {(row.item_id, row.bin_id): row.round for row in rows}


def rounds_then(session: Session, count: StockCount) -> Callable[[datetime], Mapping[Spot, int]]:
    """The same, of what was asked for by a moment: what is counted after it is of that round, or later."""
    rows = session.execute(
        select(Recount.item_id, Recount.bin_id, Recount.round, Recount.asked_at).where(Recount.document_id == count.id)
    ).all()
    return lambda moment: {
        (row.item_id, row.bin_id): row.round - (row.asked_at is not None and moment < row.asked_at) for row in rows
    }


def to_count_again(session: Session, count: StockCount) -> list[Spot]:
    """What nobody has counted once more yet, though it is asked for."""
    counted = counted_in(session, count)
    return [
        spot
        for spot, round_ in rounds_of(session, count).items()
        if spot not in counted or counted[spot].round < round_
    ]


def results(session: Session, count: StockCount, now: datetime) -> list[Result]:
    """What was counted and what the books expected then, by spot; of what nobody has counted, where that means there is none,
    what they expect `now`. What was counted and has a difference of zero is among them."""
    counted = counted_in(session, count)
    rest = _none_of(session, count, counted) if count.rest == NONE_THERE else set()
    spots = counted.keys() | rest
    items = {item_id for item_id, _ in spots}
    since = min((seen.whole.first for seen in counted.values()), default=now)
    said, known, found = books(session, count, items, since), items_by_id(session, items), []
    own: dict[Goods, dict[int, Counted]] = defaultdict(dict)
    for spot in sorted(spots):
        seen = counted.get(spot)
        for lot in sorted(said.get(spot, {}).keys() | (seen.lots.keys() if seen else set())):
            own[spot[0], lot][spot[1]] = _own(lot, seen, now)
    weighed = weighings(session, count, list(known.values()), own, said, since)
    lots_of: dict[Spot, list[str]] = defaultdict(list)
    for (item_id, lot), bins in own.items():
        for bin_id in bins:
            lots_of[item_id, bin_id].append(lot)
    for spot in sorted(spots):
        (item_id, bin_id), seen, of_spot = spot, counted.get(spot), said.get(spot, {})
        parts = [
            _part(
                lot,
                of_spot.get(lot, _NOTHING),
                own[item_id, lot][bin_id],
                seen,
                known[item_id].tracking,
                weighed.get((item_id, lot)),
            )
            for lot in sorted(lots_of[spot])
        ]
        if seen is None or not seen.lots:
            parts = [part for part in parts if part.expected or part.has_moved]
        if parts or (seen is not None and seen.lots):
            counted_ = None if seen is None else _exact(seen.whole.quantity)
            unseen = None if seen is None or seen.lots else seen.whole.last
            found.append(Result(*spot, parts, counted_, seen.round if seen else 1, unseen))
    return found


def _own(lot: str, seen: Seen | None, now: datetime) -> Counted:
    """What was counted of one lot; of one that nobody saw nothing, when its item was counted last."""
    if seen is None:
        return Counted(0, now, now)
    return seen.lots[lot] if lot in seen.lots else replace(seen.whole, quantity=0, second=0)


def _part(lot: str, book: Book, own: Counted, seen: Seen | None, tracking: str, weighed: Weighing | None) -> Part:
    """One lot of an item, compared as of when it was counted."""
    expected, is_seen = expected_at(book.held, book.moves, own.last), seen is not None and lot in seen.lots
    moved = has_moved(own, book.moves) if is_seen else seen is not None and came_unseen(own, book.moves)
    if tracking == SERIAL and lot and seen is not None:
        moved = piece_has_moved(own, expected, book.moves) or (moved and not is_seen)
    part = Part(lot, _exact(expected), _exact(own.quantity), moved)
    if weighed is None:
        return part
    if weighed.has_moved:
        return replace(part, has_moved=moved or seen is not None)
    expected_second, counted_second, here = (
        None if each is None else _exact(each) for each in (weighed.expected, weighed.counted, own.second)
    )
    return replace(
        part,
        expected_second=expected_second,
        counted_second=counted_second,
        second_here=here,
        lacking=weighed.lacking,
    )


def uncounted(session: Session, count: StockCount, counted: Collection[Spot]) -> set[Spot]:
    """What nobody has counted: of the count's list, or else of all that was in the warehouse or its counted bins."""
    if count.is_by_bin:
        return spots_in(session, count, [each.id for each in counted_bins(session, count)]) - set(counted)
    return {(i, NONE) for i in count.listed or ever_there(session, count)} - set(counted)


def _none_of(session: Session, count: StockCount, counted: Collection[Spot]) -> set[Spot]:
    """Of what there is none, as nobody has counted it: not here, nor elsewhere since this count was begun."""
    rest = uncounted(session, count, counted)
    items = counted_elsewhere(session, count, {item_id for item_id, _ in rest}, count.begun_at)
    bins = bins_counted_elsewhere(session, count, {bin_id for _, bin_id in rest}, count.begun_at)
    return {spot for spot in rest if spot[0] not in items and spot[1] not in bins}


def ever_there(session: Session, count: StockCount) -> set[int]:
    """The items that have ever been in the count's warehouse, whether anything is left of them or not."""
    query = select(_HELD.item_id).distinct()
    own = query.where(_HELD.organisation_id == count.organisation_id, _HELD.place_id == count.place_id)
    return set(_BOOKS(session).scalars(own))


def spots_in(session: Session, count: StockCount, bins: Collection[int]) -> set[Spot]:
    """What lies in bins, or did since the count was begun, of the count's list if it has one; of what isn't put away, each item
    of the warehouse."""
    listed, found = count.listed, set[Spot]()
    if NONE in bins:
        found = {(item_id, NONE) for item_id in ever_there(session, count)}
    for some in pieces(sorted(set(bins) - {NONE})):
        query = select(_LYING.item_id, _LYING.bin_id).distinct()
        own = query.where(_LYING.organisation_id == count.organisation_id, _LYING.bin_id.in_(some))
        own = own.where(or_(_LYING.quantity != 0, _LYING.last_moment >= count.begun_at))
        found |= {(row[0], row[1]) for row in _BOOKS(session).execute(own)}
    return {spot for spot in found if not listed or spot[0] in listed}


def expected_now(
    session: Session, count: StockCount, items: Collection[int], now: datetime
) -> dict[Spot, dict[str, Decimal]]:
    """Spot → lot or serial number, of goods without such "" → what the books expect of it at the present moment."""
    return {
        spot: {lot: _exact(expected_at(book.held, book.moves, now)) for lot, book in sorted(lots.items())}
        for spot, lots in books(session, count, items, now).items()
    }


def changed_nothing(session: Session, count: StockCount) -> bool:
    """Whether a count that is posted found what the books said."""
    entries = (each.entries.c for each in (Stock, Bins, SecondQuantities))
    found = (select(e.document_id).where(e.document_id == count.id).limit(1) for e in entries)
    return all(_BOOKS(session).scalar(query) is None for query in found)


def _exact(units: int) -> Decimal:
    return from_units(units, Quantity.scale)
