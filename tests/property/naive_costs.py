"""What goods cost by the naive books: everything that happened is walked from the beginning, by date."""

from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING

from naive_acts import PRODUCTION, ZERO, Document, Line, Move, Step, part_of

if TYPE_CHECKING:
    from naive_books import Books


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


class Walk:
    """All that happened, by its date and then in the order of posting, with what each step is worth.

    A reversed document is as if it had never been; where its period was closed, its goods go back on the first open day.
    """

    def __init__(self, books: "Books") -> None:
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
                # It is out again, at what it went for now: with that all of it may come back.
                self._count_returned(m.origin, -m.quantity, -value)
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
