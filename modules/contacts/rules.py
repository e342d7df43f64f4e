"""What is right of open items: pure rules over what stands, in units of 10**-4 of a currency."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from flask_babel import lazy_gettext as _l

from app.api import Conflict, Invalid, Money, digits_of, from_units, money, round_money, to_units


@dataclass(frozen=True, slots=True)
class Item:
    """An open item, as far as a document that settles it has to know it."""

    id: int
    document_id: int
    contact_id: int
    currency: str
    #: the document's number
    number: str
    #: when its document happened
    moment: datetime
    due: date | None = None


@dataclass(slots=True)
class Standing:
    """What is open of an item, in units: in its own currency and in the organisation's. Above zero: the contact owes us."""

    amount: int
    base: int

    def base_of(self, part: int, step: int) -> int:
        """The carried base of `part` (above zero) of the amount, with the sign of the base: its share, to whole `step` units
        and half up, or all that is left when the whole is taken."""
        if part == abs(self.amount):
            return self.base
        share = (2 * abs(self.base) * part + abs(self.amount) * step) // (2 * abs(self.amount) * step) * step
        return share if self.base >= 0 else -share

    def take(self, part: int, base: int) -> None:
        """Bring the item nearer to zero by `part` units, which carry `base`."""
        self.amount -= part if self.amount > 0 else -part
        self.base -= base


def check_part(amount: Decimal, currency: str) -> int:
    """An amount that is to be moved, in units. Refused (Invalid): not above zero, finer than the currency, too large."""
    if not Money.holds(amount) or amount <= 0:
        raise Invalid(_l("The amount to allocate must be above zero."), field="amount")
    if round_money(amount, digits_of(currency)) != amount:
        message = _l("%(currency)s has only %(n)s digits.", currency=currency, n=digits_of(currency))
        raise Invalid(message, field="amount")
    return to_units(amount, Money.scale)


def check_dated(item: Item, moment: datetime) -> None:
    """Refuse (Conflict) to settle an item before the moment of its document."""
    if item.moment > moment:
        raise Conflict(_l("%(number)s has a later date: nothing can settle it before.", number=item.number))


def check_open(item: Item, standing: Standing, part: int) -> None:
    """Refuse (Conflict) to go past zero."""
    if part > abs(standing.amount):
        left = from_units(abs(standing.amount), Money.scale)
        raise Conflict(
            _l(
                "Only %(left)s %(currency)s of %(number)s is open.",
                left=money(left, item.currency),
                currency=item.currency,
                number=item.number,
            )
        )


def check_opposite(item: Item, standing: Standing, sign: int) -> None:
    """Refuse (Conflict) what is owed the same way as what is to settle it (`sign`): nothing would be paid by that."""
    if standing.amount * sign > 0:
        message = _l("%(number)s is owed in the same direction, so this can't settle it.", number=item.number)
        raise Conflict(message)
