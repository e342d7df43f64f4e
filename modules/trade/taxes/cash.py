"""What is to be paid in coins, where the smallest coin is more than the smallest amount. Pure: no database."""

from decimal import ROUND_HALF_UP, Decimal


def cash_difference(amount: Decimal, step: Decimal | None) -> Decimal:
    """What is added to an amount, or taken off it, so that it can be paid in cash: to the nearest `step`, half away from zero
    (Switzerland's five Rappen, Denmark's fifty øre). None, or nothing to round: zero. EN 16931 BT-114."""
    if not step:
        return Decimal(0)
    return (amount / step).quantize(Decimal(1), ROUND_HALF_UP) * step - amount
