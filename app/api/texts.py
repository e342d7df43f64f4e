"""Texts: translated when they are read, kept as columns keep them, folded to be found; figures and days as users read them."""

from app.formats import day, exchange_rate, moment, money, number
from app.search import fold
from app.texts import kept, kept_text, longest
from app.translation import lazy_gettext

__all__ = [
    "day",
    "exchange_rate",
    "moment",
    "money",
    "number",
    "fold",
    "kept",
    "kept_text",
    "lazy_gettext",
    "longest",
]
