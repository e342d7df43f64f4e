"""What is right of quantities, prices and sums on the lines of documents. No database."""

from decimal import Decimal
from typing import Any

from flask_babel import lazy_gettext as _l

from app.api import Invalid, Money, Price, Quantity
from modules.warehouse.models import SERVICE

#: So many of anything are no quantity, but a barcode.
TOO_MANY = Decimal(10**9)


def check_quantity(number: int, quantity: Decimal) -> None:
    """Refuse (Invalid) a quantity of a line that is not above zero, can't be kept exactly, or is really a barcode."""
    if not quantity.is_finite() or quantity <= 0:
        raise Invalid(_l("Line %(n)s: the quantity must be above zero.", n=number), field="lines")
    if quantity >= TOO_MANY:
        message = _l("Line %(n)s: that is too many. Was a barcode scanned into the quantity?", n=number)
        raise Invalid(message, field="lines")
    if not Quantity.holds(quantity):
        raise Invalid(_l("Line %(n)s: a quantity has at most six digits after the point.", n=number), field="lines")


def check_goods(number: int, item: Any, quantity: Decimal) -> None:
    """Refuse (Invalid) a line that moves a service, or a quantity as `check_quantity` does."""
    check_quantity(number, quantity)
    if item.kind == SERVICE:
        message = _l("Line %(n)s: “%(name)s” is a service and can't be moved.", n=number, name=item.name)
        raise Invalid(message, field="lines")


def check_price(number: int, price: Decimal) -> None:
    """Refuse (Invalid) a price of a line that is below zero or can't be kept exactly."""
    if not Price.holds(price):
        message = _l("Line %(n)s: the price is too large, or has more than six digits after the point.", n=number)
        raise Invalid(message, field="lines")
    if price < 0:
        raise Invalid(_l("Line %(n)s: the price is below zero.", n=number), field="lines")


def check_sum(number: int, total: Decimal) -> None:
    """Refuse (Invalid) the line with which a document comes to more than an amount of money can be."""
    if not Money.holds(total.to_integral_value()):
        message = _l("Line %(n)s: with it the document comes to more than can be kept.", n=number)
        raise Invalid(message, field="lines")
