"""Which class an item is of: ABC by its share of the whole, XYZ by how much its demand varies. No database."""

from collections import Counter
from collections.abc import Mapping, Sequence
from decimal import Decimal
from fractions import Fraction
from math import isqrt

ABC, XYZ = ("A", "B", "C"), ("X", "Y", "Z")
MOST_SHOWN = Decimal(10**9)


def abc_of(values: Mapping[int, int], a: Decimal, b: Decimal) -> dict[int, str]:
    """Key → A, B or C. Keys stand from the largest value down: those before which less than `a` per cent of the whole stand are
    A, less than `b` per cent B, the rest C. Equal values are of one class; what isn't above zero is C."""
    count = Counter(value for value in values.values() if value > 0)
    whole, before, classes = sum(value * n for value, n in count.items()), 0, {}
    for value in sorted(count, reverse=True):
        share = Fraction(100 * before, whole)
        classes[value] = "A" if share < Fraction(a) else "B" if share < Fraction(b) else "C"
        before += value * count[value]
    return {key: classes.get(value, "C") for key, value in values.items()}


def square_of_variation(demand: Sequence[int], periods: int) -> Fraction | None:
    """The variation coefficient squared, of so many periods: the standard deviation over the mean. Periods that aren't in
    `demand` had none. None: there was no demand on the whole."""
    whole = sum(demand)
    if whole <= 0:
        return None
    return Fraction(periods * sum(each * each for each in demand) - whole * whole, whole * whole)


def xyz_of(square: Fraction | None, x: Decimal, y: Decimal) -> str:
    """X where the variation is at most `x` per cent, Y at most `y`, Z otherwise or where there is none."""
    if square is None:
        return "Z"
    return next((name for name, most in (("X", x), ("Y", y)) if square <= (Fraction(most) / 100) ** 2), "Z")


def in_per_cent(square: Fraction) -> Decimal:
    """The variation in per cent, to a tenth, rounded half up; at most MOST_SHOWN, where next to nothing is left of much."""
    halves = isqrt(4 * 1000 * 1000 * square.numerator // square.denominator)
    return min(Decimal((halves + 1) // 2).scaleb(-1), MOST_SHOWN)
