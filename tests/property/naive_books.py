"""The books as a child would keep them: one list of entries, summed anew for every question. Slow, and plainly right."""

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from itertools import accumulate

CENT = Decimal("0.01")
NOUGHT = Decimal(0)
CUSTOMERS = 2
FIRST_WAREHOUSE = 100


class Refused(Exception):
    """Goods would fall short at some moment, or be worth less than nothing."""


def rounded(exact: Fraction, digits: int) -> Decimal:
    """The nearest number of so many digits, half away from nought."""
    units = int(abs(exact) * 10**digits + Fraction(1, 2))
    return Decimal(units if exact >= 0 else -units).scaleb(-digits)


def line_totals(
    quantity: Decimal, price: Decimal, discount: Decimal, tax_rate: Decimal, *, included: bool, digits: int
) -> tuple[Decimal, Decimal]:
    """A line without tax, and its tax."""
    rate = Fraction(tax_rate)
    amount = rounded(Fraction(quantity) * Fraction(price) * (100 - Fraction(discount)) / 100, digits)
    tax = rounded(Fraction(amount) * rate / (100 + rate if included else 100), digits)
    return (amount - tax if included else amount), tax


@dataclass(frozen=True)
class Entry:
    """Quantity and value for stock; the amount alone (value nought) for settlements; of what is sold, quantity and
    revenue in `sales`, quantity and cost in `costs`."""

    register: str
    document: int
    moment: datetime
    key: tuple
    quantity: Decimal
    value: Decimal


