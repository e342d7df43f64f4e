"""Words that the administration's pages look up by a value: named here, so that the catalogs know them."""

from app.translation import lazy_gettext as _l

#: the shipped roles, and the amounts of the built-in registers
WORDS = (
    _l("storekeeper"),
    _l("accountant"),
    _l("salesperson"),
    _l("manager"),
    _l("administrator"),
    _l("quantity"),
    _l("value"),
    _l("revenue"),
    _l("cost"),
    _l("amount"),
)
