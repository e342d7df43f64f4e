"""The moves of goods as the stock register has them: read back for costing, in the order in which they happened.

A move is everything that a document's line has between the same ends at the same time: the entry that moved the quantity,
and what corrected its value. One that was reversed sums to zero and is left out, as if it had never been: where a closed
period put the reversal off, it is booked later, and what followed from the move is corrected on that day.
"""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from operator import itemgetter
from typing import Any, Protocol

from sqlalchemy import BigInteger, and_, case, func, not_, or_, select, text, type_coerce
from sqlalchemy.orm import Session, aliased

from app.api.security import PastPolicy
from modules.warehouse.costing import CARRIED, MADE, OWN, RETURNED, Key, Line, Move, Pool
from modules.warehouse.registers import CLAIMED, CORRECTED, LANDED, REVERSED, Stock

_BOOKS = PastPolicy("goods cost what all their moves say, whoever may see these")

_E = Stock.entries.c
_ENDS = tuple(d for d in Stock.dimensions if d.is_end)
_END_COLUMNS = tuple(_E[c] for d in _ENDS for c in d.columns)
#: whole, in units of their scales
QUANTITY, VALUE = type_coerce(_E.quantity, BigInteger), type_coerce(_E.value, BigInteger)
#: of the goods where they are inside: the same at both ends
LAYER = case((_E.layer_from_id > 0, _E.layer_from_id), else_=_E.layer_to_id)
_LOT, _WORK_ORDER, _POOL, _LAYER = (
    2 * [d.name for d in _ENDS].index(name) for name in ("lot", "work_order", "pool", "layer")
)
#: what `gathered` is given
ROWS = select(
    _E.document_id,
    _E.line,
    _E.item_id,
    _E.happened,
    _E.basis,
    _E.origin_document_id,
    _E.origin_line,
    QUANTITY,
    VALUE,
    *_END_COLUMNS,
)
#: as the index says it that has these alone
_IS_WORK = text("(warehouse_stock_entry.work_order_from_id > 0 OR warehouse_stock_entry.work_order_to_id > 0)")
_PRODUCTS = aliased(Stock.entries, name="product")
_PRODUCT = _PRODUCTS.c
#: components and what work orders have made of them
_MADE = (
    select(_E.item_id, _PRODUCT.item_id)
    .distinct()
    .join_from(Stock.entries, _PRODUCTS, _PRODUCT.document_id == _E.work_order_to_id)
    .where(
        _IS_WORK, _E.work_order_to_id > 0, _PRODUCT.work_order_from_id == _E.work_order_to_id, _PRODUCT.basis == MADE
    )
)
#: what an entry of a move says that only follows another of it
_SAYS_NOTHING = (CORRECTED, REVERSED)
_PLACE = itemgetter(-1)
#: entries looked at together, from the newest back
_PAGE = 200


class Books(Protocol):
    """Whose moves are asked for: a posting, or whoever proves the books of an organisation."""

    @property
    def session(self) -> Session:
        """In whose transaction they are read."""

    @property
    def organisation_id(self) -> int:
        """Whose they are."""


@dataclass(frozen=True, slots=True)
class BooksOf:
    """The books of an organisation, for who only reads."""

    session: Session
    organisation_id: int


@dataclass(slots=True)
class Booked:
    """A move in the books: what costing makes of it, and where a difference of it belongs."""

    document_id: int
    line: int
    item_id: int
    happened: datetime
    #: the ends' columns in the register's order
    numbers: list[int]
    origin: Line | None
    move: Move
    #: quantity and value as they are booked, from `source` to `target`
    quantity: int
    value: int
    source: Key | None
    target: Key | None
    #: among those read with it
    place: int

    @property
    def lot(self) -> int:
        """The lot that it moves; 0: none."""
        return self.numbers[_LOT] or self.numbers[_LOT + 1]

    @property
    def ends(self) -> dict[str, Any]:
        """From and to of each end, by name."""
        return {d.name: (self.numbers[2 * i], self.numbers[2 * i + 1]) for i, d in enumerate(_ENDS)}


def booked_between(
    books: Books,
    items: Collection[int],
    since: datetime | None,
    until: datetime | None = None,
    places: dict[tuple[datetime, int], int] | None = None,
) -> list[Booked]:
    """The moves of items that happened from `since` on and before `until`, in their order. `places` is given by moment and
    document, also of those that are reversed."""
    rows = _BOOKS(books.session).execute(
        ROWS.where(
            *_happened_since(books, items, since), *([_E.happened < until] if until is not None else [])
        ).order_by(_E.happened, _E.id)
    )
    return gathered(rows.all(), places)


def _happened_since(books: Books, items: Collection[int], since: datetime | None) -> list[Any]:
    """No entry is booked before what it values happened, so the index by moment serves."""
    own = [_E.organisation_id == books.organisation_id, _E.item_id.in_(items), _E.basis != CLAIMED]
    return own if since is None else [*own, _E.moment >= since, _E.happened >= since]


