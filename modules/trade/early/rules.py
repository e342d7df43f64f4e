"""What an early-payment discount comes to, and its share of each line's amount and tax. Pure: no database."""

from collections import defaultdict
from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from app.api.values import round_money
from modules.trade.landed.rules import spread

_ZERO, _HUNDRED = Decimal(0), Decimal(100)


@dataclass(frozen=True, slots=True)
class Left:
    """What is left of a line to be paid for, in the document's currency."""

    #: lines that are taxed alike have the same
    taxed: Hashable
    net: Decimal
    tax: Decimal


def last_day(day: date, days: int) -> date:
    """The last day on which a document of `day` is paid early."""
    return day + timedelta(days=days)


def reduction(whole: Decimal, percent: Decimal, digits: int) -> Decimal:
    """What is let off of `whole`, rounded once to its currency's digits."""
    return round_money(whole * percent / _HUNDRED, digits)


def split(amount: Decimal, lines: Sequence[Left], digits: int) -> list[tuple[Decimal, Decimal]]:
    """The share of each line in a discount: of its amount without tax, and of its tax.

    First each rate of tax has its share of both, then the lines of that rate have theirs; each time by largest remainder. So
    all shares make the discount exactly, and those of a rate are within a coin of its own. `amount`: from 0 to what is left.
    """
    if not amount:
        return [(_ZERO, _ZERO)] * len(lines)
    groups: dict[Hashable, list[int]] = defaultdict(list)
    for n, line in enumerate(lines):
        groups[line.taxed].append(n)
    wholes = [
        sum((getattr(lines[n], name) for n in group), _ZERO) for group in groups.values() for name in ("net", "tax")
    ]
    shares = iter(spread(amount, wholes, digits=digits))
    found = [(_ZERO, _ZERO)] * len(lines)
    for group in groups.values():
        nets, taxes = (
            _among([getattr(lines[n], name) for n in group], next(shares), digits) for name in ("net", "tax")
        )
        for n, net, tax in zip(group, nets, taxes, strict=True):
            found[n] = (net, tax)
    return found


def _among(wholes: Sequence[Decimal], share: Decimal, digits: int) -> list[Decimal]:
    return spread(share, wholes, digits=digits) if share else [_ZERO] * len(wholes)
