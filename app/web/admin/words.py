"""Words of the program that pages look up by a value: the names of shipped roles, and the amounts of the built-in registers."""

from app.translation import lazy_gettext as _l

_ROLES = {
    "storekeeper": _l("storekeeper"),
    "accountant": _l("accountant"),
    "salesperson": _l("salesperson"),
    "manager": _l("manager"),
    "administrator": _l("administrator"),
}
_AMOUNTS = {
    "quantity": _l("quantity"),
    "value": _l("value"),
    "revenue": _l("revenue"),
    "cost": _l("cost"),
    "amount": _l("amount"),
    "base": _l("in the base currency"),
}


def role_word(name: str) -> str:
    """A role's name: of a shipped one in the reader's language, of the company's own as somebody typed it.

    Only what is written in the program is ever a text to translate: a name that somebody typed would be filled in as a format,
    and a template would not escape it.
    """
    return str(_ROLES.get(name, name))


def role_words(names: str) -> str:
    """The same of several, as the list of users has them."""
    return ", ".join(role_word(name) for name in names.split(", "))


def amount_word(name: str) -> str:
    """An amount of a register in the reader's language; of another module's as it is declared."""
    return str(_AMOUNTS.get(name, name))
