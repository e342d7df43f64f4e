"""Exact numbers: column types that store scaled integers and give Decimal, and the only places that round."""

from app.values.rounding import digits_of, line_amount, round_money
from app.values.types import Money, OutOfRange, Percent, Price, Quantity, Rate, Scaled, from_units, shortest, to_units

__all__ = [
    "Money",
    "OutOfRange",
    "Percent",
    "Price",
    "Quantity",
    "Rate",
    "Scaled",
    "digits_of",
    "from_units",
    "line_amount",
    "round_money",
    "shortest",
    "to_units",
]
