"""Exact numbers: money, prices, quantities, rates; pure."""

from app.values import (
    Money,
    Percent,
    Price,
    Quantity,
    Rate,
    digits_of,
    from_units,
    line_amount,
    round_money,
    shortest,
    to_units,
)

__all__ = [
    "Money",
    "Percent",
    "Price",
    "Quantity",
    "Rate",
    "digits_of",
    "from_units",
    "line_amount",
    "round_money",
    "shortest",
    "to_units",
]