def gathered(rows: Iterable[Any], places: dict[tuple[datetime, int], int] | None = None) -> list[Booked]:
    """The moves that entries make, given in the order in which they happened; of one moment in that in which the documents came
    there: a corrected one keeps its place. See `booked_between`."""
    groups: dict[tuple[Any, ...], list[Any]] = {}
    landed: dict[tuple[Any, ...], int] = {}
    places = {} if places is None else places
    place = 0
    for document_id, line, item_id, happened, basis, origin_document, origin_line, quantity, value, *ends in rows:
        at = (item_id, happened, *ends)
        if basis == LANDED:
            key = (origin_document, origin_line, *at)
            landed[key] = landed.get(key, 0) + value
            continue
        place += 1
        key = (document_id, line, *at)
        group = groups.get(key)
        if group is None:
            group = groups[key] = ["", None, 0, 0, places.setdefault((happened, document_id), place)]
        if basis not in _SAYS_NOTHING or not group[0]:
            group[0] = basis
            group[1] = (origin_document, origin_line) if origin_document is not None else None
        group[2] += quantity
        group[3] += value
    found = [(key, *group) for key, group in groups.items() if group[2]]
    found.sort(key=_PLACE)
    return [
        _booked(key, basis, origin, quantity, value, landed.get(key, 0) if landed else 0, place)
        for key, basis, origin, quantity, value, place in found
    ]


def _booked(
    key: tuple[Any, ...], basis: str, origin: Line | None, quantity: int, value: int, landed: int, place: int
) -> Booked:
    document_id, line, item_id, happened, *numbers = key
    source = (item_id, numbers[_POOL], numbers[_LAYER]) if numbers[_POOL] > 0 else None
    target = (item_id, numbers[_POOL + 1], numbers[_LAYER + 1]) if numbers[_POOL + 1] > 0 else None
    work_order = numbers[_WORK_ORDER] or numbers[_WORK_ORDER + 1]
    known = value + landed if basis == OWN else value
    gives_back = origin if basis == RETURNED else None
    move = Move(document_id, line, source, target, quantity, basis, known, gives_back, work_order)
    worth = value + landed
    return Booked(document_id, line, item_id, happened, numbers, origin, move, quantity, worth, source, target, place)


def take_off(pools: dict[Key, Pool], moved: Iterable[tuple[Key | None, Key | None, int, int]]) -> None:
    """Let pools be as they were before goods moved: from source, to target, quantity, value."""
    for source, target, quantity, value in moved:
        if source == target:
            continue
        for key, sign in ((source, 1), (target, -1)):
            if key is None:
                continue
            if (pool := pools.get(key)) is None:
                pool = pools[key] = Pool()
            pool.quantity += sign * quantity
            pool.value += sign * value


def sums_since(
    books: Books, items: Collection[int], since: datetime
) -> Iterator[tuple[Key | None, Key | None, int, int]]:
    """What moved from a moment on, summed by where from and where to."""
    keys = [_E[c] for name in ("pool", "layer") for c in (f"{name}_from_id", f"{name}_to_id")]
    query = (
        select(_E.item_id, *keys, func.sum(QUANTITY), func.sum(VALUE))
        .where(*_happened_since(books, items, since))
        .group_by(_E.item_id, *keys)
    )
    rows: Any = _BOOKS(books.session).execute(query)
    for item_id, pool_from, pool_to, layer_from, layer_to, quantity, value in rows:
        source = (item_id, pool_from, layer_from) if pool_from > 0 else None
        target = (item_id, pool_to, layer_to) if pool_to > 0 else None
        yield source, target, int(quantity), int(value)


def nth_moment(books: Books, items: Collection[int], since: datetime, count: int) -> datetime | None:
    """When the entry was booked that comes after `count` others, from `since` on; None when there are not as many."""
    query = select(_E.moment).where(*_happened_since(books, items, since)).order_by(_E.moment, _E.id)
    found: datetime | None = _BOOKS(books.session).scalar(query.offset(count).limit(1))
    return found


def short_since(books: Books, key: Key, since: datetime, held: int) -> tuple[int, datetime] | None:
    """The first time from a moment on when a document takes from a pool what isn't there, other than for good: how much is
    missing, and when. `held`: what the pool has just before."""
    item_id, pool, layer = key
    goes = and_(_E.pool_from_id == pool, _E.layer_from_id == layer)
    comes = and_(_E.pool_to_id == pool, _E.layer_to_id == layer)
    for_good = and_(
        _E.pool_to_id <= 0, _E.work_order_to_id <= 0, or_(_E.basis == CARRIED, _E.origin_document_id.is_(None))
    )
    added = case((comes, QUANTITY), else_=0) - case((goes, QUANTITY), else_=0)
    documents = (
        select(
            _E.happened,
            func.min(_E.id).label("first"),
            func.sum(added).label("added"),
            func.sum(case((and_(goes, not_(comes), not_(for_good)), QUANTITY), else_=0)).label("taken"),
        )
        .where(*_happened_since(books, {item_id}, since), or_(goes, comes))
        .group_by(_E.happened, _E.document_id)
        .subquery()
    )
    level = func.sum(documents.c.added).over(order_by=(documents.c.happened, documents.c.first)).label("level")
    levels = select(documents.c.happened, documents.c.first, documents.c.taken, level).subquery()
    short = select(levels.c.level, levels.c.happened).where(levels.c.taken > 0, levels.c.level < -held)
    row = _BOOKS(books.session).execute(short.order_by(levels.c.happened, levels.c.first).limit(1)).first()
    return None if row is None else (-held - int(row[0]), row[1])


