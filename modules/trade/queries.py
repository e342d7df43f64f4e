"""Reading trade documents."""

from decimal import Decimal

from modules.trade.models import TradeDocument


def taxes_of(document: TradeDocument) -> list[tuple[Decimal, Decimal, Decimal]]:
    """Per tax rate: the rate, what it is taken of, and the tax; the sums of the lines, so they add up exactly."""
    sums: dict[Decimal, tuple[Decimal, Decimal]] = {}
    for line in document.lines:
        net, tax = sums.get(line.tax_rate, (Decimal(0), Decimal(0)))
        sums[line.tax_rate] = (net + line.net, tax + line.tax)
    return [(rate, net, tax) for rate, (net, tax) in sorted(sums.items()) if tax]
