"""What a sale over the counter is paid by, and what has to lie in the till. Pure: no database."""

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import NamedTuple

from app.api.errors import Invalid
from app.api.texts import lazy_gettext as _l
from app.api.texts import money

_ZERO = Decimal(0)

#: Notes and coins in circulation, the largest first; of other currencies the sum is counted alone.
DENOMINATIONS: dict[str, tuple[Decimal, ...]] = {
    currency: tuple(Decimal(piece) for piece in pieces.split())
    for currency, pieces in {
        "EUR": "500 200 100 50 20 10 5 2 1 0.50 0.20 0.10 0.05 0.02 0.01",
        "GBP": "50 20 10 5 2 1 0.50 0.20 0.10 0.05 0.02 0.01",
        "USD": "100 50 20 10 5 1 0.25 0.10 0.05 0.01",
        "RUB": "5000 2000 1000 500 200 100 50 10 5 2 1 0.50 0.10",
        "VND": "500000 200000 100000 50000 20000 10000 5000 2000 1000 500 200",
        "CHF": "1000 200 100 50 20 10 5 2 1 0.50 0.20 0.10 0.05",
        "PLN": "500 200 100 50 20 10 5 2 1 0.50 0.20 0.10 0.05 0.02 0.01",
    }.items()
}


class Tender(NamedTuple):
    """How a sale is paid: `cash` stays in the till, `change` goes back of what was given."""

    cash: Decimal
    card: Decimal
    on_account: Decimal
    change: Decimal


def tender_of(total: Decimal, *, given: Decimal, card: Decimal, on_account: Decimal, currency: str) -> Tender:
    """Pay `total` by card and on account as said, and the rest by the cash that is given; change comes out of that alone.

    Refused (Invalid): an amount below zero, more by card and on account than the total, less cash than the rest.
    """
    for field, amount in (("given", given), ("card", card), ("on_account", on_account)):
        if amount < 0:
            raise Invalid(_l("An amount that is paid can't be below zero."), field=field)
    rest = total - card - on_account
    if rest < 0:
        words = _l(
            "%(paid)s is paid without cash, and the sale comes to %(total)s. Lessen it: change is given of cash alone.",
            paid=money(card + on_account, currency),
            total=money(total, currency),
        )
        raise Invalid(words, field="card" if card else "on_account")
    if given < rest:
        words = _l("%(missing)s %(currency)s is missing.", missing=money(rest - given, currency), currency=currency)
        raise Invalid(words, field="given")
    return Tender(rest, card, on_account, given - rest)


def expected_cash(opening: Decimal, moved: Iterable[Decimal]) -> Decimal:
    """What has to lie in the till: what was counted at first, and what came in (above zero) and went out since."""
    return sum(moved, opening)


def sum_of(pieces: Mapping[Decimal, int]) -> Decimal:
    """What counted notes and coins come to. Refused (Invalid): fewer than none of one."""
    if any(count < 0 for count in pieces.values()):
        raise Invalid(_l("There can't be fewer than none of a note or coin."), field="counted")
    return sum((piece * count for piece, count in pieces.items()), _ZERO)
