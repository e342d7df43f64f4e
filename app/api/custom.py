"""Custom fields: what a company adds to its records."""

from app.custom import Customised, CustomValue, checked, fields_of, load_values, open_fields, said_alike, set_custom

__all__ = [
    "CustomValue",
    "Customised",
    "checked",
    "fields_of",
    "load_values",
    "open_fields",
    "said_alike",
    "set_custom",
]
