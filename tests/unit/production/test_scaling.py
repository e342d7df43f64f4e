"""How much of each component an order takes."""

from decimal import Decimal

import pytest

from modules.production.rules import scaled


@pytest.mark.parametrize(
    ("quantity", "ordered", "output", "takes"),
    [
        ("4", "1", "1", "4"),
        ("4", "2.5", "1", "10"),
        ("0.75", "12", "3", "3"),
        ("1", "3", "3", "1"),  # a third each, and three thirds are one
        ("1", "1", "3", "0.333333"),
        ("2", "1", "3", "0.666667"),
        ("0.000001", "1", "2", "0.000001"),  # half a millionth goes up
        ("9000000", "900000", "1", "8100000000000"),  # beyond what a float could count in millionths
    ],
)
def test_a_component_is_scaled_exactly_and_rounded_once(quantity: str, ordered: str, output: str, takes: str) -> None:
    assert scaled(Decimal(quantity), ordered=Decimal(ordered), output=Decimal(output)) == Decimal(takes)
