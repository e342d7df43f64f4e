"""What is right of packings, and what is so many of one. No database."""

from collections.abc import Mapping
from decimal import Decimal
from fractions import Fraction
from typing import Any

from app.api.errors import Invalid
from app.api.texts import kept, number
from app.api.texts import lazy_gettext as _l
from app.api.values import Price, exactly
from modules.warehouse.models import Packing

#: base units in one packing at most; and one base unit is at most so many packings
MOST = 10**6


def packing_fields(fields: Mapping[str, Any]) -> dict[str, Any]:
    """The fields of a packing, as they are kept; `contains` is how many base units it is, a Fraction.

    Refused (Invalid): no name, a factor that is missing, not above zero or beyond what makes sense, a weight below zero.
    """
    values = kept(Packing, fields)
    if not values["name"]:
        raise Invalid(_l("A packing needs a name, such as box."), field="name")
    contains: Fraction | None = values.pop("contains")
    if contains is None or contains <= 0:
        raise Invalid(_l("Say how many units it contains: more than zero."), field="contains")
    if max(contains.numerator, contains.denominator) > MOST:
        message = _l("At most %(most)s above and below the stroke.", most=number(Decimal(MOST)))
        raise Invalid(message, field="contains")
    weight = values.get("weight")
    if weight is not None and not (Price.holds(weight) and weight >= 0):
        message = _l("Weight and volume are not below zero and have at most six digits after the point.")
        raise Invalid(message, field="weight")
    return {**values, "numerator": contains.numerator, "denominator": contains.denominator}


def packed(quantity: Decimal, packing: Packing | None) -> str:
    """So many base units as they are said in a packing, such as "3 box"; empty without one, and where they
    aren't an exact number of it."""
    count = exactly(Fraction(quantity) / packing.contains) if packing is not None else None
    return f"{number(count)} {packing.name}" if packing is not None and count is not None else ""
