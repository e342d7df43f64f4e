"""How much of each component an order takes. Pure: no database."""

from decimal import Decimal
from fractions import Fraction
from math import floor

from app.api import Quantity, from_units


def scaled(quantity: Decimal, *, ordered: Decimal, output: Decimal) -> Decimal:
    """`quantity` of a component, given for `output` of the product, for `ordered` of it; `output` is above nought.

    Reckoned as a fraction and rounded once, half up, to the millionth that a quantity is kept in: a third of a metre
    for each of three comes to exactly one metre.
    """
    exact = Fraction(quantity) * Fraction(ordered) / Fraction(output)
    return from_units(floor(exact * 10**Quantity.scale + Fraction(1, 2)), Quantity.scale)
