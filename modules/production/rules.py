"""What is right of components, and how much of each an order takes. Pure: no database."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from app.api.errors import Invalid
from app.api.texts import lazy_gettext as _l
from app.api.values import Quantity, from_units, to_units
from modules.warehouse.api import GOODS, TOO_MANY, check_quantity

#: What is less than this part of a component's last digit comes of a bill that can't be written exactly.
_REMNANT = 1000


def scaled(quantity: Decimal, *, ordered: Decimal, output: Decimal, digits: int = Quantity.scale) -> Decimal:
    """`quantity` of a component, given for `output` of the product, for `ordered` of it; `output` is above zero.

    Calculated as one division of whole millionths and rounded once. In millionths half up: a third of a metre for each of
    three comes to exactly one metre. A component that is counted in fewer `digits` is rounded up, as so much has to be there:
    ten boards for three tables are fourteen for four; a thousandth of its last digit is what a bill's own rounding leaves,
    and takes no other one. Refused (OutOfRange): more digits than a quantity has.
    """
    takes, wanted, makes = (to_units(value, Quantity.scale) for value in (quantity, ordered, output))
    step = 10 ** (Quantity.scale - digits)
    whole, rest = divmod(takes * wanted, makes * step)
    is_more = 2 * rest >= makes if step == 1 else rest * _REMNANT > makes * step
    return from_units(max(whole + is_more, bool(takes * wanted)) * step, Quantity.scale)


@dataclass(slots=True)
class ComponentDraft:
    """A component as the user typed it, in its base unit."""

    item_id: int
    quantity: Decimal = Decimal(0)


@dataclass(slots=True, frozen=True)
class Typed:
    """How much of a component somebody typed, and for how much of the product."""

    item_id: int
    quantity: Decimal
    ordered: Decimal


def check_component(item: Any, number: int, line: ComponentDraft, *, product_id: int, is_kept: bool = False) -> None:
    """Refuse (Invalid) a component that can't be used up for the product; zero is one that was left out. `is_kept` as in
    `check_quantity`."""
    if line.quantity:
        check_quantity(number, item, line.quantity, is_kept=is_kept)
    if item.kind != GOODS:
        raise Invalid(
            _l("Line %(n)s: “%(name)s” is a service and can't be used up.", n=number, name=item.name),
            field="lines",
            column="item",
        )
    if item.id == product_id:
        raise Invalid(
            _l("Line %(n)s: “%(name)s” can't be made of itself.", n=number, name=item.name),
            field="lines",
            column="item",
        )


def check_output(quantity: Decimal, message: object, *, field: str) -> None:
    """Refuse (Invalid, with `message` where it is not above zero) how much is made."""
    if not quantity.is_finite() or quantity <= 0:
        raise Invalid(message, field=field)
    if quantity >= TOO_MANY:
        raise Invalid(_l("That is too many. Was a barcode scanned into the quantity?"), field=field)
    if not Quantity.holds(quantity):
        raise Invalid(_l("A quantity has at most six digits after the point."), field=field)


def check_goods(item: Any, *, field: str) -> None:
    """Refuse (Invalid) a service as a product."""
    if item.kind != GOODS:
        raise Invalid(_l("“%(name)s” is a service; only goods can be made.", name=item.name), field=field)
