"""The books as plainly as they can be kept: a list of what people did, read again from its beginning for every question.

Slow, and written from the rules alone (DESIGN 4): it knows nothing of how the program reaches its figures.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from fractions import Fraction

SUPPLIERS, CUSTOMERS, LOSSES, OPENING, PRODUCTION = -1, -2, -3, -4, -5
FIRST_WAREHOUSE = 100
ZERO = Decimal(0)
#: a document and a line of it
Line = tuple[int, int]
#: a line, and whether it is the move that a reversal in a later period makes
Step = tuple[int, int, bool]
Key = tuple[int, ...]


class Refused(Exception):
    """The act can't be: closed, short of goods, short of claimed goods, or something was given back or landed on."""


def rounded(exact: Fraction, digits: int = 2) -> Decimal:
    """The nearest number of so many digits, half away from zero."""
    units = int(abs(exact) * 10**digits + Fraction(1, 2))
    return Decimal(units if exact >= 0 else -units).scaleb(-digits)


def part_of(value: Decimal, quantity: Decimal, whole: Decimal) -> Decimal:
    """What `quantity` out of `whole` is worth when the whole is worth `value`."""
    return rounded(Fraction(value) * Fraction(quantity) / Fraction(whole))


def line_totals(
    quantity: Decimal, price: Decimal, discount: Decimal, tax_rate: Decimal, *, included: bool, digits: int
) -> tuple[Decimal, Decimal]:
    """A line without tax, and its tax."""
    rate = Fraction(tax_rate)
    amount = rounded(Fraction(quantity) * Fraction(price) * (100 - Fraction(discount)) / 100, digits)
    tax = rounded(Fraction(amount) * rate / (100 + rate if included else 100), digits)
    return (amount - tax if included else amount), tax


@dataclass(frozen=True)
class Move:
    """Goods on their way. `value`: a price of their own; `origin`: what they give back; `claim`: which they leave."""

    line: int
    item: int
    source: int
    target: int
    quantity: Decimal
    value: Decimal | None = None
    origin: Line | None = None
    claim: int = 0


@dataclass(frozen=True)
class Landed:
    """A cost that comes on top of what a line of goods was bought for."""

    line: int
    origin: Line
    value: Decimal


@dataclass(frozen=True)
class Claimed:
    """Goods that an order claims, or lets go of when the quantity is below zero."""

    item: int
    warehouse: int
    claim: int
    quantity: Decimal


@dataclass(frozen=True)
class Sold:
    """A line of a sale (`sign` 1) or of a return (-1); what it costs is what its goods are worth on their way."""

    line: int
    item: int
    contact: int
    sign: int
    quantity: Decimal
    revenue: Decimal


@dataclass(frozen=True)
class Owed:
    """What a contact owes more, or less, and that in the company's own currency."""

    contact: int
    currency: str
    amount: Decimal
    base: Decimal


@dataclass(frozen=True)
class Document:
    """What a person recorded. In a work order the product is the last move: all others are its components."""

    number: int
    kind: str
    moment: datetime
    moves: tuple[Move, ...] = ()
    landed: tuple[Landed, ...] = ()
    claimed: tuple[Claimed, ...] = ()
    sold: tuple[Sold, ...] = ()
    owed: tuple[Owed, ...] = ()

    @property
    def origins(self) -> set[int]:
        """The documents whose goods it gives back or whose costs it raises."""
        return {x.origin[0] for x in (*self.moves, *self.landed) if x.origin is not None}

    def move_of(self, line: int) -> Move:
        """The move of a line."""
        return next(m for m in self.moves if m.line == line)


@dataclass(frozen=True)
class Reversed:
    """A document that somebody reversed."""

    number: int


@dataclass(frozen=True)
class Closed:
    """Nothing can be recorded any more up to and including a day."""

    until: date


Act = Document | Reversed | Closed


@dataclass(frozen=True)
class Change:
    """What one fact adds to a key; `side` 1 counts as in and -1 as out, and a reversal lessens its own side."""

    moment: datetime
    document: int
    key: tuple
    amounts: tuple[Decimal, ...]
    side: int


@dataclass
class Layer:
    """Goods that came in together."""

    line: Line
    quantity: Decimal
    value: Decimal


