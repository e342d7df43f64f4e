"""Penalty interest, day by day: what a debt that is late costs. Pure rules, no database.

A debt is late from the day after it was due, grace days apart, up to and including the day of its payment (as Russian courts
count: Supreme Court, plenum 7 of 24 March 2016, point 48). Days on which debt and rate are the same are one line, rounded once.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from itertools import groupby

from app.api.values import round_money

#: per cent of the debt a day; a year; a part of the key rate a day; the key rate and some points a year
DAY, YEAR, KEY_PART, KEY_YEAR = "day", "year", "key_part", "key_year"
#: how many days a year has
BASES = ("actual", "365", "360")
_ONE_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Terms:
    """What is agreed. `rate`: per cent a day or a year, or points above the key rate; `part`: a day costs the key rate divided
    by it; `cap`: per cent of the whole debt that all its penalties together may reach, None: no bound."""

    kind: str
    rate: Decimal = Decimal(0)
    part: int = 1
    basis: str = "actual"
    grace: int = 0
    cap: Decimal | None = None
    #: from which day on which key rate is in force, per cent a year, by day
    key_rates: tuple[tuple[date, Decimal], ...] = ()

    def key_rate(self, day: date) -> Decimal | None:
        """The key rate of a day; None: none is known yet."""
        return next((rate for since, rate in reversed(self.key_rates) if since <= day), None)

    def per_day(self, day: date) -> Fraction:
        """The part of the debt that a day costs. A key rate that isn't known costs nothing: `missing_rate` says so."""
        if self.kind == DAY:
            return Fraction(self.rate) / 100
        if self.kind == YEAR:
            return Fraction(self.rate) / 100 / self._days_of_year(day)
        key = Fraction(self.key_rate(day) or 0)
        if self.kind == KEY_PART:
            return key / 100 / self.part
        return (key + Fraction(self.rate)) / 100 / self._days_of_year(day)

    def missing_rate(self, first: date) -> bool:
        """Whether the key rate of a day isn't known."""
        return self.kind in (KEY_PART, KEY_YEAR) and self.key_rate(first) is None

    def _days_of_year(self, day: date) -> int:
        if self.basis != "actual":
            return int(self.basis)
        return (date(day.year + 1, 1, 1) - date(day.year, 1, 1)).days


@dataclass(frozen=True, slots=True)
class Debt:
    """A debt as it was made and settled."""

    #: what it came to, above zero
    amount: Decimal
    due: date
    #: on which day how much it grew, or below zero was settled
    changes: tuple[tuple[date, Decimal], ...]
    #: days (first, last) for which a penalty was charged before, and what all of these came to
    charged: tuple[tuple[date, date], ...] = ()
    charged_amount: Decimal = Decimal(0)

    def left(self, day: date) -> Decimal:
        """What was open as the day began."""
        return sum((part for on, part in self.changes if on < day), Decimal(0))


@dataclass(frozen=True, slots=True)
class Span:
    """Days, both included, on which debt and rate were the same, and what they cost."""

    since: date
    until: date
    debt: Decimal
    #: the part of the debt that a day costs
    per_day: Fraction = field(repr=False)
    #: the key rate that it follows from, per cent a year
    key_rate: Decimal | None
    amount: Decimal
    #: whether the bound of all penalties cut it
    is_cut: bool = False

    @property
    def days(self) -> int:
        return (self.until - self.since).days + 1


def spans_of(debt: Debt, terms: Terms, since: date, until: date, digits: int) -> list[Span]:
    """What is to be charged for the days from `since` to `until`, both included, that weren't charged before; by day.
    `digits`: those of the currency."""
    most = None if terms.cap is None else round_money(debt.amount * terms.cap / 100, digits)
    total, found = debt.charged_amount, []
    for first, last in _runs(debt, terms, since, until):
        left, per_day = debt.left(first), terms.per_day(first)
        exact = Fraction(left) * per_day * ((last - first).days + 1)
        amount = _rounded(exact, digits)
        is_cut = most is not None and total + amount > most
        if most is not None and is_cut:
            amount = max(most - total, Decimal(0))
        if amount > 0:
            found.append(Span(first, last, left, per_day, terms.key_rate(first), amount, is_cut))
            total += amount
    return found


def _runs(debt: Debt, terms: Terms, since: date, until: date) -> Iterator[tuple[date, date]]:
    """First and last day of each run of late days on which everything is the same."""

    def same(day: date) -> tuple[Decimal, Fraction, int]:
        return debt.left(day), terms.per_day(day), _gap(debt.charged, day)

    first = max(since, debt.due + timedelta(days=terms.grace) + _ONE_DAY)
    for (left, _rate, gap), days in groupby(_days(first, until), same):
        if left > 0 and gap >= 0:
            whole = list(days)
            yield whole[0], whole[-1]


def _gap(charged: Sequence[tuple[date, date]], day: date) -> int:
    """In which gap between what was charged before a day lies; -1: it was charged."""
    if any(first <= day <= last for first, last in charged):
        return -1
    return sum(last < day for _first, last in charged)


def _days(first: date, last: date) -> Iterator[date]:
    while first <= last:
        yield first
        first += _ONE_DAY


def _rounded(value: Fraction, digits: int) -> Decimal:
    """Half away from zero, as money is rounded everywhere."""
    scaled = value * 10**digits
    whole = (2 * scaled.numerator + scaled.denominator) // (2 * scaled.denominator)
    return Decimal(whole).scaleb(-digits)
