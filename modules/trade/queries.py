"""Reading trade documents."""

from decimal import Decimal

from modules.trade.models import TradeDocument


def taxes_of(document: TradeDocument) -> list[tuple[Decimal, Decimal, Decimal]]:
    """Per tax rate, zero too: the rate, what its lines come to as they are priced, and the tax on top of that or in it.

    The taxes are the sums of the lines', so they add up to the document's. Where it rounds once for each rate, the tax is that
    of the sum, to the last coin (EN 16931, BR-CO-17).
    """
    sums: dict[Decimal, tuple[Decimal, Decimal]] = {}
    for line in document.lines:
        amount, tax = sums.get(line.tax_rate, (Decimal(0), Decimal(0)))
        sums[line.tax_rate] = (amount + line.amount(tax_included=document.tax_included), tax + line.tax)
    return [(rate, amount, tax) for rate, (amount, tax) in sorted(sums.items())]
