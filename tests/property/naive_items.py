"""Open items as plainly as they can be kept: documents, what each settles of another, and what stands of both.

Whatever is reversed is taken out as if it had never been. It knows nothing of how the program reaches its figures.
"""

from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from fractions import Fraction

from naive_acts import ZERO, Refused, rounded


@dataclass
class Paper:
    """A document that makes a debt (above zero: the contact owes us), in its currency and in ours."""

    number: int
    contact: int
    currency: str
    moment: datetime
    amount: Decimal
    base: Decimal
    due: date | None = None

    @property
    def age(self) -> tuple:
        """The oldest are paid first."""
        return self.due or self.moment.date(), self.moment, self.number


@dataclass(frozen=True)
class Part:
    """What `by` moves from one paper to another, and what each of them gives up in our currency."""

    by: int
    source: int
    target: int
    amount: Decimal
    source_base: Decimal
    target_base: Decimal


@dataclass
class Items:
    """The papers and parts that stand."""

    papers: dict[int, Paper] = field(default_factory=dict)
    parts: list[Part] = field(default_factory=list)
    #: allocations that stand, by number
    allocations: set[int] = field(default_factory=set)
    closed: date = date.min

    def open_of(self, number: int) -> tuple[Decimal, Decimal]:
        """What is open of a paper, in both currencies."""
        paper = self.papers[number]
        amount, base, sign = paper.amount, paper.base, 1 if paper.amount > 0 else -1
        for part in self.parts:
            if number in (part.source, part.target):
                amount -= sign * part.amount
                base -= part.source_base if number == part.source else part.target_base
        return amount, base

    def balances(self) -> dict[tuple[int, str], tuple[Decimal, Decimal]]:
        """What is owed by contact and currency; what is zero is left out."""
        sums: dict[tuple[int, str], tuple[Decimal, Decimal]] = {}
        for number, paper in self.papers.items():
            old, new = sums.get((paper.contact, paper.currency), (ZERO, ZERO)), self.open_of(number)
            sums[paper.contact, paper.currency] = old[0] + new[0], old[1] + new[1]
        return {key: pair for key, pair in sums.items() if any(pair)}

    def results(self) -> dict[tuple[int, str], Decimal]:
        """What was gained on rates by contact and currency; what is zero is left out."""
        sums: dict[tuple[int, str], Decimal] = {}
        for part in self.parts:
            paper = self.papers[part.target]
            key = paper.contact, paper.currency
            sums[key] = sums.get(key, ZERO) - part.source_base - part.target_base
        return {key: value for key, value in sums.items() if value}

    def add(
        self,
        paper: Paper,
        *,
        against: list[int] | None = None,
        chosen: list[tuple[int, Decimal]] | None = None,
        oldest: bool = False,
    ) -> None:
        """Add a paper and what it settles at once. Refused: a closed period, and whatever is chosen and can't be."""
        if paper.moment.date() <= self.closed:
            raise Refused("closed")
        before = list(self.parts)
        self.papers[paper.number] = paper
        try:
            for target, amount in chosen or []:
                self._move(paper.number, paper.number, target, amount, paper.moment)
        except Refused:
            del self.papers[paper.number]
            self.parts = before
            raise
        for target in against or []:
            self._move_what_fits(paper, target)
        for target in sorted(self.papers, key=lambda n: self.papers[n].age) if oldest else ():
            self._move_what_fits(paper, target)

    def allocate(self, number: int, moment: datetime, lines: list[tuple[int, int, Decimal]]) -> None:
        """Add an allocation of lines (from, to, amount). Refused: whatever can't be, whole."""
        if moment.date() <= self.closed:
            raise Refused("closed")
        before = list(self.parts)
        first = self.papers[lines[0][0]]
        try:
            for source, target, amount in lines:
                if (self.papers[source].contact, self.papers[source].currency) != (first.contact, first.currency):
                    raise Refused("another contact or currency")
                self._move(number, source, target, amount, moment)
        except Refused:
            self.parts = before
            raise
        self.allocations.add(number)

    def reverse(self, number: int) -> None:
        """Take a paper or an allocation out, and all that is built on it; an allocation goes whole."""
        self.allocations.discard(number)
        self.papers.pop(number, None)
        gone = {p.by for p in self.parts if number in (p.by, p.source, p.target) and p.by in self.allocations}
        self.allocations -= gone
        self.parts = [p for p in self.parts if p.by not in gone and number not in (p.by, p.source, p.target)]

    def _move_what_fits(self, paper: Paper, target: int) -> None:
        if target == paper.number or target not in self.papers:
            return
        left, there = self.open_of(paper.number)[0], self.open_of(target)[0]
        try:
            self._move(paper.number, paper.number, target, min(abs(left), abs(there)), paper.moment)
        except Refused:
            return

    def _move(self, by: int, source: int, target: int, amount: Decimal, moment: datetime) -> None:
        if target not in self.papers or source not in self.papers:
            raise Refused("nothing is there")
        one, other = self.papers[source], self.papers[target]
        left, there = self.open_of(source), self.open_of(target)
        if (one.contact, one.currency) != (other.contact, other.currency):
            raise Refused("another contact or currency")
        if amount <= 0 or amount > min(abs(left[0]), abs(there[0])) or left[0] * there[0] >= 0:
            raise Refused("past zero, or the same direction")
        if moment < max(one.moment, other.moment):
            raise Refused("earlier")
        self.parts.append(Part(by, source, target, amount, share(*left, amount), share(*there, amount)))


def share(amount: Decimal, base: Decimal, part: Decimal) -> Decimal:
    """The part's share of the base, to the penny; all of it where the part is the whole."""
    if part == abs(amount):
        return base
    return rounded(Fraction(base) * Fraction(part) / abs(Fraction(amount)))
