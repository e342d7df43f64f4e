"""What the cost of a line is made of: what each of its moves took, gave or was worth by itself, as the books have it.

The figures are the books' own: what a move is worth is read, and its parts add up to that.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from itertools import chain, islice, takewhile

from sqlalchemy import BigInteger, select, type_coerce
from sqlalchemy.orm import Session

from app.api.reference import organisation_id
from app.api.security import PastPolicy, visible
from modules.warehouse import layers, moves, recosting, returns
from modules.warehouse.costing import FIFO, MADE, OWN, RETURNED, Key, Line, Pool
from modules.warehouse.models import Place
from modules.warehouse.moves import Booked, Books, BooksOf
from modules.warehouse.places import open_places
from modules.warehouse.policies import costing_of, shares_company_cost
from modules.warehouse.registers import CLAIMED, LANDED, Stock

_BOOKS = PastPolicy("what a cost is made of, for who sees costs; documents are named as far as they are open")

_E = Stock.entries.c
_TICK = timedelta(microseconds=1)
#: how many inflows of an average are listed, and moves looked through for them
MOST, _MOST_READ = 20, 2000

#: how a move got its worth
PRICE, LAYERS, POOL, LOT, BACK, COMPONENTS, LAST = "price", "layers", "pool", "lot", "back", "components", "last"
#: it left what isn't open to whoever asks
CLOSED = "closed"


@dataclass(frozen=True, slots=True)
class Part:
    """What one line gives to a cost, or takes off it: quantity in millionths, value in units of 10**-4."""

    line: Line
    item_id: int
    happened: datetime
    quantity: int
    value: int


@dataclass(slots=True)
class Explained:
    """A move and what its worth is made of."""

    booked: Booked
    how: str
    #: what adds up to its value: layers, components, the own price and what landed on it
    parts: list[Part] = field(default_factory=list)
    #: of an average: what was there just before it
    held: tuple[int, int] = (0, 0)
    #: of an average: what came in since there was nothing last, the newest first, at most MOST; whether there was more
    inflows: list[Part] = field(default_factory=list)
    is_cut: bool = False

    @property
    def rest(self) -> int:
        """What of the value no part gives: goods that left before they came were made up for by what came later."""
        return self.booked.value - sum(part.value for part in self.parts) if self.parts else 0


@dataclass(frozen=True, slots=True)
class Step:
    """What was booked for a line: when it was posted, or as something changed its cost later."""

    document_id: int
    #: why: a basis of the register
    basis: str
    moment: datetime
    value: int


def explained(session: Session, line: Line) -> list[Explained]:
    """The moves of a document's line, each with what its worth is made of; none where it moved no goods."""
    books = BooksOf(session, organisation_id(session))
    found = [b for b in returns.moves_of(books, {line}) if b.source != b.target]
    return [_explained(books, b) for b in found]


def steps_of(session: Session, line: Line) -> list[Step]:
    """What was booked for a line, in its order, with what landed on it; what adds up to its cost."""
    own = (_E.document_id == line[0], _E.line == line[1], _E.basis != LANDED)
    landed = (_E.origin_document_id == line[0], _E.origin_line == line[1], _E.basis == LANDED)
    found: dict[tuple[int, str, datetime], int] = {}
    for where in (own, landed):
        query = select(_E.document_id, _E.cause_id, _E.basis, _E.moment, moves.VALUE)
        for document, cause, basis, moment, value in _BOOKS(session).execute(
            query.where(*where, _E.basis != CLAIMED).order_by(_E.moment, _E.id)
        ):
            key = (cause or document, basis, moment)
            found[key] = found.get(key, 0) + value
    return [Step(*key, value) for key, value in found.items() if value]


def _explained(books: Books, b: Booked) -> Explained:
    if b.source is not None:
        return _taken(books, b, b.source)
    if b.move.basis == OWN:
        return Explained(b, PRICE, list(_own(books, b)))
    if b.move.basis == MADE:
        return Explained(b, COMPONENTS, list(_components(books, b)))
    if b.move.basis == RETURNED and b.move.origin is not None:
        return Explained(b, BACK, _given_back(books, b, b.move.origin))
    return Explained(b, LAST)


def _taken(books: Books, b: Booked, key: Key) -> Explained:
    """What left a pool: layers, or a share of what was there; nothing of what a pool holds that isn't open to the actor."""
    if not _is_open(books.session, key):
        return (
            Explained(b, CLOSED) if b.move.origin is None else Explained(b, BACK, _given_back(books, b, b.move.origin))
        )
    pool = _pool_before(books, b, key)
    if b.move.origin is not None and pool.layers is None:
        return Explained(b, BACK, _given_back(books, b, b.move.origin), (pool.quantity, pool.value))
    if pool.layers is not None:
        return Explained(b, LAYERS, list(_layers_taken(books, b, pool)))
    inflows, is_cut = _inflows(books, b, key, pool.quantity)
    return Explained(b, LOT if b.move.layer else POOL, [], (pool.quantity, pool.value), inflows, is_cut)


