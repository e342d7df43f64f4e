"""What lookups of items say of their second unit, as a line grid takes it."""

from typing import Any

from sqlalchemy.orm import aliased

from app.api.reference import Unit, unit_word
from app.api.values import shortest
from modules.warehouse.models import Item

SECOND_UNIT = aliased(Unit, name="second_unit")
#: what a query of items that joins SECOND_UNIT asks for
SECOND_COLUMNS = (
    SECOND_UNIT.name.label("second_unit"),
    SECOND_UNIT.code.label("second_code"),
    SECOND_UNIT.digits.label("second_digits"),
    Item.is_priced_by_second,
    Item.second_per_unit,
)


def second_details(row: Any) -> dict[str, Any]:
    """The second unit of an item, in how many digits it is counted, how much of it one base unit usually is, and whether prices
    are of it; nothing of what has none."""
    if row.second_unit is None:
        return {}
    usual = "" if row.second_per_unit is None else f"{shortest(row.second_per_unit):f}"
    said = {"second_unit": unit_word(row.second_unit), "second_digits": row.second_digits, "second_per_unit": usual}
    return said | ({"by_second": True} if row.is_priced_by_second else {})