@dataclass
class Pool:
    """What shares its costs. By average everything is one layer; by FIFO every arrival stays one, oldest first."""

    is_fifo: bool
    layers: list[Layer] = field(default_factory=list)
    #: quantity and value just before it was last emptied
    last: tuple[Decimal, Decimal] = (ZERO, ZERO)

    @property
    def quantity(self) -> Decimal:
        """How much there is."""
        return sum((layer.quantity for layer in self.layers), ZERO)

    @property
    def value(self) -> Decimal:
        """What all of it is worth."""
        return sum((layer.value for layer in self.layers), ZERO)

    def put(self, line: Line, quantity: Decimal, value: Decimal) -> None:
        """Goods come in."""
        self.layers.append(Layer(line, quantity, value))
        if not self.is_fifo:
            self.layers = [Layer(line, self.quantity, self.value)]

    def take(self, quantity: Decimal, own: Line | None = None) -> Decimal:
        """Goods go out, of the layer of the line `own` first, then the oldest; gives what they were worth."""
        if quantity >= self.quantity:
            return self._take_all()
        worth = ZERO
        for layer in sorted(self.layers, key=lambda layer: layer.line != own):
            part = min(quantity, layer.quantity)
            value = layer.value if part == layer.quantity else part_of(layer.value, part, layer.quantity)
            layer.quantity, layer.value = layer.quantity - part, layer.value - value
            quantity, worth = quantity - part, worth + value
        self.layers = [layer for layer in self.layers if layer.quantity]
        return worth

    def give_back(self, quantity: Decimal, own: Line, share: Decimal) -> Decimal:
        """Goods that came in by the line `own` go out again; by average at their share of it, as far as there is value."""
        if self.is_fifo:
            return self.take(quantity, own)
        if quantity >= self.quantity:
            return self._take_all()
        (layer,) = self.layers
        value = min(share, layer.value)
        layer.quantity, layer.value = layer.quantity - quantity, layer.value - value
        return value

    def average_of(self, quantity: Decimal) -> Decimal:
        """What so much is worth by the average here, or when nothing is here by the last that was known."""
        whole, value = (self.quantity, self.value) if self.layers else self.last
        return part_of(value, quantity, whole) if whole else ZERO

    def _take_all(self) -> Decimal:
        worth = self.value
        if self.layers:
            self.last = (self.quantity, worth)
        self.layers = []
        return worth


