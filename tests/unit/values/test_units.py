"""What a scaled integer can hold, and what is refused rather than bent."""

from decimal import Decimal as D

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.values import OutOfRange, from_units, to_units


@pytest.mark.parametrize(
    ("value", "scale", "units"), [("1.23", 4, 12300), ("-0.000001", 6, -1), ("0", 4, 0), ("1E+3", 4, 10_000_000)]
)
def test_units_are_exact(value: str, scale: int, units: int) -> None:
    assert to_units(D(value), scale) == units
    assert from_units(units, scale) == D(value)


@pytest.mark.parametrize(
    "value",
    [
        "0.00001",
        "1.00000000000000000000000000000001",  # more digits than Decimal's usual precision: must not be rounded away
        "922337203685477.5808",
        "-922337203685477.5809",
        "1E+30",
        "1E+999999",
        "NaN",
        "Infinity",
    ],
)
def test_what_does_not_fit_is_refused(value: str) -> None:
    with pytest.raises(OutOfRange):
        to_units(D(value), 4)


@given(st.integers(-(2**63), 2**63 - 1), st.sampled_from((4, 6, 9)))
def test_every_unit_comes_back_as_it_was(units: int, scale: int) -> None:
    assert to_units(from_units(units, scale), scale) == units
