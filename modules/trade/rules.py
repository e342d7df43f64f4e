"""What is right of a line, and what it comes to. Pure: no database."""

from datetime import date, datetime
from decimal import Decimal
from typing import NamedTuple

from app.api.errors import Invalid
from app.api.reference import check_day
from app.api.texts import day
from app.api.texts import lazy_gettext as _l
from app.api.values import Percent, line_amount, round_money
from modules.warehouse.api import check_price, check_quantity

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


def check_due(due: date | None, moment: datetime) -> None:
    """Refuse (Invalid) a day of payment before the document's own, or of a year that can't be right."""
    if due is None:
        return
    check_day(due, field="due")
    if due < moment.date():
        raise Invalid(_l("Payment can't be due before the document's own day, %(day)s.", day=day(moment)), field="due")


def check_line(number: int, quantity: Decimal, price: Decimal, *, discount: Decimal, tax_rate: Decimal) -> None:
    """Refuse (Invalid) a line whose figures can't be right; `discount` and `tax_rate` are in per cent, 0 to 100."""
    check_quantity(number, quantity)
    check_price(number, price)
    if not (Percent.holds(discount) and Percent.holds(tax_rate)):
        message = _l("Line %(n)s: discount and tax rate have at most four digits after the point.", n=number)
        raise Invalid(message, field="lines")
    if not 0 <= discount <= 100:
        raise Invalid(_l("Line %(n)s: a discount is between 0 and 100 per cent.", n=number), field="lines")
    if not 0 <= tax_rate <= 100:
        raise Invalid(_l("Line %(n)s: a tax rate is between 0 and 100 per cent.", n=number), field="lines")
