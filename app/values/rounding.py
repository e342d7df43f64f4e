"""The named roundings. Nothing else in Kontor rounds money that is kept; what is shown, `app.formats` rounds."""

from decimal import ROUND_HALF_UP, Context, Decimal
from fractions import Fraction
from functools import cache

from babel.numbers import get_currency_precision

_HUNDRED = Decimal(100)
#: Wide enough for the product of three columns: with Decimal's usual 28 digits a long one would be rounded twice.
EXACT = Context(prec=80)


#: Where CLDR counts the coins in people's hands and ISO 4217 those in their books.
_IN_BOOKS = {"IQD": 3} | dict.fromkeys(
    ("AFN", "ALL", "IRR", "KPW", "LAK", "LBP", "MGA", "MMK", "RSD", "SLL", "SOS", "SYP", "YER"), 2
)


@cache
def digits_of(currency: str) -> int:
    """How many digits after the point the currency has by ISO 4217: GBP 2, VND 0."""
    return _IN_BOOKS.get(currency) or get_currency_precision(currency)


@cache
def _quantum(digits: int) -> Decimal:
    return Decimal(1).scaleb(-digits)


def round_money(amount: Decimal, digits: int) -> Decimal:
    """`amount` rounded half away from zero ("half up" of commerce) to `digits` after the point."""
    return amount.quantize(_quantum(digits), ROUND_HALF_UP, EXACT)


def share_of(amount: Decimal, part: Decimal, whole: Decimal, *, digits: int) -> Decimal:
    """What `part` has of an amount that `whole` comes to, rounded once."""
    return round_money(EXACT.divide(EXACT.multiply(amount, part), whole), digits)


def exactly(value: Fraction) -> Decimal | None:
    """The number as a decimal of at most six digits after the point; None where it isn't one."""
    millionths = value * 10**6
    return Decimal(millionths.numerator).scaleb(-6, EXACT) if millionths.denominator == 1 else None


def line_amount(quantity: Decimal, price: Decimal, *, discount: Decimal = Decimal(0), digits: int) -> Decimal:
    """quantity × price less `discount` per cent, rounded once, at the end."""
    amount = EXACT.multiply(quantity, price)
    if discount:
        amount = EXACT.multiply(amount, _HUNDRED - discount).scaleb(-2, EXACT)
    return round_money(amount, digits)
