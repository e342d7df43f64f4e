"""The books as plainly as they can be kept: a list of what people did, read again from its beginning for every question.

Slow, and written from the rules alone (DESIGN 4): it knows nothing of how the program reaches its figures.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal

from naive_acts import (
    FIRST_WAREHOUSE,
    ZERO,
    Act,
    Claimed,
    Document,
    Key,
    Line,
    Move,
    Refused,
    Reversed,
    open_after,
)
from naive_costs import Walk


@dataclass(frozen=True)
class Change:
    """What one fact adds to a key; `side` 1 counts as in and -1 as out, and a reversal lessens its own side."""

    moment: datetime
    document: int
    key: tuple
    amounts: tuple[Decimal, ...]
    side: int


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
        return max((open_after(act) for act in self.acts), default=datetime.min)

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
        for _moment, (number, line), value in self._values():
            sums[number, line] = sums.get((number, line), ZERO) + value
        return {line: value for line, value in sums.items() if value}

    def costs(self) -> dict[Line, Decimal]:
        """What every step is worth by what is known today."""
        return Walk(self).costs()

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
            open_from = max(open_from, open_after(act))
            if isinstance(act, Document):
                yield act.moment, act, 1
            elif isinstance(act, Reversed):
                yield max(known[act.number].moment, open_from), known[act.number], -1

    def _values(self) -> Iterator[tuple[datetime, Line, Decimal]]:
        """What was booked and when: after each act the difference to what had been booked for the step before.

        Each at the moment at which the step happened, or on the first open day when that is closed.
        """
        booked: dict[Line, Decimal] = {}
        happened: dict[Line, datetime] = {}
        for count in range(1, len(self.acts) + 1):
            before = Books(self.fifo, self.one_pool, self.acts[:count])
            walk, open_from = Walk(before), before.open_from()
            costs = walk.costs()
            happened |= walk.happened
            for step in {**booked, **costs}:
                if difference := costs.get(step, ZERO) - booked.get(step, ZERO):
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
        changes: list[Change] = []
        released: dict[int, list[Claimed]] = {}
        for moment, d, sign in self.facts():
            for m in d.moves:
                for place, side in ((m.source, -1), (m.target, 1)):
                    if place >= FIRST_WAREHOUSE:
                        key = (m.item, place, m.claim)
                        changes.append(Change(moment, d.number, key, (side * sign * m.quantity,), side))
            if d.kind == "write_off" and sign > 0:
                released[d.number] = self._released_by(d, standing(changes))
            for c in (*d.claimed, *released.get(d.number, ())):
                changes.append(Change(moment, d.number, (c.item, c.warehouse, 0), (-sign * c.quantity,), -1))
                changes.append(Change(moment, d.number, (c.item, c.warehouse, c.claim), (sign * c.quantity,), 1))
        yield from changes

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

    def _values_by_pool(self, values: list[tuple[datetime, Line, Decimal]]) -> Iterator[Change]:
        known = self.documents()
        for moment, (number, line), value in values:
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

    def _costs_of_sales(self, values: list[tuple[datetime, Line, Decimal]]) -> Iterator[Change]:
        known = self.documents()
        for moment, (number, line), value in values:
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
