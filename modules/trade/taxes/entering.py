"""What documents enter into the register of taxes. Pure: no database."""

from collections.abc import Callable, Iterable
from decimal import Decimal
from typing import NamedTuple

from app.api.values import round_money
from modules.trade.taxes.categories import SELF_ASSESSED

#: what we owe the tax office, and what we deduct from it
OUTPUT, INPUT = "output", "input"
_HUNDRED = Decimal(100)


class Taxed(NamedTuple):
    """Lines of a document that are taxed alike: the first of them, and what they come to in the document's currency."""

    line: int
    category: str
    #: per cent
    rate: Decimal
    #: per cent; of what whoever buys owes the tax of
    reverse_rate: Decimal
    net: Decimal
    tax: Decimal


class TaxEntry(NamedTuple):
    """What is entered for them, in the organisation's own currency."""

    line: int
    direction: str
    category: str
    rate: Decimal
    base: Decimal
    tax: Decimal


def tax_entries(
    taxed: Iterable[Taxed], *, is_sale: bool, in_base: Callable[[Decimal], Decimal], digits: int
) -> list[TaxEntry]:
    """An entry for each category and rate; of a purchase with reverse charge two, as the buyer owes its tax and deducts it.

    What is converted is converted as it adds up, so that bases and taxes make what the whole document is worth (`in_base` of
    its total) to the last coin. `digits`: of the organisation's own currency.
    """
    whole, worth, entries = Decimal(0), Decimal(0), []

    def more(amount: Decimal) -> Decimal:
        nonlocal whole, worth
        whole, before = whole + amount, worth
        worth = in_base(whole)
        return worth - before

    for t in sorted(taxed, key=lambda t: (t.category, t.rate, t.reverse_rate)):
        base, tax = more(t.net), more(t.tax)
        if not is_sale and t.category in SELF_ASSESSED:
            own = round_money(base * t.reverse_rate / _HUNDRED, digits)
            entries += [TaxEntry(t.line, side, t.category, t.reverse_rate, base, own) for side in (OUTPUT, INPUT)]
        else:
            entries.append(TaxEntry(t.line, OUTPUT if is_sale else INPUT, t.category, t.rate, base, tax))
    return entries


def taxed_alike(lines: Iterable[Taxed]) -> list[Taxed]:
    """Lines put together by category and rates."""
    found: dict[tuple[str, Decimal, Decimal], Taxed] = {}
    for x in lines:
        key = (x.category, x.rate, x.reverse_rate)
        had = found.get(key)
        found[key] = x if had is None else had._replace(net=had.net + x.net, tax=had.tax + x.tax)
    return list(found.values())
