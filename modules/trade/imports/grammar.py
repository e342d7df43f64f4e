"""What a preset for sales may say."""

from collections.abc import Callable
from typing import Any

from app.api.errors import Invalid
from app.api.imports import Misfit, Place, Shape, filled, list_of, one_of, pattern, record, table_of, text
from app.api.reference import check_country, check_currency
from app.api.texts import lazy_gettext as _l
from modules.contacts.api import INDIVIDUAL, LEGAL_ENTITY, SOLE_PROPRIETOR

#: What an invoice may be, by its number.
SOLD, BOUGHT = ("sale", "sales_return", "adjustment"), ("purchase", "purchase_return")


def _country(code: str) -> None:
    """A country, or none."""
    if code:
        check_country(code)


def _held_to(rule: Callable[[str], object]) -> Shape:
    """A text that one of the program's own rules accepts."""

    def shape(value: Any, place: Place) -> None:
        text(value, place)
        try:
            rule(value)
        except Invalid as error:
            raise Misfit(place, error.message) from error

    return shape


def _name(value: Any, place: Place) -> None:
    """A name with {code} in it."""
    filled(value, place)
    try:
        value.format(code="1")
    except (LookupError, ValueError, AttributeError) as error:
        raise Misfit(place, _l("may have {code} in it, and no other braces")) from error


_BOTH: dict[str, Shape] = {
    "currency": _held_to(check_currency),
    "services": list_of(text),
    "discounts": one_of("percent", "share"),
    "countries": table_of(_held_to(_country)),
}
_PARTNERS = record({"name": _name, "kind": one_of(LEGAL_ENTITY, SOLE_PROPRIETOR, INDIVIDUAL)}, {"pattern": pattern})
OF_SALES: dict[str, Shape] = {
    **_BOTH,
    "invoices": table_of(pattern, SOLD),
    "walk_in": record({"code": filled, "name": filled}),
    "customers": _PARTNERS,
}
OF_PURCHASES: dict[str, Shape] = {**_BOTH, "invoices": table_of(pattern, BOUGHT), "suppliers": _PARTNERS}
NEEDED = ("currency", "invoices")
