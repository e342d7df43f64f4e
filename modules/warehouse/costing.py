"""What goods are worth as they move: first in first out, or the weighted average (IAS 2 paragraphs 25 and 27) of all that a
pool holds, or of each lot by itself (paragraph 23, specific identification).

Pure: `replay` walks moves in the order of their dates and says what each is worth. It knows neither documents nor the
database; what was booked wrong meanwhile is the caller's to correct. Quantities are integers in millionths, values
integers in units of 10**-4 of the organisation's currency; `step` is the currency's smallest coin in the latter.
"""

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field

#: How a pool costs. One formula for all goods of similar nature and use (IAS 2.25), or what each lot cost (IAS 2.23): the
#: average of that lot, whatever others of the pool cost.
METHODS = AVERAGE, FIFO, SPECIFIC = ("average", "fifo", "specific")
#: Where a move's value comes from: its own price, the pool it leaves, the line it gives back, or a work order's components.
OWN, CARRIED, RETURNED, MADE = "own", "carried", "returned", "made"

#: What shares one cost: item, pool, layer (0, or the lot where lots cost by themselves).
Key = tuple[int, int, int]
#: A line of a document: document, line.
Line = tuple[int, int]
#: What of a line shares one cost: document, line, layer. Lots that cost by themselves come back at what they went for.
Went = tuple[int, int, int]


class GivesBackNothing(ValueError):
    """A move gives back a line that moved nothing before it."""


@dataclass(slots=True)
class Move:
    """One move of goods. `source` and `target` are None outside the company; `quantity` is above zero.

    `value` is what the move is booked at now, 0 when it is new. For OWN it is final, zero or more, with what landed on it;
    only goods from outside have their own, what leaves a pool always carries some of the pool's.
    `origin` (RETURNED only) is the line that it gives back. A work order has components (`source` inside, `target` None)
    and products (MADE); RETURNED moves of a work order reverse it: first the products leave, then the components come in.
    """

    document: int
    line: int
    source: Key | None
    target: Key | None
    quantity: int
    basis: str
    value: int
    origin: Line | None = None
    work_order: int = 0
    #: of a new product (MADE): its part of what the components give, beside the other products' of its work order, which go by
    #: quantity where none has any; one that is booked goes by what it is booked at
    weight: int = 0

    @property
    def layer(self) -> int:
        """Of its keys: it has the same at both ends."""
        key = self.source or self.target
        return key[2] if key is not None else 0

    @property
    def gives_back(self) -> Went | None:
        """What it gives back."""
        return None if self.origin is None else (*self.origin, self.layer)

    @property
    def leaves_for_good(self) -> bool:
        """Whether it leaves the company without giving anything back or becoming something else."""
        return self.target is None and self.basis == CARRIED and not self.work_order


@dataclass(slots=True)
class Layer:
    """What is left of the goods that one line brought into a FIFO pool."""

    quantity: int
    value: int
    line: Line


@dataclass(slots=True)
class Pool:
    """Goods that share one cost. `layers` are oldest first, None where the pool is averaged.

    `last` is the quantity and value just before the pool was last emptied, or of what came in since: its last known cost. Where
    more leaves than is there, `quantity` falls below zero; the next goods to come in make up for it. What has left the company
    so (`owed`: the position of its move, and how much, oldest first) costs what these do.
    """

    quantity: int = 0
    value: int = 0
    layers: list[Layer] | None = None
    last: tuple[int, int] = (0, 0)
    owed: list[tuple[int, int]] = field(default_factory=list)

    def enter(self, quantity: int, value: int, line: Line, *, step: int) -> list[tuple[int, int]]:
        """Add goods, as the newest layer; what they make up for costs more by now: the position of its move, and by how
        much."""
        was, made_up = self.quantity, self._made_up(quantity, value, step)
        value_left = value - sum(more for _, more in made_up)
        self.quantity += quantity
        self.value += value_left
        if was <= 0:
            self.last = (quantity, value)
        if self.layers is not None:
            if was > 0:
                self.layers.append(Layer(quantity, value, line))
            elif self.quantity > 0:
                self.layers.append(Layer(self.quantity, self.value, line))
        return made_up

    def _made_up(self, quantity: int, value: int, step: int) -> list[tuple[int, int]]:
        found = []
        while self.owed and quantity:
            position, owed = self.owed.pop(0)
            part = min(owed, quantity)
            more = cost_of_issue(part, quantity, value, step=step)
            found.append((position, more))
            quantity, value = quantity - part, value - more
            if part < owed:
                self.owed.insert(0, (position, owed - part))
        return found

    def take(self, quantity: int, *, step: int, share: int | None = None, first: Line | None = None) -> int:
        """Remove goods; the value that they take along. All, or more than is there, takes all the value.

        Of goods given back an average pool gives `share`, as far as it holds that much; a FIFO pool what the goods carry,
        those that line `first` brought before the oldest.
        """
        if quantity >= self.quantity:
            value = self.value
            if self.quantity > 0:
                self.last = (self.quantity, value)
            if self.layers:
                self.layers.clear()
        elif self.layers is not None:
            value = _take_layers(self.layers, quantity, first, step)
        elif share is not None:
            value = min(share, self.value)
        else:
            value = cost_of_issue(quantity, self.quantity, self.value, step=step)
        value = max(0, value)  # while later moves wait for their costs, a pool's provisional worth may lie below zero
        self.quantity -= quantity
        self.value -= value
        return value

    def average(self, quantity: int, *, step: int) -> int:
        """What `quantity` is worth at the pool's average, or at its last known one; 0 when it never held anything."""
        held, value = (self.quantity, self.value) if self.quantity > 0 else self.last
        return _rounded(value * quantity, held, step) if held else 0


