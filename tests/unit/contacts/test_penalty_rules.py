"""Penalty interest: examples whose source is named, and any history against a model that counts every day by itself."""

from datetime import date, timedelta
from decimal import Decimal as D
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from modules.contacts.penalties.rules import DAY, KEY_PART, KEY_YEAR, YEAR, Debt, Terms, spans_of

LATE = date(2020, 1, 1)
#: the key rate of the Bank of Russia: from 16 September 2024, 28 October 2024 and 9 June 2025
CBR = ((date(2024, 9, 16), D(19)), (date(2024, 10, 28), D(21)), (date(2025, 6, 9), D(20)))


def debt(amount: D, due: date, settled: Any = (), **more: Any) -> Debt:
    """A debt that was made long ago, and settled by some parts."""
    return Debt(amount, due, ((LATE, amount), *((on, -part) for on, part in settled)), **more)


@pytest.mark.parametrize(
    ("terms", "late", "until", "expected"),
    [
        # 0.1 % a day of 100,000 over ten days: the usual clause of Russian supply contracts.
        (Terms(DAY, D("0.1")), debt(D(100_000), date(2025, 1, 20)), date(2025, 1, 30), [(10, D(1000))]),
        # Civil Code of Russia, art. 395: the key rate over the days of the year. 100,000 × 21 % / 366 × 10, then / 365 × 10.
        (
            Terms(KEY_YEAR, key_rates=CBR),
            debt(D(100_000), date(2024, 12, 21)),
            date(2025, 1, 10),
            [(10, D("573.77")), (10, D("575.34"))],
        ),
        # 1/150 of the key rate a day (law 214-FZ, art. 6): 19 % up to 27 October, 21 % from 28 October.
        (
            Terms(KEY_PART, part=150, key_rates=CBR),
            debt(D(300_000), date(2024, 10, 25)),
            date(2024, 10, 29),
            [(2, D(760)), (2, D(840))],
        ),
        # Late Payment of Commercial Debts (Interest) Act 1998: 8 points above the Bank of England's rate over 365 days, as
        # gov.uk counts: 1,000 at 8 % + 0.5 % are 0.23 a day, 50 days 11.64.
        (
            Terms(KEY_YEAR, D(8), basis="365", key_rates=((LATE, D("0.5")),)),
            debt(D(1000), date(2023, 3, 1)),
            date(2023, 4, 20),
            [(50, D("11.64"))],
        ),
        # Civil Code of Viet Nam 2015, art. 468: 10 % a year where nothing else is agreed.
        (Terms(YEAR, D(10), basis="365"), debt(D(36_500), date(2025, 6, 1)), date(2025, 6, 11), [(10, D(100))]),
        # A payment splits the days; its own day still counts for the whole debt. Three grace days cost nothing.
        (
            Terms(DAY, D(1), grace=3),
            debt(D(100), date(2025, 1, 1), settled=((date(2025, 1, 6), D(60)), (date(2025, 1, 8), D(40)))),
            date(2025, 1, 31),
            [(2, D(2)), (2, D("0.80"))],
        ),
        # Days that were charged before are left out, and no more than 5 % is charged in all.
        (
            Terms(DAY, D(1), cap=D(5)),
            debt(D(100), date(2025, 1, 1), charged=((date(2025, 1, 3), date(2025, 1, 4)),), charged_amount=D(2)),
            date(2025, 1, 31),
            [(1, D(1)), (27, D(2))],
        ),
        (Terms(YEAR, D("7.2"), basis="360"), debt(D(5000), date(2025, 1, 1)), date(2025, 1, 1), []),
    ],
)
def test_what_a_late_debt_costs(terms: Terms, late: Debt, until: date, expected: list[tuple[int, D]]) -> None:
    assert [(s.days, s.amount) for s in spans_of(late, terms, LATE, until, 2)] == expected


days = st.integers(0, 500).map(lambda n: date(2023, 11, 1) + timedelta(days=n))


@st.composite
def cases(draw: Any) -> tuple[Debt, Terms, date, date]:
    amount = draw(st.integers(1, 10**7))
    parts, left = [], amount
    for day in sorted(draw(st.lists(days, max_size=4))):
        part = draw(st.integers(0, left))
        parts.append((day, D(part).scaleb(-2)))
        left -= part
    ends = sorted(draw(st.lists(days, max_size=4, unique=True)))
    charged = tuple(zip(ends[::2], ends[1::2], strict=False))
    keys = tuple((day, D(draw(st.integers(1, 30)))) for day in sorted(draw(st.lists(days, max_size=3, unique=True))))
    terms = Terms(
        draw(st.sampled_from([DAY, YEAR, KEY_PART, KEY_YEAR])),
        rate=D(draw(st.integers(0, 5000))).scaleb(-4),
        part=draw(st.sampled_from([130, 150, 300])),
        basis=draw(st.sampled_from(["actual", "365", "360"])),
        grace=draw(st.integers(0, 20)),
        cap=draw(st.none() | st.integers(0, 20).map(D)),
        key_rates=keys,
    )
    return debt(D(amount).scaleb(-2), draw(days), parts, charged=charged), terms, draw(days), draw(days)


def naive(late: Debt, terms: Terms, since: date, until: date) -> dict[date, Fraction]:
    """What each day costs: in the plainest words."""
    found: dict[date, Fraction] = {}
    day = date(2023, 10, 1)
    while day <= until:
        is_late = (day - late.due).days > terms.grace and day >= since
        is_charged = any(first <= day <= last for first, last in late.charged)
        left = D(0)
        for on, part in late.changes:
            if on < day:
                left += part
        key = D(0)
        for first, rate in terms.key_rates:
            if first <= day:
                key = rate
        year = {"365": 365, "360": 360, "actual": 366 if day.year == 2024 else 365}[terms.basis]
        percent = {
            DAY: Fraction(terms.rate),
            YEAR: Fraction(terms.rate) / year,
            KEY_PART: Fraction(key) / terms.part,
            KEY_YEAR: Fraction(key + terms.rate) / year,
        }[terms.kind]
        if is_late and not is_charged and left > 0 and percent > 0:
            found[day] = Fraction(left) * percent / 100
        day += timedelta(days=1)
    return found


@given(cases())
def test_lines_are_what_every_day_by_itself_costs(case: tuple[Debt, Terms, date, date]) -> None:
    late, terms, since, until = case
    found, days_of = spans_of(late, terms, since, until, 2), naive(late, terms, since, until)
    seen: set[date] = set()
    for span in found:
        of_span = {span.since + timedelta(days=n) for n in range(span.days)}
        assert not of_span & seen, "no day is charged twice"
        seen |= of_span
        cost = sum((days_of[day] for day in of_span), Fraction(0))  # a day that costs nothing isn't there: KeyError
        assert span.amount <= D("0.01") / 2 + D(cost.numerator) / D(cost.denominator)
        if not span.is_cut:
            assert abs(Fraction(span.amount) - cost) <= Fraction(1, 200)
    total = sum((s.amount for s in found), D(0))
    whole = sum(days_of.values(), Fraction(0))
    if terms.cap is None:
        # what is left out rounds to nothing
        assert whole - Fraction(total) <= Fraction(1, 200) * (len(days_of) + 1)
    else:
        assert total <= late.amount * terms.cap / 100 + D("0.005")
