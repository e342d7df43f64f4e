"""What goods cost when they leave: the moving average of the place they leave (IAS 2.27, weighted average cost).

Pure integers: quantities in millionths, values in units of 10**-4; `step` is the currency's smallest coin in the latter.
"""


def cost_of_issue(quantity: int, held_quantity: int, held_value: int, *, step: int) -> int:
    """The part of `held_value` that `quantity` takes along, rounded half up to `step`.

    Taking all takes all the value, so that no coin is left behind in an empty place. Nought when nothing is held.
    """
    if held_quantity <= 0:
        return 0
    if quantity == held_quantity:
        return held_value
    return _rounded(held_value * quantity, held_quantity * step) * step


def _rounded(numerator: int, denominator: int) -> int:
    """numerator / denominator, rounded half away from nought; the denominator is above nought."""
    whole = (2 * abs(numerator) + denominator) // (2 * denominator)
    return whole if numerator >= 0 else -whole
