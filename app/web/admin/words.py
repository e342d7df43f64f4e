"""Words of the program that pages look up by a value: the names of shipped roles, and the amounts of the built-in registers."""

from app.translation import lazy_gettext as _l

_WORDS = {
    "storekeeper": _l("storekeeper"),
    "accountant": _l("accountant"),
    "salesperson": _l("salesperson"),
    "manager": _l("manager"),
    "administrator": _l("administrator"),
    "quantity": _l("quantity"),
    "value": _l("value"),
    "revenue": _l("revenue"),
    "cost": _l("cost"),
    "amount": _l("amount"),
    "base": _l("in the base currency"),
}


def word(value: str) -> str:
    """The word in the reader's language; what a company or another module named itself stays as it is.

    Only what is written in the program is ever a text to translate: a name that somebody typed would be filled in as a format,
    and a template would not escape it.
    """
    return str(_WORDS.get(value, value))
