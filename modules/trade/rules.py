"""What a line comes to. Pure: no database."""

from decimal import Decimal
from typing import NamedTuple

from app.api import line_amount, round_money

_HUNDRED = Decimal(100)


class LineTotals(NamedTuple):
    """Without tax, the tax, and both: each rounded to the currency, and net + tax = gross exactly."""

    net: Decimal
    tax: Decimal
    gross: Decimal


def line_totals(
    quantity: Decimal, price: Decimal, *, discount: Decimal, tax_rate: Decimal, tax_included: bool, digits: int
) -> LineTotals:
    """The totals of a line; `discount` and `tax_rate` in per cent.

    The line is rounded once, half up; then the tax is taken out of it or put on top, rounded, and the rest is what is
    left, so that nothing is lost between them. A document's totals are the sums of its lines'.
    """
    amount = line_amount(quantity, price, discount=discount, digits=digits)
    if tax_included:
        tax = round_money(amount * tax_rate / (_HUNDRED + tax_rate), digits)
        return LineTotals(amount - tax, tax, amount)
    tax = round_money(amount * tax_rate / _HUNDRED, digits)
    return LineTotals(amount, tax, amount + tax)
