"""Quantities that are typed in packings of an item, such as 3 boxes. The grid counts alike (`static/js/lines/packings.js`).

The details of a look-up tell an item's `packings`: of each `id`, `name`, `factor` (how many base units it is: a numerator and a
denominator) and `off` where it is no longer in use.
"""

from collections.abc import Mapping
from decimal import Decimal
from fractions import Fraction
from typing import Any

from app.values import exactly


def packing_of(details: Mapping[str, Any], packing_id: int | None) -> Mapping[str, Any] | None:
    """One of an item's packings; None where it has none such."""
    return next((p for p in details.get("packings", ()) if p["id"] == packing_id), None)


def in_base_units(quantity: Decimal, packing: Mapping[str, Any]) -> Decimal | None:
    """What was typed in a packing; None where that isn't an exact number of base units."""
    return exactly(Fraction(quantity) * _factor(packing))


def in_packings(quantity: Decimal, packing: Mapping[str, Any]) -> Decimal | None:
    """So many base units in a packing; None where that isn't an exact number of packings."""
    return exactly(Fraction(quantity) / _factor(packing))


def _factor(packing: Mapping[str, Any]) -> Fraction:
    numerator, denominator = packing["factor"]
    return Fraction(int(numerator), int(denominator))