def bound_to(books: Books, items: set[int], since: datetime) -> set[int]:
    """Items whose costs hang on what these cost since a moment: products that work orders made of them, the components that
    a reversal brings back together with them, and what hangs on those in turn."""
    found: set[int] = set()
    asked = items
    while asked:
        asked = (_made_of(books, asked, since) | _brought_back_with(books, asked, since)) - items - found
        found |= asked
    return found


def _made_of(books: Books, items: set[int], since: datetime) -> set[int]:
    made = _MADE.with_only_columns(_PRODUCT.item_id).where(*_happened_since(books, items, since))
    return set(_BOOKS(books.session).scalars(made))


def _brought_back_with(books: Books, items: set[int], since: datetime) -> set[int]:
    other = aliased(Stock.entries, name="other")
    is_reversed = (_E.basis == REVERSED, _IS_WORK)
    query = (
        select(other.c.item_id)
        .distinct()
        .join_from(Stock.entries, other, other.c.document_id == _E.document_id)
        .where(*_happened_since(books, items, since), *is_reversed)
    )
    return set(_BOOKS(books.session).scalars(query))


def made_of_each(books: Books) -> list[tuple[int, int]]:
    """Which items work orders have made of which: component, product."""
    query = _MADE.where(_E.organisation_id == books.organisation_id)
    return [(component, made) for component, made in _BOOKS(books.session).execute(query)]


def all_items(books: Books) -> list[int]:
    """Every item that has moved."""
    total = Stock.worth.table.c
    query = select(total.item_id).distinct().where(total.organisation_id == books.organisation_id)
    return sorted(_BOOKS(books.session).scalars(query))


def last_moved(books: Books, key: Key, before: datetime) -> tuple[int, int]:
    """Quantity and value of the last goods that left an empty pool before a moment, as what emptied it took all that was there;
    or that came, where they made up for what had left before."""
    moved = (b.move for b in back_from(books, key, before) if b.source != b.target)
    return next(((move.quantity, move.value) for move in moved), (0, 0))


def back_from(books: Books, key: Key, moment: datetime) -> Iterator[Booked]:
    """The moves of a pool that happened before a moment, the newest first, read page by page."""
    item_id, pool, layer = key
    ends = (
        and_(_E.pool_from_id == pool, _E.layer_from_id == layer),
        and_(_E.pool_to_id == pool, _E.layer_to_id == layer),
    )
    of_key = (_E.organisation_id == books.organisation_id, _E.item_id == item_id, or_(*ends), _E.basis != CLAIMED)
    query = ROWS.add_columns(_E.moment, _E.id).where(*of_key, _E.happened < moment)
    connection = _BOOKS(books.session)
    # What a closed period put off: it is booked later than the move that it values.
    rows = list(connection.execute(query.where(_E.moment >= moment)))
    newest_first = query.order_by(_E.moment.desc(), _E.id.desc()).limit(_PAGE)
    after: tuple[Any, ...] = (_E.moment < moment,)
    while True:
        page = connection.execute(newest_first.where(*after)).all()
        rows += page
        is_last = len(page) < _PAGE
        reached = datetime.min if is_last else page[-1].moment
        # Nothing is booked before what it values happened: what happened after the page's end is whole.
        whole = sorted((r for r in rows if r.happened > reached or is_last), key=lambda r: (r.happened, r.id))
        yield from reversed(gathered(r[:-2] for r in whole))
        if is_last:
            return
        rows = [r for r in rows if r.happened <= reached]
        last = page[-1]
        after = (or_(_E.moment < last.moment, and_(_E.moment == last.moment, _E.id < last.id)),)


def of_work_order(books: Books, work_order: int) -> list[Booked]:
    """The moves of what went into a work order and came out of it."""
    own = or_(_E.work_order_from_id == work_order, _E.work_order_to_id == work_order)
    query = ROWS.where(_E.organisation_id == books.organisation_id, own, _E.basis != CLAIMED)
    return gathered(_BOOKS(books.session).execute(query.order_by(_E.happened, _E.id)))


def first_happened(session: Session, document_id: int) -> datetime | None:
    """When the first of what a document's entries value happened; None when it has none."""
    first: datetime | None = _BOOKS(session).scalar(select(func.min(_E.happened)).where(_E.document_id == document_id))
    return first


def items_of(session: Session, document_id: int) -> list[int]:
    """The items that a document has moved."""
    query = select(_E.item_id).distinct().where(_E.document_id == document_id, _E.basis != CLAIMED)
    return sorted(_BOOKS(session).scalars(query))
