"""What goods cost when they leave: the moving average of the place they leave (IAS 2.27, weighted average cost).

What a customer brings back is worth what he got it for, as far as he got any.
Pure integers: quantities in millionths, values in units of 10**-4; `step` is the currency's smallest coin in the latter.
"""

from dataclasses import dataclass


@dataclass(slots=True)
class Got:
    """What a customer has got of an item and not given back, with its cost, as his sales and returns made it in turn."""

    quantity: int = 0
    cost: int = 0

    def add(self, quantity: int, cost: int) -> None:
        """Goods that he gets; below nought, those that he gives back."""
        self.quantity += quantity
        self.cost += cost
        if self.quantity <= 0:
            # What he gives back beyond it was sold before the books began, and says nothing of what he gets later.
            self.quantity = self.cost = 0

    def covers(self, quantity: int) -> bool:
        """Whether he got that much, at a cost that can be: a sale taken back meanwhile may leave less than nothing."""
        return self.quantity >= quantity and self.cost >= 0


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