@dataclass
class Books:
    """All entries, in the order in which they were written."""

    entries: list[Entry] = field(default_factory=list)
    _documents: int = 0

    def open_document(self) -> int:
        """A number for the next document."""
        self._documents += 1
        return self._documents

    def move(
        self,
        document: int,
        moment: datetime,
        lines: list,
        source: int,
        target: int,
        priced: bool,
        worth: tuple = (),
        contact: int | None = None,
    ) -> list[Entry]:
        """The entries of goods on their way; lines of (item, quantity, price). Refused when they fall short.

        Priced goods are worth quantity × price, unless `worth` says what each line is worth; those that `contact` gives
        back, what he got them for.
        """
        made: list[Entry] = []
        for number, (item, quantity, price) in enumerate(lines):
            if worth:
                value = worth[number]
            elif priced:
                value = (quantity * price).quantize(CENT, ROUND_HALF_UP)
            else:
                value = self._cost(made, item, quantity, source, target, contact)
            made.append(Entry("stock", document, moment, (item, source), -quantity, -value))
            made.append(Entry("stock", document, moment, (item, target), quantity, value))
        self._refuse_short(made)
        return made

    def _cost(
        self, made: list[Entry], item: int, quantity: Decimal, source: int, target: int, contact: int | None
    ) -> Decimal:
        if source < FIRST_WAREHOUSE:
            held, worth = self._got(made, item, contact)
            if held < quantity or worth < 0:
                held, worth = self._sum(made, (item, target))
        else:
            held, worth = self._sum(made, (item, source))
        if held <= 0:
            return NOUGHT
        if quantity == held:
            return worth
        exact = Fraction(worth) * Fraction(quantity) / Fraction(held) * 100
        pence = int(abs(exact) + Fraction(1, 2)) * (1 if exact >= 0 else -1)
        return Decimal(pence) / 100

    def _got(self, made: list[Entry], item: int, contact: int | None) -> tuple[Decimal, Decimal]:
        """What the customer got and did not give back: all that has moved since he had the fewest, or owed the most."""
        mine = [e for e in self.entries if e.register == "costs" and e.key == (item, contact)]
        mine += [e for e in made if e.key == (item, CUSTOMERS)]  # lines of the same return, as far as they are written
        levels = list(accumulate((e.quantity for e in mine), initial=NOUGHT))
        began = max(n for n, level in enumerate(levels) if level == min(levels))
        return sum((e.quantity for e in mine[began:]), NOUGHT), sum((e.value for e in mine[began:]), NOUGHT)

    def _sum(self, made: list[Entry], key: tuple) -> tuple[Decimal, Decimal]:
        mine = [e for e in self.entries + made if e.register == "stock" and e.key == key]
        return sum((e.quantity for e in mine), NOUGHT), sum((e.value for e in mine), NOUGHT)

    def sell(self, document: int, moment: datetime, lines: list, contact: int, sign: int) -> list[Entry]:
        """The entries of what was sold (`sign` 1) or given back (-1); lines of (item, quantity, revenue, cost)."""
        made: list[Entry] = []
        for item, quantity, revenue, cost in lines:
            made.append(Entry("sales", document, moment, (item, contact), sign * quantity, sign * revenue))
            made.append(Entry("costs", document, moment, (item, contact), sign * quantity, sign * cost))
        return made

    def reversed(self, document: int) -> list[Entry]:
        """The opposite of all that the document wrote, the last first. Refused when goods have gone on."""
        made = [
            Entry(e.register, e.document, e.moment, e.key, -e.quantity, -e.value)
            for e in reversed(self.entries)
            if e.document == document
        ]
        self._refuse_short(made)
        for key in {e.key for e in made if e.register == "stock" and e.key[1] >= FIRST_WAREHOUSE}:
            held, worth = self._sum(made, key)
            if worth < 0 or (held == 0 and worth != 0):
                raise Refused
        return made

    def _refuse_short(self, made: list[Entry]) -> None:
        # A line that takes more than is there now is refused as it comes; what is left must last at every moment.
        for n, entry in enumerate(made):
            if not (entry.register == "stock" and entry.quantity < 0 and entry.key[1] >= FIRST_WAREHOUSE):
                continue
            if entry.key in self._lowered_below_nought(made) or self._sum(made[: n + 1], entry.key)[0] < 0:
                raise Refused

    def _lowered_below_nought(self, made: list[Entry]) -> set[tuple]:
        low = set()
        for key in {e.key for e in made if e.register == "stock" and e.key[1] >= FIRST_WAREHOUSE}:
            mine = [e for e in self.entries + made if e.register == "stock" and e.key == key]
            order: dict[tuple, Decimal] = {}
            for e in mine:
                order[e.moment, e.document] = order.get((e.moment, e.document), NOUGHT) + e.quantity
            level = NOUGHT
            for (_, _), units in sorted(order.items(), key=lambda pair: pair[0][0]):
                level += units
                if level < 0:
                    low.add(key)
        return low

    def standing(self, register: str, until: datetime | None = None) -> dict[tuple, tuple[Decimal, Decimal]]:
        """What stands at every key, of entries before `until`; keys at nought are left out."""
        sums: dict[tuple, tuple[Decimal, Decimal]] = {}
        for e in self.entries:
            if e.register == register and (until is None or e.moment < until):
                quantity, value = sums.get(e.key, (NOUGHT, NOUGHT))
                sums[e.key] = (quantity + e.quantity, value + e.value)
        return {key: held for key, held in sums.items() if any(held)}

    def moved(self, register: str, since: date, until: date) -> dict[tuple, tuple[Decimal, Decimal]]:
        """Quantity in and quantity out by key over days, both included."""
        begin, end = datetime.combine(since, datetime.min.time()), datetime.combine(until, datetime.min.time())
        sums: dict[tuple, tuple[Decimal, Decimal]] = {}
        for e in self.entries:
            if e.register == register and begin <= e.moment < end + timedelta(days=1):
                taken, given = sums.get(e.key, (NOUGHT, NOUGHT))
                sums[e.key] = (taken + max(e.quantity, NOUGHT), given + max(-e.quantity, NOUGHT))
        return {key: sides for key, sides in sums.items() if any(sides)}

    def lines(self, register: str, key: tuple, since: date, until: date) -> list[Decimal]:
        """Quantities of a key's entries by moment, then in the order of writing."""
        mine = [
            e for e in self.entries if e.register == register and e.key == key and since <= e.moment.date() <= until
        ]
        return [e.quantity for e in sorted(mine, key=lambda e: e.moment)]