@dataclass
class Books:
    """What people did, in that order. Items in `fifo` cost first in, first out; `one_pool`: the company is one pool."""

    fifo: frozenset[int] = frozenset()
    one_pool: bool = False
    acts: list[Act] = field(default_factory=list)

    def record(self, act: Act) -> None:
        """Add what somebody did. Refused: what can't be; then nothing is added."""
        if isinstance(act, Document) and act.moment < self.open_from():
            raise Refused("closed")
        if isinstance(act, Reversed) and any(act.number in d.origins for d in self.standing_documents()):
            raise Refused("given back or landed on")
        self.acts.append(act)
        if self._is_short():
            self.acts.pop()
            raise Refused("short")

    def open_from(self) -> datetime:
        """The first open moment."""
        return max((_open_after(act) for act in self.acts), default=datetime.min)

    def standing_documents(self) -> list[Document]:
        """All that are not reversed."""
        gone = {act.number for act in self.acts if isinstance(act, Reversed)}
        return [act for act in self.acts if isinstance(act, Document) and act.number not in gone]

    def left_of(self, line: Line) -> Decimal:
        """How much of a line has not been given back."""
        back = [m.quantity for d in self.standing_documents() for m in d.moves if m.origin == line]
        (document,) = (d for d in self.standing_documents() if d.number == line[0])
        return document.move_of(line[1]).quantity - sum(back, ZERO)

    def changes(self) -> dict[str, list[Change]]:
        """Everything that ever moved a figure: `on_hand`, `worth`, `claims`, `sales` and `settlements`."""
        values = list(self._values())
        return {
            "on_hand": list(self._on_hand()),
            "claims": list(self._claims()),
            "worth": [*self._goods_by_pool(), *self._values_by_pool(values)],
            "sales": [*self._sales(), *self._costs_of_sales(values)],
            "settlements": list(self._settlements()),
        }

    def costs_of_lines(self) -> dict[Line, Decimal]:
        """What each line is worth, as often as it was corrected; lines that are worth nothing are left out."""
        sums: dict[Line, Decimal] = {}
        for _moment, (number, line, _back), value in self._values():
            sums[number, line] = sums.get((number, line), ZERO) + value
        return {line: value for line, value in sums.items() if value}

    def costs(self) -> dict[Step, Decimal]:
        """What every step is worth by what is known today."""
        return _Walk(self).costs()

    def documents(self) -> dict[int, Document]:
        """All that were ever recorded."""
        return {act.number: act for act in self.acts if isinstance(act, Document)}

    def pool(self, place: int) -> int:
        """The pool in which goods at a place share their costs; 0 outside."""
        if place < FIRST_WAREHOUSE:
            return 0
        return FIRST_WAREHOUSE if self.one_pool else place

    def facts(self) -> Iterator[tuple[datetime, Document, int]]:
        """Each document (1) when it happened, and its reversal (-1): at the same moment, or on the first open day."""
        open_from, known = datetime.min, self.documents()
        for act in self.acts:
            open_from = max(open_from, _open_after(act))
            if isinstance(act, Document):
                yield act.moment, act, 1
            elif isinstance(act, Reversed):
                yield max(known[act.number].moment, open_from), known[act.number], -1

    def _values(self) -> Iterator[tuple[datetime, Step, Decimal]]:
        """What was booked and when: after each act the difference to what had been booked for the step before.

        Each at the moment at which the step happened, or on the first open day when that is closed.
        """
        booked: dict[Step, Decimal] = {}
        happened: dict[Step, datetime] = {}
        for count in range(1, len(self.acts) + 1):
            before = Books(self.fifo, self.one_pool, self.acts[:count])
            walk, open_from = _Walk(before), before.open_from()
            costs = walk.costs()
            happened |= walk.happened
            for step in {**booked, **costs}:
                sign = -1 if step[2] else 1
                if difference := sign * costs.get(step, ZERO) - booked.get(step, ZERO):
                    booked[step] = booked.get(step, ZERO) + difference
                    yield max(happened[step], open_from), step, difference

    def _on_hand(self) -> Iterator[Change]:
        for moment, d, sign in self.facts():
            for m in d.moves:
                for place, side in ((m.source, -1), (m.target, 1)):
                    if place >= FIRST_WAREHOUSE:
                        yield Change(moment, d.number, (m.item, place), (side * sign * m.quantity,), side)

    def _claims(self) -> Iterator[Change]:
        """Free goods (claim 0) and claimed ones; losses release what they take of others, of the newest claim first."""
        told: list[Change] = []
        released: dict[int, list[Claimed]] = {}
        for moment, d, sign in self.facts():
            for m in d.moves:
                for place, side in ((m.source, -1), (m.target, 1)):
                    if place >= FIRST_WAREHOUSE:
                        key = (m.item, place, m.claim)
                        told.append(Change(moment, d.number, key, (side * sign * m.quantity,), side))
            if d.kind == "write_off" and sign > 0:
                released[d.number] = self._released_by(d, standing(told))
            for c in (*d.claimed, *released.get(d.number, ())):
                told.append(Change(moment, d.number, (c.item, c.warehouse, 0), (-sign * c.quantity,), -1))
                told.append(Change(moment, d.number, (c.item, c.warehouse, c.claim), (sign * c.quantity,), 1))
        yield from told

    def _released_by(self, d: Document, levels: dict[tuple, tuple[Decimal, ...]]) -> list[Claimed]:
        released = []
        for item, place in {(m.item, m.source): None for m in d.moves}:
            lack = -levels.get((item, place, 0), (ZERO,))[0]
            for key in sorted((key for key in levels if key[:2] == (item, place) and key[2]), reverse=True):
                if (quantity := min(lack, levels[key][0])) > 0:
                    lack -= quantity
                    released.append(Claimed(item, place, key[2], -quantity))
        return released

    def _goods_by_pool(self) -> Iterator[Change]:
        for moment, d, sign in self.facts():
            for m in d.moves:
                for pool, side in self._ends(m):
                    yield Change(moment, d.number, (m.item, pool), (side * sign * m.quantity, ZERO), side)

    def _values_by_pool(self, values: list[tuple[datetime, Step, Decimal]]) -> Iterator[Change]:
        known = self.documents()
        for moment, (number, line, _back), value in values:
            for pool, side in self._ends(m := self._goods_of(known, number, line)):
                yield Change(moment, number, (m.item, pool), (ZERO, side * value), side)

    def _goods_of(self, known: dict[int, Document], number: int, line: int) -> Move:
        """The move that a line's value goes along with: a landed cost goes where its goods went."""
        for landed in known[number].landed:
            if landed.line == line:
                return known[landed.origin[0]].move_of(landed.origin[1])
        return known[number].move_of(line)

    def _ends(self, m: Move) -> list[tuple[int, int]]:
        source, target = self.pool(m.source), self.pool(m.target)
        return [(pool, side) for pool, side in ((source, -1), (target, 1)) if pool and source != target]

    def _sales(self) -> Iterator[Change]:
        for moment, d, sign in self.facts():
            for s in d.sold:
                amounts = (s.sign * sign * s.quantity, s.sign * sign * s.revenue, ZERO)
                yield Change(moment, d.number, (s.item, s.contact), amounts, s.sign)

    def _costs_of_sales(self, values: list[tuple[datetime, Step, Decimal]]) -> Iterator[Change]:
        known = self.documents()
        for moment, (number, line, _back), value in values:
            for s in known[number].sold:
                if s.line == line:
                    yield Change(moment, number, (s.item, s.contact), (ZERO, ZERO, s.sign * value), s.sign)

    def _settlements(self) -> Iterator[Change]:
        for moment, d, sign in self.facts():
            for o in d.owed:
                side = 1 if o.amount > 0 else -1
                yield Change(moment, d.number, (o.contact, o.currency), (sign * o.amount, sign * o.base), side)

    def _is_short(self) -> bool:
        """Whether a place is short at any moment (a document happens whole), or a claim today."""
        levels: dict[Key, dict[tuple[datetime, int], Decimal]] = {}
        for c in self._on_hand():
            level, when = levels.setdefault(c.key, {}), (c.moment, c.document)
            level[when] = level.get(when, ZERO) + c.amounts[0]
        for moved in levels.values():
            level = ZERO
            for _, quantity in sorted(moved.items(), key=lambda pair: pair[0][0]):
                level += quantity
                if level < 0:
                    return True
        return any(quantity < 0 for (quantity,) in standing(list(self._claims())).values())


