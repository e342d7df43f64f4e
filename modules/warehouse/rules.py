"""What is right of items and their groups, and of quantities, prices and sums on the lines of documents. No database."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from app.api.errors import Invalid
from app.api.reference import unit_word
from app.api.texts import kept, kept_text, longest
from app.api.texts import lazy_gettext as _l
from app.api.values import MOST_OF_A_DOCUMENT, Price, Quantity
from modules.warehouse.barcodes import check_barcode
from modules.warehouse.catch_weight.rules import check_item
from modules.warehouse.lots.rules import LOT, SERIAL
from modules.warehouse.models import BELOW_ZERO, GOODS, SERVICE, Item, ItemGroup

#: So many of anything aren't a quantity, but a barcode.
TOO_MANY = Decimal(10**9)


def item_fields(fields: Mapping[str, Any], *, known: Item | None = None) -> dict[str, Any]:
    """Some fields of an item, as they are kept; the barcode that `known`, the item as it stands, has is not checked again.

    Refused (Invalid): no code or name, neither goods nor a service, a price, weight or volume below zero or that can't be kept
    exactly, a text that is too long, a barcode that `check_barcode` refuses, lots of a service.
    """
    values = kept(Item, fields)
    for name in ("code", "name"):
        if not values.get(name, name):
            raise Invalid(_l("An item needs a code and a name."), field=name)
    if values.get("kind", GOODS) not in (GOODS, SERVICE):
        raise Invalid(_l("An item is goods or a service."), field="kind")
    price = values.get("price")
    if price is not None and not (Price.holds(price) and price >= 0):
        raise Invalid(_l("A price is not below zero and has at most six digits after the point."), field="price")
    for name in ("weight", "volume"):
        if (measured := values.get(name)) is not None and not (Price.holds(measured) and measured >= 0):
            message = _l("Weight and volume are not below zero and have at most six digits after the point.")
            raise Invalid(message, field=name)
    tracking = values.get("tracking", "")
    if tracking not in ("", LOT, SERIAL):
        raise Invalid(_l("Goods are tracked by lots, by serial numbers, or not at all."), field="tracking")
    if tracking and values.get("kind", known.kind if known else GOODS) == SERVICE:
        raise Invalid(_l("A service has neither lots nor serial numbers."), field="tracking")
    if values.get("is_inspected") and values.get("kind", known.kind if known else GOODS) == SERVICE:
        raise Invalid(_l("A service doesn't arrive in a warehouse."), field="is_inspected")
    check_item(values, known)
    if values.get("below_zero") not in (None, "", *BELOW_ZERO):
        raise _no_policy()
    if "barcode" in values:
        is_new = known is None or values["barcode"] != known.barcode
        values["barcode"] = (check_barcode(values["barcode"] or "") if is_new else values["barcode"]) or None
    return values


def check_policy(below_zero: str) -> None:
    """Refuse (Invalid) what is none of BELOW_ZERO."""
    if below_zero not in BELOW_ZERO:
        raise _no_policy()


def _no_policy() -> Invalid:
    return Invalid(_l("What isn't in stock is refused, or leaves with or without a message."), field="below_zero")


def group_name(name: str, *, field: str) -> str:
    """The name of a group, as it is kept. Refused (Invalid): none, one that is too long."""
    name = kept_text(name, longest(ItemGroup, "name"), field=field)
    if not name:
        raise Invalid(_l("A group needs a name."), field=field)
    return name


def check_quantity(number: int, item: Any, quantity: Decimal, *, is_kept: bool = False) -> None:
    """Refuse (Invalid) a quantity of a line that is not above zero, can't be kept exactly, is finer than the item's unit is
    counted, or is really a barcode. `item` has a name and its unit's digits and unit, its name, as `items_by_id` gives it.

    `is_kept`: it stands in the books already, or is given back as it went: however the unit is counted by now.
    """
    if not quantity.is_finite() or quantity <= 0:
        raise Invalid(
            _l("Line %(n)s: the quantity must be above zero.", n=number),
            field="lines",
            column="quantity",
        )
    if quantity >= TOO_MANY:
        message = _l("Line %(n)s: that is too many. Was a barcode scanned into the quantity?", n=number)
        raise Invalid(message, field="lines", column="quantity")
    if not Quantity.holds(quantity):
        message = _l("Line %(n)s: a quantity has at most six digits after the point.", n=number)
        raise Invalid(message, field="lines", column="quantity")
    if not is_kept and not is_counted(quantity, item.digits):
        raise Invalid(_finer_than_counted(number, item), field="lines", column="quantity")


def is_counted(quantity: Decimal, digits: int) -> bool:
    """Whether a quantity has no more than a unit's digits after the point."""
    return bool(quantity == round(quantity, digits))


def _finer_than_counted(number: int, item: Any) -> object:
    values = {"n": number, "name": item.name, "unit": unit_word(item.unit), "digits": item.digits}
    if not item.digits:
        return _l("Line %(n)s: “%(name)s” is counted in whole units (%(unit)s).", **values)
    return _l("Line %(n)s: “%(name)s” is counted in %(unit)s to %(digits)s digits after the point.", **values)


def check_goods(number: int, item: Any, quantity: Decimal, *, is_kept: bool = False) -> None:
    """Refuse (Invalid) a line that moves a service, or a quantity as `check_quantity` does."""
    check_quantity(number, item, quantity, is_kept=is_kept)
    if item.kind == SERVICE:
        message = _l("Line %(n)s: “%(name)s” is a service and can't be moved.", n=number, name=item.name)
        raise Invalid(message, field="lines", column="item")


def check_price(number: int, price: Decimal) -> None:
    """Refuse (Invalid) a price of a line that is below zero or can't be kept exactly."""
    if not Price.holds(price):
        message = _l("Line %(n)s: the price is too large, or has more than six digits after the point.", n=number)
        raise Invalid(message, field="lines", column="price")
    if price < 0:
        raise Invalid(_l("Line %(n)s: the price is below zero.", n=number), field="lines", column="price")


def check_sum(number: int, total: Decimal) -> None:
    """Refuse (Invalid) the line with which a document comes to more than one can: what all of them come to is counted too."""
    if total > MOST_OF_A_DOCUMENT:
        message = _l("Line %(n)s: with it the document comes to more than can be kept.", n=number)
        raise Invalid(message, field="lines")
