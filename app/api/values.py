"""Exact numbers: money, prices, quantities, rates; pure."""

from app.values import (
    MOST_OF_A_DOCUMENT,
    ONE,
    ExchangeRate,
    HasRate,
    Money,
    Percent,
    Price,
    Quantity,
    digits_of,
    exactly,
    from_units,
    line_amount,
    round_money,
    share_of,
    shortest,
    to_units,
)

__all__ = [
    "MOST_OF_A_DOCUMENT",
    "ONE",
    "ExchangeRate",
    "HasRate",
    "Money",
    "Percent",
    "Price",
    "Quantity",
    "digits_of",
    "exactly",
    "from_units",
    "line_amount",
    "round_money",
    "share_of",
    "shortest",
    "to_units",
]