class _Walk:
    """All that happened, by its date and then in the order of posting, with what each step is worth.

    A reversed document is as if it had never been; where its period was closed, its goods go back on the first open day.
    """

    def __init__(self, books: Books) -> None:
        self._books = books
        self._pools: dict[tuple[int, int], Pool] = {}
        #: of each line: how much went and what for, and how much of it was given back at what
        self._went: dict[Line, tuple[Decimal, Decimal]] = {}
        self._returned: dict[Line, tuple[Decimal, Decimal]] = {}
        self._costs: dict[Step, Decimal] = {}
        self.happened: dict[Step, datetime] = {}

    def costs(self) -> dict[Step, Decimal]:
        """The worth of every step, also of landed costs."""
        for moment, document, is_back in self._in_order():
            if is_back:
                self._go_back(document)
            else:
                self._go(document)
            for m in document.moves:
                self.happened[document.number, m.line, is_back] = moment
        known = self._books.documents()
        for document in self._books.standing_documents():
            for landed in document.landed:
                step = (document.number, landed.line, False)
                self._costs[step], self.happened[step] = landed.value, known[landed.origin[0]].moment
        return self._costs

    def _in_order(self) -> list[tuple[datetime, Document, bool]]:
        steps: list[tuple[datetime, Document, bool]] = []
        for moment, document, sign in self._books.facts():
            if sign > 0:
                steps.append((moment, document, False))
            elif moment == document.moment:
                steps.remove((moment, document, False))
            else:
                steps.append((moment, document, True))
        return sorted(steps, key=lambda step: step[0])

    def _go(self, document: Document) -> None:
        used = ZERO
        for m in document.moves:
            line = (document.number, m.line)
            source, target = self._pool(m.item, m.source), self._pool(m.item, m.target)
            if source is target:  # within one pool; both None can't be
                value = ZERO
            elif m.value is not None:
                value = m.value + self._landed_on(line)
            elif m.source == PRODUCTION:
                value = used
            elif m.origin is not None:
                share = self._share_of(m.origin, m.quantity)
                value = share if source is None else source.give_back(m.quantity, m.origin, share)
            elif source is not None:
                value = source.take(m.quantity)
            else:
                assert target is not None
                value = target.average_of(m.quantity)
            if m.origin is not None:
                self._count_returned(m.origin, m.quantity, value)
            used += value
            self._arrive(m, line, target if source is not target else None, value, is_back=False)

    def _go_back(self, document: Document) -> None:
        """The last move first; of a work order the product leaves, and its components share what it was worth."""
        left: Decimal | None = None
        for m in reversed(document.moves):
            line = (document.number, m.line)
            source, target = self._pool(m.item, m.target), self._pool(m.item, m.source)
            share = self._share_of(line, m.quantity)
            if source is target:
                value = ZERO
            elif source is not None:
                value = source.give_back(m.quantity, line, share)
            elif left is not None:
                value = left if m is document.moves[0] else min(share, left)
                left -= value
            else:
                value = share
            if m.source == PRODUCTION:
                left = value
            if m.origin is not None:
                self._count_returned(m.origin, -m.quantity, -self._costs[*line, False])
            self._arrive(m, line, target if source is not target else None, value, is_back=True)

    def _arrive(self, m: Move, line: Line, target: Pool | None, value: Decimal, *, is_back: bool) -> None:
        if target is not None:
            target.put(line, m.quantity, value)
        if not is_back:
            self._went[line] = (m.quantity, value)
        # What landed on a line is booked for the document of the landed cost.
        self._costs[*line, is_back] = value if is_back or m.value is None else m.value

    def _share_of(self, line: Line, quantity: Decimal) -> Decimal:
        """What the next `quantity` of a line is worth that is given back: all of it together is worth all that went."""
        whole, value = self._went[line]
        back, worth = self._returned.get(line, (ZERO, ZERO))
        return max(part_of(value, back + quantity, whole) - worth, ZERO)

    def _count_returned(self, line: Line, quantity: Decimal, value: Decimal) -> None:
        back, worth = self._returned.get(line, (ZERO, ZERO))
        self._returned[line] = (back + quantity, worth + value)

    def _landed_on(self, line: Line) -> Decimal:
        landed = (x.value for d in self._books.standing_documents() for x in d.landed if x.origin == line)
        return sum(landed, ZERO)

    def _pool(self, item: int, place: int) -> Pool | None:
        pool = self._books.pool(place)
        return self._pools.setdefault((item, pool), Pool(item in self._books.fifo)) if pool else None


