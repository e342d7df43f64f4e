"""ABC and XYZ beside the naive way to tell them, and what must hold of them whatever is sold."""

import math
from decimal import Decimal
from statistics import fmean, pstdev

from hypothesis import given
from hypothesis import strategies as st

from modules.trade.analysis.rules import abc_of, in_per_cent, square_of_variation, xyz_of

UNITS = st.integers(-(10**15), 10**15) | st.integers(-3, 9)
VALUES = st.dictionaries(st.integers(1, 60), UNITS)
LIMITS = st.tuples(st.integers(1, 99), st.integers(1, 100)).filter(lambda pair: pair[0] < pair[1])


@given(VALUES, LIMITS)
def test_classes_are_what_adding_up_from_the_largest_says(values: dict[int, int], limits: tuple[int, int]) -> None:
    found = abc_of(values, *map(Decimal, limits))
    whole = sum(value for value in values.values() if value > 0)
    assert found.keys() == values.keys()
    for key, value in values.items():
        before = sum(other for other in values.values() if other > max(value, 0))
        of_a, of_b = (100 * before < limit * whole for limit in limits)
        assert found[key] == ("C" if value <= 0 else "A" if of_a else "B" if of_b else "C")


@given(VALUES, LIMITS)
def test_more_is_never_of_a_lower_class_and_what_is_a_reaches_its_share(
    values: dict[int, int], limits: tuple[int, int]
) -> None:
    found = abc_of(values, *map(Decimal, limits))
    for key, value in values.items():
        assert all(found[key] <= found[other] for other, less in values.items() if less <= value)
    whole = sum(value for value in values.values() if value > 0)
    if whole:
        assert 100 * sum(value for key, value in values.items() if found[key] == "A") >= limits[0] * whole


@given(st.lists(UNITS, min_size=2, max_size=24), st.integers(0, 12))
def test_variation_is_the_standard_deviation_over_the_mean(demand: list[int], empty: int) -> None:
    square = square_of_variation(demand, len(demand) + empty)
    each = [*demand, *[0] * empty]
    if sum(demand) <= 0:
        assert (square, xyz_of(square, Decimal(10), Decimal(25))) == (None, "Z")
        return
    assert square is not None
    variation = pstdev(each) / fmean(each)
    assert math.isclose(float(square) ** 0.5, variation, rel_tol=1e-9, abs_tol=1e-9)
    shown = in_per_cent(square)
    assert shown == 10**9 or abs(float(shown) - 100 * variation) <= 0.05 + 1e-9 * variation * 100
    for limit in (Decimal(10), Decimal(25)):
        if abs(variation * 100 - float(limit)) > 1e-6:
            assert (xyz_of(square, limit, Decimal(1000)) == "X") == (variation * 100 < limit)


def test_limits_belong_to_the_lower_class() -> None:
    assert abc_of({1: 80, 2: 15, 3: 5}, Decimal(80), Decimal(95)) == {1: "A", 2: "B", 3: "C"}
    assert abc_of({1: 5, 2: 5, 3: 90}, Decimal(80), Decimal(95)) == {1: "B", 2: "B", 3: "A"}
    assert xyz_of(square_of_variation([9, 11], 2), Decimal(10), Decimal(25)) == "X"
    assert xyz_of(square_of_variation([3, 5], 2), Decimal(10), Decimal(25)) == "Y"
    assert xyz_of(square_of_variation([7], 12), Decimal(10), Decimal(25)) == "Z"
    assert in_per_cent(square_of_variation([3, 5], 2) or 0) == 25  # type: ignore[arg-type]