def _is_open(session: Session, key: Key) -> bool:
    """Whether what a pool holds is of a warehouse, or all of the company, that is open to the session's actor."""
    if visible(session, Place) is None:
        return True
    return not shares_company_cost(session) and bool(open_places(session, {key[1]}))


def _pool_before(books: Books, b: Booked, key: Key) -> Pool:
    """What a pool held just before a move: what it holds now less what happened since, and what happened at that very moment
    before it."""
    total = Stock.worth.table.c
    amounts = (type_coerce(total.quantity, BigInteger), type_coerce(total.value, BigInteger))
    of_key = (total.item_id == key[0], total.pool_id == key[1], total.layer_id == key[2])
    row = _BOOKS(books.session).execute(select(*amounts).where(total.organisation_id == books.organisation_id, *of_key))
    held = row.one()
    pool = Pool(int(held[0]), int(held[1]))
    moves.take_off({key: pool}, moves.sums_since(books, {key[0]}, b.happened))
    if costing_of(books.session, {key[0]})[key[0]] == FIFO:
        pool.layers = layers.layers_before(books, key, pool, b.happened)
    for other in moves.booked_between(books, {key[0]}, b.happened, b.happened + _TICK):
        if _is_same(other, b):
            break
        _follow(books, pool, other, key)
    return pool


def _follow(books: Books, pool: Pool, b: Booked, key: Key) -> None:
    """Let a pool be as a move left it, at what that is booked at."""
    if b.source == b.target:
        return
    if b.source == key:
        if pool.layers is not None:
            pool.take(b.quantity, step=recosting.step_of(books.session), first=b.move.origin)
        else:
            pool.quantity, pool.value = pool.quantity - b.quantity, pool.value - b.value
    if b.target == key:
        pool.enter(b.quantity, b.value, (b.document_id, b.line), step=recosting.step_of(books.session))


def _layers_taken(books: Books, b: Booked, pool: Pool) -> Iterator[Part]:
    """The layers that a move took, oldest first."""
    kept = list(pool.layers or ())
    before = [replace(layer) for layer in kept]
    pool.take(b.quantity, step=recosting.step_of(books.session), first=b.move.origin)
    left = {id(layer): layer for layer in pool.layers or ()}
    taken = []
    for layer, was in zip(kept, before, strict=True):
        now = left.get(id(layer))
        quantity, value = was.quantity - (now.quantity if now else 0), was.value - (now.value if now else 0)
        if quantity:
            taken.append((was.line, quantity, value))
    came = {(o.document_id, o.line): o.happened for o in returns.moves_of(books, {line for line, _, _ in taken})}
    for line, quantity, value in taken:
        yield Part(line, b.item_id, came.get(line, b.happened), quantity, value)


def _inflows(books: Books, b: Booked, key: Key, held: int) -> tuple[list[Part], bool]:
    """What came into a pool since there was nothing last, the newest first."""
    found: list[Part] = []
    same = moves.booked_between(books, {key[0]}, b.happened, b.happened + _TICK)
    before = list(takewhile(lambda other: not _is_same(other, b), same))
    earlier = chain(reversed(before), moves.back_from(books, key, b.happened))
    for other in islice(earlier, _MOST_READ):
        if held <= 0:
            return found, False
        if other.source == other.target or key not in (other.source, other.target):
            continue
        if other.target == key:
            if len(found) == MOST:
                return found, True
            found.append(_part(other))
            held -= other.quantity
        else:
            held += other.quantity
    return found, held > 0


def _own(books: Books, b: Booked) -> Iterator[Part]:
    """Its own price, and each document whose cost landed on it."""
    found = returns.landings_on(books, (b.document_id, b.line))
    landed = {document: value for (document, ends), value in found.items() if ends == tuple(b.numbers)}
    yield replace(_part(b), value=b.value - sum(landed.values()))
    for document, value in landed.items():
        yield Part((document, 0), b.item_id, b.happened, 0, value)


def _components(books: Books, b: Booked) -> Iterator[Part]:
    """What went into the work order, less what its other products took."""
    for other in moves.of_work_order(books, b.move.work_order):
        if _is_same(other, b):
            continue
        is_in = other.source is not None
        part = _part(other)
        yield part if is_in else replace(part, value=-part.value)


def _given_back(books: Books, b: Booked, line: Line) -> list[Part]:
    """Its share of the line that it gives back."""
    happened = min((o.happened for o in returns.moves_of(books, {line})), default=b.happened)
    return [Part(line, b.item_id, happened, b.quantity, b.value)]


def _part(b: Booked) -> Part:
    return Part((b.document_id, b.line), b.item_id, b.happened, b.quantity, b.value)


def _is_same(one: Booked, other: Booked) -> bool:
    return (one.document_id, one.line, one.numbers) == (other.document_id, other.line, other.numbers)