@dataclass(slots=True)
class Origin:
    """A line that others give back, or one lot of it that costs by itself: what it moved, what that was worth, and what of it
    was given back so far.

    `origin` is what this one gives back itself: reversing a return leaves the sale to be returned again.
    """

    quantity: int
    value: int
    returned_quantity: int = 0
    returned_value: int = 0
    origin: Went | None = None

    def share(self, quantity: int, *, step: int) -> int:
        """What the next `quantity` given back is worth: the share of all that came back, less what came back before.

        So all the parts together are worth exactly what the line was; what goes beyond its quantity is worth nothing.
        """
        returned = self.returned_quantity + quantity
        so_far = cost_of_issue(returned, self.quantity, self.value, step=step)
        return max(0, so_far - self.returned_value)

    def give_back(self, quantity: int, value: int) -> None:
        """Count goods as given back; below zero, as no longer given back."""
        self.returned_quantity += quantity
        self.returned_value += value


def replay(
    moves: Sequence[Move],
    pools: dict[Key, Pool],
    origins: dict[Went, Origin],
    *,
    step: int,
    short: list[tuple[int, int]] | None = None,
) -> list[int]:
    """The value of each move, in order; brings `pools` and `origins` up to date.

    Of what leaves the company without being there, the last known cost stands until goods come in that make up for it: then it
    costs what they do, as if it had waited for them. No pool is below zero when a replay begins.

    `moves` are oldest first, by when they happened and then by posting; a reversed document's are left out. `pools` holds
    every key that they name. `origins` holds the lines before them that they give back, each with its own origin where
    that is given back to as well; lines among `moves` are learned on the way. To replay in parts, begin with
    `Origin(0, 0)` for what later parts give back, and end no part within a document or between a work order's components
    and its product.

    A move from a pool to itself, or from outside to outside, is worth 0. Refused (GivesBackNothing): an origin that moved
    nothing before.

    `short` is given what else took more than was there: the position of the move, and how much. Nothing makes up for that,
    and the worth of goods that come for it would stay in an empty pool: whoever posts refuses it.
    """
    walk = _Walk(moves, pools, origins, step, short if short is not None else [])
    for position, move in enumerate(moves):
        walk.go(position, move)
    walk.value_what_is_owed()
    return walk.values


