"""Custom fields: what a company adds to its records."""

from app.custom import Customised, CustomValue, checked, load_values, open_fields, said_alike, set_custom

__all__ = [
    "CustomValue",
    "Customised",
    "checked",
    "load_values",
    "open_fields",
    "said_alike",
    "set_custom",
]
