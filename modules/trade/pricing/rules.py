"""How prices come about and what comes off them. Pure: no database.

A price is found, then discounts come off it; every step is kept, so that a line can say how it was priced.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import ROUND_CEILING, ROUND_FLOOR, ROUND_HALF_UP, Decimal
from typing import Any, NamedTuple

from app.api.errors import Invalid
from app.api.texts import lazy_gettext as _l
from app.api.values import Percent, Price, line_amount, round_money

TYPED, COST, USUAL, TYPE = "typed", "cost", "usual", "type"
UP, DOWN, NEAREST = "up", "down", "nearest"
DIRECTIONS = {NEAREST: _l("to the nearest"), UP: _l("up"), DOWN: _l("down")}
#: what becomes of several discounts: the best one counts, or each comes off what the one before has left
BEST, EACH = "best", "each"
STACKING = {BEST: _l("The best one counts"), EACH: _l("One after the other")}
#: a type may follow another one, and that a third: so many at most
MOST_TYPES = 10

_ZERO, _HUNDRED = Decimal(0), Decimal(100)
_ROUNDING = {UP: ROUND_CEILING, DOWN: ROUND_FLOOR, NEAREST: ROUND_HALF_UP}
#: digits of per cent that a line keeps
_PERCENT = Percent.scale


def rounded_price(price: Decimal, *, step: Decimal, ending: Decimal, direction: str, digits: int) -> Decimal:
    """A price rounded to a multiple of `step` with `ending` added, as 1 and 0.90 give 12.90 and 13.90; never below zero.

    With a step of zero it is rounded to `digits` after the point, half up.
    """
    if not step:
        return round_money(price, digits)
    steps = ((price - ending) / step).quantize(Decimal(1), _ROUNDING[direction])
    return max(steps * step + ending, _ZERO)


def check_formula(
    *, formula: str, percent: Decimal, step: Decimal, ending: Decimal, direction: str, base_id: int | None
) -> None:
    """Refuse (Invalid) a formula that can't be right: per cent of −100 or less, an ending that isn't below the step, none to
    follow."""
    if not Percent.holds(percent) or not -_HUNDRED < percent <= 100_000:
        raise Invalid(_l("Per cent are above −100, with at most four digits after the point."), field="percent")
    if not Price.holds(step) or step < 0:
        raise Invalid(_l("Prices are rounded to a number above zero, as 0.05 or 1."), field="step")
    if not Price.holds(ending) or not (0 <= ending < step or ending == step == 0):
        raise Invalid(_l("An ending is smaller than what prices are rounded to: 0.90 where that is 1."), field="ending")
    for name, value, known in (("formula", formula, (TYPED, COST, USUAL, TYPE)), ("direction", direction, DIRECTIONS)):
        if value not in known:
            raise Invalid(_l("“%(value)s” is none of the choices.", value=value), field=name)
    if (formula == TYPE) != (base_id is not None):
        raise Invalid(_l("Choose the price type that this one follows."), field="base_id")


class Tier(NamedTuple):
    """A typed price: from a day on, from a quantity on."""

    since: date
    from_quantity: Decimal
    price: Decimal


def price_in_force(tiers: Iterable[Tier], day: date, quantity: Decimal) -> Decimal | None:
    """The typed price for a quantity on a day: of the highest quantity that is reached, the latest one that has begun."""
    begun = [tier for tier in tiers if tier.since <= day and tier.from_quantity <= quantity]
    return max(begun, key=lambda tier: (tier.from_quantity, tier.since)).price if begun else None


def with_tax_as(price: Decimal, *, tax_rate: Decimal, included: bool, wanted: bool) -> Decimal:
    """A price with or without tax as `wanted`, to six digits after the point. `tax_rate`: per cent."""
    if included == wanted or not tax_rate:
        return price
    factor = (_HUNDRED + tax_rate) / _HUNDRED
    return round_money(price * factor if wanted else price / factor, Price.scale)


class Step(NamedTuple):
    """One step of an explanation: what it is (usual, type, special; contract, contact, group, rule), the price or the per
    cent, and what it is called (the currency of a price before it)."""

    what: str
    value: Decimal
    name: str = ""
    currency: str = ""


@dataclass(frozen=True, slots=True)
class Rule:
    """A discount that whoever buys gets, as `DiscountRule` keeps it."""

    name: str
    percent: Decimal = _ZERO
    from_quantity: Decimal = _ZERO
    #: in the document's currency
    from_total: Decimal = _ZERO
    taken: int | None = None
    paid: int | None = None
    #: None: of all items; else of these
    items: frozenset[int] | None = None
    #: whether it is a coupon's: that comes off last of all, of what everything else has left
    is_coupon: bool = False

    def off(self, item_id: int, quantity: Decimal) -> Decimal:
        """Per cent off a line; zero where it isn't meant. Of 3 for 2, what is free is spread over the whole line, to a ten
        thousandth of a per cent."""
        if quantity < self.from_quantity or (self.items is not None and item_id not in self.items):
            return _ZERO
        if self.taken is None or self.paid is None:
            return self.percent
        free = quantity // self.taken * (self.taken - self.paid)
        return round_money(free * _HUNDRED / quantity, _PERCENT) if quantity > 0 else _ZERO


@dataclass(slots=True)
class Priced:
    """A line with the price that was found for it, and the discount that comes off it."""

    item_id: int
    quantity: Decimal
    #: None: none is known
    price: Decimal | None
    #: how the price came about, then each discount that counts
    steps: list[Step] = field(default_factory=list)
    #: per cent
    discount: Decimal = _ZERO
    #: nothing comes off a special price
    is_special: bool = False
    #: what the price is multiplied by, where that isn't the quantity
    priced: Decimal | None = None


def stacked(discounts: Sequence[Step], stacking: str) -> tuple[Decimal, list[Step]]:
    """What several discounts come to, in per cent, and which of them count: the best one (the first of equals), or each off
    what the one before has left."""
    found = [step for step in discounts if step.value > 0]
    if not found:
        return _ZERO, []
    if stacking == BEST:
        best = max(found, key=lambda step: step.value)
        return best.value, [best]
    left = _HUNDRED
    for step in found:
        left = left * (_HUNDRED - step.value) / _HUNDRED
    return round_money(_HUNDRED - left, _PERCENT), found


def discount_lines(
    lines: Sequence[Priced], agreed: Sequence[Step], rules: Sequence[Rule], *, stacking: str, digits: int
) -> None:
    """Let discounts come off lines: what is agreed, then rules on the line, then those on what the document comes to, and
    last a coupon, whatever the stacking.

    What it comes to is counted after the discounts on its lines, as they are priced, `digits` after the point.
    """
    coupons, rules = [r for r in rules if r.is_coupon], [r for r in rules if not r.is_coupon]
    own: dict[int, list[Step]] = {}
    total = _ZERO
    for number, line in enumerate(lines):
        of_rules = [Step("rule", r.off(line.item_id, line.quantity), r.name) for r in rules if not r.from_total]
        own[number] = [] if line.is_special else [*agreed, *of_rules]
        discount, _ = stacked(own[number], stacking)
        if line.price is not None:
            total += line_amount(
                line.quantity if line.priced is None else line.priced, line.price, discount=discount, digits=digits
            )
    reached = [rule for rule in rules if rule.from_total and total >= rule.from_total]
    for number, line in enumerate(lines):
        if not line.is_special:
            own[number] += [Step("rule", r.off(line.item_id, line.quantity), r.name) for r in reached]
        line.discount, counted = stacked(own[number], stacking)
        last = [] if line.is_special else [Step("coupon", c.off(line.item_id, line.quantity), c.name) for c in coupons]
        line.discount, others = stacked([Step("", line.discount), *last], EACH)
        line.steps += counted + [step for step in others if step.what]


def margin_of(revenue: Decimal, cost: Decimal) -> Decimal | None:
    """What is left over the cost, in per cent of what is asked without tax; None where nothing is asked."""
    return round_money((revenue - cost) * _HUNDRED / revenue, 1) if revenue > 0 else None


def nearest(of: Mapping[int, Any], path: Iterable[int]) -> Any:
    """What the first folder or group of a path says, from the innermost to the outermost; None where none does."""
    return next((of[i] for i in path if i in of), None)


def path_up(parents: Mapping[int, int | None], start: int | None) -> Iterable[int]:
    """A folder or group and those that it lies in, outwards; a ring, which nothing makes, ends."""
    seen: set[int] = set()
    while start is not None and start not in seen:
        seen.add(start)
        yield start
        start = parents.get(start)
