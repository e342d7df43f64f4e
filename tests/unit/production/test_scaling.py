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


@pytest.mark.parametrize(
    ("quantity", "ordered", "output", "digits", "takes"),
    [
        ("10", "4", "3", 0, "14"),  # 13.333 boards have to be there
        ("10", "3", "3", 0, "10"),
        ("1", "2", "12", 0, "1"),  # a box for twelve, of which two are made
        ("0.333333", "3", "1", 0, "1"),  # a third that can't be written: no second one for what is missing of it
        ("0.333334", "3", "1", 0, "1"),
        ("0.34", "3", "1", 0, "2"),
        ("0.125", "1", "1", 2, "0.13"),
        ("0.12", "1", "1", 2, "0.12"),
        ("0.0001", "1", "1", 0, "1"),  # never to nothing
        ("0", "5", "1", 0, "0"),
    ],
)
def test_what_is_counted_whole_is_rounded_up(quantity: str, ordered: str, output: str, digits: int, takes: str) -> None:
    made = scaled(Decimal(quantity), ordered=Decimal(ordered), output=Decimal(output), digits=digits)
    assert made == Decimal(takes)