class _Walk:
    """The state of a replay between two moves."""

    def __init__(
        self,
        moves: Sequence[Move],
        pools: dict[Key, Pool],
        origins: dict[Went, Origin],
        step: int,
        short: list[tuple[int, int]],
    ) -> None:
        self.pools, self.origins, self.step, self.short = pools, origins, step, short
        self.moves, self.values = moves, [0] * len(moves)
        for move in moves:
            if move.gives_back is not None and move.gives_back not in origins:
                origins[move.gives_back] = Origin(0, 0)
        #: by work order: what went in and has not come out, counting of its components and products only what differs
        #: from what is booked
        self.unfinished: Counter[int] = Counter()
        #: by work order: the weights of the products that are still to come, what they are booked at, and how much they are
        self.to_make: defaultdict[int, list[int]] = defaultdict(lambda: [0, 0, 0])
        for m in moves:
            if m.basis == MADE:
                self.to_make[m.work_order][0] += m.value or m.weight
                self.to_make[m.work_order][1] += m.value
                self.to_make[m.work_order][2] += m.quantity
        #: by work order: how many components its reversal still brings back
        self.to_come = Counter(m.work_order for m in moves if m.basis == RETURNED and m.work_order and m.source is None)

    def go(self, position: int, move: Move) -> None:
        if move.source == move.target:
            return
        if move.source is not None:
            there = self.pools[move.source].quantity
            value = self._leaving(move, move.source)
            if move.quantity > there:
                missing = (position, move.quantity - max(there, 0))
                (self.pools[move.source].owed if move.leaves_for_good else self.short).append(missing)
        else:
            value = self._arriving(move)
        self.values[position] = value
        line = (move.document, move.line)
        if move.target is not None:
            for other, more in self.pools[move.target].enter(move.quantity, value, line, step=self.step):
                self._cost_more(other, more)
        if move.work_order:
            change = value if move.basis == RETURNED else value - move.value
            self.unfinished[move.work_order] += change if move.source is not None else -change
        if move.gives_back is not None:
            self._give_back(self.origins[move.gives_back], move.quantity, value)
        if (went := (*line, move.layer)) in self.origins:
            self._learn(self.origins[went], move, value)

    def value_what_is_owed(self) -> None:
        """At the last known cost of its pool, until goods come in."""
        for pool in self.pools.values():
            held, value = pool.last
            for position, quantity in pool.owed:
                more = _rounded(value * quantity, held, self.step) if held else 0
                pool.value -= more
                self._cost_more(position, more)

    def _cost_more(self, position: int, more: int) -> None:
        self.values[position] += more
        move = self.moves[position]
        if (went := (move.document, move.line, move.layer)) in self.origins:
            self.origins[went].value += more

    def _leaving(self, move: Move, source: Key) -> int:
        share = None if move.gives_back is None else self._share(move, move.gives_back)
        return self.pools[source].take(move.quantity, step=self.step, share=share, first=move.origin)

    def _arriving(self, move: Move) -> int:
        if move.basis == OWN:
            return move.value
        if move.basis == MADE:
            return self._made(move)
        if move.gives_back is not None:
            value = self._share(move, move.gives_back)
            return self._what_is_left(move.work_order, value) if move.work_order else value
        assert move.target is not None  # or it would have gone from outside to outside
        pool = self.pools[move.target]
        if move.layer and pool.quantity <= 0 and pool.last == (0, 0):  # nobody knows what this lot costs
            pool = self._alike(move.target)
        return pool.average(move.quantity, step=self.step)

    def _alike(self, key: Key) -> Pool:
        """What there is of the same lot elsewhere, else of all lots of the item where a key is."""
        held = [(other, pool) for other, pool in self.pools.items() if other[0] == key[0] and pool.quantity > 0]
        there = [pool for other, pool in held if other[2] == key[2]] or [p for other, p in held if other[1] == key[1]]
        return Pool(sum(pool.quantity for pool in there), sum(pool.value for pool in there))

    def _made(self, move: Move) -> int:
        """A product's share, by weight, else by quantity, of what all products that are still to come are worth together; the
        last one takes the rest. Never below zero: what one product can't bear is left to the next one of the work order."""
        weight, (weights, booked, quantity) = move.value or move.weight, self.to_make[move.work_order]
        self.to_make[move.work_order] = [weights - weight, booked - move.value, quantity - move.quantity]
        together = max(0, booked + self.unfinished[move.work_order])
        part, whole = (weight, weights) if weights else (move.quantity, quantity)
        return cost_of_issue(part, whole, together, step=self.step)

    def _share(self, move: Move, went: Went) -> int:
        origin = self.origins[went]
        if origin.quantity <= 0:
            raise GivesBackNothing(
                f"Document {move.document}, line {move.line} gives back {went}, which moved nothing before."
            )
        return origin.share(move.quantity, step=self.step)

    def _what_is_left(self, work_order: int, share: int) -> int:
        """The components of a reversed work order take together what its products gave: the last one takes the rest."""
        left = max(0, self.unfinished[work_order])
        self.to_come[work_order] -= 1
        return min(share, left) if self.to_come[work_order] else left

    def _give_back(self, origin: Origin, quantity: int, value: int) -> None:
        origin.give_back(quantity, value)
        if origin.origin in self.origins:
            self.origins[origin.origin].give_back(-quantity, -value)

    @staticmethod
    def _learn(origin: Origin, move: Move, value: int) -> None:
        """A line's moves, one for each lot, sum up where lots share one cost."""
        origin.quantity += move.quantity
        origin.value += value
        origin.origin = move.gives_back


def cost_of_issue(quantity: int, held_quantity: int, held_value: int, *, step: int) -> int:
    """The part of `held_value` that `quantity` takes along, rounded half up to `step`.

    Taking all, or more, takes all the value, so that no coin is left behind in an empty pool.
    """
    if quantity >= held_quantity:
        return held_value
    return min(held_value, _rounded(held_value * quantity, held_quantity, step))


def _take_layers(layers: list[Layer], quantity: int, first: Line | None, step: int) -> int:
    """Take less than all: what line `first` brought, then the oldest (IAS 2.27, first-in, first-out)."""
    queue = layers if first is None else sorted(layers, key=lambda layer: layer.line != first)
    value = emptied = 0
    while quantity >= queue[emptied].quantity:
        value += queue[emptied].value
        quantity -= queue[emptied].quantity
        emptied += 1
    opened = queue[emptied]
    rest = cost_of_issue(quantity, opened.quantity, opened.value, step=step)
    opened.quantity -= quantity
    opened.value -= rest
    for layer in queue[:emptied]:
        layers.remove(layer)
    return value + rest


def _rounded(numerator: int, denominator: int, step: int) -> int:
    """numerator / denominator, neither below zero, rounded half up to a multiple of `step`."""
    coins = denominator * step
    return (2 * numerator + coins) // (2 * coins) * step
