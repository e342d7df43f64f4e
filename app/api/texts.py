"""Texts: translated when they are read, kept as columns keep them, folded to be found; figures and days as users read them."""

from app.formats import day, exchange_rate, moment, money, number, separators, typed
from app.ordering import order, order_key, ordered
from app.search import fold
from app.texts import called, kept, kept_text, longest, one_line, read_json, shortened, visible
from app.translation import in_language, language, lazy_gettext

__all__ = [
    "called",
    "day",
    "exchange_rate",
    "moment",
    "money",
    "number",
    "separators",
    "fold",
    "kept",
    "kept_text",
    "in_language",
    "language",
    "lazy_gettext",
    "longest",
    "order",
    "order_key",
    "ordered",
    "typed",
    "one_line",
    "read_json",
    "shortened",
    "visible",
]
