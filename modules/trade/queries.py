"""Reading trade documents."""

from decimal import Decimal

from app.api.texts import lazy_gettext as _l
from app.api.texts import number
from modules.trade.models import TradeDocument
from modules.trade.taxes.categories import STANDARD, UNSAID, WORDS


def taxes_of(document: TradeDocument) -> list[tuple[Decimal, Decimal, Decimal]]:
    """Per tax rate, zero too: the rate, what its lines come to as they are priced, and the tax on top of that or in it.

    The taxes are the sums of the lines', so they add up to the document's. Where it rounds once for each rate, the tax is that
    of the sum, to the last coin (EN 16931, BR-CO-17).
    """
    sums: dict[Decimal, tuple[Decimal, Decimal]] = {}
    for _, rate, amount, tax in taxes_by_category(document):
        before = sums.get(rate, (Decimal(0), Decimal(0)))
        sums[rate] = (before[0] + amount, before[1] + tax)
    return [(rate, amount, tax) for rate, (amount, tax) in sorted(sums.items())]


def taxes_by_category(document: TradeDocument) -> list[tuple[str, Decimal, Decimal, Decimal]]:
    """The same per category and rate: the category comes first; it is empty on papers whose lines have none."""
    sums: dict[tuple[Decimal, str], tuple[Decimal, Decimal]] = {}
    for line in document.lines:
        key = (line.tax_rate, getattr(line, "tax_category", ""))
        amount, tax = sums.get(key, (Decimal(0), Decimal(0)))
        sums[key] = (amount + line.amount(tax_included=document.tax_included), tax + line.tax)
    return [(category, rate, amount, tax) for (rate, category), (amount, tax) in sorted(sums.items())]


def taxes_on_paper(document: TradeDocument) -> list[tuple[object, Decimal]]:
    """What stands between what things cost and what is to be paid: the taxes, in words, and the rounding of cash."""
    rows: list[tuple[object, Decimal]] = [
        (WORDS[category], tax)
        if category not in (STANDARD, UNSAID)
        else (_l("Tax %(rate)s %%", rate=number(rate)), tax)
        for category, rate, _, tax in taxes_by_category(document)
    ]
    rounding = getattr(document, "rounding", None)
    return [*rows, (_l("Rounding, paid in cash"), rounding)] if rounding else rows
