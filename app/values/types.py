"""Column types for exact numbers: a BIGINT of scaled units in the database, a Decimal in Python.

SQLite's NUMERIC is a float and its sums drift; scaled integers sum exactly, and alike, on SQLite and PostgreSQL.
"""

from decimal import Decimal
from typing import Any

from sqlalchemy import BigInteger
from sqlalchemy.engine import Dialect
from sqlalchemy.types import TypeDecorator

_LIMIT = 2**63
#: What one document may come to, in any currency: so much that nobody needs more, and hundreds of them can be added up.
MOST_OF_A_DOCUMENT = Decimal(10**13)


class OutOfRange(ValueError):
    """The number has more digits after the point than the column keeps, or is too large for it."""


def to_units(value: Decimal, scale: int) -> int:
    """`value` as an integer of 10**-scale; refuses (OutOfRange) whatever that cannot hold exactly."""
    try:
        units = int(value.scaleb(scale))
    except (ArithmeticError, ValueError):  # infinite, no number, or beyond all bounds
        units = _LIMIT
    # Compared with the value itself: scaleb rounds one that has more digits than Decimal's usual precision.
    if not -_LIMIT <= units < _LIMIT or Decimal(units).scaleb(-scale) != value:
        raise OutOfRange(f"{value} does not fit a number with {scale} digits after the point")
    return units


def from_units(units: int, scale: int) -> Decimal:
    """The Decimal that `to_units` stored."""
    return Decimal(units).scaleb(-scale)


def shortest(value: Decimal, digits: int = 0) -> Decimal:
    """The same number written with as few digits after the point as it needs, but at least `digits`."""
    normal = value.normalize()
    exponent = normal.as_tuple().exponent
    return normal if isinstance(exponent, int) and -exponent > digits else value.quantize(Decimal(1).scaleb(-digits))


class Scaled(TypeDecorator[Decimal]):
    """A BIGINT of 10**-scale units that Python sees as Decimal."""

    impl = BigInteger
    cache_ok = True
    scale: int

    @classmethod
    def holds(cls, value: Decimal) -> bool:
        """Whether the column can keep `value`: a number, neither too large nor with more digits after the point."""
        try:
            to_units(value, cls.scale)
        except OutOfRange:
            return False
        return True

    def process_bind_param(self, value: Decimal | int | None, dialect: Dialect) -> int | None:
        return None if value is None else to_units(Decimal(value), self.scale)

    def process_result_value(self, value: Any, dialect: Dialect) -> Decimal | None:
        return None if value is None else Decimal(value).scaleb(-self.scale)


class Money(Scaled):
    """An amount of money, scale 4: room for every ISO 4217 currency; rounded to the currency's own digits before."""

    cache_ok = True
    scale = 4


class Quantity(Scaled):
    """A quantity in millionths of the base unit."""

    cache_ok = True
    scale = 6


class Price(Scaled):
    """A price of one base unit, scale 6."""

    cache_ok = True
    scale = 6


class Percent(Scaled):
    """A percentage, scale 4: 20 means twenty per cent."""

    cache_ok = True
    scale = 4
