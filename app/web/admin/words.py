"""Words of the program that pages look up by a value: shipped roles."""

from app.translation import lazy_gettext as _l

_ROLES = {
    "storekeeper": _l("storekeeper"),
    "buyer": _l("buyer"),
    "accountant": _l("accountant"),
    "salesperson": _l("salesperson"),
    "manager": _l("manager"),
    "administrator": _l("administrator"),
}


def role_word(name: str) -> str:
    """A role's name: of a shipped one in the reader's language, of the company's own as somebody typed it.

    Only what is written in the program is ever a text to translate: a name that somebody typed would be filled in as a format,
    and a template would not escape it.
    """
    return str(_ROLES.get(name, name))


def role_words(names: str) -> str:
    """Names of roles, joined by commas, as `role_word` says each."""
    return ", ".join(map(role_word, names.split(", ")))