def standing(changes: list[Change], before: datetime = datetime.max) -> dict[tuple, tuple[Decimal, ...]]:
    """What stands at every key by what came before a moment; keys at zero are left out."""
    sums: dict[tuple, tuple[Decimal, ...]] = {}
    for c in changes:
        if c.moment < before:
            sums[c.key] = _added(sums.get(c.key), c.amounts, 1)
    return {key: amounts for key, amounts in sums.items() if any(amounts)}


def moved(changes: list[Change], since: date, until: date) -> dict[tuple, tuple[tuple[Decimal, ...], ...]]:
    """What came in and what went out by key over days, both included; keys that did not move are left out."""
    sums: dict[tuple, list[tuple[Decimal, ...]]] = {}
    for c in changes:
        if since <= c.moment.date() <= until:
            nothing = (ZERO,) * len(c.amounts)
            sides = sums.setdefault(c.key, [nothing, nothing])
            sides[c.side < 0] = _added(sides[c.side < 0], c.amounts, c.side)
    return {key: tuple(sides) for key, sides in sums.items() if any(map(any, sides))}


def by_document(changes: list[Change], key: tuple, since: date, until: date) -> dict[int, tuple[Decimal, ...]]:
    """What each document added to a key over days, both included."""
    sums: dict[int, tuple[Decimal, ...]] = {}
    for c in changes:
        if c.key == key and since <= c.moment.date() <= until:
            sums[c.document] = _added(sums.get(c.document), c.amounts, 1)
    return {document: amounts for document, amounts in sums.items() if any(amounts)}


def _added(sums: tuple[Decimal, ...] | None, amounts: tuple[Decimal, ...], sign: int) -> tuple[Decimal, ...]:
    return tuple(a + sign * b for a, b in zip(sums or (ZERO,) * len(amounts), amounts, strict=True))


def _open_after(act: Act) -> datetime:
    return datetime.combine(act.until + timedelta(days=1), time.min) if isinstance(act, Closed) else datetime.min
