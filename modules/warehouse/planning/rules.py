"""When goods are bought again, and how much of them: the min/max rule. No database."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from app.api.errors import Invalid
from app.api.texts import lazy_gettext as _l
from app.api.values import Quantity
from modules.warehouse.models import GOODS
from modules.warehouse.rules import TOO_MANY, is_counted

_ZERO = Decimal(0)
#: goods that come later than this aren't planned
MOST_DAYS = 730
#: by demand it is bought for so many days, where nobody says otherwise, and for at most so many; forecasts reach no further
REVIEW_DAYS, MOST_REVIEW = 30, 365
QUANTITIES = ("minimum", "maximum", "multiple", "least")


@dataclass(frozen=True, slots=True)
class Level:
    """What stock is kept between, and in which quantities it is bought; in base units, none below zero."""

    #: bought again below it
    minimum: Decimal = _ZERO
    #: bought up to it; at least the minimum
    maximum: Decimal = _ZERO
    #: bought in lots of so many; zero: in any quantity that is counted
    multiple: Decimal = _ZERO
    #: no less than this is bought at once
    least: Decimal = _ZERO


def to_order(available: Decimal, level: Level, *, digits: int) -> Decimal:
    """How much is bought where `available` is what will be there: below the minimum as much as reaches the maximum, at least
    the least quantity, rounded up to whole lots, or to the `digits` by which the item is counted. Zero: nothing."""
    if available >= level.minimum:
        return _ZERO
    step = level.multiple or Decimal(1).scaleb(-digits)
    lots, rest = divmod(max(level.maximum - available, level.least), step)
    return (lots + bool(rest)) * step


def checked_level(values: Mapping[str, Any], item: Any) -> dict[str, Any]:
    """The fields of a rule as they are kept: an empty maximum is the minimum, anything else that is empty zero. `item` as
    `items_by_id` gives it.

    Refused (Invalid): a service, quantities below zero or finer than the item is counted, a maximum below the minimum, a lead
    time below zero or above MOST_DAYS; days to buy for below one or above MOST_REVIEW, or, where it is
    bought by demand, more than that together with the lead time.
    """
    if item.kind != GOODS:
        raise Invalid(_l("“%(name)s” is a service: there is no stock of it.", name=item.name), field="item_id")
    found = {name: values.get(name) or _ZERO for name in QUANTITIES}
    if values.get("maximum") is None:
        found["maximum"] = found["minimum"]
    for name, quantity in found.items():
        if not (quantity.is_finite() and 0 <= quantity < TOO_MANY and Quantity.holds(quantity)):
            raise Invalid(_l("A quantity is not below zero and has at most six digits after the point."), field=name)
        if not is_counted(quantity, item.digits):
            message = _l(
                "“%(name)s” is counted to %(digits)s digits after the point.", name=item.name, digits=item.digits
            )
            raise Invalid(message, field=name)
    if found["maximum"] < found["minimum"]:
        raise Invalid(_l("The maximum can't be below the minimum."), field="maximum")
    days = values.get("lead_days") or 0
    if not 0 <= days <= MOST_DAYS:
        raise Invalid(_l("A lead time is from 0 to %(most)s days.", most=MOST_DAYS), field="lead_days")
    return {**found, "lead_days": days, **_checked_demand(values, days)}


def _checked_demand(values: Mapping[str, Any], lead_days: int) -> dict[str, Any]:
    from_demand, review = bool(values.get("from_demand")), values.get("review_days")
    review = REVIEW_DAYS if review is None else review
    if not 1 <= review <= MOST_REVIEW:
        message = _l("Goods are bought for 1 to %(most)s days at once.", most=MOST_REVIEW)
        raise Invalid(message, field="review_days")
    if from_demand and lead_days + review > MOST_REVIEW:
        message = _l(
            "Lead time and days to buy for are together at most %(most)s days.",
            most=MOST_REVIEW,
        )
        raise Invalid(message, field="review_days")
    return {"from_demand": from_demand, "review_days": review}
