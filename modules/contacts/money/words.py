"""What expense items that the program brings, and the reasons of debt adjustments, are called in the reader's language."""

from app.api.texts import lazy_gettext as _l

#: why a debt is adjusted
OPENING, WRITE_OFF, OFFSET, CREDIT = "opening", "write_off", "offset", "credit"
REASONS = {OPENING: _l("Opening balance"), WRITE_OFF: _l("Write-off"), OFFSET: _l("Offset"), CREDIT: _l("Credit")}
#: who owes more by it
SIDES = {"them": _l("the contact owes us"), "us": _l("we owe the contact")}

_WORDS = {
    "Opening balance": _l("Opening balance"),
    "Cash count differences": _l("Cash count differences"),
    "Owners": _l("Owners"),
    "Loans": _l("Loans"),
    "Bank fees": _l("Bank fees"),
    "Interest received": _l("Interest received"),
    "Taxes": _l("Taxes"),
    "Social contributions": _l("Social contributions"),
    "Wages": _l("Wages"),
    "Advances to staff": _l("Advances to staff"),
    "Rent": _l("Rent"),
    "Office and utilities": _l("Office and utilities"),
    "Other": _l("Other"),
    "Own money": _l("Own money"),
    "Financing": _l("Financing"),
    "Bank": _l("Bank"),
    "Taxes and duties": _l("Taxes and duties"),
    "Staff": _l("Staff"),
    "Premises": _l("Premises"),
}


def item_word(name: str) -> str:
    """An item's or heading's name: of what the program brings in the reader's language, of others as somebody typed it."""
    word = _WORDS.get(name)
    return name if word is None else str(word)
