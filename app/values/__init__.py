"""Exact numbers: column types that store scaled integers and give Decimal, and the only places that round."""

from app.values.exchange import ONE, ExchangeRate, HasRate
from app.values.rounding import digits_of, exactly, line_amount, round_money, share_of
from app.values.types import (
    MOST_OF_A_DOCUMENT,
    Money,
    OutOfRange,
    Percent,
    Price,
    Quantity,
    Scaled,
    from_units,
    shortest,
    to_units,
)

__all__ = [
    "MOST_OF_A_DOCUMENT",
    "ONE",
    "ExchangeRate",
    "HasRate",
    "Money",
    "OutOfRange",
    "Percent",
    "Price",
    "Quantity",
    "Scaled",
    "digits_of",
    "exactly",
    "from_units",
    "line_amount",
    "round_money",
    "share_of",
    "shortest",
    "to_units",
]
