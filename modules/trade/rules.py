"""What is right of a line, and what it comes to. Pure: no database."""

from collections.abc import Iterator, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any, NamedTuple

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
    quantity: Decimal,
    price: Decimal,
    *,
    discount: Decimal,
    tax_rate: Decimal,
    tax_included: bool,
    digits: int,
    less: Decimal = Decimal(0),
) -> LineTotals:
    """The totals of a line; `discount` and `tax_rate` in per cent. `less`: a sum that comes off besides.

    The line is rounded once, half up; then the tax is taken out of it or put on top, rounded, and the rest is what is
    left, so that nothing is lost between them.
    """
    amount = line_amount(quantity, price, discount=discount, digits=digits) - less
    tax = _tax_of(amount, tax_rate, tax_included=tax_included, digits=digits)
    return _totals(amount, tax, tax_included=tax_included)


def taxed_by_rate(
    amounts: Sequence[tuple[Decimal, Decimal]], *, tax_included: bool, digits: int
) -> Iterator[LineTotals]:
    """The totals of lines, each an amount as priced and its tax rate, where tax is rounded once for each rate.

    The tax of a rate is that of the sum of its lines (EN 16931, BR-CO-17); a line has what it adds to that, so that the lines
    make the whole to the last coin.
    """
    sums: dict[Decimal, Decimal] = {}
    for amount, rate in amounts:
        before = sums.get(rate, Decimal(0))
        sums[rate] = before + amount
        so_far, until_here = (
            _tax_of(each, rate, tax_included=tax_included, digits=digits) for each in (before, sums[rate])
        )
        yield _totals(amount, until_here - so_far, tax_included=tax_included)


def _tax_of(amount: Decimal, rate: Decimal, *, tax_included: bool, digits: int) -> Decimal:
    return round_money(amount * rate / (_HUNDRED + rate if tax_included else _HUNDRED), digits)


def _totals(amount: Decimal, tax: Decimal, *, tax_included: bool) -> LineTotals:
    return LineTotals(amount - tax, tax, amount) if tax_included else LineTotals(amount, tax, amount + tax)


def check_due(due: date | None, moment: datetime) -> None:
    """Refuse (Invalid) a day of payment before the document's own, or of a year that can't be right."""
    if due is None:
        return
    check_day(due, field="due")
    if due < moment.date():
        raise Invalid(_l("Payment can't be due before the document's own day, %(day)s.", day=day(moment)), field="due")


def check_days(document: Any) -> None:
    """Refuse (Invalid) days of a quote or order that can't be right: before its own, or of a year that can't be; a priority
    that isn't between 0 and 9."""
    words = {
        "delivery": _l("Delivery can't be before the document's own day, %(day)s.", day=day(document.moment)),
        "valid_until": _l("A quote can't end before its own day, %(day)s.", day=day(document.moment)),
        "reserved_until": _l(
            "Goods can't be kept until before the document's own day, %(day)s.", day=day(document.moment)
        ),
    }
    for name, message in words.items():
        if (value := getattr(document, name)) is None:
            continue
        check_day(value, field=name)
        if value < document.moment.date():
            raise Invalid(message, field=name)
    if not 0 <= (document.priority or 0) <= 9:
        raise Invalid(_l("A priority is between 0 and 9."), field="priority")


def check_line(
    number: int,
    item: Any,
    quantity: Decimal,
    price: Decimal,
    *,
    discount: Decimal,
    tax_rate: Decimal,
    is_kept: bool = False,
) -> None:
    """Refuse (Invalid) a line whose figures can't be right; `discount` and `tax_rate` are in per cent, 0 to 100. `item` and
    `is_kept` as in `check_quantity`."""
    check_quantity(number, item, quantity, is_kept=is_kept)
    check_price(number, price)
    if not (Percent.holds(discount) and Percent.holds(tax_rate)):
        message = _l("Line %(n)s: discount and tax rate have at most four digits after the point.", n=number)
        raise Invalid(message, field="lines")
    if not 0 <= discount <= 100:
        raise Invalid(
            _l("Line %(n)s: a discount is between 0 and 100 per cent.", n=number), field="lines", column="discount"
        )
    if not 0 <= tax_rate <= 100:
        raise Invalid(
            _l("Line %(n)s: a tax rate is between 0 and 100 per cent.", n=number), field="lines", column="tax_rate"
        )
