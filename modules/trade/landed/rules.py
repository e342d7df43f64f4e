"""How an amount is spread over goods. Pure: no database."""

import re
from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction

from app.api.texts import lazy_gettext as _l

VALUE, QUANTITY, WEIGHT, VOLUME = "value", "quantity", "weight", "volume"
#: by what a cost is spread → what that is called
BASES = {VALUE: _l("Value"), QUANTITY: _l("Quantity"), WEIGHT: _l("Weight"), VOLUME: _l("Volume")}


def named_in(text: str) -> list[str]:
    """The numbers of documents that somebody has typed, each once."""
    return list(dict.fromkeys(re.findall(r"[^,;\s]+", text)))


def spread(amount: Decimal, measures: Sequence[Decimal], *, digits: int) -> list[Decimal]:
    """The parts of an amount of so many digits, by measures that aren't below zero and not all zero.

    Each part is rounded down, and the coins that are left go one by one to the largest remainders, the first of equal ones (the
    method of Hamilton). So the parts make the amount exactly, and none is a coin or more away from its share.
    """
    coins, whole = int(abs(amount).scaleb(digits)), Fraction(sum(measures, Decimal(0)))
    exact = [coins * Fraction(measure) / whole for measure in measures]
    parts = [share.numerator // share.denominator for share in exact]
    by_remainder = sorted(range(len(parts)), key=lambda n: (parts[n] - exact[n], n))
    for n in by_remainder[: coins - sum(parts)]:
        parts[n] += 1
    sign = -1 if amount < 0 else 1
    return [Decimal(sign * part).scaleb(-digits) for part in parts]
