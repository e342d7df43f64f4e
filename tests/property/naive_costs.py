"""What goods cost by the naive books: everything that happened is walked from the beginning, by date."""

from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING

from naive_acts import PRODUCTION, ZERO, Document, Line, Move, part_of

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

    A reversed document is as if it had never been, whether or not its period was closed meanwhile.
    """

    def __init__(self, books: "Books") -> None:
        self._books = books
        self._pools: dict[tuple[int, int], Pool] = {}
        #: of each line: how much went and what for, and how much of it was given back at what
        self._went: dict[Line, tuple[Decimal, Decimal]] = {}
        self._returned: dict[Line, tuple[Decimal, Decimal]] = {}
        self._costs: dict[Line, Decimal] = {}
        self.happened: dict[Line, datetime] = {}

    def costs(self) -> dict[Line, Decimal]:
        """The worth of every step, also of landed costs."""
        for document in sorted(self._books.standing_documents(), key=lambda d: d.moment):
            self._go(document)
            for m in document.moves:
                self.happened[document.number, m.line] = document.moment
        known = self._books.documents()
        for document in self._books.standing_documents():
            for landed in document.landed:
                step = (document.number, landed.line)
                self._costs[step], self.happened[step] = landed.value, known[landed.origin[0]].moment
        return self._costs

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
            self._arrive(m, line, target if source is not target else None, value)

    def _arrive(self, m: Move, line: Line, target: Pool | None, value: Decimal) -> None:
        if target is not None:
            target.put(line, m.quantity, value)
        self._went[line] = (m.quantity, value)
        # What landed on a line is booked for the document of the landed cost.
        self._costs[line] = value if m.value is None else m.value

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
